"""The nouns of the room. Frozen; times in UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

Verdict = Literal["changed", "read", "refused"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
# How somebody came: a browser, a token, no credential, or the command line on the hub's own machine.
Via = Literal["session", "token", "nothing", "command", "hub"]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the log: who did what to what, or was refused it. Never a secret.

    `namespace` is in lower case, to look for; `target` is spelled as people know it. `count` says for how many
    equal requests in a moment the entry stands.
    """

    at: datetime
    verdict: Verdict
    action: str  # repo.create, branch.delete, files.read, …
    actor_id: str | None = None
    actor_name: str | None = None
    via: Via = "hub"
    token_id: str | None = None
    address: str = ""  # the network address
    request_id: str = ""
    namespace: str = ""
    target: str = ""  # models/ada/tiny, organizations/forge
    status: int | None = None
    detail: Mapping[str, str] = field(default_factory=dict)
    count: int = 1


@dataclass(frozen=True, kw_only=True)
class Logged:
    """An entry in its place. `hash` covers it and everything before it."""

    id: int
    hash: str
    entry: Entry


@dataclass(frozen=True, kw_only=True)
class EntryFilter:
    """Which entries: all conditions must hold. `action` and `target` match by their beginning."""

    namespace: str | None = None
    actor: str = ""
    verdict: Verdict | None = None
    action: str = ""
    target: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Pruning:
    """That every entry up to `up_to` was let go, and the hash the log goes on from."""

    up_to: int
    hash: str
    at: datetime
    seal: str


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a check of the whole log found; `problem` is empty if the chain holds."""

    count: int
    last_id: int
    last_hash: str
    problem: str = ""
