"""A person's own settings: profile, password, signed-in browsers."""

from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.accounts.errors import TooManyAttempts
from openhearth.accounts.pages.contexts import ProfilePage, SecurityPage, SessionRow
from openhearth.accounts.pages.entry import password_of
from openhearth.accounts.pages.routes import (
    ACCEPTED,
    Refused,
    address_of,
    agent_of,
    form_route,
    page_route,
    signed_in,
    signed_out,
)
from openhearth.accounts.service import Accounts
from openhearth.errors import HubError, Invalid
from openhearth.urls import Urls
from openhearth.web import Web
from openhearth.wire.forms import text_of
from openhearth.wire.request import actor_of


class SettingsPages:
    def __init__(self, accounts: Accounts, *, web: Web, urls: Urls) -> None:
        self._accounts = accounts
        self._web = web
        self._urls = urls

    def routes(self) -> list[Route]:
        return [
            page_route("/settings", self.first),
            page_route("/settings/profile", self.show_profile),
            form_route("/settings/profile", self.save_profile),
            page_route("/settings/security", self.show_security),
            form_route("/settings/password", self.change_password),
            form_route("/settings/sessions/end-all", self.end_all_sessions),
            form_route("/settings/sessions/{id}/end", self.end_session),
        ]

    def first(self, _request: Request) -> Response:
        return RedirectResponse("/settings/profile", 303)

    def show_profile(self, request: Request) -> Response:
        user = self._accounts.people.get_self(actor_of(request))
        page = ProfilePage(
            user=user,
            fullname=user.fullname,
            bio=user.bio,
            email=user.email or "",
            saved="saved" in request.query_params,
        )
        return self._web.page(request, "accounts/profile_settings.html", page)

    def save_profile(self, request: Request, form: FormData) -> Response:
        actor = actor_of(request)
        fullname, bio, email = (text_of(form, name, default="") for name in ("fullname", "bio", "email"))
        try:
            self._accounts.people.update_profile(actor, fullname=fullname, bio=bio, email=email)
        except Invalid as error:
            page = ProfilePage(
                user=self._accounts.people.get_self(actor),
                fullname=fullname,
                bio=bio,
                email=email,
                refused=Refused.by(error, fields=("fullname", "bio", "email")),
            )
            return self._web.page(request, "accounts/profile_settings.html", page, status=error.status)
        return RedirectResponse("/settings/profile?saved", 303)

    def show_security(self, request: Request) -> Response:
        return self._security(request)

    def change_password(self, request: Request, form: FormData) -> Response:
        """Set a new password: every browser is signed out, this one gets a new session."""
        try:
            session = self._accounts.sign_in.change_password(
                actor_of(request),
                current=password_of(form, "current"),
                new=password_of(form),
                address=address_of(request),
                agent=agent_of(request),
            )
        except (Invalid, TooManyAttempts) as error:
            return self._security(request, error)
        return signed_in("/settings/security?saved", session, urls=self._urls)

    def end_session(self, request: Request, _form: FormData) -> Response:
        self._accounts.sessions.end(actor_of(request), request.path_params["id"])
        return RedirectResponse("/settings/security", 303)

    def end_all_sessions(self, request: Request, _form: FormData) -> Response:
        self._accounts.sessions.end_all(actor_of(request))
        return signed_out("/login")

    def _security(self, request: Request, error: HubError | None = None) -> Response:
        actor, sso = actor_of(request), self._accounts.sso
        page = SecurityPage(
            has_password=self._accounts.people.get_self(actor).has_password,
            sessions=[
                SessionRow(
                    id=session.id,
                    agent=session.agent,
                    created_at=session.created_at,
                    last_seen_at=session.last_seen_at,
                    is_this=session.id == actor.session_id,
                )
                for session in self._accounts.sessions.list_sessions(actor)
            ],
            saved="saved" in request.query_params,
            sso_host=urlsplit(sso.policy.issuer).netloc if sso else "",
            linked=sso.find_identity(actor) if sso else None,
            refused=Refused.by(error, fields=("password", "current password")) if error else ACCEPTED,
        )
        status, headers = (error.status, error.headers) if error else (200, {})
        return self._web.page(request, "accounts/security.html", page, status=status, headers=headers)
