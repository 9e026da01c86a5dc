"""image-classification: a picture in, labels with scores out, the likeliest first."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoImageProcessor, AutoModelForImageClassification

from openhearth.errors import Invalid
from openhearth.pipelines.inputs import read_image
from openhearth.pipelines.loading import LoadOptions, load_model, load_part
from openhearth.pipelines.model_folder import read_model_folder

DEFAULT_TOP_K = 5
FUNCTIONS = ("softmax", "sigmoid", "none")


class ImageClassification:
    def __init__(self, model: Any, processor: Any) -> None:
        self.model = model
        self.processor = processor

    def __call__(
        self, inputs: Any, *, top_k: int = DEFAULT_TOP_K, function_to_apply: str | None = None
    ) -> Any:
        """Labels of a picture, or a list of them for each picture of a list: paths, bytes or PIL images."""
        many = isinstance(inputs, list)
        images = [read_image(item) for item in (inputs if many else [inputs])]
        rows = [
            self.labels(row, top_k=top_k, function_to_apply=function_to_apply) for row in self.logits(images)
        ]
        return rows if many else rows[0]

    @torch.inference_mode()
    def logits(self, images: Sequence[Any]) -> torch.Tensor:
        """The scores (images, labels) before any function, float32 on the CPU."""
        pixels = self.processor(images=list(images), return_tensors="pt").to(
            self.model.device, self.model.dtype
        )
        scores: torch.Tensor = self.model(**pixels).logits
        return scores.float().cpu()

    def labels(
        self, logits: torch.Tensor, *, top_k: int | None = None, function_to_apply: str | None = None
    ) -> list[dict[str, Any]]:
        """The `top_k` labels of one row of `logits`. Raises Invalid for a function that is not offered."""
        scores = _apply(function_to_apply or self._usual_function(), logits)
        values, ids = scores.topk(min(top_k or DEFAULT_TOP_K, scores.shape[0]))
        names = self.model.config.id2label
        pairs = zip(values.tolist(), ids.tolist(), strict=True)
        return [{"label": names[label], "score": score} for score, label in pairs]

    def _usual_function(self) -> str:
        config = self.model.config
        many_at_once = config.problem_type == "multi_label_classification" or config.num_labels == 1
        return "sigmoid" if many_at_once else "softmax"


def _apply(function: str, logits: torch.Tensor) -> torch.Tensor:
    if function not in FUNCTIONS:
        raise Invalid(f"function_to_apply: {function!r} is not offered; use one of {', '.join(FUNCTIONS)}.")
    if function == "none":
        return logits
    return logits.softmax(-1) if function == "softmax" else logits.sigmoid()


def load(path: Path, **options: Any) -> ImageClassification:
    folder = read_model_folder(path, name=options.pop("name", None))
    processor = load_part(AutoImageProcessor, folder)
    model = load_model(AutoModelForImageClassification, folder, LoadOptions(**options), stored="float32")
    return ImageClassification(model, processor)
