"""Facts announced in process: what happened, never what to do about it. Subscribers are plugged in `rooms.py`."""

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from openhearth.kit.names import BucketRef, RepoRef
from openhearth.protocol.engine import Said

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class RefUpdated:
    """A ref moved. `old` or `new` is None when the ref was created or deleted."""

    repo_key: str
    repo: RepoRef
    ref: str
    old: str | None
    new: str | None
    actor_name: str | None


@dataclass(frozen=True, kw_only=True)
class RepoCreated:
    """`token_id`: the access token it was made with, None for a browser."""

    repo_key: str
    repo: RepoRef
    token_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class RepoMoved:
    repo_key: str
    old: RepoRef
    new: RepoRef


@dataclass(frozen=True, kw_only=True)
class RepoDeleted:
    repo_key: str
    repo: RepoRef
    is_private: bool = True  # what it was: nobody can look any more


@dataclass(frozen=True, kw_only=True)
class BucketMoved:
    bucket_key: str
    old: BucketRef
    new: BucketRef
    actor_name: str | None


@dataclass(frozen=True, kw_only=True)
class BucketDeleted:
    bucket_key: str
    bucket: BucketRef
    actor_name: str | None


DiscussionChange = Literal[
    "opened", "commented", "edited", "hidden", "closed", "reopened", "renamed", "merged"
]


@dataclass(frozen=True, kw_only=True)
class DiscussionChanged:
    """Something was said or done in a discussion or pull request. `text` is what was said: for mentions."""

    repo_key: str
    repo: RepoRef
    number: int
    title: str
    is_pull_request: bool
    change: DiscussionChange
    actor_id: str | None
    actor_name: str | None
    comment_id: str | None = None
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class AccessRequested:
    """Somebody asked for the files of a gated repo, or was answered."""

    repo_key: str
    repo: RepoRef
    user_id: str
    user_name: str
    status: Literal["pending", "accepted", "rejected"]
    actor_name: str | None


@dataclass(frozen=True, kw_only=True)
class FilesOpened:
    """Somebody was let at the files of a private or gated repo, or bucket. Not announced for what is open to all."""

    repo_key: str
    repo: RepoRef | BucketRef
    actor_name: str | None


@dataclass(frozen=True, kw_only=True)
class RepoSettingsChanged:
    """Who may see a repo, or have its files, was changed: setting → its value now."""

    repo_key: str
    repo: RepoRef
    changes: Mapping[str, str]
    actor_name: str | None


@dataclass(frozen=True, kw_only=True)
class RoleChanged:
    """A member's role in an organisation changed. No role: not a member."""

    org: str
    user_name: str
    before: str | None
    after: str | None
    actor_name: str | None


@dataclass(frozen=True, kw_only=True)
class ModelSaid:
    """Libraries said something while a model was loaded or called for somebody, or that failed. No user: a visitor.

    No act of anybody's, so not among what the audit log keeps.

    `run_id` names the work, or the life of the process in which it was said.
    """

    run_id: str
    user_id: str | None
    repo_key: str
    task: str
    notes: Sequence[Said]


TokenChange = Literal["create", "renew", "revoke", "change"]


@dataclass(frozen=True, kw_only=True)
class TokenChanged:
    """An access token was made, renewed or revoked; or an SSH key, whose scope is `sshKey`, added or deleted."""

    user_name: str
    token_id: str
    name: str
    scope: str
    change: TokenChange
    actor_name: str | None


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A browser was signed in, or an account made."""

    user_id: str
    user_name: str
    is_new: bool = False


Event = (
    RefUpdated
    | RepoCreated
    | RepoMoved
    | RepoDeleted
    | BucketMoved
    | BucketDeleted
    | DiscussionChanged
    | AccessRequested
    | FilesOpened
    | RepoSettingsChanged
    | RoleChanged
    | TokenChanged
    | SignedIn
)
Subscribers = Mapping[type, Callable[[Any], None]]


class Events:
    """A switchboard: `publish` calls every subscriber of the event's type, in the order they joined.

    A subscriber that fails is logged and does not undo what happened: an event states a fact.
    """

    def __init__(self) -> None:
        self._subscribers: dict[type, list[Callable[[Any], None]]] = defaultdict(list)

    def subscribe(self, subscribers: Subscribers) -> None:
        for kind, call in subscribers.items():
            self._subscribers[kind].append(call)

    def publish(self, event: Event | ModelSaid) -> None:
        for call in self._subscribers[type(event)]:
            try:
                call(event)
            except Exception:  # a fact stands whatever its listeners do; the log carries the trace
                log.exception("a subscriber of %s failed", type(event).__name__)
