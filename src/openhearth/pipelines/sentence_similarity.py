"""sentence-similarity: how near the meaning of one text is to that of others."""

from typing import Any

from openhearth.pipelines.embedder import Embedder
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.lists import checked_texts, texts_named
from openhearth.pipelines.options import PipelineOptions


class SentenceSimilarity:
    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self.model, self.tokenizer = embedder.model, embedder.tokenizer

    def __call__(self, inputs: Any, *, sentences: Any = None) -> Any:
        """Cosines in the order of `sentences`, or a list of them for each text of a list.

        `inputs` may also be `{"source_sentence", "sentences"}`, as over HTTP.
        """
        if isinstance(inputs, dict):
            inputs, sentences = inputs.get("source_sentence"), inputs.get("sentences", sentences)
        others = texts_named(sentences, field="sentences", to="compare with")
        rows = [self.embedder.near(source, others) for source in checked_texts(inputs)]
        return rows if isinstance(inputs, list) else rows[0]


def load(found: FoundModel, task: str, options: PipelineOptions) -> SentenceSimilarity:
    return SentenceSimilarity(Embedder.of(found, options))
