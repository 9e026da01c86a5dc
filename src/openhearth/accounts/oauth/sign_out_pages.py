"""`/oauth/logout`: an app signs its person out and asks whether they sign out of the hub too (RP-Initiated Logout 1.0)."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from authlib.common.urls import add_params_to_uri
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.accounts.oauth.contexts import SignOutPage
from openhearth.accounts.oauth.keys import ALGORITHM
from openhearth.accounts.oauth.records import OAuthApp
from openhearth.accounts.oauth.redirects import form_target
from openhearth.accounts.pages.routes import form_route, page_route, signed_out
from openhearth.accounts.service import Accounts
from openhearth.web import Web
from openhearth.wire.request import actor_of
from openhearth.wire.trace import CONTENT_SECURITY_POLICY

PATH = "/oauth/logout"
_FIELDS = ("client_id", "id_token_hint", "post_logout_redirect_uri", "state")


class SignOutPages:
    def __init__(self, accounts: Accounts, *, web: Web) -> None:
        self._accounts = accounts
        self._web = web

    def routes(self) -> list[Route]:
        return [
            page_route(PATH, self.ask, for_accounts=False),
            form_route(PATH, self.answer, for_accounts=False),
        ]

    def ask(self, request: Request) -> Response:
        fields = _read(request.query_params)
        app = self._find_app(fields)
        target = self._target(app, fields)
        if actor_of(request).is_anonymous:
            return RedirectResponse(target or "/", 303)
        policy = CONTENT_SECURITY_POLICY
        if target is not None:
            policy = policy.replace("form-action 'self'", f"form-action 'self' {form_target(target)}")
        page = SignOutPage(app=app, fields=fields)
        return self._web.page(
            request, "accounts/oauth_sign_out.html", page, headers={"Content-Security-Policy": policy}
        )

    def answer(self, request: Request, form: FormData) -> Response:
        actor, fields = actor_of(request), _read(form)
        target = self._target(self._find_app(fields), fields) or "/"
        if form.get("answer") != "yes":
            return RedirectResponse(target, 303)
        if actor.session_id is not None:
            self._accounts.sessions.end(actor, actor.session_id)
        return signed_out(target)

    def _find_app(self, fields: Mapping[str, str]) -> OAuthApp | None:
        client_id = fields.get("client_id") or self._audience(fields.get("id_token_hint", ""))
        return self._accounts.oauth.server.find_app(client_id) if client_id else None

    def _audience(self, id_token: str) -> str:
        """Whom an id token of ours was made for; it may have expired since."""
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        try:
            keys = KeySet.import_key_set(self._accounts.oauth.keys.public())
            return str(jwt.decode(id_token, keys, [ALGORITHM]).claims.get("aud", ""))
        except (JoseError, ValueError):
            return ""

    def _target(self, app: OAuthApp | None, fields: Mapping[str, str]) -> str | None:
        """Where to go afterwards: only to a host that the app registered, None if to none."""
        wished = fields.get("post_logout_redirect_uri", "")
        if app is None or not wished:
            return None
        origins = {urlsplit(uri)[:2] for uri in app.redirect_uris}
        parts = urlsplit(wished)
        if parts[:2] not in origins or not parts.netloc or "\\" in wished:
            return None
        return str(add_params_to_uri(wished, [("state", fields["state"])])) if "state" in fields else wished


def _read(source: Mapping[str, object]) -> dict[str, str]:
    return {name: value for name in _FIELDS if isinstance(value := source.get(name), str) and value}
