"""Answers of a hub in the shapes that the same call gives in this process.

The task API speaks the dialect of huggingface_hub: it gives more labels and groups names unless told otherwise, answers one
input at a time, and sends pictures and sounds as base64.
"""

import base64
import io
from collections.abc import Mapping
from typing import Any

from openhearth.errors import Unsupported, UpstreamFailed
from openhearth.pipelines.reading.reader import is_chat
from openhearth.pipelines.tasks import Task

# What transformers takes where nothing is said.
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "text-classification": {"top_k": 1},
    "token-classification": {"aggregation_strategy": "none"},
    "text-generation": {"return_full_text": True},
}
_CHANCE = ("do_sample", "temperature", "top_p", "top_k", "seed")
_ALL = 1_000_000
# Each input adds its rows to one list.
_FLAT = ("summarization", "translation", "text2text-generation")
_PICTURES = ("mask", "depth")


def with_defaults(task: Task, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """`parameters` with what this process would take, said."""
    said = {**_DEFAULTS.get(task.name, {}), **parameters}
    if task.name == "text-generation" and not any(name in said for name in _CHANCE):
        said["do_sample"] = True
    if "top_k" in said and said["top_k"] is None:
        said["top_k"] = _ALL
    return said


def shape_one(task: Task, inputs: Any, parameters: Mapping[str, Any], result: Any) -> Any:
    """The answer to one input, given alone."""
    if isinstance(result, dict) and result.keys() == {"content_type", "base64"}:
        return _media(result)
    if task.name == "text-classification":
        return result[0] if result and isinstance(result[0], list) else result
    if task.name == "text-generation" and is_chat(inputs) and parameters.get("return_full_text", True):
        return [
            {"generated_text": [*inputs, {"role": "assistant", "content": row["generated_text"]}]}
            for row in result
        ]
    return _read_parts(result)


def join(task: Task, parameters: Mapping[str, Any], answers: list[Any]) -> list[Any]:
    """The answers to the inputs of a list, as one call gives them."""
    if task.name in _FLAT or (task.name == "text-classification" and "top_k" not in parameters):
        return [row for rows in answers for row in rows]
    return answers


def _read_parts(value: Any) -> Any:
    """Masks and depths as pictures, times as pairs."""
    if isinstance(value, list):
        return [_read_parts(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _read_part(name, part) for name, part in value.items()}


def _read_part(name: str, part: Any) -> Any:
    if name in _PICTURES and isinstance(part, str):
        return _picture(base64.b64decode(part))
    if name == "timestamp" and isinstance(part, list):
        return tuple(part)
    if name == "predicted_depth" and isinstance(part, list):
        import numpy as np

        return np.asarray(part, dtype=np.float32)
    return _read_parts(part)


def _media(result: Mapping[str, str]) -> Any:
    content = base64.b64decode(result["base64"])
    kind = result["content_type"].partition("/")[0]
    if kind == "image":
        return _picture(content)
    return _sound(content) if kind == "audio" else _film(content)


def _picture(content: bytes) -> Any:
    try:
        from PIL import Image
    except ImportError:
        raise Unsupported(
            "The answer is a picture, which needs Pillow: pip install 'openhearth[run]'."
        ) from None
    try:
        return Image.open(io.BytesIO(content))
    except OSError:
        raise UpstreamFailed("endpoint: the picture that the hub sent cannot be read; try again.") from None


def _sound(content: bytes) -> dict[str, Any]:
    """16-bit WAV as `{"audio": (samples,) or (channels, samples), "sampling_rate"}`, as a pipe of this process gives it."""
    import wave

    import numpy as np

    with wave.open(io.BytesIO(content)) as file:
        whole = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32_767
        channels = file.getnchannels()
        samples = whole if channels == 1 else whole.reshape(-1, channels).T
        return {"audio": samples, "sampling_rate": file.getframerate()}


def _film(content: bytes) -> Any:
    import av

    from openhearth.pipelines.media import Film

    with av.open(io.BytesIO(content)) as container:
        fps = float(container.streams.video[0].average_rate or 8)
        return Film([frame.to_image() for frame in container.decode(video=0)], fps)
