"""Requests about pictures, as an engine reads them: one or two pictures, with a question or without.

Pictures come as bytes or base64 text and in no other way: nothing that a stranger names is opened or fetched here.
"""

import json
from collections.abc import Mapping
from typing import Any

from openhearth.engine.payloads import bytes_of, bytes_of_text
from openhearth.errors import Invalid
from openhearth.pipelines.image_to_text import turns_about
from openhearth.pipelines.inputs import read_image
from openhearth.protocol.engine import Run

ANSWERED_BY_TALKING = frozenset({"image-text-to-text", "any-to-any"})
_PARTS = frozenset({"image", "question", "text", "word_boxes"})


def read_pictures(request: Run, task: str) -> Any:
    """A picture, a pair of them for keypoint-matching, or a dict with one in `image`. Raises Invalid."""
    inputs = request.inputs
    if task == "keypoint-matching":
        return _read_pair(inputs)
    if isinstance(inputs, dict):
        return _read_parts(inputs)
    return read_image(bytes_of(request, "image"))


def read_decision(inputs: Any) -> dict[str, Any]:
    """A request for decisions, its pictures read: transformers would fetch whatever their names lead to. Raises Invalid."""
    try:
        request = json.loads(inputs) if isinstance(inputs, str) else inputs
    except (ValueError, RecursionError):
        request = None
    if not isinstance(request, dict) or not isinstance(request.get("assets") or {}, dict):
        raise Invalid('inputs: send {"state": …, "questions": {…}}.', param="inputs")
    assets = {
        name: read_image(
            bytes_of_text(str(held.get("data_base64") if isinstance(held, dict) else held), "image")
        )
        for name, held in (request.get("assets") or {}).items()
    }
    return {**request, "assets": assets} if assets else request


def talk_about(worker: Any, given: Any, settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a model that sees answers to a question about a picture, as `[{"generated_text"}]`. Raises Invalid."""
    parts = dict(given) if isinstance(given, Mapping) else {"image": given}
    rest = {"return_full_text": False, **settings}
    asked = rest.pop("text", None) or parts.get("text") or parts.get("question")
    if not isinstance(asked, str) or not asked.strip():
        raise Invalid("parameters.text: is missing; ask something about the picture.", param="text")
    if getattr(worker.processor, "chat_template", None):
        rows = worker(text=turns_about(parts["image"], asked), **rest)
    else:
        rows = worker(images=parts["image"], text=asked, **rest)
    return [{"generated_text": row["generated_text"]} for row in rows]


def _read_pair(inputs: Any) -> list[Any]:
    if not isinstance(inputs, list) or len(inputs) != 2 or not all(isinstance(each, str) for each in inputs):
        raise Invalid("inputs: send two pictures, as a list of base64 texts.", param="inputs")
    return [read_image(bytes_of_text(each, "image")) for each in inputs]


def _read_parts(inputs: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(inputs.get("image"), str):
        raise Invalid("inputs.image: is missing; send the picture as base64 text.", param="inputs")
    for name in inputs.keys() - _PARTS:
        raise Invalid(f"inputs.{name}: is not known; send {', '.join(sorted(_PARTS))}.", param="inputs")
    return {**inputs, "image": read_image(bytes_of_text(inputs["image"], "image"))}
