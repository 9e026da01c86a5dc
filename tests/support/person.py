"""A person at a browser without scripts: follows where the hub leads, fills in its forms, stops at the app's door."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from urllib.parse import urljoin

import httpx2

from tests.support.running import PASSWORD

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_REFRESH = re.compile(r'http-equiv="refresh" content="0;url=([^"]+)"')


class Person:
    def __init__(self, hub: str, name: str) -> None:
        self.hub, self.name = hub, name
        self.browser = httpx2.Client(base_url=hub, headers={"Accept": "text/html"}, follow_redirects=False)

    def walk(self, address: str) -> str:
        """Go where the hub leads, signing in and saying yes on the way; the first address that is not the hub's."""
        for _ in range(10):
            if not address.startswith((self.hub, "/")):
                return address
            page = self.browser.get(address)
            if not page.is_redirect:
                assert page.status_code == 200, page.text
                refresh = _REFRESH.search(page.text)
                if refresh:
                    address = unescape(refresh.group(1))
                    continue
                page = self._fill_in(page.text)
            address = urljoin(self.hub, page.headers["Location"])
        raise AssertionError(f"the hub leads nowhere: {address}")

    def sign_in(self) -> Person:
        """Sign in by password, and stay where one was."""
        self._fill_in(self.browser.get("/login").text)
        return self

    def submit(self, page: str, path: str, fields: Mapping[str, str]) -> httpx2.Response:
        """Post a form to `path`, with the hidden fields of the `page` that shows it."""
        main = self.browser.get(page).text.split("<main")[1].split("</main>")[0]
        hidden = {name: unescape(value) for name, value in _HIDDEN.findall(main)}
        return self.browser.post(path, data={**hidden, **fields})

    def _fill_in(self, text: str) -> httpx2.Response:
        main = text.split("<main")[1].split("</main>")[0]
        form = "/login" if 'action="/login"' in main else "/oauth/authorize"
        fields = {name: unescape(value) for name, value in _HIDDEN.findall(main)}
        typed = {"name": self.name, "password": PASSWORD} if form == "/login" else {"answer": "yes"}
        sent = self.browser.post(form, data={**fields, **typed})
        assert sent.status_code == 303, sent.text
        return sent
