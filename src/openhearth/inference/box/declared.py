"""The box of each task, as `boxes.toml` declares it: what a person fills in, what may be set, how the answer is drawn."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from openhearth.errors import Invalid

FieldKind = Literal[
    "text", "line", "language", "lines", "labels", "json", "table", "picture", "sound", "film"
]
ParameterKind = Literal["integer", "number", "choice", "switch", "text", "labels"]
FILE_KINDS = frozenset({"picture", "sound", "film"})


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing that a person gives. `goes` says where in a call it stands, `card` how a card's examples call it.

    `without_model`: asked for only where no stored model knows it. `unsaid`: what a language is that nobody chooses.
    """

    name: str
    label: str
    kind: FieldKind
    goes: str = "inputs"
    hint: str = ""
    rows: int = 4
    card: str = ""
    reads_links: bool = False
    without_model: bool = False
    optional: bool = False
    unsaid: str = ""

    @property
    def is_file(self) -> bool:
        return self.kind in FILE_KINDS


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One thing that may be set. `value` is what the form shows at first; what is empty is not sent.

    `sends` is its name in the call, if that is not its name in the form.
    """

    name: str
    label: str
    kind: ParameterKind
    least: float | None = None
    most: float | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""
    value: str = ""
    sends: str = ""


@dataclass(frozen=True, kw_only=True)
class Box:
    """`action` is the word on the button, `draws` a name in `drawings`, `example` values of fields by name."""

    task: str
    action: str
    fields: Sequence[Field]
    parameters: Sequence[Parameter] = ()
    draws: str = "plain"
    example: Mapping[str, str] = field(default_factory=dict)

    @property
    def files(self) -> list[Field]:
        return [field for field in self.fields if field.is_file]

    @property
    def defaults(self) -> dict[str, str]:
        """What the parameters hold at first."""
        return {parameter.name: parameter.value for parameter in self.parameters if parameter.value}


def _read_boxes(raw: Mapping[str, Any]) -> dict[str, Box]:
    return {task: _box(task, said, raw["fields"], raw["parameters"]) for task, said in raw["boxes"].items()}


def _box(task: str, said: dict[str, Any], fields: dict[str, Any], parameters: dict[str, Any]) -> Box:
    return Box(
        task=task,
        action=said["action"],
        fields=tuple(Field(**_entry(entry, fields)) for entry in said["fields"]),
        parameters=tuple(Parameter(**_entry(entry, parameters)) for entry in said.get("parameters", ())),
        draws=said["draws"],
        example=said.get("example", {}),
    )


def _entry(entry: str | dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    """A shared declaration, by its name or with changes."""
    changes = {} if isinstance(entry, str) else dict(entry)
    name = entry if isinstance(entry, str) else changes.pop("like")
    return {"name": name, **shared[name], **changes}


_DECLARED = tomllib.loads(Path(__file__).with_name("boxes.toml").read_text(encoding="utf-8"))
BOXES: Mapping[str, Box] = _read_boxes(_DECLARED)
SAMPLE_TITLES: Mapping[str, str] = _DECLARED["samples"]


def get_box(task: str) -> Box:
    """Raises Invalid for a task that has none."""
    if task not in BOXES:
        raise Invalid(
            f"task: {task[:80]!r} is not one that can be tried here; choose one of {', '.join(BOXES)}."
        )
    return BOXES[task]
