"""The nouns of being told. Frozen; times in UTC."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from openhearth.events import DiscussionChange
from openhearth.kit.names import RepoRef

Level = Literal["watch", "mute"]
Reason = Literal["mention", "participant", "watch", "owner", "answer"]
Change = DiscussionChange | Literal["requested", "accepted", "rejected", "created"]
Shown = Literal["all", "unread", "mentions", "participating"]


@dataclass(frozen=True, kw_only=True)
class News:
    """What happened, as it is told: one subject of a repo has one notification for each person."""

    repo_key: str
    subject: str  # `discussion:12`, `access:<user id>`, `repo`
    title: str
    change: Change
    actor_name: str | None
    number: int | None = None  # of a discussion
    is_pull_request: bool = False
    comment_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Recipient:
    user_id: str
    reason: Reason


@dataclass(frozen=True, kw_only=True)
class Notification:
    """News for one person. `updates` counts what happened since it was last read."""

    id: str
    news: News
    repo: RepoRef  # where the repo is now
    reason: Reason
    updates: int
    is_read: bool
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A setting of one person: what to be told of, or not. One of the two says what it is about."""

    level: Level
    repo: RepoRef | None = None
    number: int | None = None  # of a discussion in `repo`
    namespace: str | None = None
    is_org: bool = False


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How much is in an inbox."""

    all: int
    unread: int
