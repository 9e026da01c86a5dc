"""text2text-generation: a text in, what an encoder-decoder model makes of it out; as transformers had before version 5."""

import logging
from typing import Any

from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.lists import checked_texts
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.seq2seq import Seq2Seq

NEW_TOKENS = 128
log = logging.getLogger("openhearth.text2text")


class Text2TextGeneration:
    def __init__(self, worker: Seq2Seq) -> None:
        self.worker = worker
        self.model, self.tokenizer = worker.model, worker.tokenizer

    def __call__(
        self, inputs: str | list[str], *, max_length: int | None = None, **generate: Any
    ) -> list[dict[str, str]]:
        """`[{"generated_text": …}]` for each text; `num_return_sequences` gives as many for each."""
        most = int(generate.pop("max_new_tokens", None) or max_length or NEW_TOKENS)
        texts = checked_texts(inputs)
        for text in texts:
            if (tokens := self.worker.count(text)) > self.worker.longest_tokens:
                log.warning(
                    "a text has %d tokens, and only the first %d are looked at; give it in parts",
                    tokens, self.worker.longest_tokens,
                )  # fmt: skip
        return [
            {"generated_text": made}
            for text in texts
            for made in self.worker.rewrite_all(text, max_new_tokens=most, **generate)
        ]


def load(found: FoundModel, task: str, options: PipelineOptions) -> Text2TextGeneration:
    return Text2TextGeneration(Seq2Seq.of(found, options, task))
