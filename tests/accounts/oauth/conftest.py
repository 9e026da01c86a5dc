"""A hub with ada, ben and eve, an app of ada's for each kind, and a person at a browser who may let it in."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from authlib.common.security import generate_token
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from httpx2 import Response
from starlette.testclient import TestClient

from openhearth.access import Role
from openhearth.accounts import OPERATOR, Accounts
from openhearth.accounts.oauth.records import AppDraft, NewOAuthApp
from openhearth.rooms import Hub
from tests.accounts.browser import Browser
from tests.accounts.conftest import browser_of
from tests.support.running import PASSWORD, PEOPLE

CALLBACK = "https://app.test/callback"
SCOPES = ("openid", "profile", "email", "read-repos", "write-repos", "contribute-repos", "inference-api")


@pytest.fixture
def accounts(hub: Hub) -> Accounts:
    for name in PEOPLE:
        hub.accounts.people.add(OPERATOR, name, password=PASSWORD if name == "ada" else None)
    hub.accounts.orgs.create(OPERATOR, "forge", members={"ada": Role.ADMIN, "ben": Role.WRITE})
    return hub.accounts


@pytest.fixture
def app(accounts: Accounts) -> NewOAuthApp:
    draft = AppDraft(name="Anvil", homepage="https://app.test", redirect_uris=[CALLBACK], scopes=SCOPES)
    return accounts.oauth.apps.create(browser_of(accounts, "ada"), draft, is_public=False)


@pytest.fixture
def public(accounts: Accounts) -> NewOAuthApp:
    draft = AppDraft(
        name="Hammer", homepage="", redirect_uris=[CALLBACK, "http://127.0.0.1/back"], scopes=SCOPES
    )
    return accounts.oauth.apps.create(browser_of(accounts, "ada"), draft, is_public=True)


@pytest.fixture
def browser(web: TestClient) -> Browser:
    return Browser(web)


@dataclass
class Flow:
    """One sign-in of the app `new`, step by step, at whatever browser."""

    web: TestClient
    new: NewOAuthApp
    redirect_uri: str = CALLBACK
    verifier: str = field(default_factory=lambda: generate_token(64))
    state: str = field(default_factory=lambda: generate_token(20))
    nonce: str = field(default_factory=lambda: generate_token(20))

    def path(self, **changed: str | None) -> str:
        fields: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.new.app.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid profile",
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": create_s256_code_challenge(self.verifier),  # type: ignore[no-untyped-call]
            "code_challenge_method": "S256",
            **changed,
        }
        return f"/oauth/authorize?{urlencode({k: v for k, v in fields.items() if v is not None})}"

    def answer(
        self, browser: Browser, answer: str = "yes", *, orgs: str = "", **changed: str | None
    ) -> Response:
        """Read the question and answer it."""
        path = self.path(**changed)
        fields = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        if orgs:
            fields["org"] = orgs
        return browser.send("/oauth/authorize", of=path, answer=answer, **fields)

    def code(self, browser: Browser, *, orgs: str = "", **changed: str | None) -> str:
        """Say yes, unless that was said before."""
        asked = browser.open(self.path(**changed))
        remembered = asked.status_code == 303 and asked.headers["Location"].startswith(self.redirect_uri)
        return arrived(asked if remembered else self.answer(browser, "yes", orgs=orgs, **changed))["code"]

    def exchange(self, **changed: str | None) -> Response:
        fields: dict[str, str | None] = {
            "client_id": self.new.app.client_id,
            "client_secret": self.new.secret,
            **changed,
        }
        return self.web.post("/oauth/token", data={k: v for k, v in fields.items() if v is not None})

    def redeem(self, code: str, **changed: str | None) -> Response:
        return self.exchange(
            **{
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self.redirect_uri,
                "code_verifier": self.verifier,
                **changed,
            }
        )

    def refresh(self, refresh_token: str, **changed: str | None) -> Response:
        return self.exchange(**{"grant_type": "refresh_token", "refresh_token": refresh_token, **changed})

    def tokens(self, browser: Browser, *, orgs: str = "", **changed: str | None) -> dict[str, Any]:
        answer = self.redeem(self.code(browser, orgs=orgs, **changed))
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens


def arrived(answer: Response) -> dict[str, str]:
    """What the browser brings to the app."""
    assert answer.status_code == 303, answer.text
    location = urlsplit(answer.headers["Location"])
    assert location.scheme != "", f"the browser stays on the hub: {answer.headers['Location']}"
    return {name: values[0] for name, values in parse_qs(location.query).items()}


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}
