"""text-classification without a classifier: an instruct model is asked whether a text is positive or negative.

The score is the share of the likelier word, not of a whole answer: one look, no text made.
"""

from typing import Any

from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.instruct import Instruct, load_instruct
from openhearth.pipelines.lists import checked_texts, with_progress
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.prompts import conversation

LABELS = ("POSITIVE", "NEGATIVE")
_WORDS = ("positive", "negative")


class AskedSentiment:
    def __init__(self, instruct: Instruct) -> None:
        self.instruct = instruct
        self.model, self.tokenizer = instruct.model, instruct.tokenizer

    def __call__(self, inputs: str | list[str], *, top_k: int | None = 1) -> list[Any]:
        """`[{"label", "score"}]`; with `top_k` None or above one, both labels for each text."""
        rows = [self._judge(text) for text in with_progress(checked_texts(inputs), "reading")]
        return [row[0] for row in rows] if top_k == 1 else rows

    def _judge(self, text: str) -> list[dict[str, Any]]:
        shares = self.instruct.weigh(conversation("text-classification", text=text), _WORDS)
        rows = [{"label": label, "score": share} for label, share in zip(LABELS, shares, strict=True)]
        return sorted(rows, key=lambda row: -float(str(row["score"])))


def load(found: FoundModel, task: str, options: PipelineOptions) -> AskedSentiment:
    return AskedSentiment(load_instruct(found, options))
