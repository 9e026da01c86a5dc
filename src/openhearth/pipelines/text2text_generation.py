"""text2text-generation: a text in, what an encoder-decoder model makes of it out; as transformers had before version 5."""

from typing import Any

from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.lists import checked_texts
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.seq2seq import Seq2Seq

NEW_TOKENS = 128


class Text2TextGeneration:
    def __init__(self, worker: Seq2Seq) -> None:
        self.worker = worker
        self.model, self.tokenizer = worker.model, worker.tokenizer

    def __call__(
        self, inputs: str | list[str], *, max_length: int | None = None, **generate: Any
    ) -> list[dict[str, str]]:
        """`[{"generated_text": …}]` for each text."""
        most = int(generate.pop("max_new_tokens", None) or max_length or NEW_TOKENS)
        texts = checked_texts(inputs)
        return [
            {"generated_text": self.worker.rewrite(text, max_new_tokens=most, **generate)} for text in texts
        ]


def load(found: FoundModel, task: str, options: PipelineOptions) -> Text2TextGeneration:
    return Text2TextGeneration(Seq2Seq.of(found, options, task))
