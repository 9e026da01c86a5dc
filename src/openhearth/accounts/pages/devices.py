"""Where a person types the code that a device shows, and lets it in or not (RFC 8628 section 3.3)."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from openhearth.accounts.errors import TooManyAttempts
from openhearth.accounts.oauth.scopes import SCOPES
from openhearth.accounts.pages.contexts import ActivatePage
from openhearth.accounts.pages.routes import Refused, form_route, page_route
from openhearth.accounts.records import DeviceRequest, DeviceStatus
from openhearth.accounts.service import Accounts
from openhearth.errors import Conflict, HubError, NotFound
from openhearth.web import Web
from openhearth.wire.forms import text_of
from openhearth.wire.request import actor_of


class DevicePages:
    def __init__(self, accounts: Accounts, *, web: Web) -> None:
        self._devices = accounts.devices
        self._web = web

    def routes(self) -> list[Route]:
        return [
            page_route("/oauth/activate", self.show),
            form_route("/oauth/activate", self.answer),
        ]

    def show(self, request: Request) -> Response:
        """Ask for the code; with one given, ask whether that device may come in."""
        code = request.query_params.get("code", "").strip()
        if not code:
            return self._page(request, ActivatePage())
        try:
            waiting = self._devices.get_pending(actor_of(request), code)
        except (NotFound, TooManyAttempts) as error:
            return self._refuse(request, code, error)
        return self._show(request, waiting)

    def answer(self, request: Request, form: FormData) -> Response:
        code = text_of(form, "code")
        status: DeviceStatus = "approved" if text_of(form, "answer") == "approve" else "denied"
        try:
            waiting = self._devices.answer(actor_of(request), code, status=status)
        except (NotFound, Conflict, TooManyAttempts) as error:
            return self._refuse(request, code, error)
        return self._show(request, waiting, answer=status)

    def _show(self, request: Request, waiting: DeviceRequest, *, answer: str = "") -> Response:
        page = ActivatePage(
            code=waiting.user_code,
            request=waiting,
            answer=answer,
            app=self._devices.find_app(waiting.client_id) if waiting.scopes is not None else None,
            wishes=[s for s in SCOPES.values() if s.name in (waiting.scopes or ()) and s.words],
        )
        return self._page(request, page)

    def _refuse(self, request: Request, code: str, error: HubError) -> Response:
        page = ActivatePage(code=code, refused=Refused.by(error, fields=("code",)))
        return self._page(request, page, status=error.status, headers=error.headers)

    def _page(
        self,
        request: Request,
        page: ActivatePage,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> Response:
        return self._web.page(request, "accounts/activate.html", page, status=status, headers=headers)
