"""What a person gave, read and checked: texts, links, tables, files and parameters of one try.

Every refusal names the field, as the form calls it.
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from openhearth.errors import HubError, Invalid
from openhearth.inference.bodies import BODY_MAX_BYTES
from openhearth.inference.box.declared import Box, Field, Parameter
from openhearth.inference.box.tables import read_table
from openhearth.pipelines.reading import Read, Reader
from openhearth.pipelines.reading.links import fetch, is_link

ITEMS_MAX = 100
_WORDS = {"true": True, "false": False}


@dataclass(frozen=True, kw_only=True)
class GivenFile:
    """A picture, sound or film. `href` is where the page may show it from, None if that is the file alone."""

    content: bytes = field(repr=False)
    href: str | None = None


@dataclass(frozen=True, kw_only=True)
class Try:
    """What the form sent. `values` holds texts by field; for a file, the name of an example."""

    box: Box
    values: Mapping[str, str]
    uploads: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Given:
    """A try that can be run. `read` is what links led to."""

    box: Box
    fields: Mapping[str, Any]
    parameters: Mapping[str, Any]
    read: Sequence[Read] = ()

    @property
    def files(self) -> dict[str, GivenFile]:
        return {name: value for name, value in self.fields.items() if isinstance(value, GivenFile)}


OpenFile = Callable[[str], GivenFile]


def understand(tried: Try, *, open_file: OpenFile, allow_private: bool) -> Given:
    """Read every field of `tried`; `open_file` opens an example. Fetches links. Raises HubError."""
    reading = _Reading(tried, open_file, allow_private)
    fields = {known.name: reading.field(known) for known in tried.box.fields}
    return Given(
        box=tried.box,
        fields={name: value for name, value in fields.items() if value is not None},
        parameters=read_parameters(tried.box.parameters, tried.values),
        read=tuple(reading.read),
    )


class _Reading:
    def __init__(self, tried: Try, open_file: OpenFile, allow_private: bool) -> None:
        self._tried = tried
        self._open_file = open_file
        self._allow_private = allow_private
        self.read: list[Read] = []

    def field(self, known: Field) -> Any:
        """The value of one field, None if it is optional and empty."""
        if known.is_file:
            return self._file(known)
        text = self._text(known)
        if not text:
            if known.optional:
                return None
            raise Invalid(f"{known.name}: {_wanted(known)}", param=known.name)
        return _READERS[known.kind](text, known.name)

    def _text(self, known: Field) -> str:
        upload = self._tried.uploads.get(f"{known.name}_file", b"")
        if upload:
            return _decoded(upload, known.name)
        text = self._tried.values.get(known.name, "").strip()
        if known.reads_links and is_link(text):
            reader = Reader("text", allow_private=self._allow_private, links_only=True)
            with _naming(known.name):
                text, read = reader.read(text)
            self.read += read
        return text

    def _file(self, known: Field) -> GivenFile | None:
        link = self._tried.values.get(f"{known.name}_link", "").strip()
        if upload := self._tried.uploads.get(known.name):
            return GivenFile(content=upload)
        if link:
            return self._linked(known, link)
        if name := self._tried.values.get(known.name):
            return self._open_file(name)
        if known.optional:
            return None
        raise Invalid(f"{known.name}: {_wanted(known)}", param=known.name)

    def _linked(self, known: Field, link: str) -> GivenFile:
        if not is_link(link):
            raise Invalid(
                f"{known.name}_link: {link[:80]!r} is no link; give one that begins with http.",
                param=f"{known.name}_link",
            )
        with _naming(f"{known.name}_link"):
            found = fetch(link, allow_private=self._allow_private, limit_bytes=BODY_MAX_BYTES)
        self.read.append(Read(origin=found.url, kind=known.kind))
        return GivenFile(content=found.content)


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Say of a link that cannot be read in which field it stands."""
    try:
        yield
    except HubError as error:
        error.message = f"{name}: {error.message.removeprefix('link: ')}"
        error.extra["param"] = name
        raise


def _wanted(known: Field) -> str:
    return {
        "lines": "write at least one, each on a line of its own.",
        "labels": "write at least one; commas between them.",
        "table": "paste a table first.",
        "json": "write JSON first.",
        "picture": "choose a picture first.",
        "sound": "choose a sound first.",
        "film": "choose a film first.",
    }.get(known.kind, "write something first.")


def _decoded(upload: bytes, name: str) -> str:
    try:
        return upload.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise Invalid(f"{name}: this file is no UTF-8 text; save it as UTF-8.", param=name) from None


def _items(parts: Sequence[str], name: str) -> list[str]:
    found = [part.strip() for part in parts if part.strip()]
    if len(found) > ITEMS_MAX:
        raise Invalid(f"{name}: {len(found)} are too many to try; give at most {ITEMS_MAX}.", param=name)
    return found


def _read_json(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"{name}: is no JSON ({error}); mend it.", param=name) from None


_READERS: Mapping[str, Callable[[str, str], Any]] = {
    "text": lambda text, _: text,
    "line": lambda text, _: text,
    "language": lambda text, _: text,
    "lines": lambda text, name: _items(text.splitlines(), name),
    "labels": lambda text, name: _items(text.replace("\n", ",").split(","), name),
    "json": _read_json,
    "table": lambda text, name: read_table(text, field=name),
}


def read_parameters(known: Sequence[Parameter], values: Mapping[str, str]) -> dict[str, Any]:
    """The parameters that were set. Raises Invalid that names the first wrong one."""
    found: dict[str, Any] = {}
    for parameter in known:
        text = values.get(parameter.name, "").strip()
        name = parameter.sends or parameter.name
        if parameter.kind == "switch":
            found |= {name: bool(text)} if text or parameter.value else {}
        elif text:
            found[name] = _read_parameter(parameter, text)
    return found


def _read_parameter(parameter: Parameter, text: str) -> Any:
    if parameter.kind in ("integer", "number"):
        return _read_number(parameter, text)
    if parameter.kind == "choice":
        if text not in parameter.choices:
            offered = ", ".join(name for name in parameter.choices if name)
            raise Invalid(f"{parameter.name}: {text[:80]!r} is not offered; choose one of {offered}.")
        return _WORDS.get(text, text)
    return _items(text.split(","), parameter.name) if parameter.kind == "labels" else text


def _read_number(parameter: Parameter, text: str) -> float | int:
    is_whole = parameter.kind == "integer"
    try:
        number: float | int = int(text) if is_whole else float(text)
    except ValueError:
        what = "whole number" if is_whole else "number"
        raise Invalid(
            f"{parameter.name}: {text[:80]!r} is no {what}; correct it, or leave it empty.",
            param=parameter.name,
        ) from None
    least = -math.inf if parameter.least is None else parameter.least
    most = math.inf if parameter.most is None else parameter.most
    if not least <= number <= most or math.isinf(number):
        raise Invalid(
            f"{parameter.name}: {text[:80]} is out of bounds; give a number {_bounds(parameter)}.",
            param=parameter.name,
        )
    return number


def _bounds(parameter: Parameter) -> str:
    if parameter.least is not None and parameter.most is not None:
        return f"from {parameter.least:g} to {parameter.most:g}"
    return f"of at least {parameter.least:g}" if parameter.least is not None else "that is finite"
