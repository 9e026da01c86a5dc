"""Hearing what libraries say while a model is loaded or called: `warnings.warn` and log records of warnings and worse.

What is heard is kept, once per message, and not printed as well; when nobody listens all is as before. Each thread that
listens hears itself; what a thread says in which nobody listens is heard by whoever began last.
"""

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from openhearth.pipelines.notes.known import find_meaning, plain
from openhearth.pipelines.notes.records import Note, NoteKind

# Libraries that stop their log records before the root of the tree hears them.
_OWN_ROOTS = ("transformers", "huggingface_hub", "datasets", "diffusers", "peft", "accelerate")


class Heard:
    """The notes of one stretch of listening, in the order in which each was first heard."""

    def __init__(self) -> None:
        self._notes: dict[str, Note] = {}

    def add(self, message: str, *, source: str, category: str, kind: NoteKind = "warning") -> None:
        said = plain(message)
        # Modules hand one warning on to the next: it stays that of the first.
        before = self._notes.get(said)
        meaning = find_meaning(said)
        first_source, count = (before.source, before.count + 1) if before else (source, 1)
        self._notes[said] = Note(
            kind=kind, message=said, source=first_source, category=category, count=count,
            means=meaning.means if meaning else None, remedy=meaning.remedy if meaning else None,
        )  # fmt: skip

    @property
    def notes(self) -> list[Note]:
        return list(self._notes.values())

    def take(self) -> list[Note]:
        """What was heard since the last time."""
        taken, self._notes = self._notes, {}
        return list(taken.values())


class _Ear(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        try:
            message = record.getMessage()
        except (
            TypeError,
            ValueError,
        ):  # a library's own call does not fit its format: keep what it wanted to say
            message = f"{record.msg} {record.args}"
        kind: NoteKind = "report" if "LOAD REPORT" in message.upper() else "warning"
        if (heard := _listener()) is not None:
            heard.add(message, source=record.name, category=record.levelname, kind=kind)


_LOCK = threading.Lock()
_LISTENERS: list[tuple[int, Heard]] = []
_HOOKS = ExitStack()


@contextmanager
def listening() -> Iterator[Heard]:
    """Keep what is warned of in this block."""
    listener = (threading.get_ident(), Heard())
    with _LOCK:
        if not _LISTENERS:
            _HOOKS.enter_context(_hooked())
        _LISTENERS.append(listener)
    try:
        yield listener[1]
    finally:
        with _LOCK:
            _LISTENERS.remove(listener)
            if not _LISTENERS:
                _HOOKS.close()


@contextmanager
def _hooked() -> Iterator[None]:
    """The hooks of Python, which are one for all threads: put in by the first who listens, taken out by the last."""
    ear = _Ear(logging.WARNING)
    loggers = [logging.getLogger(name) for name in _OWN_ROOTS]
    before = [(logger, logger.handlers[:], logger.propagate, logger.level) for logger in loggers]
    root = logging.getLogger()
    for logger in loggers:
        logger.handlers, logger.propagate = [ear], False
        logger.setLevel(min(logger.level or logging.WARNING, logging.WARNING))
    root.addHandler(ear)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.simplefilter("ignore", ResourceWarning)  # a file that somebody's program forgot to close
        warnings.showwarning = _keep
        try:
            yield
        finally:
            root.removeHandler(ear)
            for logger, handlers, propagate, level in before:
                logger.handlers, logger.propagate = handlers, propagate
                logger.setLevel(level)


def _listener() -> Heard | None:
    """Who hears what this thread says: the last of its own, or whoever listens, for libraries work in threads too."""
    here, everybody = threading.get_ident(), _LISTENERS[:]
    own = [heard for thread, heard in everybody if thread == here]
    heard_by = own or [heard for _, heard in everybody]
    return heard_by[-1] if heard_by else None


def _keep(message: Any, category: type[Warning], filename: str, *_: Any, **__: Any) -> None:
    if (heard := _listener()) is not None:
        heard.add(str(message), source=_module_of(filename), category=category.__name__)


def _module_of(filename: str) -> str:
    """`…/site-packages/torch/nn/functional.py` → `torch.nn.functional`."""
    path = filename.replace("\\", "/").partition("site-packages/")[2] or filename.rpartition("/")[2]
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
