"""Likes: who may, how they are counted and listed, and that they give no private repo away."""

import pytest
from starlette.testclient import TestClient

from openhearth.access import NOBODY, Action
from openhearth.errors import Forbidden, Unauthenticated
from openhearth.repos import Repo, RepoFilter
from tests.repos.conftest import Workshop


@pytest.fixture
def repo(workshop: Workshop) -> Repo:
    return workshop.create()


def _likes(workshop: Workshop, repo: Repo) -> int:
    return workshop.repos.catalogue.get(workshop.ada, repo.ref).likes


def test_a_person_counts_once_and_can_take_it_back(workshop: Workshop, repo: Repo) -> None:
    likes = workshop.repos.likes
    assert [
        likes.like(workshop.eve, repo),
        likes.like(workshop.eve, repo),
        likes.like(workshop.ben, repo),
    ] == [1, 1, 2]
    assert likes.has_liked(workshop.eve, repo)
    assert likes.unlike(workshop.eve, repo) == likes.unlike(workshop.eve, repo) == _likes(workshop, repo) == 1
    assert not likes.has_liked(workshop.eve, repo)


def test_the_most_liked_repo_comes_first(workshop: Workshop, repo: Repo) -> None:
    workshop.create("other")
    workshop.repos.likes.like(workshop.eve, repo)
    for sort in ("likes", "trendingScore"):
        listed = workshop.repos.catalogue.list_repos(NOBODY, RepoFilter(type="model", sort=sort))
        assert [item.repo.ref.name for item in listed.items] == ["tiny", "other"]


def test_neither_nobody_nor_a_token_for_reading_likes_anything(workshop: Workshop, repo: Repo) -> None:
    with pytest.raises(Unauthenticated):
        workshop.repos.likes.like(NOBODY, repo)
    for token in (
        workshop.acting(workshop.eve, "read"),
        workshop.acting(workshop.eve, "fineGrained", eve=Action.ADMIN),
    ):
        with pytest.raises(Forbidden):
            workshop.repos.likes.like(token, repo)
    assert _likes(workshop, repo) == 0


def test_clients_like_and_list_over_the_api(workshop: Workshop, repo: Repo, web: TestClient) -> None:
    eve = {"Authorization": f"Bearer {workshop.token(workshop.eve)}"}
    assert web.post("/api/models/ada/tiny/like", headers=eve).json() == {"likes": 1}
    (liker,) = web.get("/api/models/ada/tiny/likers").json()
    assert (liker["user"], liker["type"]) == ("eve", "user")
    assert liker["avatarUrl"].endswith("/avatars/eve.svg")
    (liked,) = web.get("/api/users/eve/likes").json()
    assert liked["repo"] == {"name": "ada/tiny", "type": "model"}
    assert liked["createdAt"].endswith("Z")
    assert web.get("/api/models/ada/tiny").json()["likes"] == 1
    assert web.delete("/api/models/ada/tiny/like", headers=eve).json() == {"likes": 0}
    assert web.get("/api/users/eve/likes").json() == []
    assert (
        web.get("/api/users/forge/likes").status_code == web.get("/api/users/nobody/likes").status_code == 404
    )
    assert web.post("/api/models/ada/tiny/like").status_code == 401


def test_a_list_of_likes_goes_on_where_its_page_ends(workshop: Workshop, web: TestClient) -> None:
    for name in ("one", "two", "three"):
        workshop.repos.likes.like(workshop.eve, workshop.create(name))
    found, address = [], "/api/users/eve/likes?limit=2"
    while address:
        answer = web.get(address)
        found += [item["repo"]["name"] for item in answer.json()]
        address = answer.links.get("next", {}).get("url", "")
    assert sorted(found) == ["ada/one", "ada/three", "ada/two"]


def test_a_private_repo_is_in_nobodys_list_of_likes_but_that_of_its_readers(
    workshop: Workshop, web: TestClient
) -> None:
    secret = workshop.create("secret", visibility="private")
    workshop.repos.likes.like(workshop.ada, secret)
    ada, eve = (
        {"Authorization": f"Bearer {workshop.token(actor)}"} for actor in (workshop.ada, workshop.eve)
    )
    assert len(web.get("/api/users/ada/likes", headers=ada).json()) == 1
    for headers in (eve, {}):
        assert web.get("/api/users/ada/likes", headers=headers).json() == []
        for method, path in (("GET", "likers"), ("POST", "like"), ("DELETE", "like")):
            there, missing = (
                web.request(method, f"/api/models/ada/{name}/{path}", headers=headers)
                for name in ("secret", "absent")
            )
            assert there.status_code == missing.status_code == (404 if headers else 401)
            assert there.text.replace("secret", "absent") == missing.text


def test_likes_end_with_their_repo_and_follow_it_when_it_moves(workshop: Workshop, repo: Repo) -> None:
    likes = workshop.repos.likes
    likes.like(workshop.eve, repo)
    moved = workshop.repos.catalogue.move(workshop.ada, repo.ref, type(repo.ref)("model", "ada", "moved"))
    assert [like.repo for like in likes.list_liked(NOBODY, str(workshop.eve.user_id), limit=9).items] == [
        moved.ref
    ]
    workshop.repos.catalogue.delete(workshop.ada, moved.ref)
    assert likes.list_liked(NOBODY, str(workshop.eve.user_id), limit=9).items == []
