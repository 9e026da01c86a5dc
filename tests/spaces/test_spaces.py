"""Spaces as apps, while they are kept and not run: honest states, and nothing told of what one may not see."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from openhearth.kit.names import RepoRef
from openhearth.repos import AddFile, Repo
from openhearth.repos.records import RepoVisibility
from tests.repos.conftest import Workshop


def space(workshop: Workshop, name: str, visibility: RepoVisibility = "public", title: str = "Tea") -> Repo:
    repo = workshop.repos.catalogue.create(
        workshop.ada, RepoRef("space", "ada", name), visibility=visibility, sdk="static"
    )
    card = f"---\ntitle: {title}\nemoji: 🫖\nsdk: static\nshort_description: Brews leaves\n---\n"
    workshop.commit(repo, AddFile("README.md", card.encode()))
    return repo


def as_(workshop: Workshop, name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {workshop.token(getattr(workshop, name))}"}


def test_nobody_learns_of_a_private_space(web: TestClient, workshop: Workshop) -> None:
    space(workshop, "secret", "private")
    for method, path in (("GET", "runtime"), ("GET", "secrets"), ("POST", "pause"), ("GET", "logs/run")):
        for headers in ({}, as_(workshop, "eve")):
            answer = web.request(method, f"/api/spaces/ada/secret/{path}", headers=headers)
            missing = web.request(method, f"/api/spaces/ada/never/{path}", headers=headers)
            assert answer.status_code == missing.status_code == (404 if headers else 401)
            assert answer.headers["X-Error-Code"] == "RepoNotFound"
    assert web.get("/api/spaces/semantic-search?q=tea").json() == []
    assert len(web.get("/api/spaces/semantic-search?q=tea", headers=as_(workshop, "ada")).json()) == 1


def test_a_space_says_that_it_does_not_run(web: TestClient, workshop: Workshop) -> None:
    repo = space(workshop, "tea")
    assert web.get("/api/spaces/ada/tea/runtime").json()["stage"] == "NO_APP_FILE"
    workshop.commit(repo, AddFile("index.html", b"<h1>Tea</h1>"))
    runtime = web.get("/api/spaces/ada/tea/runtime").json()
    assert runtime["stage"] == "STOPPED"
    assert "does not run them" in runtime["errorMessage"]
    assert web.get("/api/spaces/ada/tea?expand=runtime").json()["runtime"] == runtime


@pytest.mark.parametrize(
    ("method", "control"),
    [("POST", "secrets"), ("DELETE", "variables"), ("POST", "hardware"), ("POST", "restart"), ("PUT", "volumes")],
)  # fmt: skip
def test_controls_answer_501_to_their_owner_alone(
    web: TestClient, workshop: Workshop, method: str, control: str
) -> None:
    space(workshop, "tea")
    for name, status in (("ada", 501), ("eve", 403)):
        answer = web.request(
            method, f"/api/spaces/ada/tea/{control}", json={"key": "k"}, headers=as_(workshop, name)
        )
        assert answer.status_code == status
    assert web.request(method, f"/api/spaces/ada/tea/{control}", json={}).status_code == 401


def test_the_search_finds_words_in_titles_and_descriptions(web: TestClient, workshop: Workshop) -> None:
    space(workshop, "one", title="Green tea")
    space(workshop, "two", title="Coffee")

    def found(query: str) -> list[str]:
        return [item["id"] for item in web.get(f"/api/spaces/semantic-search?{query}").json()]

    assert found("q=GREEN") == ["ada/one"]
    assert sorted(found("q=leaves")) == ["ada/one", "ada/two"]
    assert found("q=leaves+coffee") == ["ada/two", "ada/one"]
    scores = [
        item["semanticRelevancyScore"]
        for item in web.get("/api/spaces/semantic-search?q=leaves+coffee").json()
    ]
    assert scores == [1.0, 0.5]
    assert found("q=leaves&sdk=gradio") == []
    assert web.get("/api/spaces/semantic-search?q=+").status_code == 400


def test_there_are_no_templates_and_no_hardware(web: TestClient) -> None:
    assert web.get("/api/spaces/templates").json() == {"templates": []}
    assert web.get("/api/spaces/hardware").json() == []
    assert web.get("/api/spaces/zero-gpu/quota").status_code == 501
