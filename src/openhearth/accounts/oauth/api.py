"""The JSON routes of the protocol, and of what a person manages: their apps, and the apps they let in."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from openhearth.accounts import wire_shapes
from openhearth.accounts.errors import OAuthError
from openhearth.accounts.oauth.discovery import DEVICE_CODE_GRANT, TOKEN_EXCHANGE_GRANT, provider_metadata
from openhearth.accounts.oauth.records import AppDraft, ConnectedApp, NewOAuthApp, OAuthApp
from openhearth.accounts.oauth.scopes import scope_text
from openhearth.accounts.service import Accounts
from openhearth.errors import Unsupported
from openhearth.kit.clock import iso
from openhearth.kit.text import is_storable
from openhearth.urls import Urls
from openhearth.wire.request import actor_of

Asked = Mapping[str, str]
_EVERYWHERE = {"Access-Control-Allow-Origin": "*"}  # apps in a browser read these from their own pages


class AppBody(BaseModel):
    name: str
    homepage: str = ""
    redirect_uris: list[str] = Field(alias="redirectUris")
    scopes: list[str] = []
    is_public: bool = Field(default=False, alias="public")

    def draft(self) -> AppDraft:
        return AppDraft(
            name=self.name, homepage=self.homepage, redirect_uris=self.redirect_uris, scopes=self.scopes
        )


class OAuthApi:
    def __init__(self, accounts: Accounts, *, urls: Urls) -> None:
        self._accounts = accounts
        self._oauth = accounts.oauth
        self._urls = urls

    def routes(self) -> Sequence[BaseRoute]:
        router = APIRouter(tags=["oauth"])
        apps, connected = "/api/settings/oauth-apps", "/api/settings/connected-apps"
        for method, path, endpoint in (
            ("GET", "/.well-known/openid-configuration", self.metadata),
            ("GET", "/.well-known/oauth-authorization-server", self.metadata),
            ("GET", "/oauth/jwks", self.keys),
            ("GET", "/oauth/userinfo", self.userinfo),
            ("POST", "/oauth/userinfo", self.userinfo),
            ("GET", apps, self.list_apps),
            ("POST", apps, self.create_app),
            ("GET", f"{apps}/{{app_id}}", self.get_app),
            ("PUT", f"{apps}/{{app_id}}", self.update_app),
            ("DELETE", f"{apps}/{{app_id}}", self.delete_app),
            ("POST", f"{apps}/{{app_id}}/secret", self.rotate_secret),
            ("GET", connected, self.list_connected),
            ("DELETE", f"{connected}/{{app_id}}", self.disconnect),
        ):
            router.add_api_route(path, endpoint, methods=[method], response_model=None)
        return [
            *router.routes,
            Route("/oauth/userinfo", _preflight, methods=["OPTIONS"]),
            _program_route("/oauth/token", self.give_token),
            _program_route("/oauth/revoke", self.revoke),
            _program_route("/oauth/introspect", self.introspect),
        ]

    def metadata(self) -> Response:
        """What this hub offers as a place to sign in from (OpenID Connect Discovery, RFC 8414)."""
        return JSONResponse(provider_metadata(self._urls), headers=_EVERYWHERE)

    def keys(self) -> Response:
        """The keys that id tokens are signed with."""
        return JSONResponse(self._oauth.keys.public(), headers=_EVERYWHERE)

    def userinfo(self, request: Request) -> Response:
        """What the app behind the access token may know of its person."""
        answer = self._oauth.userinfo(actor_of(request))
        return JSONResponse(answer, headers={**_EVERYWHERE, "Cache-Control": "no-store"})

    def give_token(self, asked: Asked, headers: Mapping[str, str]) -> Mapping[str, Any]:
        """Exchange a code or a refresh token for an access token (RFC 6749, RFC 8628)."""
        grant_type = asked.get("grant_type", "")
        if grant_type == TOKEN_EXCHANGE_GRANT:
            raise Unsupported(
                "grant_type: tokens of other issuers are not exchanged by this hub; make an access token in the settings "
                "and give it to the job as HF_TOKEN.",
                error="unsupported_grant_type",
            )
        if grant_type == DEVICE_CODE_GRANT:
            return self._give_device_token(asked, headers)
        if grant_type == "refresh_token" and self._is_unregistered(asked):
            pair = self._accounts.devices.renew(asked.get("refresh_token", ""), client_id=asked["client_id"])
            return wire_shapes.token_pair(pair)
        if grant_type not in ("authorization_code", "refresh_token"):
            raise OAuthError(
                "unsupported_grant_type",
                f"grant_type: {grant_type[:80]!r} is not offered; use authorization_code, refresh_token or {DEVICE_CODE_GRANT}.",
            )
        return self._oauth.server.exchange(asked.items(), headers)

    def revoke(self, asked: Asked, headers: Mapping[str, str]) -> Mapping[str, Any]:
        """End the sign-in behind a token, with all its tokens (RFC 7009)."""
        if self._is_unregistered(asked):
            found = self._oauth.tokens.find_behind(asked.get("token", ""))
            if found is not None and found.app_id is None and found.client_id == asked["client_id"]:
                self._oauth.tokens.revoke(found)
            return {}
        return self._oauth.server.revoke(asked.items(), headers)

    def introspect(self, asked: Asked, headers: Mapping[str, str]) -> Mapping[str, Any]:
        """What is behind a token of the app that asks (RFC 7662)."""
        return self._oauth.server.introspect(asked.items(), headers)

    def _is_unregistered(self, asked: Asked) -> bool:
        """Whether a program asks that nobody registered, as `hf` is: it proves itself by its tokens alone."""
        client_id = asked.get("client_id")
        return client_id is not None and self._oauth.server.find_app(client_id) is None

    def _give_device_token(self, asked: Asked, headers: Mapping[str, str]) -> Mapping[str, Any]:
        if not self._is_unregistered(asked):
            app = self._oauth.server.authenticate(asked.items(), headers)
            asked = {**asked, "client_id": app.client_id}
        pair = self._accounts.devices.poll(asked.get("device_code", ""), client_id=asked["client_id"])
        return wire_shapes.token_pair(pair)

    def list_apps(self, request: Request) -> list[dict[str, Any]]:
        """The apps you registered."""
        return [_app(app) for app in self._oauth.apps.list_apps(actor_of(request))]

    def create_app(self, request: Request, body: AppBody) -> dict[str, Any]:
        """Register an app. Its secret is in this answer only."""
        return _new_app(self._oauth.apps.create(actor_of(request), body.draft(), is_public=body.is_public))

    def get_app(self, request: Request, app_id: str) -> dict[str, Any]:
        """One of the apps you registered."""
        return _app(self._oauth.apps.get_app(actor_of(request), app_id))

    def update_app(self, request: Request, app_id: str, body: AppBody) -> dict[str, Any]:
        """Change an app; whether it is public stays as it was."""
        return _app(self._oauth.apps.update(actor_of(request), app_id, body.draft()))

    def rotate_secret(self, request: Request, app_id: str) -> dict[str, Any]:
        """Give an app a new secret; the old one ends at once."""
        return _new_app(self._oauth.apps.rotate_secret(actor_of(request), app_id))

    def delete_app(self, request: Request, app_id: str) -> dict[str, bool]:
        """Delete an app; everybody's tokens for it end at once."""
        self._oauth.apps.delete(actor_of(request), app_id)
        return {"success": True}

    def list_connected(self, request: Request) -> list[dict[str, Any]]:
        """The apps that you let in."""
        return [_connected(entry) for entry in self._oauth.apps.list_connected(actor_of(request))]

    def disconnect(self, request: Request, app_id: str) -> dict[str, bool]:
        """End all that an app may do for you, at once."""
        self._oauth.apps.disconnect(actor_of(request), app_id)
        return {"success": True}


async def _preflight(_request: Request) -> Response:
    """Let an app in a browser send its token from its own page (Fetch standard, "CORS-preflight request")."""
    allowed = {"Access-Control-Allow-Headers": "Authorization", "Access-Control-Allow-Methods": "GET, POST"}
    return Response(status_code=204, headers={**_EVERYWHERE, **allowed, "Access-Control-Max-Age": "86400"})


def _program_route(path: str, answer: Callable[[Asked, Mapping[str, str]], Mapping[str, Any]]) -> Route:
    """Where programs post forms, from whatever origin: no cookie counts here."""

    async def endpoint(request: Request) -> Response:
        asked = await _read_fields(request)
        body = await run_in_threadpool(answer, asked, request.headers)
        return JSONResponse(body, headers={**_EVERYWHERE, "Cache-Control": "no-store"})

    endpoint.__doc__ = answer.__doc__
    return Route(path, endpoint, methods=["POST"])


async def _read_fields(request: Request) -> Asked:
    """The fields of a form, or of JSON as huggingface_hub sends it (_oidc.py). Raises OAuthError."""
    if request.headers.get("content-type", "").partition(";")[0].strip() == "application/json":
        try:
            body = await request.json()
        except ValueError:
            body = None
        pairs = list(body.items()) if isinstance(body, dict) else []
    else:
        form = await request.form(max_files=0, max_fields=50)
        pairs = form.multi_items()
    fields = {name: value for name, value in pairs if isinstance(value, str)}
    if not pairs or len(fields) < len(pairs) or not all(map(is_storable, fields.values())):
        raise OAuthError("invalid_request", "body: is no form of text fields, each given once.")
    return fields


def _app(app: OAuthApp) -> dict[str, Any]:
    return {
        "id": app.id,
        "clientId": app.client_id,
        "name": app.name,
        "homepage": app.homepage or None,
        "redirectUris": list(app.redirect_uris),
        "scopes": scope_text(app.scopes).split(),
        "public": app.is_public,
        "createdAt": iso(app.created_at),
    }


def _new_app(new: NewOAuthApp) -> dict[str, Any]:
    return {**_app(new.app), "clientSecret": new.secret}


def _connected(entry: ConnectedApp) -> dict[str, Any]:
    return {
        "id": entry.app.id,
        "name": entry.app.name,
        "homepage": entry.app.homepage or None,
        "space": entry.app.space,
        "scopes": scope_text(entry.consent.scopes).split(),
        "orgs": sorted(entry.consent.orgs),
        "connectedAt": iso(entry.consent.given_at),
    }
