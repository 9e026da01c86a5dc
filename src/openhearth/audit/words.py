"""What to call what happened: a request's route, or a fact that was announced while it was answered. Pure.

An action is a word of two parts, `repo.create`. Facts say best what was done; a route that has none is called by
the table below, and one that the table does not know by its method and address: nothing is left out for want of a word.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from openhearth.events import (
    AccessRequested,
    BucketDeleted,
    BucketMoved,
    DiscussionChanged,
    Event,
    FilesOpened,
    RefUpdated,
    RepoCreated,
    RepoDeleted,
    RepoMoved,
    RepoSettingsChanged,
    RoleChanged,
    SignedIn,
    TokenChanged,
)

# Routes to which something is sent that changes nothing worth a line, or that are kept by their facts alone. Templates
# of routes, not addresses: a repo may be called `try`.
_NO_CHANGE = re.compile(
    r"/(preupload|paths-info|validate-yaml|info/lfs|git-upload-pack|like|follow|watch|upvote|try|notifications)(/|$)"
    r"|^/(cas|lfs|v1|models|static|-)/|^/oauth/(device|token|introspect)|^/api/telemetry"
)
_ROUTES: tuple[tuple[str, str], ...] = (
    (r"^POST (/login)$", "sign_in"),
    (r"^POST (/logout)$", "sign_out"),
    (r"^POST (/setup|/join)", "account.create"),
    (r"^POST /settings/password$", "password.change"),
    (r"^POST /settings/sessions", "session.end"),
    (r"^POST /settings/profile$", "profile.change"),
    (r"^POST /settings/invites", "invite.create"),
    (r"^POST /settings/tokens", "token.change"),
    (r"^POST (/api/buckets/\{ns\}/\{name\}|/new-bucket)$", "bucket.create"),
    (r"^DELETE /api/buckets/|^POST /buckets/.*/settings/delete$", "bucket.delete"),
    (r"^PUT /api/buckets/|^POST /buckets/.*/settings/visibility$", "bucket.settings"),
    (r"^POST /buckets/.*/settings/move$", "bucket.move"),
    (r"^POST (/api)?/buckets/.*/(batch$|upload|delete)", "bucket.write"),
    (r"^POST (/organizations/new|/api/organizations)$", "organisation.create"),
    (r"^(POST|PUT|DELETE) (/api)?/organizations/\{name\}/members", "member.change"),
    (r"^(POST|PATCH) (/api)?/organizations/\{name\}/settings$", "organisation.settings"),
    (r"^POST .*/user-access-request/|/settings/access-requests/", "access.answer"),
    (r"^POST .*/ask-access$", "access.ask"),
    (r"^GET .*/xet-read-token(/|$)", "xet.read_token"),
    (r"^GET .*/xet-write-token(/|$)", "xet.write_token"),
    (r"git-upload-pack|/info/refs$", "git.fetch"),
    (r"git-receive-pack", "git.push"),
    (r"/info/lfs/", "lfs.batch"),
    (r"^POST /api/buckets/\{ns\}/\{name\}$", "bucket.create"),
    (r"^DELETE /api/buckets/\{ns\}/\{name\}$", "bucket.delete"),
    (r"^PUT /api/buckets/\{ns\}/\{name\}/settings$", "bucket.settings"),
    (r"^POST /api/buckets/\{ns\}/\{name\}/batch$", "bucket.write"),
    (r"^(POST|DELETE) (/api)?/settings/webhooks|^(POST|DELETE) .*/webhooks", "webhook.change"),
    (r"^POST /settings/(ssh-)?keys", "key.change"),
    (r"/settings(/visibility|/gate)?$", "repo.settings"),
    (r"^POST .*/commit/", "repo.commit"),
    (r"^POST /api/repos/create$|^POST /new", "repo.create"),
    (r"^DELETE /api/repos/delete$", "repo.delete"),
    (r"^POST /api/repos/move$|/settings/move$", "repo.move"),
    (r"^(GET|HEAD) .*/(resolve|raw|blob|layers|commit|edit)/", "files.read"),
    (r"^(GET|HEAD) /api/", "api.read"),
    (r"^(GET|HEAD) ", "page.read"),
)
_WORDS = tuple((re.compile(pattern), word) for pattern, word in _ROUTES)


@dataclass(frozen=True, kw_only=True)
class Told:
    """A fact in the words of the log."""

    action: str
    namespace: str
    target: str
    detail: Mapping[str, str] = field(default_factory=dict)
    is_read: bool = False
    actor_id: str | None = None  # where the fact knows better than the request who it was
    actor_name: str | None = None


def changes_something(method: str, route: str) -> bool:
    return method not in ("GET", "HEAD", "OPTIONS") and _NO_CHANGE.search(route) is None


def action_of(method: str, route: str) -> str:
    """The word for a route, given as its template."""
    plain = re.sub(r":\w+\}", "}", route)
    asked = f"{method} {plain}"
    for pattern, word in _WORDS:
        if pattern.search(asked):
            return word
    return asked[:120]


def tell(fact: Event) -> Told:
    """What `fact` is called, and whom it concerns."""
    if isinstance(fact, RoleChanged):
        detail = {"user": fact.user_name, "before": fact.before or "none", "after": fact.after or "none"}
        return Told(
            action="member.role", namespace=fact.org, target=f"organizations/{fact.org}", detail=detail
        )
    if isinstance(fact, TokenChanged):
        detail = {"name": fact.name, "scope": fact.scope, "token": fact.token_id}
        return Told(
            action=f"token.{fact.change}",
            namespace=fact.user_name,
            target=f"users/{fact.user_name}",
            detail=detail,
        )
    if isinstance(fact, SignedIn):
        return Told(
            action="account.create" if fact.is_new else "sign_in",
            namespace=fact.user_name,
            target=f"users/{fact.user_name}",
            actor_id=fact.user_id,
            actor_name=fact.user_name,
        )
    if isinstance(fact, BucketMoved | BucketDeleted):
        return _of_bucket(fact)
    repo = fact.old if isinstance(fact, RepoMoved) else fact.repo
    action, detail = _of_repo(fact)
    return Told(
        action=action,
        namespace=repo.namespace,
        target=f"{repo.plural}/{repo.id}",
        detail=detail,
        is_read=isinstance(fact, FilesOpened),
    )


def _of_bucket(fact: BucketMoved | BucketDeleted) -> Told:
    if isinstance(fact, BucketDeleted):
        return Told(
            action="bucket.delete", namespace=fact.bucket.namespace, target=f"buckets/{fact.bucket.id}"
        )
    to = {"to": f"buckets/{fact.new.id}"}
    return Told(
        action="bucket.move", namespace=fact.old.namespace, target=f"buckets/{fact.old.id}", detail=to
    )


def _of_repo(fact: Event) -> tuple[str, dict[str, str]]:
    match fact:
        case RepoCreated():
            return "repo.create", {}
        case RepoDeleted():
            return "repo.delete", {}
        case RepoMoved():
            return "repo.move", {"to": f"{fact.new.plural}/{fact.new.id}"}
        case RepoSettingsChanged():
            return "repo.settings", dict(fact.changes)
        case RefUpdated():
            return _of_ref(fact)
        case DiscussionChanged():
            kind = "pull_request" if fact.is_pull_request else "discussion"
            return f"{kind}.{fact.change}", {"number": str(fact.number), "title": fact.title}
        case AccessRequested():
            asked = fact.actor_name == fact.user_name
            return "access.ask" if asked else f"access.{fact.status}", {
                "user": fact.user_name,
                "status": fact.status,
            }
        case FilesOpened():
            return "files.read", {}
    return type(fact).__name__, {}


def _of_ref(fact: RefUpdated) -> tuple[str, dict[str, str]]:
    kind = "tag" if fact.ref.startswith("refs/tags/") else "branch"
    detail = {"ref": fact.ref, "old": fact.old or "none", "new": fact.new or "none"}
    if fact.new is None:
        return f"{kind}.delete", detail
    return (f"{kind}.create" if fact.old is None else f"{kind}.update"), detail
