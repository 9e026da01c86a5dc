"""Single sign-on as a browser meets it: there, back, and the two questions that may be open then.

The browser that goes must be the one that comes back: a cookie of its own ties both, for these addresses only.
"""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.accounts.pages.contexts import FormPage
from openhearth.accounts.pages.routes import ACCEPTED, Refused, agent_of, form_route, page_route, signed_in
from openhearth.accounts.service import Accounts
from openhearth.accounts.sso.errors import ProviderFailed, SignInBroken, SignInRefused
from openhearth.accounts.sso.names import suggest_name
from openhearth.accounts.sso.records import Arrival, Statement
from openhearth.accounts.sso.service import CALLBACK, REQUEST_LIFETIME, SingleSignOn
from openhearth.errors import Busy, Conflict, HubError, Invalid, NotFound
from openhearth.kit.ids import new_secret
from openhearth.urls import Urls
from openhearth.web import Web, local_path
from openhearth.wire.forms import text_of
from openhearth.wire.request import actor_of

BROWSER_COOKIE = "openhearth_sso"
_FAILURES = (SignInBroken, SignInRefused, ProviderFailed, Busy)


def _help(text: str) -> dict[str, str]:
    return {"help": text}


@dataclass(frozen=True, kw_only=True)
class SsoFailedPage:
    """Context of `accounts/sso_failed.html`."""

    message: str = field(metadata=_help("Why the sign-in ended"))
    by_password: bool = field(metadata=_help("Whether there are other ways in"))


@dataclass(frozen=True, kw_only=True)
class SsoJoinPage(FormPage):
    """Context of `accounts/sso_join.html`."""

    provider: str = field(metadata=_help("The provider's host"))
    who: str = field(metadata=_help("What the provider calls the reader"))
    name: str = field(metadata=_help("The name in the form"))


@dataclass(frozen=True, kw_only=True)
class SsoLinkPage(FormPage):
    """Context of `accounts/sso_link.html`."""

    provider: str = field(metadata=_help("The provider's host"))
    who: str = field(metadata=_help("What the provider calls the reader"))


class SsoPages:
    def __init__(self, accounts: Accounts, *, web: Web, urls: Urls) -> None:
        self._accounts = accounts
        self._web = web
        self._urls = urls

    def routes(self) -> list[Route]:
        return [
            page_route("/sso/sign-in", self.begin, for_accounts=False),
            page_route(CALLBACK, self.finish, for_accounts=False),
            page_route("/sso/join", self.show_join, for_accounts=False),
            form_route("/sso/join", self.join, for_accounts=False),
            page_route("/sso/link", self.show_link),
            form_route("/sso/link", self.link),
            form_route("/sso/unlink", self.unlink),
        ]

    def begin(self, request: Request) -> Response:
        """Send the browser to the provider."""
        sso, actor = self._sso(), actor_of(request)
        links = "link" in request.query_params and not actor.is_anonymous
        target = "/settings/security" if links else local_path(request.query_params.get("next", "/"))
        browser = request.cookies.get(BROWSER_COOKIE) or new_secret()
        try:
            address = sso.begin(
                browser=browser,
                target=target,
                link=actor if links else None,
                again="again" in request.query_params,
            )
        except _FAILURES as error:
            return self._fail(request, error)
        answer = RedirectResponse(address, 303)
        answer.set_cookie(
            BROWSER_COOKIE,
            browser,
            max_age=int(REQUEST_LIFETIME.total_seconds()),
            path="/sso",
            httponly=True,
            samesite="lax",
            secure=self._urls.base.startswith("https://"),
        )
        return answer

    def finish(self, request: Request) -> Response:
        """Take the browser back from the provider."""
        try:
            arrival = self._sso().finish(
                dict(request.query_params), browser=_browser_of(request), agent=agent_of(request)
            )
        except _FAILURES as error:
            return self._fail(request, error)
        return self._arrive(arrival)

    def show_join(self, request: Request) -> Response:
        try:
            stated = self._sso().get_newcomer(browser=_browser_of(request)).statement
        except SignInBroken as error:
            return self._fail(request, error)
        return self._join_page(request, stated, suggest_name(stated))

    def join(self, request: Request, form: FormData) -> Response:
        name, browser = text_of(form, "name"), _browser_of(request)
        try:
            stated = self._sso().get_newcomer(browser=browser).statement
            arrival = self._sso().join(name, browser=browser, agent=agent_of(request))
        except SignInBroken as error:
            return self._fail(request, error)
        except (Invalid, Conflict) as error:
            return self._join_page(request, stated, name, error=error)
        return self._arrive(arrival)

    def show_link(self, request: Request) -> Response:
        try:
            stated = self._sso().get_newcomer(browser=_browser_of(request)).statement
        except SignInBroken as error:
            return self._fail(request, error)
        page = SsoLinkPage(provider=_host(stated), who=_who(stated))
        return self._web.page(request, "accounts/sso_link.html", page)

    def link(self, request: Request, _form: FormData) -> Response:
        try:
            self._sso().link(actor_of(request), browser=_browser_of(request))
        except (SignInBroken, Conflict) as error:
            return self._fail(request, error)
        return RedirectResponse("/settings/security", 303)

    def unlink(self, request: Request, _form: FormData) -> Response:
        self._sso().unlink(actor_of(request))
        return RedirectResponse("/settings/security", 303)

    def _sso(self) -> SingleSignOn:
        if self._accounts.sso is None:
            raise NotFound("Single sign-on is not set up on this hub; sso_issuer names the provider.")
        return self._accounts.sso

    def _arrive(self, arrival: Arrival) -> Response:
        """Chromium keeps a strict cookie back after a redirect from elsewhere; ours is lax, so a redirect will do."""
        if arrival.session is None:
            return RedirectResponse(arrival.target, 303)
        return signed_in(arrival.target, arrival.session, urls=self._urls)

    def _join_page(
        self, request: Request, stated: Statement, name: str, *, error: HubError | None = None
    ) -> Response:
        taken = error is None and bool(name) and self._accounts.find_namespace(name) is not None
        refused = Refused.by(error, fields=("name",)) if error else ACCEPTED
        if taken:
            refused = Refused(field="name", message=f"name: {name!r} is taken here; choose another.")
        page = SsoJoinPage(provider=_host(stated), who=_who(stated), name=name, refused=refused)
        return self._web.page(request, "accounts/sso_join.html", page, status=error.status if error else 200)

    def _fail(self, request: Request, error: HubError) -> Response:
        page = SsoFailedPage(message=error.message, by_password=self._accounts.sign_in.is_offered)
        return self._web.page(
            request, "accounts/sso_failed.html", page, status=error.status, headers=error.headers
        )


def _browser_of(request: Request) -> str:
    return request.cookies.get(BROWSER_COOKIE, "")


def _host(stated: Statement) -> str:
    return urlsplit(stated.issuer).netloc


def _who(stated: Statement) -> str:
    return stated.email or stated.fullname or stated.name
