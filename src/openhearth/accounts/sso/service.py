"""Signing in at a provider of the company's: there and back, and what becomes of it here.

An account is tied to a person at the provider by issuer and subject alone. Names and mail addresses change hands
there, so none of them ever leads into an account that exists.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from sqlalchemy.engine import Connection

from openhearth.access import Actor
from openhearth.accounts.errors import NameTaken
from openhearth.accounts.orgs import Organisations
from openhearth.accounts.people import People
from openhearth.accounts.permits import require_browser
from openhearth.accounts.queries import people as people_queries
from openhearth.accounts.records import NewSession, User
from openhearth.accounts.secret_words import hash_secret
from openhearth.accounts.sessions import Sessions
from openhearth.accounts.sso import queries
from openhearth.accounts.sso.errors import SignInBroken, SignInRefused
from openhearth.accounts.sso.groups import Groups
from openhearth.accounts.sso.names import suggest_name
from openhearth.accounts.sso.policy import Policy, read_policy
from openhearth.accounts.sso.records import Arrival, Identity, Newcomer, Pending, Statement
from openhearth.config import Settings
from openhearth.db import Database, Duplicate
from openhearth.errors import Busy, Conflict, Invalid
from openhearth.kit.clock import Clock
from openhearth.kit.ids import new_secret
from openhearth.kit.text import is_one_line
from openhearth.urls import Urls

if TYPE_CHECKING:
    from openhearth.accounts.sso.provider import Provider

CALLBACK = "/sso/callback"
REQUEST_LIFETIME = timedelta(minutes=15)
REQUESTS_MOST = 10_000


@dataclass(frozen=True, kw_only=True)
class SingleSignOn:
    db: Database
    clock: Clock
    people: People
    sessions: Sessions
    groups: Groups
    policy: Policy
    provider: "Provider"

    @classmethod
    def on(
        cls,
        db: Database,
        *,
        settings: Settings,
        clock: Clock,
        people: People,
        orgs: Organisations,
        sessions: Sessions,
    ) -> Self | None:
        """Single sign-on as `settings` have it, None without a provider. Raises Invalid."""
        policy = read_policy(settings)
        if policy is None:
            return None
        from openhearth.accounts.sso.provider import Provider  # an HTTP client that other hubs never need

        redirect_uri = Urls(settings.base_url).absolute(CALLBACK)
        return cls(
            db=db,
            clock=clock,
            people=people,
            sessions=sessions,
            groups=Groups(policy.group_grants, db=db, people=people, orgs=orgs),
            policy=policy,
            provider=Provider(policy, clock=clock, redirect_uri=redirect_uri),
        )

    def begin(self, *, browser: str, target: str, link: Actor | None = None, again: bool = False) -> str:
        """The address at the provider that a browser with the secret `browser` is sent to.

        `link`: whose account is to be tied to whoever signs in there. Raises ProviderFailed, Busy.
        """
        state, now = new_secret(), self.clock()
        pending = Pending(
            nonce=new_secret(),
            verifier=new_secret(),
            target=target,
            user_id=require_browser(link) if link else None,
            expires_at=now + REQUEST_LIFETIME,
        )
        address = self.provider.address(
            state=state, nonce=pending.nonce, verifier=pending.verifier, prompt="login" if again else ""
        )
        with self.db.write() as rows:
            queries.delete_expired(rows, now=now)
            if queries.count_requests(rows) >= REQUESTS_MOST:
                raise Busy("Too many people are signing in; try again in a few minutes.")
            queries.insert_request(
                rows, pending, state_hash=hash_secret(state), browser_hash=hash_secret(browser)
            )
        return address

    def finish(self, answer: Mapping[str, str], *, browser: str, agent: str) -> Arrival:
        """What becomes of a browser that came back. Raises SignInBroken, SignInRefused, ProviderFailed, Busy."""
        pending = self._take(answer.get("state", ""), browser=browser)
        if "error" in answer:
            words = " ".join(answer.get("error_description", answer["error"]).split())[:200]
            raise SignInRefused(f"The provider did not sign you in: {words}.")
        if not answer.get("code"):
            raise SignInBroken("The provider sent no code back; begin again.")
        statement = self.provider.redeem(answer["code"], nonce=pending.nonce, verifier=pending.verifier)
        self._check_domain(statement)
        with self.db.read() as rows:
            identity = queries.find_identity(rows, issuer=statement.issuer, subject=statement.subject)
        if pending.user_id is not None:
            return self._ask_to_link(statement, identity, pending, browser=browser)
        user = self.people.find_user_by_id(identity.user_id) if identity else None
        if user is not None:
            return Arrival(target=pending.target, session=self._sign_in(user, statement, agent=agent))
        return self._welcome(statement, pending, browser=browser, agent=agent)

    def get_newcomer(self, *, browser: str) -> Newcomer:
        """Who came back with this browser and has still to be asked something. Raises SignInBroken."""
        with self.db.read() as rows:
            newcomer = queries.find_newcomer(rows, hash_secret(browser), now=self.clock())
        if newcomer is None:
            raise SignInBroken("This sign-in took too long or is done already; begin again.")
        return newcomer

    def join(self, name: str, *, browser: str, agent: str) -> Arrival:
        """Make the account of a newcomer under `name`. Raises NameTaken, Invalid, SignInBroken."""
        newcomer = self.get_newcomer(browser=browser)
        stated = newcomer.statement
        with self.db.read() as rows:
            identity = queries.find_identity(rows, issuer=stated.issuer, subject=stated.subject)
        user = self.people.find_user_by_id(identity.user_id) if identity else None
        user = user or self._create(name, stated, browser=browser)
        return Arrival(target=newcomer.target, session=self._sign_in(user, newcomer.statement, agent=agent))

    def link(self, actor: Actor, *, browser: str) -> None:
        """Tie the actor's account to whoever came back with this browser. Raises Conflict, SignInBroken."""
        user_id, newcomer = require_browser(actor), self.get_newcomer(browser=browser)
        try:
            with self.db.write() as rows:
                self._tie(rows, user_id, newcomer.statement, browser=browser)
        except Duplicate:
            raise Conflict("This person at the provider is tied to an account already.") from None

    def unlink(self, actor: Actor) -> None:
        """Untie the actor's account. Raises Conflict where no other way in would be left."""
        user = self.people.get_self(actor)
        require_browser(actor)
        if not user.has_password:
            raise Conflict("Set a password first: without one you could not sign in any more.")
        with self.db.write() as rows:
            queries.delete_identities(rows, user.id)

    def find_identity(self, actor: Actor) -> Identity | None:
        with self.db.read() as rows:
            return queries.find_identity_of(rows, require_browser(actor))

    def _take(self, state: str, *, browser: str) -> Pending:
        with self.db.write() as rows:
            pending = queries.take_request(
                rows, state_hash=hash_secret(state), browser_hash=hash_secret(browser)
            )
        if pending is None or pending.expires_at <= self.clock():
            raise SignInBroken(
                "This answer belongs to no sign-in of this browser: it took too long, was used already or began "
                "elsewhere (state). Begin again."
            )
        return pending

    def _check_domain(self, statement: Statement) -> None:
        domains = self.policy.email_domains
        if not domains:
            return
        domain = statement.email.rpartition("@")[2].lower()
        if not statement.email_verified or domain not in domains:
            raise SignInRefused(
                f"This hub lets in people with a verified mail address at {', '.join(sorted(domains))} only; "
                f"the provider names {statement.email or 'none'}."
            )

    def _sign_in(self, user: User, statement: Statement, *, agent: str) -> NewSession:
        self.groups.apply(user, statement.groups)
        with self.db.write() as rows:
            queries.note_seen(rows, issuer=statement.issuer, subject=statement.subject, at=self.clock())
        return self.sessions.begin(user.id, agent=agent, id_token=statement.id_token)

    def _welcome(self, statement: Statement, pending: Pending, *, browser: str, agent: str) -> Arrival:
        """Make the account of somebody new, or ask them for a name where theirs is taken or none."""
        if not self.policy.takes_newcomers:
            raise SignInRefused(
                "This hub takes no new accounts; ask its administrator for one, then link it."
            )
        self._keep(statement, target=pending.target, browser=browser)
        try:
            user = self._create(suggest_name(statement), statement, browser=browser)
        except (NameTaken, Invalid):
            return Arrival(target="/sso/join")
        return Arrival(target=pending.target, session=self._sign_in(user, statement, agent=agent))

    def _ask_to_link(
        self, statement: Statement, identity: Identity | None, pending: Pending, *, browser: str
    ) -> Arrival:
        """Ask before tying: who signed in at the provider may be somebody else at this browser."""
        if identity is not None and identity.user_id != pending.user_id:
            raise SignInRefused("This person at the provider is tied to another account of this hub.")
        if identity is not None:
            return Arrival(target=pending.target)
        self._keep(statement, target=pending.target, browser=browser)
        return Arrival(target="/sso/link")

    def _keep(self, statement: Statement, *, target: str, browser: str) -> None:
        newcomer = Newcomer(statement=statement, target=target)
        with self.db.write() as rows:
            queries.replace_newcomer(
                rows, newcomer, secret_hash=hash_secret(browser), expires_at=self.clock() + REQUEST_LIFETIME
            )

    def _create(self, name: str, statement: Statement, *, browser: str) -> User:
        def tie(rows: Connection, user_id: str) -> None:
            self._tie(rows, user_id, statement, browser=browser)
            if statement.email_verified:
                people_queries.update_user(rows, user_id, email=statement.email)

        fullname = statement.fullname if is_one_line(statement.fullname) else ""
        return self.people.create(name, fullname=fullname.strip() or name, finish=tie)

    def _tie(self, rows: Connection, user_id: str, statement: Statement, *, browser: str) -> None:
        """Use the newcomer up, in the transaction that ties or makes the account. Raises SignInBroken, Duplicate."""
        if not queries.delete_newcomer(rows, hash_secret(browser)):
            raise SignInBroken("This sign-in is done already; begin again.")
        now = self.clock()
        identity = Identity(
            issuer=statement.issuer,
            subject=statement.subject,
            user_id=user_id,
            linked_at=now,
            last_seen_at=now,
        )
        queries.insert_identity(rows, identity)
