"""Who may do what: one small vocabulary, spoken by every door.

Pure: an actor, an action and a resource give a verdict with its reason. Knows no rows and no HTTP.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal, Protocol, get_args

from openhearth.errors import Forbidden, HubError, RepoNotFound, Unauthenticated


class Action(IntEnum):
    """What can be done to a repo, ordered: whoever may do one may do all before it."""

    USE = 0  # the app of a Space, whose files may be closed
    READ = 1
    WRITE = 2
    ADMIN = 3  # settings, move, delete


class Role(IntEnum):
    """A member's role in an organisation, ordered. Contributors create repos and write to their own."""

    READ = 1
    CONTRIBUTOR = 2
    WRITE = 3
    ADMIN = 4


ROLE_NAMES: dict[str, Role] = {role.name.lower(): role for role in Role}
TokenScope = Literal["read", "write", "fineGrained"]
# What a fine-grained token may be given beside repos and namespaces.
Permission = Literal["gated.read", "discussion.write", "collection.write", "webhook.write", "inference.run"]
PERMISSIONS: tuple[Permission, ...] = get_args(Permission)
# The OAuth scope by which an app gets a permission. None gives collections: those hold for chosen organisations.
SCOPE_OF: Mapping[Permission, str] = {
    "gated.read": "gated-repos",
    "discussion.write": "write-discussions",
    "webhook.write": "webhooks",
    "inference.run": "inference-api",
}
Visibility = Literal["public", "private"]


class Address(Protocol):
    """What is acted on, as people address it: a repo or a bucket."""

    @property
    def type(self) -> str: ...
    @property
    def plural(self) -> str: ...
    @property
    def namespace(self) -> str: ...
    @property
    def id(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class TokenLimits:
    """What the token of this request allows, on top of what its user may do. None of it ever widens a right.

    `repos`, `namespaces` and `permissions` are only read for fine-grained tokens: address (`models/ns/name`) or
    namespace → Action, and what is allowed beside them. `oauth_scopes` is what a person let an app do; None for every
    other token. `creates` are the namespaces where such an app may make repos without writing to those that are there.
    """

    scope: TokenScope
    repos: Mapping[str, Action] = field(default_factory=dict)
    namespaces: Mapping[str, Action] = field(default_factory=dict)
    permissions: frozenset[Permission] = frozenset()
    oauth_scopes: frozenset[str] | None = None
    creates: frozenset[str] = frozenset()

    def permits(self, permission: Permission) -> bool:
        """Whether the token may be used for `permission`. Read tokens run models and have gated files."""
        if self.scope == "read":
            return permission in ("gated.read", "inference.run")
        return self.scope == "write" or permission in self.permissions

    def allows_managing(self, namespace: str) -> bool:
        """Whether the profile, members and settings of `namespace` may be changed with the token. Apps never may."""
        if self.oauth_scopes is not None:
            return False
        return self.scope == "write" or self.namespaces.get(namespace, 0) >= Action.ADMIN

    def allows(self, action: Action, repo: Address) -> bool:
        if self.scope == "write":
            return True
        if self.scope == "read":
            return action <= Action.READ
        granted = max(
            self.repos.get(f"{repo.plural}/{repo.id}", 0),
            self.namespaces.get(repo.namespace, 0),
        )
        return action <= granted


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Whoever makes a request. `user_id` is None for nobody in particular.

    `token` is None for a browser session, which may do all that the user may.
    """

    user_id: str | None = None
    name: str | None = None
    is_site_admin: bool = False
    roles: Mapping[str, Role] = field(default_factory=dict)  # organisation name → role
    token: TokenLimits | None = None
    token_id: str | None = None
    session_id: str | None = None

    @property
    def is_anonymous(self) -> bool:
        return self.user_id is None


NOBODY = Actor()


@dataclass(frozen=True, kw_only=True)
class RepoResource:
    """What a verdict needs to know of a repo or a bucket."""

    ref: Address
    visibility: Visibility
    creator_id: str | None = None
    app_is_open: bool = False  # a protected Space: closed to all who are no members, but for its app


@dataclass(frozen=True)
class Verdict:
    allowed: bool
    reason: str
    exists: bool = True  # False: the actor may not even learn that the resource exists

    def require(self, actor: Actor, resource: RepoResource) -> None:
        """Raise what the client expects of this refusal. Does nothing if allowed."""
        if self.allowed:
            return
        if not self.exists:
            raise RepoNotFound(resource.ref.id, anonymous=actor.is_anonymous, hidden=resource.ref)
        raise refusal(actor, self.reason)


def refusal(actor: Actor, reason: str) -> HubError:
    return Unauthenticated(f"{reason} Sign in first.") if actor.is_anonymous else Forbidden(reason)


def decide(actor: Actor, action: Action, resource: RepoResource) -> Verdict:
    """The verdict on `actor` doing `action` to `resource`. The actor's right, then the token's limits."""
    if action == Action.USE and resource.app_is_open:
        return Verdict(True, "Its app is open to all.")
    action = max(action, Action.READ)
    right = _right(actor, resource)
    if right < Action.READ:
        return Verdict(False, "You may not read this repo.", exists=False)
    if action <= Action.READ and resource.visibility == "public":
        return Verdict(True, "The repo is public.")
    if actor.token is not None and not actor.token.allows(action, resource.ref):
        readable = resource.visibility == "public" or actor.token.allows(Action.READ, resource.ref)
        return Verdict(
            False,
            f"This token ({actor.token.scope}) does not allow to {action.name.lower()} {resource.ref.id}; "
            "use a token with that permission.",
            exists=readable,
        )
    if right < action:
        return Verdict(
            False, f"You may not {action.name.lower()} {resource.ref.id}; ask an owner for that role."
        )
    return Verdict(True, "Your role allows it.")


def _right(actor: Actor, resource: RepoResource) -> int:
    """The highest action that `actor`'s person may do, 0 for none."""
    least = int(Action.READ) if resource.visibility == "public" else 0
    if actor.is_anonymous:
        return least
    if actor.name == resource.ref.namespace or actor.is_site_admin:
        return Action.ADMIN
    role = actor.roles.get(resource.ref.namespace)
    if role is None:
        return least
    if role >= Role.ADMIN:
        return Action.ADMIN
    if role >= Role.WRITE or (role == Role.CONTRIBUTOR and resource.creator_id == actor.user_id):
        return Action.WRITE
    return Action.READ


def may_read_gated(actor: Actor, repo: Address, *, is_granted: bool) -> bool:
    """Whether `actor`, who may know of the gated `repo`, may have its files: members, and whoever was let in."""
    is_member = actor.is_site_admin or repo.namespace == actor.name or repo.namespace in actor.roles
    if actor.is_anonymous or not (is_member or is_granted):
        return False
    return actor.token is None or actor.token.permits("gated.read") or actor.token.allows(Action.READ, repo)


def decide_create(actor: Actor, repo: Address) -> Verdict:
    """The verdict on `actor` creating `repo` in its namespace."""
    if actor.is_anonymous:
        return Verdict(False, "Creating a repo needs an account.")
    token = actor.token
    if token is not None and repo.namespace not in token.creates and not token.allows(Action.WRITE, repo):
        return Verdict(
            False, f"This token ({token.scope}) does not allow to create {repo.id}; use a write token."
        )
    if actor.name == repo.namespace or actor.is_site_admin:
        return Verdict(True, "The namespace is yours.")
    if actor.roles.get(repo.namespace, 0) >= Role.CONTRIBUTOR:
        return Verdict(True, "Your role in the organisation allows it.")
    return Verdict(
        False, f"You don't have the rights to create a {repo.type} under the namespace {repo.namespace!r}."
    )


def may_manage_namespace(actor: Actor, namespace: str) -> bool:
    """Whether `actor` may change the profile, members and settings of `namespace`."""
    if actor.is_anonymous or (actor.token is not None and not actor.token.allows_managing(namespace)):
        return False
    return actor.name == namespace or actor.is_site_admin or actor.roles.get(namespace, 0) >= Role.ADMIN


def require_permission(actor: Actor, permission: Permission) -> None:
    """Raises Forbidden if the token of this request was not given `permission`."""
    if actor.token is not None and not actor.token.permits(permission):
        if actor.token.oauth_scopes is not None:
            raise Forbidden(
                f"This app was not given the scope {SCOPE_OF.get(permission)!r}; "
                "let it ask for that when people sign in."
            )
        raise Forbidden(
            f"This token ({actor.token.scope}) was not given the permission {permission!r}; "
            "use another, or make one that has it."
        )


def decide_contribute(actor: Actor, resource: RepoResource) -> Verdict:
    """The verdict on `actor` taking part: discussing `resource` and proposing changes to it.

    Whoever may read it may, with an account; a token must be one that may write there.
    """
    verdict = decide(actor, Action.READ, resource)
    if not verdict.allowed:
        return verdict
    if actor.is_anonymous:
        return Verdict(False, f"Taking part in {resource.ref.id} needs an account.")
    token = actor.token
    may_discuss = (
        token is None or token.permits("discussion.write") or token.allows(Action.WRITE, resource.ref)
    )
    if token is not None and not may_discuss:
        return Verdict(
            False,
            f"This token ({token.scope}) does not allow to discuss or change {resource.ref.id}; "
            "use a write token.",
        )
    return Verdict(True, "Whoever may read it may take part.")
