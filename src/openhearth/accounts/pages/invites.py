"""Invites, for site administrators."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.accounts.pages.contexts import InviteRow, InvitesPage
from openhearth.accounts.pages.routes import form_route, page_route
from openhearth.accounts.records import NewInvite
from openhearth.accounts.service import Accounts
from openhearth.urls import Urls
from openhearth.web import Web
from openhearth.wire.forms import text_of
from openhearth.wire.request import actor_of


class InvitePages:
    def __init__(self, accounts: Accounts, *, web: Web, urls: Urls) -> None:
        self._sign_up = accounts.sign_up
        self._web = web
        self._urls = urls

    def routes(self) -> list[Route]:
        return [
            page_route("/settings/invites", self.show_invites),
            form_route("/settings/invites", self.invite),
            form_route("/settings/invites/{id}/withdraw", self.withdraw),
        ]

    def show_invites(self, request: Request) -> Response:
        return self._list(request)

    def invite(self, request: Request, form: FormData) -> Response:
        new = self._sign_up.invite(actor_of(request), note=text_of(form, "note", default=""))
        return self._list(request, new)

    def withdraw(self, request: Request, _form: FormData) -> Response:
        self._sign_up.withdraw(actor_of(request), request.path_params["id"])
        return RedirectResponse("/settings/invites", 303)

    def _list(self, request: Request, new: NewInvite | None = None) -> Response:
        page = InvitesPage(
            sign_up=self._sign_up.policy,
            invites=[
                InviteRow(invite=invite, is_open=self._sign_up.is_open(invite))
                for invite in self._sign_up.list_invites(actor_of(request))
            ],
            fresh_link=self._urls.absolute(f"/join/{new.secret}") if new else "",
        )
        headers = {"Cache-Control": "no-store"} if new else {}
        return self._web.page(request, "accounts/invites.html", page, headers=headers)
