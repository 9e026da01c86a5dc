"""Following by JSON."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.repos.conftest import Workshop


def bearer(workshop: Workshop, name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {workshop.token(getattr(workshop, name))}"}


def names(web: TestClient, path: str) -> list[str]:
    return [entry["user"] for entry in web.get(path).json()]


def test_nobody_may_look_and_not_follow(web: TestClient, workshop: Workshop) -> None:
    for method, path, status in (
        ("GET", "/api/users/ada/followers", 200),
        ("GET", "/api/users/ada/following", 200),
        ("GET", "/api/organizations/forge/followers", 200),
        ("POST", "/api/users/ada/follow", 401),
        ("DELETE", "/api/users/ada/follow", 401),
        ("POST", "/api/organizations/forge/follow", 401),
        ("DELETE", "/api/organizations/forge/follow", 401),
    ):
        assert web.request(method, path).status_code == status, (method, path)


def test_following_twice_counts_once_and_nobody_follows_themselves(
    web: TestClient, workshop: Workshop
) -> None:
    eve = bearer(workshop, "eve")
    for _ in range(2):
        told = web.post("/api/users/ADA/follow", headers=eve).json()
        assert told == {"isFollowing": True, "numFollowers": 1}
    web.post("/api/organizations/forge/follow", headers=eve)
    assert names(web, "/api/users/ada/followers") == ["eve"]
    assert names(web, "/api/users/eve/following") == ["ada"]  # the client reads people only
    assert web.post("/api/users/eve/follow", headers=eve).status_code == 400
    assert web.delete("/api/users/ada/follow", headers=eve).json()["numFollowers"] == 0
    assert web.delete("/api/users/ada/follow", headers=eve).status_code == 200


def test_a_list_says_whom_the_reader_follows_and_pages(web: TestClient, workshop: Workshop) -> None:
    for name in ("ben", "eve"):
        web.post("/api/users/ada/follow", headers=bearer(workshop, name))
    web.post("/api/users/ben/follow", headers=bearer(workshop, "ada"))
    first = web.get("/api/users/ada/followers?limit=1", headers=bearer(workshop, "ada"))
    assert [(entry["user"], entry["isFollowing"]) for entry in first.json()] == [("ben", True)]
    rest = web.get(first.headers["link"].split(">")[0][1:])
    assert [(entry["user"], entry["isFollowing"]) for entry in rest.json()] == [("eve", False)]
    assert "link" not in rest.headers


@pytest.mark.parametrize("path", ["users/forge/follow", "organizations/ada/follow", "users/none/follow"])
def test_an_address_says_whether_it_means_a_person(web: TestClient, workshop: Workshop, path: str) -> None:
    assert web.post(f"/api/{path}", headers=bearer(workshop, "eve")).status_code == 404


def test_a_token_that_reads_does_not_follow(web: TestClient, workshop: Workshop) -> None:
    reading = {"Authorization": f"Bearer {workshop.token(workshop.eve, 'read')}"}
    assert web.post("/api/users/ada/follow", headers=reading).status_code == 403
