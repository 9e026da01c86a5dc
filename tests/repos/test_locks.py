"""Locks of files, as git-lfs asks for them."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from openhearth.accounts import OPERATOR
from tests.repos.conftest import Workshop

MEDIA = "application/vnd.git-lfs+json"


class Locker:
    def __init__(self, web: TestClient, workshop: Workshop, who: str) -> None:
        self.web = web
        self.headers = {"accept": MEDIA, "content-type": MEDIA}
        if who != "nobody":
            token = workshop.hub.accounts.tokens.create_for(OPERATOR, who, name=who, scope="write").value
            self.headers["authorization"] = f"Bearer {token}"

    def ask(self, method: str, path: str = "", body: object = None) -> tuple[int, Any]:
        url = f"/forge/team.git/info/lfs/locks{path}"
        answer = self.web.request(method, url, json=body, headers=self.headers)
        return answer.status_code, answer.json()


@pytest.fixture
def people(workshop: Workshop, web: TestClient) -> dict[str, Locker]:
    workshop.create("team", namespace="forge")
    return {who: Locker(web, workshop, who) for who in ("ada", "ben", "eve", "nobody")}


def test_nobody_locks_nothing_and_is_asked_who_they_are(people: dict[str, Locker]) -> None:
    assert people["nobody"].ask("GET") == (200, {"locks": []})  # the repo is public
    for path in ("", "/verify", "/x/unlock"):
        assert people["nobody"].ask("POST", path, {"path": "a.psd"})[0] == 401


def test_one_lock_a_path_and_the_second_hears_who_has_it(people: dict[str, Locker]) -> None:
    status, made = people["ben"].ask("POST", body={"path": "art/a b.psd", "ref": {"name": "refs/heads/main"}})
    assert status == 201
    assert made["lock"]["owner"] == {"name": "ben"}
    status, taken = people["ada"].ask("POST", body={"path": "art/a b.psd"})
    assert status == 409
    assert taken["lock"] == made["lock"]
    assert "already created lock" in taken["message"]
    assert people["ada"].ask("GET", "?path=art/a%20b.psd")[1]["locks"] == [made["lock"]]
    assert people["ada"].ask("GET", "?path=other")[1]["locks"] == []
    assert people["ada"].ask("POST", "/verify", {})[1] == {"ours": [], "theirs": [made["lock"]]}
    assert people["ben"].ask("POST", "/verify", {})[1] == {"ours": [made["lock"]], "theirs": []}


def test_locks_come_in_pages(people: dict[str, Locker]) -> None:
    for number in range(5):
        people["ben"].ask("POST", body={"path": f"{number}.psd"})
    seen, cursor = [], ""
    while True:
        _, page = people["ben"].ask("GET", f"?limit=2{cursor}")
        seen += [lock["path"] for lock in page["locks"]]
        if "next_cursor" not in page:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert sorted(seen) == [f"{number}.psd" for number in range(5)]
    _, first = people["ben"].ask("POST", "/verify", {"limit": 3})
    _, rest = people["ben"].ask("POST", "/verify", {"cursor": first["next_cursor"]})
    assert len(first["ours"]) == 3
    assert len(rest["ours"]) == 2


def test_own_locks_are_lifted_others_by_admins_with_force(people: dict[str, Locker]) -> None:
    _, made = people["ada"].ask("POST", body={"path": "a.psd"})
    unlock = f"/{made['lock']['id']}/unlock"
    status, said = people["ben"].ask("POST", unlock, {})
    assert status == 403
    assert "locked by ada" in str(said)
    status, said = people["ben"].ask("POST", unlock, {"force": True})
    assert status == 403
    assert "only admins" in str(said)
    assert people["ada"].ask("POST", unlock, {})[0] == 200
    assert people["ada"].ask("POST", unlock, {})[0] == 404
    _, made = people["ben"].ask("POST", body={"path": "a.psd"})
    assert people["ada"].ask("POST", f"/{made['lock']['id']}/unlock", {"force": True})[0] == 200


@pytest.mark.parametrize("path", ["../up", "", "a//b", 3, None])
def test_a_path_that_no_repo_holds_is_refused(people: dict[str, Locker], path: object) -> None:
    assert people["ben"].ask("POST", body={"path": path})[0] == 400
