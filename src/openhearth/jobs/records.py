"""The nouns of the room."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Job:
    """One piece of work. `due_at` is None once it was given up; `leased_until` is set while somebody works on it."""

    id: str
    kind: str
    payload: Mapping[str, Any]
    created_at: datetime
    due_at: datetime | None
    leased_until: datetime | None
    attempts: int
    attempts_max: int
    error: str | None
