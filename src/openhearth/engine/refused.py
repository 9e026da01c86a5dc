"""What libraries raise over a caller's parameters, as a sentence that names the parameter."""

import inspect
from typing import Any

from openhearth.errors import Invalid
from openhearth.pipelines.checks import find_unknown
from openhearth.pipelines.loading import first_line

# What every pipeline of transformers takes beside its own (pipelines/base.py, `Pipeline.__call__`).
_COMMON = frozenset({"batch_size", "num_workers"})


def refusal_of(error: Exception, task: str) -> Invalid:
    """`error`, which `task` was refused with, as the caller's to mend."""
    if unknown := find_unknown(error):
        return unknown_parameter(unknown.partition(",")[0], task)
    where = "parameters" if isinstance(error, TypeError) else task
    param = "parameters" if isinstance(error, TypeError) else "inputs"
    return Invalid(f"{where}: {first_line(error).rstrip('.')}.", param=param)


def unknown_parameter(name: str, task: str) -> Invalid:
    return Invalid(f"parameters.{name}: is no parameter of {task} here; leave it out.", param=name)


def known_parameters(worker: Any) -> frozenset[str] | None:
    """The parameters that a pipeline of transformers looks at; None where it hands the rest on to what says so itself.

    Some take any name and say nothing of those they do not know: what their `_sanitize_parameters` speaks of are
    its arguments and the words it looks for.
    """
    sanitize = getattr(worker, "_sanitize_parameters", None)
    if sanitize is None:
        return None
    named = inspect.signature(sanitize).parameters.values()
    rest = next((p for p in named if p.kind is p.VAR_KEYWORD), None)
    # Annotated ones are another function's (`Unpack[ProcessingKwargs]`), which is handed them.
    if rest is None or rest.name not in ("kwargs", "tokenizer_kwargs") or rest.annotation is not rest.empty:
        return None
    words = {p.name for p in named} | {word for word in sanitize.__code__.co_consts if isinstance(word, str)}
    words |= set(inspect.signature(type(worker).__call__).parameters)
    if rest.name == "tokenizer_kwargs":
        words |= set(inspect.signature(type(worker.tokenizer).__call__).parameters)
    return frozenset(words) | _COMMON
