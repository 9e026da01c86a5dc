"""What the book holds: notes of runs. Frozen; times in UTC."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

NoteKind = Literal["warning", "report", "failure", "remark"]


@dataclass(frozen=True, kw_only=True)
class Note:
    """A warning or load report of a run, a failure, or a remark that a person made.

    `source` is the module that spoke. `count` says how often the same was said in this run. `means` and `remedy` are
    ours, where the message is one we know.
    """

    kind: NoteKind
    message: str
    source: str = ""
    category: str = ""
    count: int = 1
    means: str | None = None
    remedy: str | None = None
    id: int | None = None
    run_id: str | None = None
    at: datetime | None = None
    task: str = ""
    model: str = ""

    def __str__(self) -> str:
        times = f" (×{self.count})" if self.count > 1 else ""
        lines = [f"{self.kind}{times}: {self.message}"]
        lines += [f"  means:  {self.means}"] if self.means else []
        lines += [f"  remedy: {self.remedy}"] if self.remedy else []
        return "\n".join(lines)


@dataclass(frozen=True)
class Related:
    """An earlier note that may have to do with a failure, and why it is thought so."""

    note: Note
    weight: float
    reasons: Sequence[str]

    def __str__(self) -> str:
        return f"{self.note}\n  shown because: {'; '.join(self.reasons)}"
