"""A hub whose people sign in at their company's provider."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from openhearth.access import Role
from openhearth.accounts import OPERATOR, Accounts
from openhearth.app import app_of
from openhearth.config import Settings
from openhearth.rooms import Hub, build_hub
from tests.accounts.browser import Browser
from tests.accounts.sso.company import CLIENT_ID, CLIENT_SECRET, Company, open_company
from tests.support.running import PASSWORD

ADA = {
    "sub": "a-1",
    "preferred_username": "ada",
    "name": "Ada L.",
    "email": "ada@corp.test",
    "email_verified": True,
}


@pytest.fixture
def company() -> Iterator[Company]:
    with open_company() as company:
        yield company


@dataclass
class House:
    """A hub, its web face, and a browser at it."""

    hub: Hub
    web: TestClient
    company: Company
    browser: Browser = field(init=False)

    def __post_init__(self) -> None:
        self.browser = Browser(self.web)

    @property
    def accounts(self) -> Accounts:
        return self.hub.accounts

    def sign_in(self, person: dict[str, Any], path: str = "/sso/sign-in?next=/models") -> Response:
        """Go to the company as `person`, and come back."""
        self.company.person = person
        return self.come_back(self.go(path))

    def go(self, path: str = "/sso/sign-in?next=/models") -> str:
        """The address that the company sends the browser back to."""
        sent = self.browser.open(path)
        assert sent.status_code == 303, sent.text
        back = httpx2.get(sent.headers["Location"], follow_redirects=False)
        return back.headers["Location"].removeprefix("http://hub.test")

    def come_back(self, path: str) -> Response:
        return self.browser.open(path)


@pytest.fixture
def house(company: Company, tmp_path: Path) -> Iterator[Callable[..., House]]:
    """Builds a house with settings of its own; ben has a password, forge exists."""
    opened: list[tuple[Hub, TestClient]] = []

    def build(**settings: Any) -> House:
        hub = build_hub(
            Settings(
                data=tmp_path / f"data-{len(opened)}",
                rate_limit="off",
                public_url="http://hub.test",
                sso_issuer=company.address,
                sso_client_id=CLIENT_ID,
                sso_client_secret=CLIENT_SECRET,
                **settings,
            )
        )
        hub.accounts.people.add(OPERATOR, "ben", password=PASSWORD, is_site_admin=True)
        hub.accounts.orgs.create(OPERATOR, "forge", members={"ben": Role.ADMIN})
        web = TestClient(app_of(hub), base_url="http://hub.test", follow_redirects=False)
        web.__enter__()
        opened.append((hub, web))
        return House(hub, web, company)

    yield build
    for hub, web in opened:
        web.__exit__()
        hub.ground.db.close()
