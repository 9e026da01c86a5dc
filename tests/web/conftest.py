"""A `Web` with its own routes and pages that show what it is given."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import nodes
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from openhearth.access import NOBODY, Actor, Role
from openhearth.urls import Urls
from openhearth.web import Web

ADA = Actor(user_id="1", name="ada", roles={"museum": Role.ADMIN})


@pytest.fixture
def web(tmp_path: Path) -> Web:
    """With one more room, `forge`, that has a static file."""
    static = tmp_path / "forge" / "static"
    static.mkdir(parents=True)
    (static / "page.css").write_text(".forge { display: grid; }")
    (static.parent / "templates").mkdir()
    (tmp_path / "forge" / "secret.txt").write_text("not for you")
    return Web(urls=Urls("http://hub.test"), template_folders={"forge": static.parent / "templates"})


@pytest.fixture
def client(web: Web) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=web.routes()), follow_redirects=False) as client:
        yield client


def request_of(actor: Actor = NOBODY, *, path: str = "/", cookie: str = "") -> Request:
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": b"",
            "headers": [(b"cookie", cookie.encode())] if cookie else [],
            "state": {"actor": actor, "csrf": "proof"},
        }
    )


def html_of(response: Response) -> str:
    return bytes(response.body).decode()


def names_made_in(tree: nodes.Template) -> set[str]:
    """What a template defines itself. Jinja calls these undeclared when a block uses them."""
    names = {target.target for target in tree.find_all(nodes.Import)}
    names |= {macro.name for macro in tree.find_all(nodes.Macro)}
    for found in tree.find_all(nodes.FromImport):
        names |= {name if isinstance(name, str) else name[1] for name in found.names}
    return names


class Elements(HTMLParser):
    """The elements of a page with their attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def values(self, name: str) -> list[str]:
        return [attributes[name] or "" for _, attributes in self.found if name in attributes]
