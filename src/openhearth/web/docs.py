"""The manual, served by the hub itself so that it can be read offline: the Markdown files of `docs/`.

In an installed package they lie inside it; in a checkout beside `src/`.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from openhearth.errors import NotFound
from openhearth.web.markdown import render_markdown

if TYPE_CHECKING:
    from openhearth.web.render import Web

_PACKAGE = Path(__file__).parents[1]
FOLDER = _PACKAGE / "docs" if (_PACKAGE / "docs").is_dir() else _PACKAGE.parents[1] / "docs"
_NAME = re.compile(r"[a-z0-9-]{1,80}(/[a-z0-9-]{1,80})?")


@dataclass(frozen=True)
class DocsLink:
    title: str
    href: str
    is_current: bool


@dataclass(frozen=True, kw_only=True)
class DocsPage:
    """Context of `web/docs.html`."""

    heading: str = field(metadata={"help": "The first heading of the page"})
    body: Markup = field(metadata={"help": "The page as safe HTML"})
    guide: list[DocsLink] = field(metadata={"help": "The pages of the guide"})
    reference: list[DocsLink] = field(metadata={"help": "The pages written from the code"})


class Docs:
    """`/docs` is the guide; `/docs/reference/…` is written from the code."""

    def __init__(self, web: Web) -> None:
        self._web = web

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/docs", lambda _request: RedirectResponse("/docs/guide/index", 307)),
            Route("/docs/api", lambda _request: RedirectResponse("/docs/reference/routes", 307)),
            Route("/docs/{page:rest}", self._page),
        ]

    def _page(self, request: Request) -> Response:
        """A page of the manual."""
        page: str = request.path_params["page"].removesuffix(".md")
        path = FOLDER / f"{page}.md"
        if not _NAME.fullmatch(page) or not path.is_file():
            raise NotFound(f"The manual has no page {page[:80]!r}; its first page is /docs.")
        context = DocsPage(
            heading=_title(path), body=_render(path, path.stat().st_mtime_ns), guide=_links("guide", page),
            reference=_links("reference", page),
        )  # fmt: skip
        return self._web.page(request, "web/docs.html", context)


def _links(folder: str, current: str) -> list[DocsLink]:
    pages = sorted((FOLDER / folder).glob("*.md"), key=lambda path: (path.stem != "index", path.stem))
    return [
        DocsLink(_title(path), f"/docs/{folder}/{path.stem}", current == f"{folder}/{path.stem}")
        for path in pages
    ]


@lru_cache(128)
def _title(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((line.lstrip("# ") for line in lines if line.startswith("# ")), path.stem)


@lru_cache(64)
def _render(path: Path, _changed_ns: int) -> Markup:
    folder = path.parent.relative_to(FOLDER).as_posix()

    def rewrite(url: str, _is_image: bool) -> str:
        """Links between pages lead to pages here; links into the source tree have nowhere to lead."""
        if "://" in url or url.startswith(("#", "/")) or not url.partition("#")[0].endswith(".md"):
            return url
        return "/docs/" + posixpath.normpath(posixpath.join(folder, url)).replace(".md", "")

    return render_markdown(path.read_text(encoding="utf-8"), rewrite=rewrite)
