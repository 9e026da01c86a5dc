"""A person at a browser: pages are opened, forms are sent with the token that the page gave."""

import re
from dataclasses import dataclass
from html import unescape

from httpx2 import Response
from starlette.testclient import TestClient

from openhearth.accounts import Accounts
from openhearth.wire.request import SESSION_COOKIE

_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Browser:
    client: TestClient

    def open(self, path: str) -> Response:
        return self.client.get(path, headers={"Accept": "text/html"})

    def send(self, path: str, *, of: str | None = None, **fields: str) -> Response:
        """Fill in the form on the page `of` (by default at `path` itself) and send it to `path`."""
        found = _CSRF.search(self.open(of or path).text)
        assert found, f"{of or path} has no form"
        return self.client.post(
            path, data={**fields, "csrf_token": found.group(1)}, headers={"Accept": "text/html"}
        )

    def sign_in(self, accounts: Accounts, name: str) -> "Browser":
        session = accounts.sessions.begin(accounts.people.get_user(name).id, agent="a browser of the tests")
        return self.with_cookie(session.value)

    def with_cookie(self, value: str) -> "Browser":
        """Bring the cookie `value` and no other."""
        self.client.cookies.clear()
        self.client.cookies.set(SESSION_COOKIE, value)
        return self

    @property
    def name(self) -> str | None:
        """Who the hub takes this browser for."""
        answer = self.client.get("/api/whoami-v2")
        return answer.json()["name"] if answer.status_code == 200 else None


def words_of(page: Response) -> str:
    """What a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())
