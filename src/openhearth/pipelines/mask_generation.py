"""mask-generation: transformers' own pipeline, also where torchvision is missing.

Of torchvision it uses one function alone: of masks that cover each other it keeps the surest. That is done here then.
"""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np
import torch

from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.through_transformers import load as load_native


def load(found: FoundModel, task: str, options: PipelineOptions) -> Any:
    opened = load_native(found, task, options)
    if find_spec("torchvision") is None:
        opened.image_processor.post_process_for_mask_generation = keep_surest
    return opened


def keep_surest(
    masks: Sequence[Mapping[str, Any]], scores: torch.Tensor, boxes: torch.Tensor, threshold: float
) -> tuple[list[Any], torch.Tensor, list[Mapping[str, Any]], torch.Tensor]:
    """The surest masks first, without those whose boxes share more than `threshold` with a surer one's.

    `masks` are run lengths, column by column, of pixels outside and inside in turn: `{"size": [height, width], "counts"}`.
    `scores`: (masks,); `boxes`: (masks, 4). Gives masks (height, width), scores, run lengths and boxes of those kept.
    """
    kept = _apart(boxes.float(), scores, threshold)
    runs = [masks[index] for index in kept]
    return [_unrolled(each) for each in runs], scores[kept], runs, boxes[kept]


def _apart(boxes: torch.Tensor, scores: torch.Tensor, threshold: float) -> list[int]:
    """Indices of the boxes that are kept, surest first."""
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    waiting = scores.argsort(descending=True, stable=True)
    kept = []
    while len(waiting):
        first, rest = waiting[0], waiting[1:]
        kept.append(int(first))
        upper, lower = (
            torch.maximum(boxes[first, :2], boxes[rest, :2]),
            torch.minimum(boxes[first, 2:], boxes[rest, 2:]),
        )
        shared = (lower - upper).clamp(min=0).prod(1)
        waiting = rest[shared / (areas[first] + areas[rest] - shared).clamp(min=1e-9) <= threshold]
    return kept


def _unrolled(runs: Mapping[str, Any]) -> Any:
    height, width = runs["size"]
    inside = np.arange(len(runs["counts"])) % 2 == 1
    return np.repeat(inside, runs["counts"]).reshape(width, height).T
