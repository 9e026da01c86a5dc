"""The nouns of the room. Frozen; times in UTC."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from openhearth.kit.names import RepoRef

State = Literal["waiting", "running", "done", "failed", "cancelled"]
ROWS_MAX = 1000
ROWS_USUAL = 100


@dataclass(frozen=True, kw_only=True)
class RunSpec:
    """What somebody asks for: a model, for a task, over the first `rows` of a column."""

    model: RepoRef
    task: str
    dataset: RepoRef
    path: str
    column: str
    rows: int = ROWS_USUAL
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ColumnRun:
    """`rows_found` is None until the column was read; `model_commit` until the model was loaded."""

    id: str
    user_id: str
    model_key: str
    model: str
    model_commit: str | None
    task: str
    parameters: Mapping[str, Any]
    dataset_key: str
    dataset_commit: str
    path: str
    column_name: str
    rows_wanted: int
    rows_found: int | None
    state: State
    error: str | None
    created_at: datetime
    updated_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in ("waiting", "running")


@dataclass(frozen=True)
class Cell:
    """What a row gave the model, and its answer as JSON, or why there is none. Both None: not asked yet."""

    row: int
    given: str
    answer: Any = None
    error: str | None = None

    @property
    def is_pending(self) -> bool:
        return self.answer is None and self.error is None


@dataclass(frozen=True)
class Progress:
    done: int
    failed: int
    total: int


@dataclass(frozen=True)
class Bar:
    """`share` is of the tallest bar."""

    label: str
    count: int
    share: float


@dataclass(frozen=True)
class Chart:
    """How often what came out: by label, or numbers in bins of equal width. `of` says what is counted."""

    of: str
    bars: Sequence[Bar]
    is_histogram: bool = False
