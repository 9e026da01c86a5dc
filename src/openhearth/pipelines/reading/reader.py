"""From what a person gives to what a task takes, with a note of what was read.

A string is a link if it is nothing but a link, a file if a file of that name and a readable kind lies there, and
otherwise the text itself. Lists are read item by item, and so are the named parts of an input (`image=`, `context=`).
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openhearth.errors import HubError, Invalid, NotFound
from openhearth.pipelines.reading.content import Content, Opener, decoded_base64
from openhearth.pipelines.reading.many import find_many
from openhearth.pipelines.reading.pdfs import is_pdf
from openhearth.pipelines.reading.texts import READABLE_SUFFIXES, read_document
from openhearth.pipelines.tasks import OPENED_BY_TASKS, InputKind

# Parts of an input that are read wherever they stand.
_PARTS: Mapping[str, InputKind] = {
    "image": "image",
    "images": "image",
    "audio": "audio",
    "context": "text",
    "table": "table",
}
_SOUND_RATE_HZ = 16_000
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


class ReadText(str):
    """A text that knows where it was read."""

    origin: str

    def __new__(cls, text: str, origin: str) -> "ReadText":
        made = super().__new__(cls, text)
        made.origin = origin
        return made


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
        self.rate_hz = rate_hz or _SOUND_RATE_HZ
        self._opener = Opener(allow_private=allow_private, links_only=links_only)

    def read(self, inputs: Any) -> tuple[Any, list[Read]]:
        """What the task is given for `inputs`, and what was read to get it. Raises HubError with a sentence."""
        read: list[Read] = []
        return self._read(inputs, self.kind, read), read

    def read_parts(self, parameters: dict[str, Any]) -> tuple[dict[str, Any], list[Read]]:
        """`parameters` with those that are inputs read: `image=`, `context=` and the like."""
        read: list[Read] = []
        return self._read_named(parameters, read), read

    def _read(self, item: Any, kind: InputKind, read: list[Read]) -> Any:
        if item is None:
            raise Invalid(f"inputs: are missing; give {_article(kind)}, or a list.")
        if kind == "table":
            return self._read_table(item, read)
        if isinstance(item, list | tuple):
            return self._read_list(item, kind, read)
        if isinstance(item, Mapping) and not _is_stored_media(item, kind):
            return (
                self._read_samples(item)
                if kind == "audio" and _SAMPLES & item.keys()
                else self._read_named(item, read)
            )
        if kind == "text":
            return self._read_text(item, read)
        return item if kind in OPENED_BY_TASKS else self._read_media(item, kind, read)

    def _read_samples(self, item: Mapping[str, Any]) -> Any:
        """A sound as datasets and microphones give it, at the rate that is wanted."""
        from openhearth.pipelines.inputs import sound_of

        return item if "stride" in item else sound_of(item, rate_hz=self.rate_hz)

    def _read_list(self, items: list[Any] | tuple[Any, ...], kind: InputKind, read: list[Read]) -> list[Any]:
        if not items:
            raise Invalid(f"inputs: the list is empty; give at least one {kind}.")
        if is_chat(items):
            return [self._read_turn(turn, read) for turn in items]
        values = []
        for index, item in enumerate(items):
            with naming(index, len(items)):
                values.append(self._read(item, kind, read))
        return values

    def _read_named(self, parts: Mapping[str, Any], read: list[Read]) -> dict[str, Any]:
        return {
            name: self._read(self._files_of(name, value), _PARTS[name], read)
            if name in _PARTS and self._is_to_be_read(name, value)
            else value
            for name, value in parts.items()
        }

    def _files_of(self, name: str, value: Any) -> Any:
        """The files of a folder that is given as the context of a question."""
        if name != "context" or self._opener.links_only or not isinstance(value, str | os.PathLike):
            return value
        many = find_many(value if isinstance(value, str) else Path(value), "text")
        return list(many.items) if many is not None else value

    def _is_to_be_read(self, name: str, value: Any) -> bool:
        # Over the wire pictures come as base64 text, which whoever decodes the body reads.
        return value is not None and (_PARTS[name] in ("text", "table") or not self._opener.links_only)

    def _read_turn(self, turn: Mapping[str, Any], read: list[Read]) -> dict[str, Any]:
        """A turn of a conversation with its pictures read (`{"type": "image", "url": …}`)."""
        content = turn.get("content")
        if not isinstance(content, list) or self._opener.links_only:
            return dict(turn)
        return {**turn, "content": [self._read_piece(piece, read) for piece in content]}

    def _read_piece(self, piece: Any, read: list[Read]) -> Any:
        if not isinstance(piece, Mapping) or piece.get("type") != "image":
            return piece
        named = next((piece[key] for key in ("image", "url", "path") if piece.get(key) is not None), None)
        if named is None:
            return piece
        rest = {key: value for key, value in piece.items() if key not in ("image", "url", "path")}
        return {**rest, "image": self._read(named, "image", read)}

    def _read_text(self, item: Any, read: list[Read]) -> Any:
        source = self._opener.open(item, READABLE_SUFFIXES)
        if source is None:
            return checked_text(item)
        found = read_document(
            source.content, name=source.name, content_type=source.content_type, charset=source.charset
        )
        if source.origin is not None:
            read.append(Read(origin=source.origin, kind=found.kind, title=found.title, text=found.text))
            return ReadText(found.text, source.origin)
        return found.text

    def _read_table(self, item: Any, read: list[Read]) -> Any:
        """A table with what goes beside it, or a file of one; what is a table in memory is left to the task."""
        if isinstance(item, Mapping):
            return self._read_named(item, read) if _is_named_table(item) else item
        if isinstance(item, list) and item and all(_is_named_table(one) for one in item):
            return [self._read_named(one, read) for one in item]
        source = self._opener.open(item)
        if source is None:
            return _checked_media(item, "table") if isinstance(item, str) else item
        from openhearth.pipelines.reading.tables import table_of

        if source.origin is not None:
            read.append(Read(origin=source.origin, kind="table"))
        return table_of(source)

    def _read_media(self, item: Any, kind: InputKind, read: list[Read]) -> Any:
        source = self._opener.open(item)
        if source is None and isinstance(item, str) and (held := decoded_base64(item)) is not None:
            source = Content(None, held)
        if source is None:
            return _checked_media(item, kind)
        if source.origin is not None:
            read.append(Read(origin=source.origin, kind=kind))
        try:
            return self._decode(source, kind)
        except Invalid as error:
            # The sentence of what decodes it says what is wrong, and not with which file.
            said = error.message.removeprefix(f"{kind}: ")
            raise Invalid(said if said.startswith(source.name) else f"{source.name}: {said}") from None

    def _decode(self, source: Content, kind: InputKind) -> Any:
        from openhearth.pipelines.inputs import read_image, sound_of
        from openhearth.pipelines.reading.scans import read_scans

        if not source.content:
            raise Invalid(f"{source.name}: is empty; give a file that holds something.")
        if kind == "image" and is_pdf(source.content):
            scans = read_scans(source.content, source.name)
            return scans if len(scans) > 1 else scans[0]
        if kind == "image":
            return read_image(source.content)
        if kind == "audio":
            return sound_of(source.content, rate_hz=self.rate_hz)
        return source.content


def _is_stored_media(item: Mapping[str, Any], kind: InputKind) -> bool:
    """Whether `item` is a picture, sound or film as data sets keep it undecoded: `{"bytes", "path"}`, one of them None."""
    is_stored = isinstance(item.get("bytes"), bytes) or isinstance(item.get("path"), str)
    return is_stored and kind in ("image", "audio", "video") and not _SAMPLES & item.keys()


def _is_named_table(item: Any) -> bool:
    """Whether `item` is a question with its table, not a table with a column of this name."""
    return isinstance(item, Mapping) and "table" in item and not isinstance(item["table"], list)


@contextmanager
def naming(index: int, length: int | None) -> Iterator[None]:
    """Say of an error in this block which input it came from, if there are several."""
    try:
        yield
    except HubError as error:
        if length != 1:
            place = f"input {index + 1}" + (f" of {length}" if length else "")
            error.message = f"{place}: {error.message}"
            error.args = (error.message,)
        raise


def is_chat(inputs: Any) -> bool:
    """Whether `inputs` is a conversation: turns with a role each."""
    return bool(inputs) and all(isinstance(turn, Mapping) and "role" in turn for turn in inputs)


def checked_text(item: Any) -> Any:
    """`item`, if it is a text with something in it. Raises Invalid."""
    if isinstance(item, float) and item != item:  # how tables write what is missing
        raise Invalid("inputs: the text is missing (NaN); leave such rows out, as dropna() does.")
    if not isinstance(item, str):
        raise Invalid(
            f"inputs: {type(item).__name__} is no text; give a text, a link, the path of a file, or a list of these."
        )
    if not item.strip():
        raise Invalid("inputs: the text is empty; give one with words in it.")
    try:
        item.encode()
    except UnicodeEncodeError:
        raise Invalid(
            "inputs: the text holds a broken character (half of a pair); read its file with errors='replace'."
        ) from None
    return item


def _checked_media(item: Any, kind: InputKind) -> Any:
    if isinstance(item, str):
        shown = item if len(item) <= 80 else item[:80] + "…"
        raise NotFound(f"{kind}: {shown!r} is neither a link nor a file here; give the path or link of one.")
    if isinstance(item, int | float):
        raise Invalid(
            f"inputs: {type(item).__name__} is no {kind}; give the path or link of one, its bytes, or a list."
        )
    if kind == "image" and (hasattr(item, "__array_interface__") or hasattr(item, "__array__")):
        from openhearth.pipelines.inputs import read_image

        return read_image(item)
    return item


def _article(kind: InputKind) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
