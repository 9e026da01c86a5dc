"""text-ranking: texts in the order in which they answer a query, best first."""

from collections.abc import Sequence
from typing import Any

import torch
import transformers

from openhearth.pipelines.embedder import Embedder
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.lists import checked_texts, texts_named
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.through_transformers import load_with

_BATCH = 32


class CrossEncoder:
    """Reads query and text together; its one logit says how well they fit."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.model, self.tokenizer = model, tokenizer

    @torch.inference_mode()
    def near(self, query: str, texts: Sequence[str]) -> list[float]:
        scores: list[float] = []
        for start in range(0, len(texts), _BATCH):
            batch = list(texts[start : start + _BATCH])
            encoded = self.tokenizer(
                [query] * len(batch), batch, padding=True, truncation=True, return_tensors="pt"
            )
            scores += self.model(**encoded.to(self.model.device)).logits[:, 0].float().sigmoid().tolist()
        return scores


class TextRanking:
    def __init__(self, judge: Embedder | CrossEncoder) -> None:
        self.judge = judge
        self.embedder = judge if isinstance(judge, Embedder) else None
        self.model, self.tokenizer = judge.model, judge.tokenizer

    def __call__(self, inputs: Any, *, documents: Any = None, top_k: int | None = None) -> Any:
        """`[{"index", "score", "text"}]`, or a list of these for a list of queries.

        `inputs` is the query, or `{"query", "documents"}`.
        """
        if isinstance(inputs, dict):
            documents = inputs.get("documents", inputs.get("texts", documents))
            inputs = inputs.get("query")
        texts = texts_named(documents, field="documents", to="put in order")
        rows = [self._order(query, texts)[:top_k] for query in checked_texts(inputs, field="query")]
        return rows if isinstance(inputs, list) else rows[0]

    def _order(self, query: str, texts: list[str]) -> list[dict[str, Any]]:
        scored = sorted(enumerate(self.judge.near(query, texts)), key=lambda pair: -pair[1])
        return [{"index": index, "score": score, "text": texts[index]} for index, score in scored]


def load(found: FoundModel, task: str, options: PipelineOptions) -> TextRanking:
    if found.folder.task == "text-classification":
        return TextRanking(
            CrossEncoder(*load_with(transformers.AutoModelForSequenceClassification, found, options))
        )
    return TextRanking(Embedder.of(found, options))
