"""The form before a gate, as the card's metadata describes it, and the check of what was typed into it. Pure.

Keys of the card: `extra_gated_heading`, `extra_gated_description`, `extra_gated_prompt`, `extra_gated_fields` and
`extra_gated_button_content`. A description that makes no sense is read as far as it does: it never closes a repo.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast, get_args

from openhearth.errors import Invalid
from openhearth.kit.text import is_storable
from openhearth.repos.gates.countries import COUNTRIES
from openhearth.repos.gates.records import Answers

FieldKind = Literal["text", "checkbox", "select", "date_picker", "country"]
KINDS: tuple[str, ...] = get_args(FieldKind)
FIELDS_MAX = 40
OPTIONS_MAX = 300
LABEL_MAX_LENGTH = 500
TEXT_MAX_LENGTH = 2000
PROMPT_MAX_LENGTH = 20_000


@dataclass(frozen=True, kw_only=True)
class GateField:
    """One question. `key` is its name in a form, where a label could stand in the way of others."""

    key: str
    label: str
    kind: FieldKind
    options: Sequence[tuple[str, str]] = ()  # (value, label)


@dataclass(frozen=True, kw_only=True)
class GateForm:
    """What whoever wants the files reads, answers and agrees to. `prompt` is Markdown."""

    heading: str = ""
    description: str = ""
    prompt: str = ""
    button: str = ""
    fields: Sequence[GateField] = ()

    def check(self, given: Mapping[str, Any]) -> Answers:
        """The answers by label; `given` names fields by key or by label. Raises Invalid for the first that is amiss."""
        return {field.label: _check(field, given) for field in self.fields}


def read_gate_form(card: Mapping[str, Any]) -> GateForm:
    """The form that a card's metadata describes."""
    described = card.get("extra_gated_fields")
    found = described.items() if isinstance(described, Mapping) else ()
    labels = [(str(label).strip()[:LABEL_MAX_LENGTH], kind) for label, kind in found if str(label).strip()]
    return GateForm(
        heading=_text(card, "extra_gated_heading", LABEL_MAX_LENGTH),
        description=_text(card, "extra_gated_description", TEXT_MAX_LENGTH),
        prompt=_text(card, "extra_gated_prompt", PROMPT_MAX_LENGTH),
        button=_text(card, "extra_gated_button_content", 80),
        fields=[_field(n, label, kind) for n, (label, kind) in enumerate(dict(labels[:FIELDS_MAX]).items())],
    )


def _text(card: Mapping[str, Any], name: str, limit: int) -> str:
    value = card.get(name)
    return value.strip()[:limit] if isinstance(value, str) else ""


def _field(number: int, label: str, described: object) -> GateField:
    more = described if isinstance(described, Mapping) else {}
    written = more.get("type", described)
    kind = cast(FieldKind, written) if isinstance(written, str) and written in KINDS else "text"
    options = COUNTRIES if kind == "country" else _options(more.get("options"))
    if kind == "select" and not options:
        kind = "text"  # a choice of nothing could never be answered
    return GateField(key=f"answer-{number}", label=label, kind=kind, options=options)


def _options(described: object) -> list[tuple[str, str]]:
    """Options are written as texts, or as a value and the label to show for it."""
    found = []
    for item in described[:OPTIONS_MAX] if isinstance(described, list) else ():
        label = item.get("label", item.get("value")) if isinstance(item, Mapping) else item
        value = item.get("value", label) if isinstance(item, Mapping) else item
        if isinstance(label, str | int | float) and isinstance(value, str | int | float):
            found.append((str(value)[:LABEL_MAX_LENGTH], str(label)[:LABEL_MAX_LENGTH]))
    return found


def _check(field: GateField, given: Mapping[str, Any]) -> str | bool:
    value = given.get(field.key, given.get(field.label))
    if field.kind == "checkbox":
        if str(value).lower() not in ("true", "on", "1", "yes"):
            raise Invalid(f"{field.label}: has to be agreed to; tick it.")
        return True
    text = value.strip() if isinstance(value, str) else ""
    if not text:
        raise Invalid(f"{field.label}: is missing; the owners of this repo ask everybody for it.")
    if len(text) > TEXT_MAX_LENGTH or not is_storable(text):
        raise Invalid(f"{field.label}: is longer than {TEXT_MAX_LENGTH} characters, or no text at all.")
    if field.kind in ("select", "country") and text not in {known for known, _ in field.options}:
        offered = ", ".join(known for known, _ in field.options[:8])
        raise Invalid(f"{field.label}: {text[:80]!r} is not among the choices ({offered}, …).")
    return _check_date(field, text) if field.kind == "date_picker" else text


def _check_date(field: GateField, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Invalid(f"{field.label}: {text[:40]!r} is no date; write it as 2026-01-31.") from None
