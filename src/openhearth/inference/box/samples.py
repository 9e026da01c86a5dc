"""What a visitor may try a model with: the examples that its card gives, else ours.

Cards carry them as `widget`, a list of `{text}`, `{source_sentence, sentences}`, `{messages}`, `{src, …}` and the like, each
with an `example_title` (the convention of model cards). `src` is a file of the same repo; addresses elsewhere are left
out. Ours are in `boxes.toml`; their files lie in `static/samples/` and are named `ours/…`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openhearth.errors import Invalid
from openhearth.inference.bodies import BODY_MAX_BYTES
from openhearth.inference.box.declared import SAMPLE_TITLES, Box, Field
from openhearth.inference.box.given import GivenFile
from openhearth.inference.box.tables import write_table
from openhearth.kit.names import check_path

SAMPLES_MAX = 6
TITLE_MAX = 60
OURS = "ours/"
OWN_FOLDER = Path(__file__).parent.parent / "static" / "samples"
FindHref = Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One example: the form fields that it fills. `src` is where its file, of `kind`, is shown from."""

    title: str
    fields: Mapping[str, str]
    kind: str = "text"
    src: str | None = None
    value: str = field(init=False)  # the fields, as the value of the button that sends them

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", json.dumps(self.fields, ensure_ascii=False))


def list_samples(card: Mapping[str, Any], box: Box, *, href_of: FindHref) -> list[Sample]:
    """The examples for `box` that `card` gives, else ours; `href_of` knows where a file is shown from."""
    stated = card.get("widget")
    found = [
        _sample(fields, box, href_of, title=str(example.get("example_title") or ""))
        for example in (stated if isinstance(stated, list) else [])
        if isinstance(example, dict) and (fields := _fields(example, box)) is not None
    ]
    if not found and _is_whole(box.example, box):
        found = [_sample(box.example, box, href_of)]
    return found[:SAMPLES_MAX]


def read_sample(value: str) -> dict[str, str]:
    """The fields that a sample's button sent. Raises Invalid for what no button of ours holds."""
    try:
        fields = json.loads(value)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict) or not all(isinstance(text, str) for text in fields.values()):
        raise Invalid("example: is none of this model's; choose one on its page.")
    return fields


def open_sample(name: str, folder: Path, *, href_of: FindHref) -> GivenFile:
    """A file of the model's own repo, which whoever runs the model may read, or one of ours. Raises Invalid."""
    path = OWN_FOLDER / Path(name).name if name.startswith(OURS) else folder / check_path(name)
    if not path.is_file():
        raise Invalid(f"file: {name!r} is not in this repo; choose another.")
    if path.stat().st_size > BODY_MAX_BYTES:
        raise Invalid(f"file: {name!r} is larger than {BODY_MAX_BYTES >> 20} MiB; choose a smaller one.")
    return GivenFile(content=path.read_bytes(), href=href_of(name))


def _sample(fields: Mapping[str, str], box: Box, href_of: FindHref, *, title: str = "") -> Sample:
    files = [known for known in box.files if known.name in fields]
    words = next(
        (text for name, text in fields.items() if not any(name == known.name for known in files)), ""
    )
    if not title and files:
        name = Path(fields[files[0].name]).name
        title = SAMPLE_TITLES.get(name, name)
    title = title or words
    return Sample(
        title=_short(" ".join(title.split())),
        fields=dict(fields),
        kind=files[0].kind if files else "text",
        src=href_of(fields[files[0].name]) if files else None,
    )


def _fields(example: Mapping[str, Any], box: Box) -> dict[str, str] | None:
    """The form fields that one example of a card fills, the rest by ours; None for what cannot be shown.

    A passage is never ours: a question that a card puts to a chat would be put to a text that does not speak of it.
    """
    found = {known.name: text for known in box.fields if (text := _written(example, known)) is not None}
    if not found or any(known.is_file and known.name not in found for known in box.files):
        return None
    ours = [
        known.name
        for known in box.fields
        if known.kind != "text" and known.name in box.example and not known.without_model
    ]
    whole = {name: box.example[name] for name in ours} | found
    return whole if _is_whole(whole, box) else None


def _is_whole(fields: Mapping[str, str], box: Box) -> bool:
    return bool(fields) and all(known.optional or known.name in fields for known in box.fields)


def _written(example: Mapping[str, Any], known: Field) -> str | None:
    """What `example` says for one field, as the form writes it."""
    value = example.get(known.card) if known.card else None
    if known.is_file:
        return value if isinstance(value, str) and _is_inside(value) else None
    if known.kind == "table":
        value = value if value is not None else example.get("structured_data")
        return _written_table(value)
    if value is None and known.card == "text":
        value = _first_message(example.get("messages"))
    if isinstance(value, list):
        return ("\n" if known.kind == "lines" else ", ").join(str(item) for item in value)
    return value if isinstance(value, str) else None


def _written_table(value: Any) -> str | None:
    """A table by its columns; those of equal length alone are one."""
    if not isinstance(value, dict) or not all(isinstance(column, list) for column in value.values()):
        return None
    columns = {str(name): [str(cell) for cell in column] for name, column in value.items()}
    return write_table(columns) if len({len(column) for column in columns.values()}) == 1 else None


def _first_message(messages: Any) -> str | None:
    for message in messages if isinstance(messages, list) else []:
        if (
            isinstance(message, dict)
            and message.get("role") == "user"
            and isinstance(message.get("content"), str)
        ):
            return str(message["content"])
    return None


def _is_inside(path: str) -> bool:
    try:
        check_path(path)
    except Invalid:
        return False
    return "://" not in path and not path.startswith(OURS)


def _short(title: str) -> str:
    return title if len(title) <= TITLE_MAX else title[: TITLE_MAX - 1].rstrip() + "…"
