"""How likely a language model finds each passage of a text as the answer to a question: nothing is generated.

A few examples come first and are read once. After the question, the words of the text that could begin an answer are
read on in one batch, and every end of a word is a place where the answer could stop: one pass gives the likelihood of
some hundred passages. The likelihood of the best one without the text says how much of it the text is the reason for.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from openhearth.pipelines.prompts import ANSWER_EXAMPLES
from openhearth.pipelines.question_kind import WORD

# Words that no answer begins with.
_NO_BEGINNING = frozenset(
    WORD.findall(
        "of and or is are was were be been being do does did has have had that which who whom whose when while although until "
        "as if but than then not no nor it he she they we i you this these those there here will would shall should can "
        "could may might must also only still just very"
    )
)
BEGINNINGS_MAX = 32


@dataclass(frozen=True)
class Passage:
    """Characters of the text, with the natural logarithm of how likely it is said and then ended."""

    start: int
    end: int
    sentence: int
    words: int
    tokens: int
    said: float
    ended: float


@dataclass(frozen=True)
class _Beginning:
    start: int
    sentence: int
    ids: list[int]
    # Token → (end in characters, words up to there), where a word ends with that token.
    ends: dict[int, tuple[int, int]]


class AnswerLikelihood:
    """`model` and `tokenizer` are transformers' own; the tokenizer must be a fast one, which knows places."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.model, self.tokenizer = model, tokenizer
        self._end_id = tokenizer("\n", add_special_tokens=False).input_ids[-1]
        self._examples: Any = None

    def passages(
        self, question: str, context: str, sentences: Sequence[tuple[int, int]], *, words: int, tokens: int
    ) -> list[Passage]:
        """Passages of at most `words` words and `tokens` tokens inside one of `sentences`, in no order."""
        first, read = self._read(self.prompt(question, context, sentences))
        beginnings = [
            beginning
            for number, place in enumerate(sentences)
            for beginning in self._beginnings(context, place, number, words, tokens)
        ]
        beginnings.sort(key=lambda beginning: -float(first[beginning.ids[0]]))
        beginnings = beginnings[:BEGINNINGS_MAX]
        if not beginnings:
            return []
        said, ended = self._follow(first, read, beginnings)
        return [
            Passage(
                start=beginning.start, end=end, sentence=beginning.sentence, words=count, tokens=token + 1,
                said=said[row][token], ended=ended[row][token],
            )
            for row, beginning in enumerate(beginnings)
            for token, (end, count) in beginning.ends.items()
        ]  # fmt: skip

    def prompt(self, question: str, context: str, sentences: Sequence[tuple[int, int]]) -> str:
        """What the model is shown after the examples."""
        shown = " ".join(" ".join(context[slice(*place)].split()) for place in sentences)
        return f"Text: {shown}\n{_asked(question)}"

    def guessed(self, question: str, answer: str) -> float:
        """How likely `answer` is said and ended when no text is shown (a logarithm)."""
        first, read = self._read(_asked(question))
        ids: list[int] = self.tokenizer(" " + answer, add_special_tokens=False).input_ids
        said, ended = self._follow(first, read, [_Beginning(0, 0, ids, {})])
        return said[0][-1] + ended[0][-1]

    def _beginnings(
        self, context: str, place: tuple[int, int], sentence: int, words: int, tokens: int
    ) -> list[_Beginning]:
        found = [match.span() for match in WORD.finditer(context, *place)]
        beginnings = []
        for index, (start, end) in enumerate(found):
            if context[start:end].lower() in _NO_BEGINNING:
                continue
            # A sign of money belongs to the number behind it.
            start -= start > place[0] and context[start - 1] in "$€£¥"
            last = found[min(len(found), index + words) - 1][1]
            spelled = self.tokenizer(
                " " + context[start:last], add_special_tokens=False, return_offsets_mapping=True
            )
            stops = {stop: count for count, (_, stop) in enumerate(found[index:], 1)}
            ends = {
                token: (start + after - 1, stops[start + after - 1])
                for token, (_, after) in enumerate(spelled.offset_mapping[:tokens])
                if start + after - 1 in stops
            }
            if ends:
                beginnings.append(_Beginning(start, sentence, spelled.input_ids[: max(ends) + 1], ends))
        return beginnings

    @torch.inference_mode()
    def _read(self, prompt: str) -> tuple[torch.Tensor, Any]:
        """How likely each token follows the examples and `prompt` (logarithms), and what the model remembers of them."""
        if self._examples is None:
            ids = self.tokenizer(ANSWER_EXAMPLES, return_tensors="pt").input_ids
            self._examples = self.model(ids.to(self.model.device), use_cache=True).past_key_values
        ids = self.tokenizer(prompt, add_special_tokens=False, return_tensors="pt").input_ids
        output = self.model(
            ids.to(self.model.device), past_key_values=copy.deepcopy(self._examples), use_cache=True
        )
        return output.logits[0, -1].float().log_softmax(-1), output.past_key_values

    @torch.inference_mode()
    def _follow(
        self, first: torch.Tensor, read: Any, beginnings: Sequence[_Beginning]
    ) -> tuple[list[list[float]], list[list[float]]]:
        """For B beginnings of at most T tokens: how likely each is up to a token, and that it ends there; (B, T) both."""
        width = max(len(beginning.ids) for beginning in beginnings)
        ids = torch.zeros((len(beginnings), width), dtype=torch.long)
        for row, beginning in enumerate(beginnings):
            ids[row, : len(beginning.ids)] = torch.tensor(beginning.ids)
        ids = ids.to(self.model.device)
        read.batch_repeat_interleave(len(beginnings))
        logits = self.model(ids, past_key_values=read, use_cache=True).logits.float()
        logits = logits.log_softmax(-1)  # (B, T, V)
        each = torch.cat([first[ids[:, :1]], logits[:, :-1].gather(-1, ids[:, 1:, None])[..., 0]], dim=1)
        said: list[list[float]] = each.cumsum(-1).tolist()
        ended: list[list[float]] = logits[..., self._end_id].tolist()
        return said, ended


def _asked(question: str) -> str:
    return f"Question: {' '.join(question.split())}\nAnswer:"
