"""Which route answers: fixed words before parameters, the first before the later, and refusals of methods."""

from __future__ import annotations

import pytest
from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.testclient import TestClient

from openhearth.wire.routing import LeanRoute, RouteTable


def _named(text: str) -> Route:
    """A route that answers with its own address; a method may stand before it."""
    method, _, path = text.rpartition(" ")

    async def answer(request: Request) -> Response:
        return PlainTextResponse(" ".join([text, *request.path_params.values()]))

    return Route(path, answer, methods=[method or "GET"])


@pytest.fixture
def client() -> TestClient:
    routes: list[BaseRoute] = [
        _named("/{ns}/{name}"),
        _named("/api/{kind}/{name}"),
        _named("/api/{kind}/late"),
        _named("/settings"),
        _named("POST /settings"),
        _named("POST /settings/keys"),
        _named("/{ns}"),
        Mount("/mounted", PlainTextResponse("mount")),
    ]
    app = Starlette(routes=[RouteTable(routes), *routes])
    app.router.redirect_slashes = False
    return TestClient(app)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/settings", "/settings"),
        ("/ada", "/{ns} ada"),
        ("/ada/model", "/{ns}/{name} ada model"),
        ("/api/models/x", "/api/{kind}/{name} models x"),
        ("/api/models/late", "/api/{kind}/{name} models late"),
        ("/api/models", "/{ns}/{name} api models"),
        ("/settings/x", "/{ns}/{name} settings x"),
        ("/mounted/deep/down", "mount"),
    ],
)
def test_the_first_route_that_matches_answers_and_fixed_words_come_first(
    client: TestClient, path: str, answer: str
) -> None:
    assert client.get(path).text == answer


def test_a_method_is_found_behind_a_route_that_lacks_it(client: TestClient) -> None:
    assert client.post("/settings").text == "POST /settings"
    refused = client.delete("/settings")
    assert refused.status_code == 405
    assert set(refused.headers["Allow"].split(", ")) == {"GET", "HEAD"}


def test_nothing_answers_where_no_route_matches(client: TestClient) -> None:
    assert client.get("/a/b/c/d").status_code == 404
    assert client.get("/").status_code == 404


def test_a_lean_route_is_documented_and_gets_the_request_alone() -> None:
    router = APIRouter(route_class=LeanRoute)

    def echo(request: Request) -> Response:
        return PlainTextResponse(request.path_params["name"])

    router.add_api_route("/lean/{name}", echo, methods=["GET"])
    app = Starlette(routes=router.routes)
    assert TestClient(app).get("/lean/ada").text == "ada"
    assert "/lean/{name}" in get_openapi(title="x", version="1", routes=router.routes)["paths"]


def test_an_address_of_fixed_words_is_no_namespace_whatever_the_method(client: TestClient) -> None:
    assert client.get("/settings/keys").status_code == 405
    assert client.post("/settings/keys").text == "POST /settings/keys"
