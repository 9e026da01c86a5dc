"""The JSON routes: nobody first, private repos invisible in each, shapes that the client does not read."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import httpx2 as httpx
import pytest
from starlette.testclient import TestClient

from openhearth.kit.names import RepoRef, RepoType
from openhearth.repos import AddFile, CommitRequest, Repo
from tests.repos.conftest import Workshop

BASE = "/api/models/ada/tiny/discussions"
ROUTES: list[tuple[str, str, dict[str, Any] | None]] = [
    ("GET", "", None),
    ("POST", "", {"title": "Hello", "description": "", "pullRequest": True}),
    ("PUT", "/settings", {"disabled": True}),
    ("GET", "/1", None),
    ("GET", "/1?diff=1", None),
    ("GET", "/99", None),
    ("POST", "/1/comment", {"comment": "x"}),
    ("POST", "/1/title", {"title": "Better"}),
    ("POST", "/1/status", {"status": "closed"}),
    ("POST", "/1/merge", None),
    ("POST", "/1/pin", {"pinned": True}),
    ("POST", "/1/lock", {"locked": True}),
    ("DELETE", "/1/ref", None),
    ("POST", "/1/comment/0123/edit", {"content": "x"}),
    ("POST", "/1/comment/0123/hide", None),
    ("POST", "/1/comment/0123/reaction", {"reaction": "heart"}),
    ("DELETE", "/1/comment/0123/reaction", {"reaction": "heart"}),
]


@pytest.fixture
def ada(workshop: Workshop) -> dict[str, str]:
    return {"Authorization": f"Bearer {workshop.token(workshop.ada)}"}


@pytest.fixture
def eve(workshop: Workshop) -> dict[str, str]:
    return {"Authorization": f"Bearer {workshop.token(workshop.eve)}"}


def make(workshop: Workshop, **options: Any) -> Repo:
    """A repo of ada's with a pull request, #1, of hers."""
    repo = workshop.create(**options)
    request = CommitRequest(summary="Say secret words", operations=[AddFile("secret.txt", b"hush\n")])
    workshop.repos.commits.propose(workshop.ada, repo, "main", request)
    return repo


def test_nobody_reads_what_is_public_and_changes_nothing(workshop: Workshop, web: TestClient) -> None:
    repo = make(workshop)
    for method, path, body in ROUTES:
        answer = web.request(method, BASE + path, json=body)
        expected = (404 if "99" in path else 200) if method == "GET" else 401
        assert answer.status_code == expected, (method, path, answer.text)
    pull = workshop.hub.community.discussions.threads.get(repo, 1)
    assert (pull.status, pull.title, pull.comment_count) == ("open", "Say secret words", 1)


@pytest.mark.parametrize("who", ["nobody", "eve"])
def test_a_private_repo_is_as_one_that_does_not_exist(
    workshop: Workshop, web: TestClient, eve: dict[str, str], who: str
) -> None:
    make(workshop, visibility="private")
    headers = eve if who == "eve" else {}
    for method, path, body in ROUTES:
        answer = web.request(method, BASE + path, json=body, headers=headers)
        missing = web.request(method, BASE.replace("tiny", "none") + path, json=body, headers=headers)
        assert answer.status_code == missing.status_code == (404 if who == "eve" else 401), path
        assert answer.headers["X-Error-Code"] == "RepoNotFound"
        assert answer.text.replace("tiny", "none") == missing.text
        assert "secret" not in answer.text


def test_what_writers_do_eve_may_not(workshop: Workshop, web: TestClient, eve: dict[str, str]) -> None:
    make(workshop)
    for method, path, body in ROUTES:
        if method == "GET" or path in ("", "/1/comment") or "0123" in path:
            continue
        answer = web.request(method, BASE + path, json=body, headers=eve)
        assert answer.status_code == 403, (path, answer.text)


@pytest.mark.parametrize("query", ["type=no", "status=merged", "p=-1", "p=x"])
def test_a_bad_filter_is_named(workshop: Workshop, web: TestClient, query: str) -> None:
    make(workshop)
    answer = web.get(f"{BASE}?{query}")
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.json()["error"]


def test_long_lists_come_in_pages(workshop: Workshop, web: TestClient) -> None:
    repo = make(workshop)
    threads = workshop.hub.community.discussions.threads
    for number in range(54):
        threads.open(workshop.eve, repo, title=f"Talk {number}", description="")
    first, second = (web.get(f"{BASE}?p={page}").json() for page in (0, 1))
    assert (first["count"], first["start"], len(first["discussions"])) == (55, 0, 50)
    assert (second["count"], second["start"], len(second["discussions"])) == (55, 50, 5)
    assert web.get(f"{BASE}?p=7").json()["discussions"] == []


def test_pinned_ones_come_first_and_reactions_are_told(
    workshop: Workshop, web: TestClient, ada: dict[str, str], eve: dict[str, str]
) -> None:
    repo = make(workshop)
    workshop.hub.community.discussions.threads.open(workshop.eve, repo, title="Later", description="")
    assert web.post(f"{BASE}/1/pin", json={"pinned": True}, headers=ada).json()["newPinning"]["data"][
        "pinned"
    ]
    assert [d["num"] for d in web.get(BASE).json()["discussions"]] == [1, 2]
    opening = web.get(f"{BASE}/1").json()["events"][0]["id"]
    told = web.post(f"{BASE}/1/comment/{opening}/reaction", json={"reaction": "heart"}, headers=eve).json()
    assert told["updatedComment"]["data"]["reactions"] == [
        {"reaction": "heart", "users": ["eve"], "count": 1}
    ]
    back = web.request(
        "DELETE", f"{BASE}/1/comment/{opening}/reaction", json={"reaction": "heart"}, headers=eve
    )
    assert back.json()["updatedComment"]["data"]["reactions"] == []


def test_a_comment_on_a_line_carries_its_anchor(
    workshop: Workshop, web: TestClient, eve: dict[str, str]
) -> None:
    make(workshop)
    body = {"comment": "Louder!", "anchor": {"path": "secret.txt", "line": 1}}
    said = web.post(f"{BASE}/1/comment", json=body, headers=eve).json()["newMessage"]
    assert (said["data"]["anchor"]["path"], said["data"]["anchor"]["text"]) == ("secret.txt", "hush")
    for bad in ({"path": "secret.txt", "line": 9}, {"path": "secret.txt", "line": 1, "side": "up"}):
        answer = web.post(f"{BASE}/1/comment", json={"comment": "x", "anchor": bad}, headers=eve)
        assert answer.status_code == 400


def test_the_files_of_a_gated_repo_do_not_leak_through_a_diff(
    workshop: Workshop, web: TestClient, ada: dict[str, str], eve: dict[str, str]
) -> None:
    repo = make(workshop)
    said = {"comment": "Louder!", "anchor": {"path": "secret.txt", "line": 1}}
    web.post(f"{BASE}/1/comment", json=said, headers=ada)
    assert "hush" in web.get(f"{BASE}/1?diff=1", headers=eve).text
    workshop.repos.catalogue.change_settings(workshop.ada, repo, gated="manual")
    told = web.get(f"{BASE}/1?diff=1", headers=eve)
    assert told.status_code == 200, "what people say of a gated repo is open"
    assert "Louder!" in told.text
    assert "hush" not in told.text
    page = web.get("/ada/tiny/discussions/1", headers=eve).text
    assert "Louder!" in page
    assert "hush" not in page
    assert web.get("/ada/tiny/discussions/1/files", headers=eve).status_code == 403
    assert "hush" in web.get(f"{BASE}/1?diff=1", headers=ada).text
    propose = web.post(f"{BASE.removesuffix('/discussions')}/commit/main?create_pr=1", headers=eve)
    assert propose.headers["X-Error-Code"] == "GatedRepo"


def test_a_pull_request_for_a_branch_by_every_step_of_an_upload(
    workshop: Workshop, web: TestClient, eve: dict[str, str]
) -> None:
    repo = workshop.create()
    workshop.repos.refs.create_branch(workshop.ada, repo, "feature/x")
    workshop.repos.refs.create_tag(workshop.ada, repo, "v1")
    model, commit = "/api/models/ada/tiny", workshop.repos.content.resolve(repo)
    lines = [
        {"key": "header", "value": {"summary": "Add notes", "description": ""}},
        {"key": "file", "value": {"path": "notes.txt", "content": "b25lCg==", "encoding": "base64"}},
    ]
    body = "\n".join(map(json.dumps, lines))
    planned = {"files": [{"path": "notes.txt", "size": 4, "sample": "b25lCg=="}]}

    def walk(revision: str) -> list[httpx.Response]:
        asked = f"{quote(revision, safe='')}?create_pr=1"
        return [
            web.post(f"{model}/preupload/{asked}", json=planned, headers=eve),
            web.get(f"{model}/xet-write-token/{asked}", headers=eve),
            web.post(f"{model}/commit/{asked}", content=body, headers=eve),
        ]

    answers = walk("feature/x")
    assert [answer.status_code for answer in answers] == [200] * 3
    assert answers[2].json()["pullRequestUrl"].endswith("/ada/tiny/discussions/1")
    details = web.get(f"{BASE}/1?diff=1").json()
    assert details["changes"] == {"base": "refs/heads/feature/x"}
    assert "+one" in details["diff"]
    for wrong in ("never", "v1", commit, "refs/pr/1"):
        preupload, _, refused = walk(wrong)
        for answer in (preupload, refused):
            assert answer.status_code == 404, wrong
            assert answer.headers["X-Error-Code"] == "RevisionNotFound"
            assert "is no branch of ada/tiny" in answer.json()["error"]
    body_of_draft = {"title": "Later", "pullRequest": True, "base": "feature/x"}
    assert web.post(BASE, json=body_of_draft, headers=eve).json()["num"] == 2
    assert web.get(f"{BASE}/2").json()["changes"]["base"] == "refs/heads/feature/x"


@pytest.mark.parametrize("kind", ["dataset", "space", "kernel"])
def test_every_type_of_repo_has_discussions(
    workshop: Workshop, web: TestClient, eve: dict[str, str], kind: RepoType
) -> None:
    sdk = "static" if kind == "space" else None
    repo = workshop.repos.catalogue.create(workshop.ada, RepoRef(kind, "ada", "other"), sdk=sdk)
    base = f"/api/{repo.ref.plural}/ada/other/discussions"
    made = web.post(base, json={"title": "Hello", "description": "", "pullRequest": True}, headers=eve).json()
    assert made["num"] == 1
    details = web.get(f"{base}/1").json()
    assert details["repo"] == {"name": "ada/other", "type": kind}
    assert (details["status"], details["changes"]["base"]) == ("draft", "refs/heads/main")
    assert web.get(f"/{repo.ref.plural}/ada/other/discussions/1").status_code == 200


def test_a_moved_repo_takes_its_discussions_along(workshop: Workshop, web: TestClient) -> None:
    repo = make(workshop)
    workshop.repos.catalogue.move(workshop.ada, repo.ref, RepoRef("model", "ada", "moved"))
    answer = web.get(f"{BASE}/1?diff=1")
    assert answer.status_code == 307
    assert web.get(answer.headers["location"]).json()["repo"]["name"] == "ada/moved"
    assert web.get("/ada/tiny/discussions/1").headers["location"].endswith("/ada/moved/discussions/1")
