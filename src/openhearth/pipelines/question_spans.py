"""Answers marked by a model with a question-answering head: the likeliest start and end over windows that overlap."""

from dataclasses import dataclass
from typing import Any, Self

import torch
import transformers

from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.limits import context_tokens
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.through_transformers import load_with

WINDOW_TOKENS = 384
STRIDE_TOKENS = 128
ANSWER_TOKENS = 15
_WINDOWS_AT_ONCE = 16
_SPECIAL_TOKENS = 4  # what tokenizers put around a question and its context, at most


@dataclass(frozen=True)
class Span:
    """A passage of the context, in characters; `start == end == 0` for none."""

    score: float
    start: int
    end: int


class MarkedAnswers:
    """`model` and `tokenizer` are transformers' own; the tokenizer must be a fast one, which knows places."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.model = model
        self.tokenizer = tokenizer

    @classmethod
    def of(cls, found: FoundModel, options: PipelineOptions) -> Self:
        return cls(*load_with(transformers.AutoModelForQuestionAnswering, found, options))

    def find(
        self,
        question: str,
        context: str,
        *,
        top_k: int,
        may_be_nowhere: bool = False,
        doc_stride: int = STRIDE_TOKENS,
        max_answer_len: int = ANSWER_TOKENS,
        max_seq_len: int = WINDOW_TOKENS,
        max_question_len: int = 64,
        align_to_words: bool = True,
    ) -> list[Span]:
        """The `top_k` likeliest passages; with `may_be_nowhere`, among them the chance that there is none, without length."""
        longest = min(max_seq_len, context_tokens(self) or max_seq_len)
        ids = self.tokenizer(question, add_special_tokens=False).input_ids
        if len(ids) > (most := min(max_question_len, longest // 2)):
            question, ids = str(self.tokenizer.decode(ids[:most])), ids[:most]
        windows = self.tokenizer(
            question, context, truncation="only_second", max_length=longest,
            stride=min(doc_stride, max(0, longest - len(ids) - _SPECIAL_TOKENS) // 2),
            return_overflowing_tokens=True, return_offsets_mapping=True, padding=True, return_tensors="pt",
        )  # fmt: skip
        offsets = windows.pop("offset_mapping")
        windows.pop("overflow_to_sample_mapping", None)
        starts, ends = self._logits(windows)
        spans: dict[tuple[int, int], float] = {}
        nowhere = 1.0
        for row in range(len(offsets)):
            inside = torch.tensor([part == 1 for part in windows.sequence_ids(row)])
            found, none = _best_of(starts[row], ends[row], inside, max_answer_len, top_k)
            nowhere = min(nowhere, none)
            for start, end, score in found:
                place = self._place(
                    context, int(offsets[row][start][0]), int(offsets[row][end][1]), align_to_words
                )
                spans[place] = max(spans.get(place, 0.0), score)
        ordered = [Span(score, *place) for place, score in spans.items()]
        if may_be_nowhere or not ordered:
            ordered.append(Span(nowhere, 0, 0))
        return sorted(ordered, key=lambda span: -span.score)[:top_k]

    @torch.inference_mode()
    def _logits(self, windows: Any) -> tuple[torch.Tensor, torch.Tensor]:
        """Of starts and of ends, (windows, tokens) each. A long text has thousands of windows: some are worked at a time."""
        starts, ends = [], []
        for first in range(0, len(windows["input_ids"]), _WINDOWS_AT_ONCE):
            some = {
                name: rows[first : first + _WINDOWS_AT_ONCE].to(self.model.device)
                for name, rows in windows.items()
            }
            output = self.model(**some)
            starts.append(output.start_logits.cpu())
            ends.append(output.end_logits.cpu())
        return torch.cat(starts), torch.cat(ends)

    def _place(self, context: str, start: int, end: int, align: bool) -> tuple[int, int]:
        """A place widened to whole words where tokens are parts of words."""
        while align and start > 0 and context[start - 1].isalnum() and context[start].isalnum():
            start -= 1
        while align and end < len(context) and context[end].isalnum() and context[end - 1].isalnum():
            end += 1
        return start, end


def _best_of(
    start_logits: torch.Tensor, end_logits: torch.Tensor, inside: torch.Tensor, longest: int, top_k: int
) -> tuple[list[tuple[int, int, float]], float]:
    """The likeliest (start, end, score) of one window of T tokens, and how likely it answers nothing.

    `inside` (T,) marks the context; the first token stands for "no answer" (SQuAD 2.0 convention).
    """
    allowed = inside.to(start_logits.device).clone()
    allowed[0] = True
    starts = start_logits.float().masked_fill(~allowed, -torch.inf).softmax(-1)
    ends = end_logits.float().masked_fill(~allowed, -torch.inf).softmax(-1)
    none = float(starts[0] * ends[0])
    starts[0] = ends[0] = 0.0
    scores = torch.triu(starts[:, None] * ends[None, :]).tril(longest - 1)  # (T, T)
    values, places = scores.flatten().topk(min(top_k, scores.numel()))
    width = len(starts)
    return [
        (int(p) // width, int(p) % width, float(v)) for v, p in zip(values, places, strict=True) if v > 0
    ], none
