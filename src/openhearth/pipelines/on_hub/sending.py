"""Inputs as a hub takes them: texts, base64 of files, and links, which the hub fetches by its own rules."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from openhearth.errors import Invalid, Unsupported
from openhearth.pipelines.reading.content import Opener
from openhearth.pipelines.reading.links import is_link
from openhearth.pipelines.reading.reader import Read, Reader, is_chat
from openhearth.pipelines.tasks import InputKind, Task

# What concerns the loading and batching of a model that runs in this process.
_LOCAL = frozenset(("batch_size", "num_workers", "timeout", "streamer"))
_RATE_HZ = 16_000


def sent_parameters(given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` as JSON has it. Raises Invalid for what cannot be sent."""
    kept = {name: _plain(value) for name, value in given.items() if name not in _LOCAL}
    for name, value in kept.items():
        try:
            json.dumps(value)
        except (TypeError, ValueError):
            raise Invalid(
                f"{name}: {type(value).__name__} cannot be sent to a hub; leave it out, or load the model here."
            ) from None
    return kept


def names_link(item: Any) -> bool:
    """Whether the hub is to fetch something for `item`."""
    values = item.values() if isinstance(item, Mapping) else (item,)
    return any(isinstance(value, str) and is_link(value) for value in values)


def sent_input(task: Task, item: Any, *, as_text: bool = False) -> tuple[Any, list[Read]]:
    """One input of `task` as JSON, and the files that were read for it."""
    kind: InputKind = "text" if task.name == "any-to-any" else task.takes
    read: list[Read] = []
    return _sent(item, kind, as_text, read), read


def _sent(item: Any, kind: InputKind, as_text: bool, read: list[Read]) -> Any:
    if isinstance(item, str) and (as_text or is_link(item)):
        return item.strip() if is_link(item) and not as_text else item
    if isinstance(item, Mapping) and not _is_sound(item, kind):
        return {name: _sent(value, _kind_of(name), as_text, read) for name, value in item.items()}
    if kind == "table" or isinstance(item, list | tuple):
        return [_sent_turn(turn, read) for turn in item] if is_chat(item) else _plain(item)
    if kind == "text":
        value, found = Reader("text").read(item)
        read += found
        return value
    return base64.b64encode(_file_of(item, kind, read)).decode()


def _kind_of(name: str) -> InputKind:
    kinds: Mapping[str, InputKind] = {
        "image": "image",
        "images": "image",
        "audio": "audio",
        "context": "text",
    }
    return kinds.get(name, "table")


def _sent_turn(turn: Any, read: list[Read]) -> Any:
    """A turn of a conversation, its pictures as base64."""
    content = turn.get("content")
    if not isinstance(content, list):
        return turn
    return {**turn, "content": [_sent(piece, "table", False, read) for piece in content]}


def _is_sound(item: Any, kind: InputKind) -> bool:
    return kind == "audio" and isinstance(item, Mapping) and "sampling_rate" in item


def _file_of(item: Any, kind: InputKind, read: list[Read]) -> bytes:
    """The bytes of a picture, sound or film, however it is held."""
    found = Opener().open(item)
    if found is not None:
        if found.origin is not None:
            read.append(Read(origin=found.origin, kind=kind))
        if not found.content:
            raise Invalid(f"{found.name}: is empty; give a file that holds something.")
        return found.content
    if isinstance(item, str):
        Reader(kind).read(item)  # refuses it with its sentence
    try:
        from openhearth.pipelines.inputs import read_image
        from openhearth.pipelines.media import image_file, sound_file
    except ImportError as error:
        raise Unsupported(
            f"inputs: to send {type(item).__name__} this needs {error.name}: pip install 'openhearth[run]'; "
            "or give the path or the bytes of a file."
        ) from None
    if kind == "image":
        return image_file(read_image(item)).content
    if kind == "audio":
        is_named = isinstance(item, Mapping)
        samples = item.get("raw", item.get("array")) if is_named else item
        return sound_file(samples, item["sampling_rate"] if is_named else _RATE_HZ).content
    raise Invalid(f"inputs: {type(item).__name__} is no {kind}; give the path or the bytes of a file.")


def _plain(value: Any) -> Any:
    """Frames as columns, arrays as lists."""
    if hasattr(value, "to_dict"):
        return {str(name): [str(cell) for cell in column] for name, column in value.to_dict("list").items()}
    return value.tolist() if hasattr(value, "tolist") else value
