"""sentence-similarity: how near the meaning of one text is to that of others."""

from typing import Any

from openhearth.errors import Invalid
from openhearth.pipelines.embedder import Embedder
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.lists import checked_texts
from openhearth.pipelines.options import PipelineOptions


class SentenceSimilarity:
    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self.model, self.tokenizer = embedder.model, embedder.tokenizer

    def __call__(self, inputs: Any, *, sentences: list[str] | None = None) -> list[float]:
        """Cosines in the order of `sentences`. `inputs` may also be `{"source_sentence", "sentences"}`, as over HTTP."""
        if isinstance(inputs, dict):
            inputs, sentences = inputs.get("source_sentence"), inputs.get("sentences")
        if not sentences:
            raise Invalid("sentences: give the list of texts to compare with.")
        (source,) = checked_texts(inputs)
        return self.embedder.near(source, checked_texts(sentences, field="sentences"))


def load(found: FoundModel, task: str, options: PipelineOptions) -> SentenceSimilarity:
    return SentenceSimilarity(Embedder.of(found, options))
