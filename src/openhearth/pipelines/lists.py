"""One input or many: what tasks of our own share about being called."""

import sys
from collections.abc import Iterable, Sized
from numbers import Real
from typing import Any, TypeVar, cast

from openhearth.errors import Invalid

T = TypeVar("T")
LABEL_TEMPLATE = "This text is about {}."


def checked_texts(inputs: Any, *, field: str = "inputs") -> list[str]:
    """`inputs` as a list of texts. Raises Invalid for what is no text, and for an empty one."""
    texts = [inputs] if isinstance(inputs, str) else list(inputs) if isinstance(inputs, Iterable) else None
    if texts is None:
        raise Invalid(f"{field}: {type(inputs).__name__} is no text; give a text or a list of texts.")
    for text in texts:
        if not isinstance(text, str):
            raise Invalid(f"{field}: {type(text).__name__} is no text; give a text or a list of texts.")
        if not text.strip():
            raise Invalid(f"{field}: a text is empty; give one with words in it.")
    return texts


def texts_named(given: Any, *, field: str, to: str) -> list[str]:
    """The texts that the parameter `field` holds: a list, a column of a table. Raises Invalid where there is none."""
    texts = [] if given is None else checked_texts(given, field=field)
    if not texts:
        raise Invalid(f"{field}: give the list of texts to {to}.")
    return texts


def number_of(value: Any) -> float | None:
    """`value` as a number, if it is one: of Python or of numpy, and no truth value."""
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    return float(cast(Any, value)) if is_number else None


def somebody_watches() -> bool:
    """Whether standard error is a terminal: progress goes there and nowhere else."""
    return sys.stderr is not None and sys.stderr.isatty()


def with_progress(items: Iterable[T], what: str, *, total: int | None = None) -> Iterable[T]:
    """`items`, with a bar on the terminal if there are several and somebody watches."""
    if total is None and isinstance(items, Sized):
        total = len(items)
    if (total is not None and total < 2) or not somebody_watches():
        return items
    from tqdm.auto import tqdm

    shown: Iterable[T] = tqdm(items, desc=what, total=total, leave=False, file=sys.stderr)
    return shown


def labels_of(given: Any) -> list[str]:
    """The labels, as a list or with commas. Raises Invalid if there is none, or an empty one."""
    held = given.split(",") if isinstance(given, str) else given if isinstance(given, Iterable) else ()
    labels = [str(label).strip() for label in held]
    if not labels or not all(labels):
        raise Invalid("candidate_labels: give at least one label, as a list or with commas.")
    return labels
