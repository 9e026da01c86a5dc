"""A person's SSH keys: the list, the form for a new one, deleting."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.accounts.pages.contexts import SshKeysPage
from openhearth.accounts.pages.routes import ACCEPTED, Refused, form_route, page_route
from openhearth.accounts.service import Accounts
from openhearth.errors import Conflict, HubError, Invalid
from openhearth.urls import Urls
from openhearth.web import Web
from openhearth.wire.forms import text_of
from openhearth.wire.request import actor_of


class SshKeyPages:
    def __init__(self, accounts: Accounts, *, web: Web, urls: Urls) -> None:
        self._accounts = accounts
        self._web = web
        self._urls = urls

    def routes(self) -> list[Route]:
        return [
            page_route("/settings/keys", self.show),
            form_route("/settings/keys", self.add),
            form_route("/settings/keys/{id}/delete", self.delete),
        ]

    def show(self, request: Request) -> Response:
        return self._page(request)

    def add(self, request: Request, form: FormData) -> Response:
        title, text = text_of(form, "title", default=""), text_of(form, "key", default="")
        try:
            self._accounts.ssh_keys.add(actor_of(request), text=text, title=title)
        except (Invalid, Conflict) as error:
            return self._page(request, title=title, text=text, error=error)
        return RedirectResponse("/settings/keys", 303)

    def delete(self, request: Request, _form: FormData) -> Response:
        self._accounts.ssh_keys.delete(actor_of(request), request.path_params["id"])
        return RedirectResponse("/settings/keys", 303)

    def _page(
        self, request: Request, *, title: str = "", text: str = "", error: HubError | None = None
    ) -> Response:
        actor = actor_of(request)
        page = SshKeysPage(
            keys=self._accounts.ssh_keys.list_keys(actor),
            example=self._urls.ssh(f"{actor.name}/my-model"),
            title=title,
            # A private key pasted by mistake does not travel back.
            key="" if "PRIVATE" in text else text,
            refused=Refused.by(error, fields=("title", "key")) if error else ACCEPTED,
        )
        return self._web.page(request, "accounts/ssh_keys.html", page, status=error.status if error else 200)
