"""The nouns: discussions (a pull request is one that brings commits), the events in them, and what is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from openhearth.repos.records import MAIN

Status = Literal["draft", "open", "closed", "merged"]
Side = Literal["old", "new"]
EventKind = Literal["comment", "commit", "status-change", "title-change", "pinning-change", "locking-change"]
ListedKind = Literal["all", "discussion", "pull_request"]
ListedStatus = Literal["all", "open", "closed"]

# Name on the wire → what people see. Small and fixed: a reaction is a nod, not a text.
REACTIONS: Mapping[str, str] = {
    "thumbs_up": "👍",
    "thumbs_down": "👎",
    "heart": "❤️",
    "fire": "🔥",
    "party": "🎉",
    "eyes": "👀",
}
HIDDEN_TEXT = "This comment has been hidden"


@dataclass(frozen=True, kw_only=True)
class Discussion:
    """`base`, `head`, `base_commit` and `merge_commit` are of pull requests; see tables.py."""

    id: str
    repo_key: str
    number: int
    title: str
    status: Status
    is_pull_request: bool
    author_id: str | None
    created_at: datetime
    updated_at: datetime
    is_pinned: bool = False
    is_locked: bool = False
    comment_count: int = 0
    base: str = MAIN
    head: str | None = None
    base_commit: str | None = None
    merge_commit: str | None = None

    @property
    def is_open(self) -> bool:
        return self.status in ("open", "draft")

    @property
    def noun(self) -> str:
        return "pull request" if self.is_pull_request else "discussion"


@dataclass(frozen=True)
class Version:
    """What a comment said before it was edited, and since when."""

    text: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A line of a diff, as it was when somebody spoke of it; `commit` holds the file on that side."""

    path: str
    side: Side
    line: int
    commit: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Comment:
    text: str
    is_hidden: bool = False
    edited_at: datetime | None = None
    versions: Sequence[Version] = ()
    anchor: Anchor | None = None
    reactions: Mapping[str, Sequence[str]] = field(default_factory=dict)  # name → ids of those who gave it


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something said (`comment` is set) or done (`facts` say what)."""

    id: str
    position: int
    kind: EventKind
    author_id: str | None
    created_at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
    comment: Comment | None = None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which discussions a list holds. Drafts count as open, merged ones as closed."""

    kind: ListedKind = "all"
    status: ListedStatus = "all"
    author_id: str | None = None


@dataclass(frozen=True)
class Listed:
    """A page of discussions, and how many there are in all."""

    items: Sequence[Discussion]
    start: int
    total: int


@dataclass(frozen=True)
class Line:
    """The line of a diff that somebody wants to speak of."""

    path: str
    side: Side
    line: int
