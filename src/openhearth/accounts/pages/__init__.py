"""The room's HTML: signing in and up, settings, organisations. One module per group of pages."""

from collections.abc import Sequence

from starlette.routing import BaseRoute

from openhearth.accounts.pages.devices import DevicePages
from openhearth.accounts.pages.entry import EntryPages
from openhearth.accounts.pages.invites import InvitePages
from openhearth.accounts.pages.orgs import OrganisationPages
from openhearth.accounts.pages.settings import SettingsPages
from openhearth.accounts.pages.ssh_keys import SshKeyPages
from openhearth.accounts.pages.tokens import ListRepos, TokenPages
from openhearth.accounts.service import Accounts
from openhearth.urls import Urls
from openhearth.web import Web

__all__ = ["ListRepos", "Pages"]


class Pages:
    def __init__(self, accounts: Accounts, *, web: Web, urls: Urls, list_repos: ListRepos) -> None:
        self._groups = (
            EntryPages(accounts, web=web, urls=urls),
            SettingsPages(accounts, web=web, urls=urls),
            TokenPages(accounts, web=web, list_repos=list_repos),
            SshKeyPages(accounts, web=web, urls=urls),
            OrganisationPages(accounts, web=web, urls=urls),
            DevicePages(accounts, web=web),
            InvitePages(accounts, web=web, urls=urls),
        )

    def routes(self) -> Sequence[BaseRoute]:
        return [route for group in self._groups for route in group.routes()]
