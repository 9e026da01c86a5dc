"""zero-shot-classification without a model of inference: labels by how near their meaning is to that of the text."""

from typing import Any

import numpy as np

from openhearth.errors import Invalid
from openhearth.pipelines.embedder import Embedder
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.lists import LABEL_TEMPLATE, checked_texts, labels_of
from openhearth.pipelines.options import PipelineOptions

# Cosines of one text lie close together; so much sharper, the shares of a clear case come out near one.
_SHARPNESS = 12.0


class NearestLabel:
    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self.model, self.tokenizer = embedder.model, embedder.tokenizer

    def __call__(
        self,
        inputs: str | list[str],
        candidate_labels: Any = None,
        *,
        hypothesis_template: str = LABEL_TEMPLATE,
        multi_label: bool = False,
    ) -> Any:
        """`{"sequence", "labels", "scores"}`, best first; scores share one, or stand alone with `multi_label`."""
        labels = labels_of(candidate_labels)
        if "{}" not in hypothesis_template:
            raise Invalid(
                f"hypothesis_template: {hypothesis_template!r} has no {{}} for the label to stand in."
            )
        hypotheses = [hypothesis_template.replace("{}", label) for label in labels]
        rows = [self._sort(text, labels, hypotheses, multi_label) for text in checked_texts(inputs)]
        return rows[0] if isinstance(inputs, str) else rows

    def _sort(self, text: str, labels: list[str], hypotheses: list[str], multi_label: bool) -> dict[str, Any]:
        cosines = np.array(self.embedder.near(text, hypotheses))
        if multi_label:
            scores = np.clip((cosines + 1) / 2, 0, 1)
        else:
            weights = np.exp(_SHARPNESS * (cosines - cosines.max()))
            scores = weights / weights.sum()
        order = np.argsort(-scores, kind="stable")
        return {
            "sequence": text,
            "labels": [labels[i] for i in order],
            "scores": [float(scores[i]) for i in order],
        }


def load(found: FoundModel, task: str, options: PipelineOptions) -> NearestLabel:
    return NearestLabel(Embedder.of(found, options))
