"""The way in and out: sign in, join, set up, sign out."""

from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.accounts.errors import LinkNotFound, SignInFailed, TooManyAttempts
from openhearth.accounts.pages.contexts import JoinPage, LoginPage, SetupPage, SignedOutPage
from openhearth.accounts.pages.routes import (
    ACCEPTED,
    Refused,
    address_of,
    agent_of,
    forget_session,
    form_route,
    nobody,
    page_route,
    signed_in,
    signed_out,
)
from openhearth.accounts.service import Accounts
from openhearth.errors import Conflict, Forbidden, Invalid
from openhearth.urls import Urls, with_query
from openhearth.web import Web, local_path
from openhearth.wire.forms import text_of
from openhearth.wire.request import actor_of

_FIELDS = ("name", "fullname", "password")


class EntryPages:
    def __init__(self, accounts: Accounts, *, web: Web, urls: Urls) -> None:
        self._accounts = accounts
        self._web = web
        self._urls = urls

    def routes(self) -> list[Route]:
        return [
            page_route("/login", self.show_login, for_accounts=False),
            form_route("/login", self.login, for_accounts=False),
            form_route("/logout", self.logout),
            page_route("/join", self.show_join, for_accounts=False),
            form_route("/join", self.join, for_accounts=False),
            page_route("/join/{secret}", self.show_join, for_accounts=False),
            form_route("/join/{secret}", self.join, for_accounts=False),
            page_route("/setup/{secret}", self.show_setup, for_accounts=False),
            form_route("/setup/{secret}", self.set_up, for_accounts=False),
        ]

    def show_login(self, request: Request) -> Response:
        target = local_path(request.query_params.get("next", "/"))
        if not actor_of(request).is_anonymous and "again" not in request.query_params:
            return RedirectResponse(target, 303)
        return self._web.page(request, "accounts/login.html", self._login_page(request, target))

    def login(self, request: Request, form: FormData) -> Response:
        name, target = text_of(form, "name"), local_path(text_of(form, "next", default="/"))
        try:
            session = self._accounts.sign_in.by_password(
                name, password_of(form), address=address_of(request), agent=agent_of(request)
            )
        except (SignInFailed, TooManyAttempts, Forbidden) as error:
            page = self._login_page(request, target, name=name, refused=Refused.by(error, fields=()))
            return self._web.page(
                request, "accounts/login.html", page, status=error.status, headers=error.headers
            )
        return signed_in(target, session, urls=self._urls)

    def _login_page(
        self, request: Request, target: str, *, name: str = "", refused: Refused = ACCEPTED
    ) -> LoginPage:
        sso, again = self._accounts.sso, "again" in request.query_params
        return LoginPage(
            next=target,
            name=name,
            sign_up=self._accounts.sign_up.policy,
            refused=refused,
            sso_label=sso.policy.label if sso else "",
            sso_href=with_query("/sso/sign-in", next=target, again="1" if again else "") if sso else "",
            by_password=self._accounts.sign_in.is_offered,
        )

    def logout(self, request: Request, _form: FormData) -> Response:
        """Sign out here; whoever came from a provider is shown the way to sign out there."""
        actor, sso = actor_of(request), self._accounts.sso
        id_token = self._accounts.sessions.find_id_token(actor)
        if actor.session_id is not None:
            self._accounts.sessions.end(actor, actor.session_id)
        there = (
            sso.provider.sign_out_address(id_token, back=self._urls.absolute("/"))
            if sso and id_token
            else None
        )
        if sso is None or there is None:
            return signed_out("/")
        page = SignedOutPage(provider=urlsplit(sso.policy.issuer).netloc, location=there)
        # A link, not a redirect: the policy of pages lets no form lead to another host.
        return forget_session(self._web.page(nobody(request), "accounts/signed_out.html", page))

    def show_join(self, request: Request) -> Response:
        """The form for a new account, or the reason why there is none."""
        if not actor_of(request).is_anonymous:
            return RedirectResponse("/", 303)
        try:
            self._accounts.sign_up.check_open(request.path_params.get("secret"))
        except (Forbidden, LinkNotFound) as error:
            page = JoinPage(action="", closed=error.message)
            return self._web.page(request, "accounts/join.html", page, status=error.status)
        return self._web.page(request, "accounts/join.html", JoinPage(action=request.scope["path"]))

    def join(self, request: Request, form: FormData) -> Response:
        name, fullname = text_of(form, "name"), text_of(form, "fullname", default="")
        secret = request.path_params.get("secret")
        try:
            user = self._accounts.sign_up.join(
                name, password=password_of(form), fullname=fullname, invite_secret=secret
            )
        except (Invalid, Conflict) as error:
            page = JoinPage(
                action=request.scope["path"],
                name=name,
                fullname=fullname,
                refused=Refused.by(error, fields=_FIELDS),
            )
            return self._web.page(request, "accounts/join.html", page, status=error.status)
        return self._welcome(request, user.id)

    def show_setup(self, request: Request) -> Response:
        self._accounts.first_start.check(request.path_params["secret"])
        return self._web.page(request, "accounts/setup.html", SetupPage(action=request.scope["path"]))

    def set_up(self, request: Request, form: FormData) -> Response:
        """Make the owner. A password may wait: until there is one the hub listens on this machine only."""
        name, fullname = text_of(form, "name"), text_of(form, "fullname", default="")
        try:
            user = self._accounts.first_start.claim(
                request.path_params["secret"], name, password=password_of(form) or None, fullname=fullname
            )
        except (Invalid, Conflict) as error:
            page = SetupPage(
                action=request.scope["path"],
                name=name,
                fullname=fullname,
                refused=Refused.by(error, fields=_FIELDS),
            )
            return self._web.page(request, "accounts/setup.html", page, status=error.status)
        return self._welcome(request, user.id)

    def _welcome(self, request: Request, user_id: str) -> Response:
        return signed_in(
            "/", self._accounts.sessions.begin(user_id, agent=agent_of(request)), urls=self._urls
        )


def password_of(form: FormData, name: str = "password") -> str:
    """A password as typed: its spaces count."""
    value = form.get(name)
    return value if isinstance(value, str) else ""
