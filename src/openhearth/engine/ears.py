"""What libraries say while a model is loaded and called, sent to the hub with the answers that it belongs to."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from openhearth.pipelines.notes import Note
from openhearth.pipelines.notes.known import find_meaning
from openhearth.pipelines.notes.listen import Heard
from openhearth.pipelines.notes.run import module_of
from openhearth.protocol.engine import Failed, Generated, Message, Result, Said

log = logging.getLogger(__name__)
_OWN = "openhearth.engine"


class Ears:
    """Of the one thread that computes. What nobody was told yet waits for the next answer that is complete."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self._waiting: list[Said] = []

    def failed(self, error: Exception) -> None:
        """Keep why a model could not be loaded or called, and which module said so."""
        message = f"{type(error).__name__}: {error}"
        meaning = find_meaning(message)
        self._waiting.append(
            Said(
                kind="failure", message=message, source=module_of(error), category=type(error).__name__,
                means=meaning.means if meaning else None, remedy=meaning.remedy if meaning else None,
            )
        )  # fmt: skip

    def take(self) -> list[Said]:
        """All that nobody was told yet."""
        heard = [_said(note) for note in self._heard.take() if not note.source.startswith(_OWN)]
        for said in heard:
            log.info("%s said: %s", said.source, said.message)  # the log keeps it too
        taken, self._waiting = [*heard, *self._waiting], []
        return taken

    def annotate(self, messages: Sequence[Message]) -> list[Message]:
        """`messages`, those that end a request with what was said meanwhile."""
        if not any(isinstance(message, Result | Generated | Failed) for message in messages):
            return list(messages)
        notes = self.take()
        if not notes:
            return list(messages)
        return [
            replace(message, notes=notes) if isinstance(message, Result | Generated | Failed) else message
            for message in messages
        ]


def _said(note: Note) -> Said:
    return Said(
        kind=note.kind, message=note.message, source=note.source, category=note.category, count=note.count,
        means=note.means, remedy=note.remedy,
    )  # fmt: skip
