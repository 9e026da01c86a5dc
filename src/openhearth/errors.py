"""The error tree. One class per kind of refusal; `wire/render.py` alone turns them into answers.

HubError
├── NotFound              404
│   ├── RepoNotFound      private and missing alike: 401 to a stranger, 404 to a known actor
│   ├── RevisionNotFound
│   └── EntryNotFound     carries the commit, so that clients can cache the absence
├── Unauthenticated       401
├── Forbidden             403
│   └── Gated
├── Conflict              409
│   └── StaleParent       412
├── Invalid               400
│   └── TooLarge          413
├── RangeInvalid          416
├── Unsupported           501 known, not offered here
├── Busy                  429
└── UpstreamFailed        502
    └── EngineFailed      503

`code` is the `X-Error-Code` that huggingface_hub turns back into its own exceptions
(huggingface_hub.errors, utils/_http.py `hf_raise_for_status`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openhearth.access import Address


class HubError(Exception):
    """A refusal with a sentence for the person at the other end: what happened, to which name, what to do."""

    status = 500
    code: str | None = None

    def __init__(self, message: str, *, headers: Mapping[str, str] | None = None, **extra: object) -> None:
        """`extra` joins the JSON body (the client reads `url` from a 409, for instance)."""
        super().__init__(message)
        self.message = message
        self.headers: dict[str, str] = dict(headers or {})
        self.extra = extra


class NotFound(HubError):
    status = 404


class RepoNotFound(NotFound):
    """Raised for a repo that is missing and for one that the actor may not see: nobody can tell which."""

    code = "RepoNotFound"

    def __init__(self, repo_id: str, *, anonymous: bool = False, hidden: Address | None = None) -> None:
        """`hidden` is the repo that is there all the same: for the hub's own log, never for an answer."""
        self.hidden = hidden
        super().__init__(
            f"Repository not found: {repo_id}. If it is private, sign in with an account that may read it."
        )
        if anonymous:
            self.status = 401


class RevisionNotFound(NotFound):
    code = "RevisionNotFound"

    def __init__(self, revision: str, repo_id: str, *, sought: str = "branch, tag or commit") -> None:
        # "Invalid rev id" is what programs look for (huggingface_hub's own tests).
        super().__init__(
            f"Revision not found: {revision!r} is no {sought} of {repo_id}. (Invalid rev id: {revision})"
        )


class EntryNotFound(NotFound):
    code = "EntryNotFound"

    def __init__(self, path: str, *, commit: str | None = None, message: str | None = None) -> None:
        super().__init__(
            message or f"Entry not found: {path!r} does not exist at this revision.",
            headers={"X-Repo-Commit": commit} if commit else None,
        )


class Unauthenticated(HubError):
    status = 401


class Forbidden(HubError):
    status = 403


class Gated(Forbidden):
    """The files are for those who asked and were let in: 401 to a stranger, 403 to a known actor."""

    code = "GatedRepo"

    def __init__(self, message: str, *, anonymous: bool = False, page: str = "") -> None:
        """`page` is where to ask."""
        super().__init__(message)
        self.page = page
        if anonymous:
            self.status = 401


class Conflict(HubError):
    status = 409


class StaleParent(Conflict):
    """The branch moved on since the caller looked: nothing was written, look again and retry."""

    status = 412


class Invalid(HubError):
    """Bad input: the message names the field, the value and the remedy."""

    status = 400


class TooLarge(Invalid):
    status = 413


class RangeInvalid(HubError):
    status = 416


class Unsupported(HubError):
    status = 501


class Busy(HubError):
    status = 429


class UpstreamFailed(HubError):
    status = 502


class EngineFailed(UpstreamFailed):
    status = 503
