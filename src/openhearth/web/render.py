"""Pages: a template and a typed context make an HTML answer. Knows templates and the shell, no domain.

Templates are addressed as `room/file.html`; a room's `static/` folder lies beside its `templates/`.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route

from openhearth.errors import HubError
from openhearth.urls import Urls
from openhearth.web.assets import Assets
from openhearth.web.docs import Docs
from openhearth.web.filters import FILTERS
from openhearth.web.pages import ErrorPage
from openhearth.web.shell import CountUnread, no_news, shell_of
from openhearth.web.showcase import sample_page
from openhearth.web.static import StaticFiles
from openhearth.web.theme import theme_routes

_OWN_FOLDER = Path(__file__).parent


class Web:
    """Renders every page of the hub."""

    def __init__(self, *, urls: Urls, template_folders: Mapping[str, Path] | None = None) -> None:
        self.urls = urls
        self.can_join = False  # whether anybody may make an account: the accounts room says so
        self.count_unread: CountUnread = (
            no_news  # how many notifications somebody has not read: community/ says so
        )
        self.assets = Assets()
        self._folders: dict[str, Path] = {}
        self._loaders: dict[str, BaseLoader] = {}
        self.environment = _new_environment(PrefixLoader(self._loaders))
        self.environment.globals.update(static=self.assets.url, urls=urls)
        self.add_folder("web", _OWN_FOLDER / "templates")
        for room, folder in (template_folders or {}).items():
            self.add_folder(room, folder)

    def folder_of(self, room: str) -> Path:
        """Where the templates of `room` lie."""
        return self._folders[room]

    def add_folder(self, room: str, templates: Path) -> None:
        """Make `templates` known as `room/…`, and the folder `static` beside it as `/static/room/…`."""
        self._folders[room] = templates
        self._loaders[room] = FileSystemLoader(templates)
        self.assets.add_folder(room, templates.parent / "static")

    def page(
        self,
        request: Request,
        template: str,
        context: object,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        """Render `template`, whose variables are the fields of the dataclass `context`, and `shell`."""
        shell = shell_of(request, self.urls, can_join=self.can_join, count_unread=self.count_unread)
        html = self.environment.get_template(template).render(variables_of(context), shell=shell)
        # A page depends on who looks and on the theme: no shared cache may keep it.
        kept = {"Cache-Control": "private, no-cache", "Vary": "Cookie", **(headers or {})}
        return HTMLResponse(html, status, kept)

    def fragment(self, template: str, context: object) -> Markup:
        """Render a part of a page, for slots. There is no `shell` in it: pass what it needs."""
        return Markup(self.environment.get_template(template).render(variables_of(context)))  # noqa: S704

    def error_page(self, request: Request, error: HubError) -> HTMLResponse:
        """The page for `error`: what happened and what to do next."""
        return self.page(request, "web/error.html", ErrorPage.of(error), status=error.status)

    def routes(self) -> list[BaseRoute]:
        """Static files, the theme switch and `/-/components`; they belong before every other route."""
        components = Route("/-/components", self._show_components, methods=["GET"], name="components")
        return [*StaticFiles(self.assets).routes(), *theme_routes(), components, *Docs(self).routes()]

    async def _show_components(self, request: Request) -> HTMLResponse:
        return self.page(request, "web/showcase.html", sample_page(self.icon_names))

    @property
    def icon_names(self) -> list[str]:
        icons = self.environment.get_template("web/parts/icons.html").make_module()
        return sorted(vars(icons)["paths"])

    @property
    def template_names(self) -> list[str]:
        return self.environment.list_templates(extensions=["html"])


def variables_of(context: object) -> dict[str, Any]:
    """The fields of a context, not copied."""
    if not is_dataclass(context) or isinstance(context, type):
        raise TypeError(
            f"context: {type(context).__name__} is no dataclass instance; declare one for this page."
        )
    return {field.name: getattr(context, field.name) for field in fields(context)}


def _new_environment(loader: BaseLoader) -> Environment:
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )
    environment.filters.update(FILTERS)
    return environment
