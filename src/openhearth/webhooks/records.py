"""The nouns of the room. Frozen; times in UTC."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

Domain = Literal["repo", "discussion"]
DOMAINS: tuple[Domain, ...] = get_args(Domain)
WatchedType = Literal["model", "dataset", "space", "kernel", "bucket", "user", "org"]
WATCHED_TYPES: tuple[WatchedType, ...] = get_args(WatchedType)
DeliveryState = Literal["waiting", "delivered", "failed"]


@dataclass(frozen=True, order=True)
class Watched:
    """What a webhook listens to: one repo, or all that a user or an organisation holds."""

    type: WatchedType
    name: str


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """`owner_id` is a user's or an organisation's: what they may see is what is told."""

    id: str
    owner_id: str
    url: str
    secret: str | None
    domains: Sequence[Domain]
    watched: Sequence[Watched]
    disabled: bool
    disabled_because: str | None
    failures_in_row: int
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class WebhookSpec:
    """What somebody asks a webhook to be. None leaves a thing as it is, or as it is by default."""

    url: str | None = None
    secret: str | None = None
    domains: Sequence[str] | None = None
    watched: Sequence[tuple[str, str]] | None = None


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One message to one webhook: what is sent, and how the last try went."""

    id: str
    webhook_id: str
    repo_key: str
    event: str  # "repo.content update"
    payload: Mapping[str, Any]
    created_at: datetime
    state: DeliveryState
    attempts: int
    tried_at: datetime | None
    status: int | None  # of the answer
    answer: str | None  # its first characters
    duration_ms: int | None
    error: str | None
