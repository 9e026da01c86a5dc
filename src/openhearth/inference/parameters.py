"""Whether the parameters of a call are what the task's box declares: a wrong one is refused by name, before anything is loaded.

What no box declares is the engine's to judge. The upper bounds of whole numbers are the form's own and bind nobody here.
"""

import math
from collections.abc import Mapping
from typing import Any

from openhearth.errors import Invalid
from openhearth.inference.box.declared import BOXES, Parameter

_SHOWN = 80


def check_parameters(task: str, parameters: Mapping[str, Any]) -> None:
    """Raises Invalid that names the first parameter of another kind, or out of bounds, and what it may be."""
    box = BOXES.get(task)
    for known in box.parameters if box else ():
        name = known.sends or known.name
        if name in parameters and not _fits(known, parameters[name]):
            raise Invalid(
                f"parameters.{name}: {parameters[name]!r:.{_SHOWN}} is not {_wanted(known)}.", param=name
            )


def _fits(known: Parameter, value: Any) -> bool:
    if known.kind in ("integer", "number"):
        return _is_number(known, value)
    if known.kind == "choice":
        return isinstance(value, bool) or (isinstance(value, str) and value in _offered(known))
    if known.kind == "switch":
        return isinstance(value, bool)
    if known.kind == "labels":
        texts = [value] if isinstance(value, str) else value
        return isinstance(texts, list) and all(isinstance(text, str) for text in texts)
    return isinstance(value, str)


def _is_number(known: Parameter, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int if known.kind == "integer" else int | float):
        return False
    most = math.inf if known.most is None or known.kind == "integer" else known.most
    return math.isfinite(value) and (-math.inf if known.least is None else known.least) <= value <= most


def _wanted(known: Parameter) -> str:
    if known.kind == "choice":
        return "one of " + ", ".join(_offered(known))
    if known.kind in ("integer", "number"):
        return ("a whole number" if known.kind == "integer" else "a number") + _bounds(known)
    return {"switch": "true or false", "labels": "a list of texts"}.get(known.kind, "a text")


def _bounds(known: Parameter) -> str:
    if known.least is None:
        return ""
    if known.kind == "number" and known.most is not None:
        return f" from {known.least:g} to {known.most:g}"
    return f" of at least {known.least:g}"


def _offered(known: Parameter) -> list[str]:
    return [value for value in known.choices if value]
