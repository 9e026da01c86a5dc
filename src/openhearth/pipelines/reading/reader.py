"""From what a person gives to what a task takes, with a note of what was read.

A string is a link if it is nothing but a link, a file if a file of that name and a readable kind lies there, and
otherwise the text itself. Lists are read item by item; what is no string, path or bytes is handed on as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openhearth.errors import Invalid, NotFound
from openhearth.pipelines.reading.links import fetch, is_link
from openhearth.pipelines.reading.texts import READABLE_SUFFIXES, read_document
from openhearth.pipelines.tasks import InputKind

PATH_MAX_LENGTH = 1024
HUB_SCHEME = "hf://"
_RATE_HZ = 16_000
_SAMPLES = {"array", "raw"}


@dataclass(frozen=True, kw_only=True)
class Read:
    """What was read for a call: from where, as what, and the text itself where it was text."""

    origin: str
    kind: str
    title: str | None = None
    text: str | None = None

    def __str__(self) -> str:
        words = f", {len(self.text.split()):,} words" if self.text is not None else ""
        return f"{self.kind} {self.origin}" + (f" “{self.title}”" if self.title else "") + words


@dataclass(frozen=True)
class Content:
    """Bytes from a link, a file or a repo, not yet understood."""

    origin: str
    content: bytes
    content_type: str = ""
    charset: str | None = None


class Reader:
    """Reads inputs of one `kind`. `rate_hz` is the sampling rate that sounds are wanted at.

    `links_only` is for servers: nothing of their own disk or of their own account is opened for whoever asks.
    """

    def __init__(
        self,
        kind: InputKind,
        *,
        allow_private: bool = False,
        rate_hz: int | None = None,
        links_only: bool = False,
    ) -> None:
        self.kind = kind
        self.allow_private = allow_private
        self.links_only = links_only
        self.rate_hz = rate_hz

    def read(self, inputs: Any) -> tuple[Any, list[Read]]:
        """What the task is given for `inputs`, and what was read to get it. Raises HubError with a sentence."""
        if isinstance(inputs, list | tuple) and not _is_chat(inputs):
            pairs = [self._read_one(item) for item in inputs]
            return [value for value, _ in pairs], [read for _, read in pairs if read is not None]
        value, read = self._read_one(inputs)
        return value, [read] if read is not None else []

    def _read_one(self, item: Any) -> tuple[Any, Read | None]:
        if self.kind == "text":
            return self._read_text(item)
        if self.kind in ("image", "audio", "video"):
            return self._read_media(item)
        return item, None

    def _read_text(self, item: Any) -> tuple[Any, Read | None]:
        source = self._open(item, READABLE_SUFFIXES)
        if source is None:
            return item, None
        found = read_document(
            source.content, name=source.origin, content_type=source.content_type, charset=source.charset
        )
        return found.text, Read(origin=source.origin, kind=found.kind, title=found.title, text=found.text)

    def _read_media(self, item: Any) -> tuple[Any, Read | None]:
        if (
            self.kind == "audio"
            and isinstance(item, Mapping)
            and _SAMPLES & item.keys()
            and "stride" not in item
        ):
            from openhearth.pipelines.inputs import sound_of

            return sound_of(item, rate_hz=self._rate_hz), None
        source = self._open(item, None) if not isinstance(item, bytes) else Content("bytes", item)
        if source is None:
            return self._refuse_plain_text(item), None
        read = Read(origin=source.origin, kind=self.kind) if not isinstance(item, bytes) else None
        return self._decode(source), read

    def _decode(self, source: Content) -> Any:
        from openhearth.pipelines.inputs import read_image, sound_of

        if not source.content:
            raise Invalid(f"{source.origin}: is empty; give a file that holds something.")
        if self.kind == "image":
            return read_image(source.content)
        if self.kind == "audio":
            return sound_of(source.content, rate_hz=self._rate_hz)
        return source.content

    @property
    def _rate_hz(self) -> int:
        return self.rate_hz or _RATE_HZ

    def _refuse_plain_text(self, item: Any) -> Any:
        if isinstance(item, str):
            shown = item if len(item) <= 80 else item[:80] + "…"
            raise NotFound(
                f"{self.kind}: {shown!r} is neither a link nor a file here; give the path or link of one."
            )
        return item

    def _open(self, item: Any, suffixes: frozenset[str] | None) -> Content | None:
        """The bytes behind `item`, or None if it names none. Only files of `suffixes` count, if given."""
        if isinstance(item, Path) and not self.links_only:
            return _read_file(item)
        if not isinstance(item, str):
            return None
        if is_link(item):
            fetched = fetch(item, allow_private=self.allow_private)
            return Content(fetched.url, fetched.content, fetched.content_type, fetched.charset)
        if self.links_only:
            return None
        if item.strip().startswith(HUB_SCHEME) and len(item.split()) == 1:
            return _read_repo_file(item.strip())
        path = _named_file(item)
        if path is None or (suffixes is not None and path.suffix.lower() not in suffixes):
            return None
        return _read_file(path)


def _is_chat(inputs: Any) -> bool:
    return bool(inputs) and all(isinstance(turn, Mapping) and "role" in turn for turn in inputs)


def _named_file(text: str) -> Path | None:
    if not text.strip() or len(text) > PATH_MAX_LENGTH or "\n" in text or "\0" in text:
        return None
    path = Path(text).expanduser()
    try:
        return path if path.is_file() else None
    except OSError:
        return None


def _read_file(path: Path) -> Content:
    try:
        return Content(str(path), path.expanduser().read_bytes())
    except IsADirectoryError:
        raise Invalid(f"input: {path} is a folder; give its files as a list.") from None
    except OSError as error:
        raise NotFound(f"input: {path} cannot be read ({error.strerror}); give the path of a file.") from None


def _read_repo_file(address: str) -> Content:
    """`hf://ns/name/path` and `hf://datasets/ns/name/path`, by the stock client and its endpoint."""
    from huggingface_hub import HfFileSystem
    from huggingface_hub.errors import HfHubHTTPError

    try:
        content: bytes = HfFileSystem().cat_file(address.removeprefix(HUB_SCHEME))
    except (OSError, HfHubHTTPError, ValueError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise NotFound(f"input: {address} cannot be read ({first}); check the repo and the path.") from None
    return Content(address, content)
