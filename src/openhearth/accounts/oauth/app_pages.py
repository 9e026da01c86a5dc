"""Settings → Applications: apps that one registered, and apps that one let in."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.accounts.oauth.contexts import AppFormPage, AppsPage
from openhearth.accounts.oauth.records import AppDraft, NewOAuthApp, OAuthApp
from openhearth.accounts.oauth.scopes import ALWAYS, SCOPES
from openhearth.accounts.pages.routes import ACCEPTED, Refused, form_route, page_route
from openhearth.accounts.service import Accounts
from openhearth.errors import Conflict, HubError, Invalid
from openhearth.urls import Urls
from openhearth.web import Web
from openhearth.wire.forms import text_of
from openhearth.wire.request import actor_of

PATH = "/settings/applications"
_FIELDS = ("name", "homepage", "redirect_uris", "scopes")


class AppPages:
    def __init__(self, accounts: Accounts, *, web: Web, urls: Urls) -> None:
        self._apps = accounts.oauth.apps
        self._web = web
        self._urls = urls

    def routes(self) -> list[Route]:
        return [
            page_route(PATH, self.show_all),
            page_route(f"{PATH}/new", self.show_new),
            form_route(f"{PATH}/new", self.create),
            page_route(f"{PATH}/{{id}}", self.show),
            form_route(f"{PATH}/{{id}}", self.update),
            form_route(f"{PATH}/{{id}}/secret", self.rotate_secret),
            form_route(f"{PATH}/{{id}}/delete", self.delete),
            form_route(f"{PATH}/{{id}}/disconnect", self.disconnect),
        ]

    def show_all(self, request: Request) -> Response:
        actor = actor_of(request)
        page = AppsPage(apps=self._apps.list_apps(actor), connected=self._apps.list_connected(actor))
        return self._web.page(request, "accounts/oauth_apps.html", page)

    def show_new(self, request: Request) -> Response:
        return self._form(request, None, AppDraft(name="", homepage="", redirect_uris=(), scopes=[*ALWAYS]))

    def create(self, request: Request, form: FormData) -> Response:
        draft, is_public = _read_draft(form), text_of(form, "kind", default="") == "public"
        try:
            new = self._apps.create(actor_of(request), draft, is_public=is_public)
        except (Invalid, Conflict) as error:
            return self._form(request, None, draft, error=error, is_public=is_public)
        if new.secret is None:
            return RedirectResponse(f"{PATH}/{new.app.id}?saved", 303)
        return self._show_secret(request, new)

    def show(self, request: Request) -> Response:
        app = self._apps.get_app(actor_of(request), request.path_params["id"])
        return self._form(request, app, _draft_of(app))

    def update(self, request: Request, form: FormData) -> Response:
        actor, app_id, draft = actor_of(request), request.path_params["id"], _read_draft(form)
        try:
            self._apps.update(actor, app_id, draft)
        except Invalid as error:
            return self._form(request, self._apps.get_app(actor, app_id), draft, error=error)
        return RedirectResponse(f"{PATH}/{app_id}?saved", 303)

    def rotate_secret(self, request: Request, _form: FormData) -> Response:
        return self._show_secret(
            request, self._apps.rotate_secret(actor_of(request), request.path_params["id"])
        )

    def delete(self, request: Request, _form: FormData) -> Response:
        self._apps.delete(actor_of(request), request.path_params["id"])
        return RedirectResponse(PATH, 303)

    def disconnect(self, request: Request, _form: FormData) -> Response:
        self._apps.disconnect(actor_of(request), request.path_params["id"])
        return RedirectResponse(PATH, 303)

    def _show_secret(self, request: Request, new: NewOAuthApp) -> Response:
        return self._form(request, new.app, _draft_of(new.app), fresh_secret=str(new.secret))

    def _form(
        self,
        request: Request,
        app: OAuthApp | None,
        draft: AppDraft,
        *,
        error: HubError | None = None,
        is_public: bool = False,
        fresh_secret: str = "",
    ) -> Response:
        page = AppFormPage(
            app=app,
            name=draft.name,
            homepage=draft.homepage,
            redirect_uris="\n".join(draft.redirect_uris),
            chosen=frozenset(draft.scopes),
            scopes=[scope for scope in SCOPES.values() if scope.words],
            is_public=app.is_public if app else is_public,
            fresh_secret=fresh_secret,
            saved="saved" in request.query_params,
            issuer=self._urls.base,
            refused=Refused.by(error, fields=_FIELDS) if error else ACCEPTED,
        )
        headers = {"Cache-Control": "no-store"} if fresh_secret else {}
        status = error.status if error else 200
        return self._web.page(request, "accounts/oauth_app.html", page, status=status, headers=headers)


def _read_draft(form: FormData) -> AppDraft:
    return AppDraft(
        name=text_of(form, "name", default=""),
        homepage=text_of(form, "homepage", default=""),
        redirect_uris=text_of(form, "redirect_uris", default="").split(),
        scopes=[str(value) for value in form.getlist("scopes")],
    )


def _draft_of(app: OAuthApp) -> AppDraft:
    return AppDraft(
        name=app.name, homepage=app.homepage, redirect_uris=app.redirect_uris, scopes=[*app.scopes]
    )
