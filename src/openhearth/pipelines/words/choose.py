"""From plain words to a task: `choose("I want to summarise a website")`.

What was learned from tables of phrasings (`learned.py`) weighs words, pieces of words and the ideas that they name; the likeliest
task is chosen, and the clues of `clues.toml` that the request fulfils are the reason given. What asks for none of the tasks,
like "delete my account", is refused with the nearest ones. What is said not to be wanted counts for nothing (`negation.py`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openhearth.errors import Invalid
from openhearth.pipelines.words.clues import clues
from openhearth.pipelines.words.ideas import Understood, understand
from openhearth.pipelines.words.negation import affirmed

# Of some fifty tasks, none is likelier where nothing is known of a request's words.
LEAST_CHANCE = 0.08
# From here on a choice is given as a guess.
SURE_CHANCE = 0.35
# What is less likely than this is no better offer than what most people come for.
_OFFERED_CHANCE = 0.02
_NEAREST = 4
# What to offer to somebody whose words say nothing we know: what most people come for.
_COMMON = (
    "text-generation",
    "summarization",
    "text-classification",
    "automatic-speech-recognition",
    "image-classification",
)
_INPUT_IDEAS = ("web", "document", "audio", "video", "image", "table", "text")


class NotUnderstood(Invalid):
    """No task fits the words. `nearest` are those that come closest."""

    def __init__(self, request: str, nearest: Sequence[str]) -> None:
        shown = request if len(request) <= 80 else request[:80] + "…"
        super().__init__(
            f"task: {shown!r} names nothing that can be run here. Nearest are {', '.join(nearest)}; "
            'say what to do with what, like "summarise a website" or "find faces in a photo".',
            nearest=list(nearest),
        )
        self.nearest = tuple(nearest)


@dataclass(frozen=True, kw_only=True)
class WordChoice:
    """The task that a request was understood as, and why.

    `because` holds the words of the request that spoke for it; `takes` is the kind of input it names or the task's usual one;
    `chance` is how likely it is meant, by what was learned (0 to 1).
    """

    task: str
    takes: str
    because: tuple[str, ...]
    language: str
    weight: float
    chance: float
    others: tuple[str, ...]

    @property
    def reason(self) -> str:
        guess = "" if self.chance >= SURE_CHANCE else ", but this is a guess"
        if not self.because:
            return f"your words are like those of others who wanted {self.task}{guess}"
        words = ", ".join(f"“{word}”" for word in self.because)
        return f"your words {words} speak of {self.task}{guess}"


def choose(request: str) -> WordChoice:
    """The task that `request` asks for, in any language of the lexicon. Raises NotUnderstood."""
    from openhearth.pipelines.words.learned import NOTHING  # numpy only once somebody asks

    wanted = affirmed(request)
    understood = understand(wanted)
    chances = _chances(wanted, understood)
    nothing = chances.pop(NOTHING)
    ordered = sorted(chances, key=lambda task: -chances[task])
    task = ordered[0]
    if chances[task] < max(nothing, LEAST_CHANCE):
        raise NotUnderstood(request, _nearest([task for task in ordered if chances[task] >= _OFFERED_CHANCE]))
    return WordChoice(
        task=task, takes=_takes(task, understood), because=_because(task, understood), language=understood.language,
        weight=round(weigh(understood.ideas).get(task, 0.0), 2), chance=round(chances[task], 3),
        others=tuple(ordered[1:_NEAREST]),
    )  # fmt: skip


def _chances(request: str, understood: Understood) -> dict[str, float]:
    """Task, or NOTHING → how likely it is meant."""
    from openhearth.pipelines.words.learned import learned

    odds = learned().weigh(request, understood.ideas)
    most = max(odds.values())
    powers = {task: math.exp(value - most) for task, value in odds.items()}
    total = sum(powers.values())
    return {task: power / total for task, power in powers.items()}


def weigh(ideas: Mapping[str, str]) -> dict[str, float]:
    """Task → the weight of the clues that `ideas` fulfil; tasks without any are left out."""
    weights = {
        task: sum(weight for clue, weight in known.weights.items() if clue <= ideas.keys())
        for task, known in clues().items()
    }
    return {task: weight for task, weight in weights.items() if weight > 0}


def _takes(task: str, understood: Understood) -> str:
    fits = clues()[task].takes
    named = [idea for idea in _INPUT_IDEAS if idea in understood.ideas and idea in fits]
    return named[0] if named else fits[0]


def _because(task: str, understood: Understood) -> tuple[str, ...]:
    named = {idea for clue in clues()[task].weights if clue <= understood.ideas.keys() for idea in clue}
    return tuple(dict.fromkeys(word for idea, word in understood.ideas.items() if idea in named))


def _nearest(ordered: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*ordered, *_COMMON]))[:_NEAREST]
