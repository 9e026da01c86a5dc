"""Access tokens: what programs sign in with. The value is shown once; rows keep its sha256.

A token never widens what its user may do. `read` and `write` limit by action, fine-grained ones grant an
action for single repos or whole namespaces. Grants follow a repo that moves, and end with it.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from openhearth.access import Action, Actor, Address, Permission, TokenScope
from openhearth.accounts.errors import UserNotFound
from openhearth.accounts.known import KnownActors
from openhearth.accounts.oauth import queries as oauth_queries
from openhearth.accounts.permits import OPERATOR, require_browser
from openhearth.accounts.queries import people as people_queries
from openhearth.accounts.queries import tokens as queries
from openhearth.accounts.records import AccessToken, NewToken
from openhearth.accounts.secret_words import check_token_value, hash_secret, new_token_value
from openhearth.db import Database, Duplicate
from openhearth.errors import Conflict, Forbidden, Invalid, NotFound
from openhearth.events import (
    BucketDeleted,
    BucketMoved,
    Events,
    RepoCreated,
    RepoDeleted,
    RepoMoved,
    TokenChange,
    TokenChanged,
)
from openhearth.kit.clock import Clock
from openhearth.kit.ids import new_id
from openhearth.kit.names import check_namespace, repo_type_of, split_bucket_id, split_repo_id
from openhearth.kit.text import is_one_line

NAME_MAX_LENGTH = 96
GRANTS_MOST = 200
TOKENS_MOST = 500
LIFETIME_MAX = timedelta(days=3650)


class Tokens:
    def __init__(self, *, db: Database, clock: Clock, known: KnownActors, events: Events) -> None:
        self._events = events
        self._db = db
        self._clock = clock
        self._known = known

    def create(
        self,
        actor: Actor,
        *,
        name: str,
        scope: TokenScope,
        grants: Mapping[str, Action] | None = None,
        permissions: Collection[Permission] = (),
        lifetime: timedelta | None = None,
    ) -> NewToken:
        """Make a token for the actor, which ends after its `lifetime` if it has one.

        `grants` (`models/ns/name` or `ns` → Action) and `permissions` are for fine-grained ones.
        """
        user_id = require_browser(actor)
        if scope == "fineGrained" and not grants and not permissions:
            raise Invalid(
                "grants: a fine-grained token without any opens nothing; choose a repo or a namespace."
            )
        if scope != "fineGrained" and (grants or permissions):
            raise Invalid(f"grants: are for fine-grained tokens, this one is {scope!r}.")
        if lifetime is not None and not timedelta() < lifetime <= LIFETIME_MAX:
            raise Invalid(f"lifetime: is from a moment to {LIFETIME_MAX.days} days.")
        with self._db.read() as rows:
            if len(queries.list_tokens(rows, user_id)) >= TOKENS_MOST:
                raise Conflict(f"This account has {TOKENS_MOST} tokens, as many as it may; revoke some.")
        new = self._insert(
            user_id,
            name=name,
            scope=scope,
            grants=check_grants(grants or {}),
            permissions=frozenset(permissions),
            expires_at=self._clock() + lifetime if lifetime else None,
        )
        self._announce(new.token, "create", str(actor.name), actor)
        return new

    def create_for(
        self, actor: Actor, user_name: str, *, name: str, scope: TokenScope, value: str | None = None
    ) -> NewToken:
        """Make a token for another user, perhaps of a known `value`. Only OPERATOR may."""
        if actor is not OPERATOR:
            raise Forbidden("Tokens for others are made on the hub's machine: `openhearth admin token add`.")
        with self._db.read() as rows:
            user = people_queries.find_user(rows, user_name)
        if user is None:
            raise UserNotFound(user_name)
        new = self._insert(user.id, name=name, scope=scope, grants={}, value=value)
        self._announce(new.token, "create", user.name, actor)
        return new

    def list_tokens(self, actor: Actor) -> list[AccessToken]:
        """The actor's tokens, the newest first."""
        user_id = require_browser(actor)
        with self._db.read() as rows:
            return queries.list_tokens(rows, user_id)

    def find_used(self, actor: Actor) -> AccessToken | None:
        """The token that the actor came with, None for a browser."""
        if actor.token_id is None:
            return None
        with self._db.read() as rows:
            return queries.find_token(rows, actor.token_id)

    def revoke(self, actor: Actor, token_id: str) -> None:
        """End one of the actor's tokens, at once. Raises NotFound."""
        token = self._get_own(actor, token_id)
        with self._db.write() as rows:
            if token.authorization_id is not None:
                oauth_queries.delete_authorization(rows, token.authorization_id)
            queries.delete_token(rows, token.id)
        self._known.forget()
        self._announce(token, "revoke", str(actor.name), actor)

    def refresh(self, actor: Actor, token_id: str) -> NewToken:
        """Give one of the actor's tokens a new value; the old one ends at once. Raises NotFound."""
        token = self._get_own(actor, token_id)
        if token.client_id is not None:
            raise Invalid(
                "token: this one belongs to a signed-in device, which renews it itself; revoke it instead."
            )
        value = new_token_value()
        renewed = replace(token, hint=value[-4:], last_used_at=None, created_at=self._clock())
        with self._db.write() as rows:
            queries.update_token(
                rows,
                token.id,
                value_hash=hash_secret(value),
                hint=renewed.hint,
                last_used_at=None,
                created_at=renewed.created_at,
            )
        self._known.forget()
        self._announce(token, "renew", str(actor.name), actor)
        return NewToken(value=value, token=renewed)

    def follow_move(self, event: RepoMoved | BucketMoved) -> None:
        """Let grants for a repo or a bucket follow it to its new address."""
        with self._db.write() as rows:
            queries.move_grants(rows, _target(event.old), _target(event.new))
            oauth_queries.move_contributions(rows, _target(event.old), _target(event.new))
        self._known.forget()

    def end_grants(self, event: RepoDeleted | BucketDeleted) -> None:
        """Drop grants for what is gone, so that the next of that name is not opened by them."""
        gone = _target(event.bucket if isinstance(event, BucketDeleted) else event.repo)
        with self._db.write() as rows:
            queries.delete_grants(rows, gone)
            oauth_queries.delete_contributions(rows, gone)
        self._known.forget()

    def note_contribution(self, event: RepoCreated) -> None:
        """Let an app go on writing to the repo that it made."""
        if event.token_id is None:
            return
        with self._db.write() as rows:
            oauth_queries.add_contribution(rows, event.token_id, _target(event.repo))
        self._known.forget()

    def _announce(self, token: AccessToken, change: TokenChange, user_name: str, actor: Actor) -> None:
        self._events.publish(
            TokenChanged(
                user_name=user_name, token_id=token.id, name=token.name, scope=token.scope, change=change,
                actor_name=actor.name,
            )
        )  # fmt: skip

    def _insert(
        self,
        user_id: str,
        *,
        name: str,
        scope: TokenScope,
        grants: Mapping[str, Action],
        permissions: frozenset[Permission] = frozenset(),
        expires_at: datetime | None = None,
        value: str | None = None,
    ) -> NewToken:
        value = new_token_value() if value is None else check_token_value(value)
        token = AccessToken(
            id=new_id(),
            user_id=user_id,
            name=_check_name(name),
            scope=scope,
            hint=value[-4:],
            created_at=self._clock(),
            last_used_at=None,
            expires_at=expires_at,
            client_id=None,
            grants=grants,
            permissions=permissions,
        )
        try:
            with self._db.write() as rows:
                queries.insert_token(rows, token, value_hash=hash_secret(value))
        except Duplicate:
            raise Conflict("value: this token exists already.") from None
        return NewToken(value=value, token=token)

    def _get_own(self, actor: Actor, token_id: str) -> AccessToken:
        user_id = require_browser(actor)
        with self._db.read() as rows:
            token = queries.find_token(rows, token_id)
        if token is None or token.user_id != user_id:
            raise NotFound("Token not found: it was revoked already.")
        return token


def check_grants(grants: Mapping[str, Action]) -> Mapping[str, Action]:
    """Return `grants` with targets in their one spelling: `models/ns/name` or a namespace. Raises Invalid."""
    if len(grants) > GRANTS_MOST:
        raise Invalid(f"grants: {len(grants)} are too many; choose at most {GRANTS_MOST}.")
    return {read_target(target): action for target, action in grants.items()}


def read_target(text: str) -> str:
    """A grant's target in its one spelling; `ns/name` alone means a model. Raises Invalid."""
    parts = text.strip().strip("/").split("/")
    if len(parts) == 1:
        return check_namespace(parts[0], field="grants")
    if len(parts) == 2:
        parts = ["models", *parts]
    if len(parts) != 3:
        raise Invalid(f"grants: {text[:80]!r} is neither a namespace nor a repo; write ns or models/ns/name.")
    if parts[0] == "buckets":
        return _target(split_bucket_id("/".join(parts[1:]), field="grants"))
    return _target(split_repo_id("/".join(parts[1:]), repo_type_of(parts[0], field="grants"), field="grants"))


def _target(repo: Address) -> str:
    return f"{repo.plural}/{repo.id}"


def _check_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > NAME_MAX_LENGTH or not is_one_line(name):
        raise Invalid(
            f"name: a token's name has 1 to {NAME_MAX_LENGTH} characters that can be shown, to tell it from the others by."
        )
    return name
