"""The nouns of gates."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

AccessStatus = Literal["pending", "accepted", "rejected"]
STATUSES: tuple[AccessStatus, ...] = get_args(AccessStatus)
# A field's label → what was answered: text, or True for a box that was ticked.
Answers = Mapping[str, str | bool]


@dataclass(frozen=True, kw_only=True)
class AccessRequest:
    """Somebody's standing with a gated repo, one per person and repo.

    `has_asked` is False for those who were let in without asking; they agreed to no condition and gave no address.
    """

    id: str
    repo_key: str
    user_id: str
    status: AccessStatus
    asked_at: datetime
    has_asked: bool = True
    answered_at: datetime | None = None
    answered_by: str | None = None
    reason: str | None = None
    answers: Answers = field(default_factory=dict)
