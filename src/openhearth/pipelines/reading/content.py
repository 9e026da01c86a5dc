"""The bytes behind what a person names: a link, a file, an open file, a data: address, a path in a repo of the hub."""

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import SplitResult, unquote_to_bytes, urlsplit
from urllib.request import url2pathname

from openhearth.errors import Invalid, NotFound, TooLarge
from openhearth.pipelines.reading.links import fetch, is_link

PATH_MAX_LENGTH = 1024
FILE_MAX_BYTES = 1 << 30
HUB_SCHEME = "hf://"
FILE_SCHEME = "file://"
# How a string that is the path of a file begins, whatever words follow.
PATH_BEGINNINGS = ("./", "../", "~/", "/")
# A picture in base64 is longer than any name of a file that it could be taken for.
_BASE64_MIN_LENGTH = 64
_BYTES = (bytes, bytearray, memoryview)


@dataclass(frozen=True)
class Content:
    """Bytes, not yet understood. `origin` None: they were given as such, and there is nothing to name."""

    origin: str | None
    content: bytes
    content_type: str = ""
    charset: str | None = None

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.origin or "input"


@dataclass(frozen=True, kw_only=True)
class Opener:
    """Opens what is named. `links_only` is for servers: nothing of their own disk or account is opened for whoever asks."""

    allow_private: bool = False
    links_only: bool = False

    def open(self, item: Any, suffixes: frozenset[str] | None = None) -> Content | None:
        """The bytes of `item`, or None if it names none. Of names in a string only files of `suffixes` count, if given."""
        if isinstance(item, str):
            return self._open_text(item, suffixes)
        if isinstance(item, _BYTES):
            return Content(None, bytes(item))
        if isinstance(item, Mapping) and isinstance(item.get("bytes"), _BYTES):
            return Content(None, bytes(item["bytes"]))  # a picture or sound as data sets keep it, not decoded
        if self.links_only:
            return None
        if isinstance(item, Mapping) and isinstance(item.get("path"), str):
            return read_file(Path(item["path"]))
        if isinstance(item, os.PathLike):
            return read_file(Path(item))
        return _read_stream(item) if callable(getattr(item, "read", None)) else None

    def _open_text(self, text: str, suffixes: frozenset[str] | None) -> Content | None:
        if is_link(text):
            fetched = fetch(text, allow_private=self.allow_private)
            return Content(fetched.url, fetched.content, fetched.content_type, fetched.charset)
        if _is_single(text, "data:") and "," in text:
            return _read_data_address(text.strip())
        if self.links_only:
            return None
        if _is_single(text, HUB_SCHEME):
            return _read_repo_file(text.strip())
        if _is_single(text, FILE_SCHEME):
            return read_file(_path_of(text.strip()))
        path = named_file(text)
        if path is None and suffixes is not None:
            _require_no_file(text, suffixes)
        if path is None or (suffixes is not None and path.suffix.lower() not in suffixes):
            return None
        return read_file(path)


def _is_single(text: str, scheme: str) -> bool:
    """Whether `text` is one address of `scheme` and nothing else."""
    return text.lstrip()[: len(scheme)].lower() == scheme and len(text.split(maxsplit=1)) == 1


def _path_of(address: str) -> Path:
    """The file that a `file://` address of a browser leads to."""
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = SplitResult("", "", "", "", "")
    if parts.netloc not in ("", "localhost") or not parts.path:
        raise Invalid(f"input: {address[:200]!r} is no file of this machine; give its path.")
    return Path(url2pathname(parts.path))


def _require_no_file(text: str, suffixes: frozenset[str]) -> None:
    """Raise NotFound for the path of a file that is not there: what it says is nobody's text."""
    name = text.strip()
    if len(name) > PATH_MAX_LENGTH or PurePath(name).suffix.lower() not in suffixes or "\n" in name:
        return
    if name.startswith(PATH_BEGINNINGS) or len(name.split()) == 1:
        raise NotFound(
            f"input: {name!r} is the name of a file, and none is there; mend the path, or pass as_text=True if it is a text."
        )


def decoded_base64(text: str) -> bytes | None:
    """The bytes of a text that is base64 and nothing else, as transformers takes pictures; None for any other text."""
    if len(text) < _BASE64_MIN_LENGTH:
        return None
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def named_file(text: str) -> Path | None:
    """The file that `text` is the path of, if there is one."""
    path = named_path(text)
    return path if path is not None and path.is_file() else None


def named_path(text: str) -> Path | None:
    """What lies at the path `text`, if anything does."""
    if not text.strip() or len(text) > PATH_MAX_LENGTH or "\n" in text or "\0" in text:
        return None
    try:
        path = Path(text).expanduser()
        return path if path.exists() else None
    except (OSError, RuntimeError, ValueError):
        return None


def read_file(path: Path) -> Content:
    """Raises Invalid for a folder, NotFound for what cannot be read, TooLarge beyond a gibibyte."""
    path = path.expanduser()
    try:
        size = path.stat().st_size
        if size <= FILE_MAX_BYTES:
            with path.open("rb") as file:  # pipes and devices say no size, and some never end
                held = file.read(FILE_MAX_BYTES + 1)
            size = len(held)
        if size > FILE_MAX_BYTES:
            raise TooLarge(f"input: {path} is larger than {FILE_MAX_BYTES >> 30} GiB; give it in parts.")
        return Content(str(path), held)
    except IsADirectoryError:
        raise Invalid(f"input: {path} is a folder; give its files as a list.") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise NotFound(f"input: {path} cannot be read ({why}); give the path of a file.") from None


def _read_stream(stream: Any) -> Content:
    name = getattr(stream, "name", None)
    origin = name if isinstance(name, str) and name not in ("<stdin>", "") else None
    try:
        held = stream.read(FILE_MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise Invalid(f"input: the file cannot be read ({error}); open it for reading.") from None
    if len(held) > FILE_MAX_BYTES:
        raise TooLarge(f"input: the file is larger than {FILE_MAX_BYTES >> 30} GiB; give it in parts.")
    if isinstance(held, str):
        return Content(origin, held.encode(), charset="utf-8")
    return Content(origin, bytes(held))


def _read_data_address(address: str) -> Content:
    """`data:image/png;base64,…` (RFC 2397)."""
    head, _, body = address.partition(",")
    kind, *options = head[len("data:") :].lower().split(";")
    try:
        held = (
            base64.b64decode(unquote_to_bytes(body), validate=True)
            if "base64" in options
            else unquote_to_bytes(body)
        )
    except (binascii.Error, ValueError):
        raise Invalid("input: the data: address holds no base64; copy it whole, or give a file.") from None
    charset = next((o.removeprefix("charset=") for o in options if o.startswith("charset=")), None)
    return Content("data: address", held, kind, charset)


def _read_repo_file(address: str) -> Content:
    """`hf://ns/name/path` and `hf://datasets/ns/name/path`, by the stock client and its endpoint."""
    from huggingface_hub import HfFileSystem
    from huggingface_hub.errors import HfHubHTTPError

    try:
        content: bytes = HfFileSystem().cat_file(address.removeprefix(HUB_SCHEME))
    except (OSError, HfHubHTTPError, ValueError, NotImplementedError) as error:
        first = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise NotFound(f"input: {address} cannot be read ({first}); check the repo and the path.") from None
    return Content(address, content)
