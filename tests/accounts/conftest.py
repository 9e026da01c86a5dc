"""The room's services on a database of their own, with a clock that stands still until a test moves it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from openhearth.access import Actor
from openhearth.accounts import OPERATOR, Accounts
from openhearth.config import Settings
from openhearth.db import Database
from openhearth.wire.request import Credentials
from tests.support.running import PASSWORD, PEOPLE


@dataclass
class StandingClock:
    now: datetime = field(default_factory=lambda: datetime(2030, 1, 1, 12, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def move(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, rate_limit="on", sign_up="invite")


@pytest.fixture
def database(tmp_path: Path, database_url: str) -> Iterator[Database]:
    database = Database(database_url) if database_url else Database.in_folder(tmp_path)
    database.create_missing_tables()
    yield database
    database.close()


@pytest.fixture
def empty(database: Database, settings: Settings, clock: StandingClock) -> Iterator[Accounts]:
    """A hub of its first minute: nobody has an account."""
    accounts = Accounts.on(database, settings=settings, clock=clock)
    yield accounts
    accounts.identity.close()


@pytest.fixture
def accounts(empty: Accounts) -> Accounts:
    """With ada, ben and eve."""
    for name in PEOPLE:
        empty.people.add(OPERATOR, name)
    return empty


def browser_of(accounts: Accounts, name: str) -> Actor:
    """`name`, signed in with a browser."""
    session = accounts.sessions.begin(accounts.people.get_user(name).id, agent="a browser")
    return accounts.identify(Credentials(session=session.value))


def program_of(accounts: Accounts, name: str, scope: str = "write") -> Actor:
    """`name`, signed in with a token."""
    assert scope in ("read", "write")
    new = accounts.tokens.create_for(OPERATOR, name, name=scope, scope="read" if scope == "read" else "write")
    return accounts.identify(Credentials(token=new.value))


__all__ = ["PASSWORD", "StandingClock", "browser_of", "program_of"]
