"""The nouns of the room. Frozen; times in UTC."""

from dataclasses import dataclass
from datetime import datetime

from openhearth.pipelines.notes.records import Note, NoteKind


@dataclass(frozen=True, kw_only=True)
class KeptNote:
    """A note of a run. `repo_key` is None for a remark on nothing in particular, `user_id` for a visitor's run."""

    id: str
    run_id: str
    user_id: str | None
    repo_key: str | None
    task: str
    kind: NoteKind
    source: str
    category: str
    message: str
    count: int
    means: str | None
    remedy: str | None
    at: datetime

    def as_note(self) -> Note:
        """As pipelines compare them."""
        return Note(
            kind=self.kind, message=self.message, source=self.source, category=self.category, count=self.count,
            means=self.means, remedy=self.remedy, run_id=self.run_id, at=self.at, task=self.task,
            model=self.repo_key or "",
        )  # fmt: skip
