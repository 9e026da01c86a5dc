"""Answers by a language model that was not taught to mark them: it is asked how likely each passage of the text is.

It makes up nothing, for only passages of the text are weighed. What else speaks for a passage (what the question asks
for, the words beside it) is weighed in, and whether the text answers at all is judged from the best one. Which
sentences are looked at is asked of an embedder if one is on this machine, else of the words they share.
"""

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Self

from openhearth.pipelines.embedder import Embedder, find_embedder
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.instruct import Instruct, load_instruct
from openhearth.pipelines.loading import choose_device, choose_dtype
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.prompts import ANSWER_EXAMPLES
from openhearth.pipelines.question_features import Asked, features
from openhearth.pipelines.question_kind import meant, words_of
from openhearth.pipelines.question_likelihood import AnswerLikelihood, Passage
from openhearth.pipelines.question_spans import Span
from openhearth.pipelines.splitting import sentences

WEIGHTS = Path(__file__).with_name("question_weights.toml")
ANSWER_TOKENS = 14
_ANSWER_WORDS = 9
# Reading more of the text than this makes an answer slow and the model unsure.
_TEXT_TOKENS = 160
_SENTENCE_CHARACTERS = 1500
# A lower chance than this that the text answers is doubtful (chosen on the questions that were tuned on).
_DOUBT = 0.68


@dataclass(frozen=True)
class _Found:
    passage: Passage
    features: Mapping[str, float]
    weight: float


class AskedAnswers:
    """`model` and `tokenizer` are transformers' own."""

    def __init__(self, instruct: Instruct, embedder: Embedder | None) -> None:
        self.instruct = instruct
        self.embedder = embedder
        self.model, self.tokenizer = instruct.model, instruct.tokenizer
        self.likelihood = AnswerLikelihood(self.model, self.tokenizer)

    @classmethod
    def of(cls, found: FoundModel, options: PipelineOptions) -> Self:
        return cls(load_instruct(found, _in_fast_numbers(found, options)), find_embedder(options))

    def find(
        self,
        question: str,
        context: str,
        *,
        top_k: int,
        may_be_nowhere: bool = False,
        max_answer_len: int = ANSWER_TOKENS,
        **_: Any,
    ) -> list[Span]:
        """The `top_k` likeliest passages, best first, and among them the chance that there is none as a span without length.

        That comes first where the text does not seem to answer; with `may_be_nowhere`, already where it is in doubt.
        """
        asked, places = self._look(question, context)
        found = self._weigh(question, context, asked, places, max_answer_len)
        if not found:
            return [Span(1.0, 0, 0)]
        answers = self._answers(question, context, asked, found)
        shares = _shares([each.weight for each in found])
        spans = [
            Span(round(answers * share, 4), each.passage.start, each.passage.end)
            for each, share in zip(found, shares, strict=True)
        ]
        nowhere = Span(round(1 - answers, 4), 0, 0)
        # One passage's share says which it is, not whether there is one: that decides what comes first.
        kept = _apart(spans)[:top_k]
        least = _DOUBT if may_be_nowhere else 0.5
        ordered = [*kept, nowhere] if answers >= least else [nowhere, *kept]
        return ordered[:top_k]

    def _answers(self, question: str, context: str, asked: Asked, found: Sequence[_Found]) -> float:
        """The chance that the text answers, judged from the best passage."""
        weights = [each.weight for each in found]
        best = found[0].passage
        guessed = self.likelihood.guessed(question, context[best.start : best.end])
        known = answerable_features(
            context, asked, max(asked.nearness), found[0].features, share=_shares(weights)[0],
            ahead=weights[0] - sum(weights) / len(weights), by_text=best.said + best.ended - guessed,
        )  # fmt: skip
        return _chance(sum(_weights()["answerable"].get(name, 0.0) * value for name, value in known.items()))

    def twin(self, question: str, context: str, *, most: int = 5) -> dict[str, Any]:
        """What the lines of `twins/answer-likelihood.txt` are filled with: the texts shown, and the best passages."""
        asked, places = self._look(question, context)
        found = self._weigh(question, context, asked, places, ANSWER_TOKENS)[:most]
        weights = _weights()["passage"]
        own = {name: weights.get(name, 0.0) for name in ("likely", "likely_each", "ended")}
        rest = {
            context[each.passage.start : each.passage.end]: round(
                each.weight - sum(own[name] * each.features[name] for name in own), 6
            )
            for each in reversed(found)  # where a passage stands twice, the better one counts
        }
        prompt = self.likelihood.prompt(question, context, places)
        return {
            "examples": ANSWER_EXAMPLES, "prompt": prompt, "passages": rest, "dtype": str(self.model.dtype).removeprefix("torch."),
            **own,
        }  # fmt: skip

    def _look(self, question: str, context: str) -> tuple[Asked, list[tuple[int, int]]]:
        """What is asked, and the sentences that are looked at."""
        places = _readable(context)
        nearness = self._near(question, [context[slice(*place)] for place in places])
        chosen = self._choose(context, places, nearness)
        return Asked.of(question, [nearness[i] for i in chosen]), [places[i] for i in chosen]

    def _near(self, question: str, said: Sequence[str]) -> list[float]:
        """How near each sentence is to the question, 0 to 1."""
        if self.embedder is not None:
            return [max(0.0, cosine) for cosine in self.embedder.near(question, said)]
        asked = meant(question)
        return [len(asked & meant(text)) / (len(asked) or 1) for text in said]

    def _choose(
        self, context: str, places: Sequence[tuple[int, int]], nearness: Sequence[float]
    ) -> list[int]:
        """The sentences that are looked at, in the order of the text: the nearest ones that there is room for."""
        chosen: list[int] = []
        room = _TEXT_TOKENS
        for i in sorted(range(len(places)), key=lambda i: -nearness[i]):
            tokens = self.instruct.count(context[slice(*places[i])])
            if not chosen or tokens <= room:
                chosen.append(i)
                room -= tokens
            if room <= 0:
                break
        return sorted(chosen)

    def _weigh(
        self, question: str, context: str, asked: Asked, places: Sequence[tuple[int, int]], tokens: int
    ) -> list[_Found]:
        passages = self.likelihood.passages(question, context, places, words=_ANSWER_WORDS, tokens=tokens)
        weights = _weights()["passage"]
        found = []
        for passage in passages:
            known = features(context, asked, passage, places[passage.sentence])
            weight = sum(weights.get(name, 0.0) * value for name, value in known.items())
            found.append(_Found(passage, known, weight))
        return sorted(found, key=lambda each: -each.weight)


@cache
def _weights() -> Mapping[str, Mapping[str, float]]:
    found: dict[str, dict[str, float]] = tomllib.loads(WEIGHTS.read_text(encoding="utf-8"))
    return found


def answerable_features(
    context: str,
    asked: Asked,
    nearest: float,
    best: Mapping[str, float],
    share: float,
    ahead: float,
    by_text: float,
) -> dict[str, float]:
    """What speaks for the text answering at all: how the best passage does, and how much of the question is spoken of."""
    fitting = {
        "time": best.get("time.time", 0.0),
        "quantity": best.get("quantity.number", 0.0),
        "person": best.get("person.name", 0.0),
        "place": max(best.get("place.name", 0.0), best.get("place.in", 0.0)),
    }
    return {
        "always": 1.0,
        "spoken_of": len(meant(context) & asked.meant) / (len(asked.meant) or 1),
        "nearest": nearest,
        "share": share,
        "ahead": ahead / 10,
        "by_text": by_text / 20,
        "fitting": fitting.get(asked.kind, 0.5),
        **{name: best[name] for name in ("likely", "likely_each", "covered", "near", "repeats")},
        "apart": min(best["apart"], 2.0),
    }  # fmt: skip


def _chance(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


def _shares(weights: Sequence[float]) -> list[float]:
    """Weights as chances that sum to one."""
    powers = [math.exp(weight - max(weights)) for weight in weights]
    return [power / sum(powers) for power in powers]


def _apart(spans: Sequence[Span]) -> list[Span]:
    """Each span that overlaps none before it: the second answer is not the first with a word more."""
    kept: list[Span] = []
    for span in spans:
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return kept


def _readable(context: str) -> list[tuple[int, int]]:
    """The sentences of `context`; what has no end for too long is cut at a space."""
    found: list[tuple[int, int]] = []
    for start, end in sentences(context):
        while end - start > _SENTENCE_CHARACTERS:
            cut = context.rfind(" ", start + 1, start + _SENTENCE_CHARACTERS)
            cut = cut if cut > start else start + _SENTENCE_CHARACTERS
            found.append((start, cut))
            start = cut
        found.append((start, end))
    return [place for place in found if words_of(context[slice(*place)])]


def _in_fast_numbers(found: FoundModel, options: PipelineOptions) -> PipelineOptions:
    """Half precision only where the processor computes in it: elsewhere it is slower than single."""
    if found.gguf is not None or options.dtype != "auto":
        return options
    stored = found.folder.config.get("dtype") or found.folder.config.get("torch_dtype")
    device = choose_device(str(options.device) if options.device is not None else "auto")
    return replace(options, dtype=choose_dtype("auto", stored, device))
