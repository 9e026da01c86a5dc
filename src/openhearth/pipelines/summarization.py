"""summarization: a long text in, a short one out; the shapes that transformers had before its version 5.

A text longer than the model can look at is summarised piece by piece, and the summaries are joined by the same
means until one is left.
"""

import logging
from collections.abc import Callable
from typing import Any

from openhearth.pipelines.faithfulness import unsupported_facts
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.instruct import Instruct, load_instruct
from openhearth.pipelines.lists import checked_texts, with_progress
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.prompts import SUMMARY_SENTENCES, SUMMARY_TOKENS, conversation
from openhearth.pipelines.seq2seq import Seq2Seq
from openhearth.pipelines.splitting import Count, split

_PROMPT_TOKENS = 96
# A small model loses the thread long before its context ends.
_PIECE_TOKENS = 1200

log = logging.getLogger("openhearth.summarization")
OnePiece = Callable[[str, bool], str]


class Summarization:
    """`model` and `tokenizer` are transformers' own."""

    def __init__(self, worker: Instruct | Seq2Seq) -> None:
        self.worker = worker
        self.model, self.tokenizer = worker.model, worker.tokenizer

    def __call__(
        self,
        inputs: str | list[str],
        *,
        max_length: int | None = None,
        min_length: int | None = None,
        sentences: int = SUMMARY_SENTENCES,
        truncation: bool = False,
        clean_up_tokenization_spaces: bool = False,
        **generate: Any,
    ) -> list[dict[str, str]]:
        """`[{"summary_text": …}]` for each text. `truncation` reads only as much as fits, instead of all in pieces."""
        texts = checked_texts(inputs)
        most = int(generate.pop("max_new_tokens", None) or max_length or SUMMARY_TOKENS)
        if min_length is not None:
            generate["min_length" if isinstance(self.worker, Seq2Seq) else "min_new_tokens"] = min(
                min_length, most
            )

        def one(text: str, is_merge: bool) -> str:
            if isinstance(self.worker, Seq2Seq):
                return self.worker.rewrite(text, max_new_tokens=most, **generate)
            name = "summarization_merge" if is_merge else "summarization"
            return self.worker.say(
                conversation(name, text=text, sentences=sentences), max_new_tokens=most, **generate
            )

        return [{"summary_text": self._summarise(text, one, most, truncation)} for text in texts]

    def room(self, most: int) -> int:
        """How many tokens of a text are summarised at once, in `most` tokens."""
        return min(_PIECE_TOKENS, self.worker.context_tokens - most - _PROMPT_TOKENS)

    def _summarise(self, text: str, one: OnePiece, most: int, truncation: bool) -> str:
        room = self.room(most)
        pieces = split(text, room, self.worker.count)
        return summarise_pieces(text, pieces[:1] if truncation else pieces, one, room, self.worker.count)


def summarise_pieces(text: str, pieces: list[str], one: OnePiece, room: int, count: Count) -> str:
    """One summary of `text` from that of each of its pieces, none of more than `room` tokens, by joining and summarising again."""
    is_merge = False
    while True:
        said = [one(piece, is_merge) for piece in with_progress(pieces, "summarising")]
        if len(said) == 1:
            _warn_of_unsupported(said[0], text)
            return said[0]
        joined = split("\n\n".join(said), room, count)
        while len(joined) >= len(pieces):
            # Summaries that do not get shorter: the end of each is left out, so that every part is still spoken of.
            said = [summary[: len(summary) // 2 or 1] for summary in said]
            joined = split("\n\n".join(said), room, count)
        pieces, is_merge = joined, True


def _warn_of_unsupported(summary: str, text: str) -> None:
    """Leave a note where the summary states what the text does not: small models invent."""
    missing = unsupported_facts(summary, text)
    if missing:
        log.warning(
            "The summary states %s, which the text does not say in these words: check it.",
            ", ".join(f"“{fact}”" for fact in missing),
        )


def load(found: FoundModel, task: str, options: PipelineOptions) -> Summarization:
    is_chat = found.gguf is not None or found.folder.is_chat
    return Summarization(load_instruct(found, options) if is_chat else Seq2Seq.of(found, options, task))
