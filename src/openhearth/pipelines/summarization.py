"""summarization: a long text in, a short one out; the shapes that transformers had before its version 5.

A model that was made for it reads a long text piece by piece, and the summaries are joined by the same means until one
is left. A chat model that is asked for it: `asked_summary.py`; the text's own sentences: `extractive_summary.py`.
"""

from collections.abc import Callable
from typing import Any

from openhearth.pipelines.asked_summary import AskedSummary
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.instruct import load_instruct
from openhearth.pipelines.lists import checked_texts, with_progress
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.prompts import SUMMARY_TOKENS
from openhearth.pipelines.seq2seq import Seq2Seq
from openhearth.pipelines.splitting import split
from openhearth.pipelines.summary_pieces import summarise_pieces, warn_of_unsupported

_PIECE_TOKENS = 1200
_SPARE_TOKENS = 96


class Summarization:
    """`model` and `tokenizer` are transformers' own."""

    def __init__(self, worker: Seq2Seq) -> None:
        self.worker = worker
        self.model, self.tokenizer = worker.model, worker.tokenizer

    def __call__(
        self,
        inputs: str | list[str],
        *,
        max_length: int | None = None,
        min_length: int | None = None,
        sentences: int | None = None,
        truncation: bool = False,
        clean_up_tokenization_spaces: bool = False,
        **generate: Any,
    ) -> list[dict[str, str]]:
        """`[{"summary_text": …}]` for each text. `truncation` reads only as much as fits, instead of all in pieces.

        `sentences` is for models that can be told how many; this one was taught how long its summaries are.
        """
        texts = checked_texts(inputs)
        most = int(generate.pop("max_new_tokens", None) or max_length or SUMMARY_TOKENS)
        if min_length is not None:
            generate["min_length"] = min(min_length, most)

        def say(pieces: list[str], is_merge: bool) -> list[str]:
            return [
                self.worker.rewrite(piece, max_new_tokens=most, **generate)
                for piece in with_progress(pieces, "summarising")
            ]

        return [{"summary_text": self._summarise(text, say, most, truncation)} for text in texts]

    def room(self, most: int) -> int:
        """How many tokens of a text are summarised at once, in `most` tokens."""
        return min(_PIECE_TOKENS, self.worker.context_tokens - most - _SPARE_TOKENS)

    def _summarise(
        self, text: str, say: Callable[[list[str], bool], list[str]], most: int, truncation: bool
    ) -> str:
        room = self.room(most)
        pieces = split(text, room, self.worker.count)
        summary = summarise_pieces(pieces[:1] if truncation else pieces, say, room, self.worker.count)
        warn_of_unsupported(summary, text)
        return summary


def load(found: FoundModel, task: str, options: PipelineOptions) -> Summarization | AskedSummary:
    is_chat = found.gguf is not None or found.folder.is_chat
    if is_chat:
        return AskedSummary(load_instruct(found, options), options)
    return Summarization(Seq2Seq.of(found, options, task))
