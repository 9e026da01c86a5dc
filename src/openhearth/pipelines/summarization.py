"""summarization: a long text in, a short one out; the shapes that transformers had before its version 5.

A text longer than the model can look at is summarised piece by piece, and the summaries are joined by the same
means until one is left.
"""

from collections.abc import Callable
from typing import Any

from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.instruct import Instruct, load_instruct
from openhearth.pipelines.lists import checked_texts, with_progress
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.prompts import SUMMARY_SENTENCES, SUMMARY_TOKENS, conversation
from openhearth.pipelines.seq2seq import Seq2Seq
from openhearth.pipelines.splitting import split

_PROMPT_TOKENS = 96
# A small model loses the thread long before its context ends.
_PIECE_TOKENS = 1200

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

    def _summarise(self, text: str, one: OnePiece, most: int, truncation: bool) -> str:
        room = min(_PIECE_TOKENS, self.worker.context_tokens - most - _PROMPT_TOKENS)
        pieces = split(text, room, self.worker.count)
        if truncation:
            pieces = pieces[:1]
        is_merge = False
        while True:
            said = [one(piece, is_merge) for piece in with_progress(pieces, "summarising")]
            if len(said) == 1:
                return said[0]
            joined = split("\n\n".join(said), room, self.worker.count)
            # Summaries that do not get shorter are an end too.
            pieces, is_merge = (joined, True) if len(joined) < len(pieces) else ([joined[0]], True)


def load(found: FoundModel, task: str, options: PipelineOptions) -> Summarization:
    is_chat = found.gguf is not None or found.folder.is_chat
    return Summarization(load_instruct(found, options) if is_chat else Seq2Seq.of(found, options, task))
