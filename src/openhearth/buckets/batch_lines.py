"""The body of a batch: one JSON object a line (huggingface_hub hf_api.py `_batch_bucket_files`). Reading only."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from openhearth.buckets.records import AddFile, CopyFile, DeleteFile, Operation
from openhearth.errors import Invalid, TooLarge
from openhearth.kit.names import PATH_MAX_BYTES
from openhearth.kit.text import is_storable

OPERATIONS_MAX = 10_000
_HASH = re.compile(r"[0-9a-f]{64}")
_MTIME_MAX_MS = 253_402_300_799_000  # the end of the year 9999


def read_batch(body: bytes) -> list[Operation]:
    """The operations in `body`, in order. Raises Invalid naming the line, TooLarge."""
    lines = [(number, line) for number, line in enumerate(body.split(b"\n"), start=1) if line.strip()]
    if not lines:
        raise Invalid('batch: is empty; send at least one line like {"type": "deleteFile", "path": "a.txt"}.')
    if len(lines) > OPERATIONS_MAX:
        raise TooLarge(f"batch: {len(lines)} operations; send at most {OPERATIONS_MAX} at once.")
    return [_read_line(line, number) for number, line in lines]


def _read_line(line: bytes, number: int) -> Operation:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise Invalid(f"line {number}: is not valid JSON.") from None
    if not isinstance(value, dict):
        raise Invalid(f"line {number}: is no JSON object.")
    kind = _text(value, "type", number)
    reader = _READERS.get(kind)
    if reader is None:
        raise Invalid(f"line {number}: type {kind[:40]!r} is unknown; use one of {', '.join(_READERS)}.")
    return reader(value, number)


def _add_file(value: dict[str, Any], number: int) -> Operation:
    return AddFile(_path(value, number), _hash(value, number), _mtime(value, number))


def _copy_file(value: dict[str, Any], number: int) -> Operation:
    kind, source = _text(value, "sourceRepoType", number), _text(value, "sourceRepoId", number)
    return CopyFile(_path(value, number), _hash(value, number), kind, source, _mtime(value, number))


def _delete_file(value: dict[str, Any], number: int) -> Operation:
    return DeleteFile(_path(value, number))


_READERS: dict[str, Callable[[dict[str, Any], int], Operation]] = {
    "addFile": _add_file,
    "copyFile": _copy_file,
    "deleteFile": _delete_file,
}


def _text(value: dict[str, Any], name: str, number: int) -> str:
    found = value.get(name)
    if not isinstance(found, str) or not is_storable(found):
        raise Invalid(f"line {number}: {name!r} must be a text.")
    return found


def _path(value: dict[str, Any], number: int) -> str:
    path = _text(value, "path", number)
    if not 0 < len(path) <= PATH_MAX_BYTES:
        raise Invalid(f"line {number}: 'path' must have 1 to {PATH_MAX_BYTES} bytes.")
    return path


def _hash(value: dict[str, Any], number: int) -> str:
    found = _text(value, "xetHash", number)
    if not _HASH.fullmatch(found):
        raise Invalid(f"line {number}: xetHash {found[:80]!r} is no Xet hash; give 64 lowercase hex digits.")
    return found


def _mtime(value: dict[str, Any], number: int) -> datetime | None:
    """Milliseconds since 1970."""
    found = value.get("mtime")
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= _MTIME_MAX_MS:
        raise Invalid(f"line {number}: mtime {str(found)[:40]!r} is no time in milliseconds since 1970.")
    return datetime.fromtimestamp(found / 1000, UTC)
