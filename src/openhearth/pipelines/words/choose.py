"""From plain words to a task: `choose("I want to summarise a website")`.

Every clue of `clues.toml` whose ideas the request names adds its weight, and what was learned from tables of phrasings
(`learned.py`) is heard beside them; the likeliest task is chosen, and the clues are the reason given. What nothing speaks
for is refused with the nearest tasks.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openhearth.errors import Invalid
from openhearth.pipelines.words.clues import clues
from openhearth.pipelines.words.ideas import Understood, understand

LEAST_WEIGHT = 2.0
# Without clues of that weight, what was learned must be this sure.
LEAST_CHANCE = 0.2
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

    `because` holds the words of the request that spoke for it; `takes` is the kind of input it names or the task's usual one.
    """

    task: str
    takes: str
    because: tuple[str, ...]
    language: str
    weight: float
    others: tuple[str, ...]

    @property
    def reason(self) -> str:
        if not self.because:
            return f"your words are like those of others who wanted {self.task}"
        words = ", ".join(f"“{word}”" for word in self.because)
        return f"your words {words} speak of {self.task}"


def choose(request: str) -> WordChoice:
    """The task that `request` asks for, in any language of the lexicon. Raises NotUnderstood."""
    understood = understand(request)
    weights = weigh(understood.ideas)
    chances = _chances(request, understood, weights)
    ordered = sorted(chances, key=lambda task: -chances[task])
    task = ordered[0]
    if max(weights.values(), default=0.0) < LEAST_WEIGHT and chances[task] < LEAST_CHANCE:
        raise NotUnderstood(request, _nearest(sorted(weights, key=lambda task: -weights[task])))
    return WordChoice(
        task=task, takes=_takes(task, understood), because=_because(task, understood), language=understood.language,
        weight=round(weights.get(task, 0.0), 2), others=tuple(task for task in ordered[1:_NEAREST] if task in weights),
    )  # fmt: skip


def _chances(request: str, understood: Understood, weights: Mapping[str, float]) -> dict[str, float]:
    """Task → how likely it is meant, by clues and by what was learned."""
    from openhearth.pipelines.words.learned import learned  # numpy only once somebody asks

    odds = learned().weigh(request, understood.ideas, weights)
    most = max(odds.values())
    powers = {task: math.exp(value - most) for task, value in odds.items() if task in clues()}
    return {task: power / sum(powers.values()) for task, power in powers.items()}


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
