"""The room's HTML about apps: the question whether one may come in, and the settings."""

from collections.abc import Sequence

from starlette.routing import BaseRoute

from openhearth.accounts.oauth.app_pages import AppPages
from openhearth.accounts.oauth.consent_pages import ConsentPages
from openhearth.accounts.oauth.sign_out_pages import SignOutPages
from openhearth.accounts.service import Accounts
from openhearth.kit.clock import Clock
from openhearth.urls import Urls
from openhearth.web import Web


class OAuthPages:
    def __init__(self, accounts: Accounts, *, web: Web, urls: Urls, clock: Clock) -> None:
        self._groups = (
            ConsentPages(accounts, web=web, clock=clock),
            SignOutPages(accounts, web=web),
            AppPages(accounts, web=web, urls=urls),
        )

    def routes(self) -> Sequence[BaseRoute]:
        return [route for group in self._groups for route in group.routes()]
