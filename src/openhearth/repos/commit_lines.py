"""The body of a commit: one JSON object a line, each `{"key": …, "value": …}` (huggingface_hub _commit_api.py
`_prepare_commit_payload`). Read from disk line by line; every size is capped before it is held.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from openhearth.errors import Invalid, TooLarge
from openhearth.repos.advice import REGULAR_MAX_BYTES
from openhearth.repos.records import (
    AddFile,
    AddLargeFile,
    CommitRequest,
    Operation,
    RemoveFile,
    RemoveFolder,
)  # fmt: skip

BODY_MAX_BYTES = 1 << 30
CONTENT_MAX_BYTES = 512 << 20  # of all files that travel inside one commit
LINE_MAX_BYTES = REGULAR_MAX_BYTES * 2
OPERATIONS_MAX = 25_000
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass
class _Reading:
    header: dict[str, Any] | None = None
    operations: list[Operation] = field(default_factory=list)
    content_bytes: int = 0

    def add(self, operation: Operation) -> None:
        if len(self.operations) >= OPERATIONS_MAX:
            raise TooLarge(f"commit: more than {OPERATIONS_MAX} changes; split it into several commits.")
        self.operations.append(operation)


def read_commit_lines(path: Path) -> CommitRequest:
    """The request in the file at `path`. Raises Invalid naming the line, TooLarge."""
    reading = _Reading()
    with path.open("rb") as file:
        for number, line in enumerate(_lines(file), start=1):
            key, value = _parse(line, number)
            reader = _READERS.get(key)
            if reader is None:
                raise Invalid(
                    f"line {number}: key {key[:40]!r} is unknown; use one of {', '.join(_READERS)}."
                )
            reader(reading, value, number)
    if reading.header is None:
        raise Invalid('commit: has no header; begin with {"key": "header", "value": {"summary": "..."}}.')
    return CommitRequest(
        summary=_text(reading.header, "summary", 1),
        description=_text(reading.header, "description", 1, default=""),
        parent_commit=_text(reading.header, "parentCommit", 1, default="") or None,
        operations=reading.operations,
    )


def _lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(LINE_MAX_BYTES + 1):
        if len(line) > LINE_MAX_BYTES:
            raise TooLarge(
                f"commit: a line is longer than {LINE_MAX_BYTES} bytes; upload files above "
                f"{REGULAR_MAX_BYTES} bytes as large files."
            )
        if line.strip():
            yield line


def _parse(line: bytes, number: int) -> tuple[str, dict[str, Any]]:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError):
        raise Invalid(f"line {number}: is not valid JSON.") from None
    key = item.get("key") if isinstance(item, dict) else None
    value = item.get("value") if isinstance(item, dict) else None
    if not isinstance(key, str) or not isinstance(value, dict):
        raise Invalid(f'line {number}: must be of the form {{"key": "...", "value": {{...}}}}.')
    return key, value


def _read_header(reading: _Reading, value: dict[str, Any], number: int) -> None:
    if reading.header is not None:
        raise Invalid(f"line {number}: a second header.")
    reading.header = value


def _read_file(reading: _Reading, value: dict[str, Any], number: int) -> None:
    text, path = _text(value, "content", number), _text(value, "path", number)
    encoding = _text(value, "encoding", number, default="base64")
    if encoding == "base64":
        try:
            content = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise Invalid(f"line {number}: the content of {path[:80]!r} is not valid base64.") from None
    elif encoding == "utf-8":
        content = text.encode("utf-8", "surrogatepass")
    else:
        raise Invalid(f"line {number}: encoding {encoding[:40]!r} is unknown; use base64 or utf-8.")
    reading.content_bytes += len(content)
    if reading.content_bytes > CONTENT_MAX_BYTES:
        raise TooLarge(
            f"commit: its files hold more than {CONTENT_MAX_BYTES} bytes; split it into several commits."
        )
    reading.add(AddFile(path, content))


def _read_large_file(reading: _Reading, value: dict[str, Any], number: int) -> None:
    algorithm, sha256 = _text(value, "algo", number, default="sha256"), _text(value, "oid", number)
    if algorithm != "sha256" or not _SHA256.fullmatch(sha256):
        raise Invalid(f"line {number}: a large file is named by algo sha256 and an oid of 64 hex digits.")
    size = value.get("size")
    if size is not None and (isinstance(size, bool) or not isinstance(size, int) or size < 0):
        raise Invalid(f"line {number}: size {str(size)[:40]!r} is no number of bytes.")
    reading.add(AddLargeFile(_text(value, "path", number), sha256, size))


def _read_deleted_file(reading: _Reading, value: dict[str, Any], number: int) -> None:
    reading.add(RemoveFile(_text(value, "path", number)))


def _read_deleted_folder(reading: _Reading, value: dict[str, Any], number: int) -> None:
    reading.add(RemoveFolder(_text(value, "path", number)))


_READERS: dict[str, Callable[[_Reading, dict[str, Any], int], None]] = {
    "header": _read_header,
    "file": _read_file,
    "lfsFile": _read_large_file,
    "deletedFile": _read_deleted_file,
    "deletedFolder": _read_deleted_folder,
}


def _text(value: dict[str, Any], name: str, number: int, *, default: str | None = None) -> str:
    found = value.get(name, default)
    if found is None and default is not None:
        return default
    if not isinstance(found, str):
        raise Invalid(f"line {number}: {name!r} must be a text.")
    return found
