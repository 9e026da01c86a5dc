"""The room's one object: its verbs by noun, and the few questions that the rest of the building asks."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Self

from openhearth.access import NOBODY, Actor
from openhearth.accounts.devices import Devices
from openhearth.accounts.errors import UserNotFound
from openhearth.accounts.first_start import FirstStart
from openhearth.accounts.identity import Identity
from openhearth.accounts.known import KnownActors
from openhearth.accounts.oauth.service import OAuth
from openhearth.accounts.orgs import Organisations
from openhearth.accounts.people import People
from openhearth.accounts.records import Organisation, Profile, User
from openhearth.accounts.secret_words import PasswordHashing
from openhearth.accounts.sessions import Sessions
from openhearth.accounts.sign_in import SignIn
from openhearth.accounts.sign_up import SignUp
from openhearth.accounts.ssh_keys import SshKeys
from openhearth.accounts.sso.service import SingleSignOn
from openhearth.accounts.throttle import Throttle
from openhearth.accounts.tokens import Tokens
from openhearth.config import Settings
from openhearth.db import Database
from openhearth.events import Events
from openhearth.kit.clock import Clock
from openhearth.wire.request import Credentials

PROFILE_MEMBERS = 24


@dataclass(frozen=True, kw_only=True)
class Accounts:
    people: People
    orgs: Organisations
    tokens: Tokens
    ssh_keys: SshKeys
    sessions: Sessions
    sign_in: SignIn
    sign_up: SignUp
    devices: Devices
    first_start: FirstStart
    identity: Identity
    private_by_default: bool  # of the hub, whatever an organisation says
    oauth: OAuth
    sso: SingleSignOn | None

    @classmethod
    def on(
        cls,
        db: Database,
        *,
        settings: Settings,
        clock: Clock,
        events: Events | None = None,
        secret: bytes = b"",
    ) -> Self:
        """The room's services on one database: as the server, the command line and the tests build them.

        `secret`: the installation's own; only apps of Spaces need it.
        """
        events = events or Events()  # without one, nobody listens
        known, hashing = KnownActors(), PasswordHashing()
        throttle = Throttle(db=db, clock=clock, enabled=settings.rate_limit == "on")
        people = People(db=db, clock=clock, known=known, hashing=hashing, events=events)
        orgs = Organisations(db=db, clock=clock, known=known, events=events)
        sessions = Sessions(db=db, clock=clock, known=known, events=events)
        oauth = OAuth.on(
            db,
            settings=settings,
            clock=clock,
            known=known,
            people=people,
            orgs=orgs,
            events=events,
            secret=secret,
        )
        return cls(
            people=people,
            orgs=orgs,
            tokens=Tokens(db=db, clock=clock, known=known, events=events),
            ssh_keys=SshKeys(db=db, clock=clock, throttle=throttle, events=events),
            sessions=sessions,
            sign_in=SignIn(
                db=db,
                sessions=sessions,
                throttle=throttle,
                hashing=hashing,
                by_password=not settings.sso_only,
            ),
            sign_up=SignUp(
                db=db,
                clock=clock,
                people=people,
                policy=settings.sign_up,
                by_password=not settings.sso_only,
            ),
            devices=Devices(db=db, clock=clock, tokens=oauth.tokens, throttle=throttle),
            first_start=FirstStart(db=db, people=people),
            identity=Identity(db=db, clock=clock, known=known),
            private_by_default=settings.default_visibility == "private",
            oauth=oauth,
            sso=SingleSignOn.on(
                db, settings=settings, clock=clock, people=people, orgs=orgs, sessions=sessions
            ),
        )

    def identify(self, credentials: Credentials) -> Actor:
        """The actor behind `credentials` (wire.request.Identify). Raises Unauthenticated for a bad token."""
        if credentials.token is not None:
            return self.identity.by_token(credentials.token)
        if credentials.session is not None:
            return self.identity.by_session(credentials.session)
        return NOBODY

    def find_standing(self, namespace_id: str) -> Actor | None:
        """As whom work is done later for a user or an organisation; None once they are gone."""
        return self.identity.standing(namespace_id)

    def first_start_link(self) -> str | None:
        """The path of a fresh one-time link for the owner, None once there is one."""
        return self.first_start.link()

    def owner_has_password(self) -> bool:
        """Whether a site administrator can sign in by password: without, the hub listens on loopback only."""
        return self.first_start.owner_has_password()

    def find_namespace(self, name: str) -> User | Organisation | None:
        """Whoever holds `name`, in any case; the record has the true spelling, and says how repos start there."""
        found = self.people.find_user(name) or self.orgs.find_org(name)
        return replace(found, private_by_default=True) if found and self.private_by_default else found

    def find_user(self, name: str) -> User | None:
        """The user called `name`, in any case; the record has the true spelling."""
        return self.people.find_user(name)

    def list_users_by_id(self, ids: Collection[str]) -> Mapping[str, User]:
        """User id → user, in order of names; those who are gone are left out."""
        return self.people.list_users_by_id(ids)

    def list_caretakers(self, namespace: str, *, limit: int) -> list[str]:
        """The ids of those who look after what `namespace` holds: the user, or the members who may write."""
        holder = self.find_namespace(namespace)
        if holder is None:
            return []
        return [holder.id] if isinstance(holder, User) else self.orgs.list_writers(holder.id, limit=limit)

    def get_profile(self, name: str) -> Profile:
        """What a public page shows of `name`. Raises NotFound."""
        namespace = self.find_namespace(name)
        if namespace is None:
            raise UserNotFound(name)
        if isinstance(namespace, User):
            return Profile(namespace=namespace, memberships=self.orgs.list_memberships(namespace.id))
        members = self.orgs.list_members(namespace.name, limit=PROFILE_MEMBERS)
        return Profile(namespace=namespace, members=members.items, member_count=members.total or 0)
