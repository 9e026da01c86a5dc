"""Apps: registering them, by hand or for a Space, and what people let them do.

A secret is shown once. That of a Space is derived from its client id, so that each start of the Space gets the
same one without the hub keeping it.
"""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import replace
from uuid import uuid4

from openhearth.access import Actor
from openhearth.accounts.known import KnownActors
from openhearth.accounts.oauth import queries
from openhearth.accounts.oauth.records import AppDraft, ConnectedApp, Consent, NewOAuthApp, OAuthApp
from openhearth.accounts.oauth.redirects import WHOLE_HOST, check_redirect_uris
from openhearth.accounts.oauth.scopes import check_scopes, scope_text
from openhearth.accounts.permits import require_write
from openhearth.accounts.secret_words import hash_secret
from openhearth.db import Database, Duplicate
from openhearth.errors import Conflict, Invalid, NotFound
from openhearth.events import Events, RepoDeleted, RepoMoved, TokenChange, TokenChanged
from openhearth.kit.clock import Clock
from openhearth.kit.ids import new_id
from openhearth.kit.text import is_one_line

NAME_MAX_LENGTH = 96
HOMEPAGE_MAX_LENGTH = 500
APPS_MOST = 100


class Apps:
    def __init__(
        self, *, db: Database, clock: Clock, known: KnownActors, events: Events, secret: bytes
    ) -> None:
        self._events = events
        self._db = db
        self._clock = clock
        self._known = known
        self._secret = secret

    def create(self, actor: Actor, draft: AppDraft, *, is_public: bool) -> NewOAuthApp:
        """Register an app of the actor's. Raises Invalid, Conflict."""
        owner_id, checked = require_write(actor), _check(draft)
        with self._db.read() as rows:
            if len(queries.list_apps(rows, owner_id)) >= APPS_MOST:
                raise Conflict(f"This account has {APPS_MOST} apps, as many as it may; delete some.")
        app = self._new_app(checked, owner_id=owner_id, is_public=is_public)
        secret = None if is_public else _new_secret()
        with self._db.write() as rows:
            queries.insert_app(rows, app, secret_hash=hash_secret(secret) if secret else None)
        return NewOAuthApp(app=app, secret=secret)

    def list_apps(self, actor: Actor) -> list[OAuthApp]:
        """The actor's apps, the newest first."""
        owner_id = require_write(actor)
        with self._db.read() as rows:
            return queries.list_apps(rows, owner_id)

    def get_app(self, actor: Actor, app_id: str) -> OAuthApp:
        """One of the actor's apps. Raises NotFound."""
        owner_id = require_write(actor)
        with self._db.read() as rows:
            app = queries.find_app(rows, app_id)
        if app is None or app.owner_id != owner_id:
            raise NotFound("App not found: it was deleted, or somebody else's.")
        return app

    def update(self, actor: Actor, app_id: str, draft: AppDraft) -> OAuthApp:
        """Change what is known of one of the actor's apps. Raises NotFound, Invalid."""
        app, checked = self.get_app(actor, app_id), _check(draft)
        changed = replace(
            app,
            name=checked.name,
            homepage=checked.homepage,
            redirect_uris=tuple(checked.redirect_uris),
            scopes=frozenset(checked.scopes),
        )
        with self._db.write() as rows:
            queries.update_app(rows, changed)
        return changed

    def rotate_secret(self, actor: Actor, app_id: str) -> NewOAuthApp:
        """Give one of the actor's apps a new secret; the old one ends at once. Raises NotFound, Invalid."""
        app = self.get_app(actor, app_id)
        if app.is_public:
            raise Invalid("app: this one is public and has no secret.")
        secret = _new_secret()
        with self._db.write() as rows:
            queries.update_secret(rows, app.id, hash_secret(secret))
        return NewOAuthApp(app=app, secret=secret)

    def delete(self, actor: Actor, app_id: str) -> None:
        """Delete one of the actor's apps; everybody's tokens for it end at once. Raises NotFound."""
        app = self.get_app(actor, app_id)
        with self._db.write() as rows:
            queries.delete_app(rows, app.id)
        self._known.forget()

    def register_space(self, space_id: str, *, host_url: str, scopes: Iterable[str]) -> NewOAuthApp:
        """The app of the Space `space_id` (`hf_oauth: true` in its card), answered anywhere below `host_url`.

        Made on the first call, brought up to date by each; for whoever starts the Space, checks no permission.
        """
        checked, redirect_uri = check_scopes(scopes), host_url.rstrip("/") + WHOLE_HOST
        with self._db.read() as rows:
            app = queries.find_app_of_space(rows, space_id)
        if app is None:
            draft = AppDraft(
                name=space_id, homepage=host_url, redirect_uris=[redirect_uri], scopes=[*checked]
            )
            app = self._new_app(draft, owner_id=None, is_public=False, space=space_id)
        app = replace(app, homepage=host_url, redirect_uris=(redirect_uri,), scopes=checked)
        secret = self._space_secret(app)
        try:
            with self._db.write() as rows:
                if queries.find_app(rows, app.id) is None:
                    queries.insert_app(rows, app, secret_hash=hash_secret(secret))
                else:
                    queries.update_app(rows, app)
        except Duplicate:  # the Space was started twice at once
            return self.register_space(space_id, host_url=host_url, scopes=checked)
        return NewOAuthApp(app=app, secret=secret)

    def forget_space(self, space_id: str) -> None:
        """Delete the app of a Space whose card asks for none any more; its tokens end at once."""
        with self._db.write() as rows:
            queries.delete_app_of_space(rows, space_id)
        self._known.forget()

    def follow_move(self, event: RepoMoved) -> None:
        if event.old.type == "space":
            with self._db.write() as rows:
                queries.delete_app_of_space(rows, event.new.id)
                queries.move_space(rows, event.old.id, event.new.id)

    def end_with(self, event: RepoDeleted) -> None:
        if event.repo.type == "space":
            self.forget_space(event.repo.id)

    # what people let apps do ---------------------------------------------------------------------------------------
    def find_consent(self, actor: Actor, app: OAuthApp) -> Consent | None:
        """What the actor let `app` do before."""
        with self._db.read() as rows:
            return queries.find_consent(rows, user_id=str(actor.user_id), app_id=app.id)

    def remember_consent(
        self, actor: Actor, app: OAuthApp, *, scopes: frozenset[str], orgs: frozenset[str]
    ) -> None:
        """Remember what the actor lets `app` do, beside what they let it do before."""
        before = self.find_consent(actor, app)
        consent = Consent(
            app_id=app.id,
            user_id=str(actor.user_id),
            scopes=scopes | (before.scopes if before else frozenset()),
            orgs=orgs,
            given_at=self._clock(),
        )
        with self._db.write() as rows:
            queries.replace_consent(rows, consent)
        self._announce(actor, app, scopes, "create")

    def list_connected(self, actor: Actor) -> list[ConnectedApp]:
        """The apps that the actor let in, the latest first."""
        user_id = require_write(actor)
        with self._db.read() as rows:
            return queries.list_connected(rows, user_id)

    def disconnect(self, actor: Actor, app_id: str) -> None:
        """End all that an app may do for the actor, at once. Raises NotFound."""
        user_id = require_write(actor)
        with self._db.write() as rows:
            app = queries.find_app(rows, app_id)
            gone = queries.delete_connection(rows, user_id=user_id, app_id=app_id)
        self._known.forget()
        if app is None or not gone:
            raise NotFound("App not found: it is not connected to this account.")
        self._announce(actor, app, (), "revoke")

    def _announce(self, actor: Actor, app: OAuthApp, scopes: Iterable[str], change: TokenChange) -> None:
        """What an app may do for somebody changed: the audit log reads it as it reads of tokens."""
        self._events.publish(
            TokenChanged(
                user_name=str(actor.name),
                token_id=app.id,
                name=app.name,
                scope=scope_text(frozenset(scopes)),
                change=change,
                actor_name=actor.name,
            )
        )

    def _new_app(
        self, draft: AppDraft, *, owner_id: str | None, is_public: bool, space: str | None = None
    ) -> OAuthApp:
        return OAuthApp(
            id=new_id(),
            client_id=str(uuid4()),
            owner_id=owner_id,
            space=space,
            name=draft.name,
            homepage=draft.homepage,
            redirect_uris=tuple(draft.redirect_uris),
            scopes=frozenset(draft.scopes),
            is_public=is_public,
            created_at=self._clock(),
        )

    def _space_secret(self, app: OAuthApp) -> str:
        assert self._secret, "apps of Spaces need the installation's secret"
        return "oauth_" + hmac.new(self._secret, f"space-app|{app.client_id}".encode(), "sha256").hexdigest()


def _new_secret() -> str:
    return f"oauth_{secrets.token_urlsafe(32)}"


def _check(draft: AppDraft) -> AppDraft:
    """Return `draft` in its one spelling. Raises Invalid."""
    name, homepage = " ".join(draft.name.split()), draft.homepage.strip()
    if not name or len(name) > NAME_MAX_LENGTH or not is_one_line(name):
        raise Invalid(f"name: an app's name has 1 to {NAME_MAX_LENGTH} characters that can be shown.")
    if homepage and (
        not homepage.startswith(("https://", "http://"))
        or len(homepage) > HOMEPAGE_MAX_LENGTH
        or not is_one_line(homepage)
        or any(sign.isspace() for sign in homepage)
    ):
        raise Invalid(
            f"homepage: {homepage[:80]!r} is no web address; write it with https:// or leave it empty."
        )
    return AppDraft(
        name=name,
        homepage=homepage,
        redirect_uris=check_redirect_uris(draft.redirect_uris),
        scopes=sorted(check_scopes(draft.scopes)),
    )
