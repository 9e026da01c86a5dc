"""What a namespace stores: only for its own people, and only of repos they may see."""

from __future__ import annotations

from starlette.testclient import TestClient

from tests.repos.conftest import Workshop

OWN, FORGE = "/api/settings/repositories", "/api/organizations/forge/settings/repositories"


def as_(workshop: Workshop, name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {workshop.token(getattr(workshop, name))}"}


def test_nobody_and_strangers_are_refused(web: TestClient, workshop: Workshop) -> None:
    assert web.get(OWN).status_code == web.get(FORGE).status_code == 401
    assert web.get(FORGE, headers=as_(workshop, "eve")).status_code == 403
    assert web.get(OWN, headers=as_(workshop, "eve")).json() == []


def test_the_largest_comes_first_and_pages_follow(web: TestClient, workshop: Workshop) -> None:
    workshop.put_large(workshop.create("large", visibility="private"), "a.bin", bytes(3000))
    workshop.put_large(workshop.create("small"), "a.bin", b"1" * 1000)
    workshop.create("in-forge", namespace="forge")
    listed = web.get(OWN, headers=as_(workshop, "ada")).json()
    assert [item["id"] for item in listed] == ["ada/large", "ada/small"]
    assert [item["visibility"] for item in listed] == ["private", "public"]
    assert listed[0]["storage"] >= 3000
    assert round(sum(item["storagePercent"] for item in listed)) == 100
    first = web.get(f"{OWN}?limit=1", headers=as_(workshop, "ada"))
    following = first.headers["Link"].partition(">")[0].removeprefix("<http://hub.test")
    assert first.json() + web.get(following, headers=as_(workshop, "ada")).json() == listed
    assert [item["id"] for item in web.get(FORGE, headers=as_(workshop, "ben")).json()] == ["forge/in-forge"]
