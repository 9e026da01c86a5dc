"""The JSON routes of collections, as programs call them."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.repos.conftest import Workshop


@pytest.fixture
def ada(workshop: Workshop) -> dict[str, str]:
    workshop.create("one")
    return {"Authorization": f"Bearer {workshop.token(workshop.ada)}"}


def create(web: TestClient, who: dict[str, str], title: str = "Steel", **more: Any) -> dict[str, Any]:
    answer = web.post("/api/collections", headers=who, json={"title": title, "namespace": "ada", **more})
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_nobody_may_look_and_not_touch(web: TestClient, ada: dict[str, str]) -> None:
    made = create(web, ada, item={"type": "model", "id": "ada/one"})
    one = f"/api/collections/{made['slug']}"
    item = f"{one}/items/{made['items'][0]['_id']}"
    for method, path, status in (
        ("GET", "/api/collections", 200),
        ("GET", one, 200),
        ("POST", "/api/collections", 401),
        ("PATCH", one, 401),
        ("DELETE", one, 401),
        ("POST", f"{one}/items", 401),
        ("PATCH", item, 401),
        ("DELETE", item, 401),
        ("POST", f"{one}/upvote", 401),
        ("DELETE", f"{one}/upvote", 401),
        ("POST", f"{one}/resource-group", 501),
    ):
        body = {"title": "x", "namespace": "ada", "item": {"type": "model", "id": "ada/one"}, "position": 0}
        answer = web.request(method, path, json=None if method == "GET" else body)
        assert answer.status_code == status, (method, path, answer.text)
    assert web.get(one).json() == web.get(one, headers=ada).json()


def test_a_list_carries_no_position_and_four_items(web: TestClient, ada: dict[str, str]) -> None:
    made = create(web, ada)
    for number in range(6):
        web.post(
            f"/api/collections/{made['slug']}/items",
            headers=ada,
            json={"item": {"type": "paper", "id": f"2311.0000{number}"}, "note": "*read* <script>"},
        )
    (listed,) = web.get("/api/collections?owner=ADA&q=stee").json()
    assert "position" not in listed
    assert (len(listed["items"]), listed["numberItems"]) == (4, 6)
    note = web.get(f"/api/collections/{made['slug']}").json()["items"][5]["note"]
    assert note["text"] == "*read* <script>"
    assert "<em>read</em>" in note["html"]
    assert "<script" not in note["html"]


def test_pages_follow_the_link(web: TestClient, ada: dict[str, str]) -> None:
    for number in range(3):
        create(web, ada, f"List {number}")
    first = web.get("/api/collections?owner=ada&limit=2")
    assert 'rel="next"' in first.headers["link"]
    rest = web.get(first.headers["link"].split(">")[0][1:])
    assert [found["title"] for found in (*first.json(), *rest.json())] == ["List 2", "List 1", "List 0"]
    assert "link" not in rest.headers


def test_an_upvote_is_counted_once_and_told_to_its_voter(web: TestClient, ada: dict[str, str]) -> None:
    made = create(web, ada)
    path = f"/api/collections/{made['slug']}"
    for _ in range(2):
        assert web.post(f"{path}/upvote", headers=ada).json() == {"upvotes": 1}
    assert web.get(path, headers=ada).json()["isUpvotedByUser"] is True
    assert web.get(path).json()["isUpvotedByUser"] is False
    assert web.delete(f"{path}/upvote", headers=ada).json() == {"upvotes": 0}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": " ", "namespace": "ada"}, "title"),
        ({"title": "x" * 121, "namespace": "ada"}, "title"),
        ({"title": "a\nb\0", "namespace": "ada"}, "title"),
        ({"title": "x", "namespace": "ada", "description": "d" * 151}, "description"),
        ({"title": "x", "namespace": "ada", "description": "\0"}, "description"),
        ({"title": "x", "namespace": "ada", "item": {"type": "cake", "id": "x"}}, "item.type"),
        ({"title": "x"}, "namespace"),
        ({"title": "x", "namespace": "ada", "private": "perhaps"}, "private"),
    ],
)
def test_bad_input_is_named(web: TestClient, ada: dict[str, str], body: dict[str, Any], field: str) -> None:
    answer = web.post("/api/collections", headers=ada, json=body)
    assert answer.status_code == 400, answer.text
    assert field in answer.json()["error"]


@pytest.mark.parametrize(
    "query",
    [
        "sort=best",
        "limit=0",
        "limit=x",
        "cursor=zzz",
        "cursor=WyIxIiwiYSJd",
        "cursor=WyIxIiwxLCJhIl0",
        "cursor=WzEsLTEsImEiXQ",
    ],
)
def test_bad_queries_are_named(web: TestClient, ada: dict[str, str], query: str) -> None:
    answer = web.get(f"/api/collections?{query}")
    assert answer.status_code == 400
    assert query.split("=")[0] in answer.json()["error"]


@pytest.mark.parametrize("position", [-1, 1 << 40])
def test_a_position_is_a_place_in_the_list(web: TestClient, ada: dict[str, str], position: int) -> None:
    made = create(web, ada, item={"type": "model", "id": "ada/one"})
    path = f"/api/collections/{made['slug']}"
    for target in (path, f"{path}/items/{made['items'][0]['_id']}"):
        answer = web.patch(target, headers=ada, json={"position": position})
        assert answer.status_code == 400
        assert answer.json()["error"].startswith("position:")
    far = web.patch(f"{path}/items/{made['items'][0]['_id']}", headers=ada, json={"position": 77})
    assert far.json() == {"success": True}


def test_words_are_looked_for_in_titles_and_descriptions(web: TestClient, ada: dict[str, str]) -> None:
    create(web, ada, "Steel", description="What melts early")
    create(web, ada, "Iron", description="100% old_school")
    for words, title in (("MELTS", "Steel"), ("stee early", "Steel"), ("100%", "Iron"), ("d_s", "Iron")):
        found = web.get("/api/collections", params={"q": words}).json()
        assert [entry["title"] for entry in found] == [title], words
    assert web.get("/api/collections", params={"q": "steel school"}).json() == []
