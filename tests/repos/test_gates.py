"""Gated repos: who is let at the files, asking, and the owners' answers."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from openhearth.access import NOBODY, Action, Actor
from openhearth.errors import Conflict, Forbidden, Gated, Invalid, NotFound, RepoNotFound, Unauthenticated
from openhearth.events import AccessRequested, FilesOpened
from openhearth.repos import Repo
from openhearth.repos.gates import GateForm, read_gate_form
from openhearth.repos.records import Gating
from tests.repos.conftest import Workshop

CARD = """---
extra_gated_prompt: You agree to be **kind**.
extra_gated_fields:
  Company: text
  Country: country
  Since: date_picker
  Purpose:
    type: select
    options:
      - Research
      - label: Something else
        value: other
  I agree: checkbox
---
# Words
"""
ANSWERS = {"Company": "Forge", "Country": "SE", "Since": "2026-01-31", "Purpose": "other", "I agree": True}
OPEN = GateForm()


@pytest.fixture
def gated(workshop: Workshop) -> Callable[..., Repo]:
    def make(gating: Gating = "manual", namespace: str = "ada", card: str = "") -> Repo:
        repo = workshop.create(namespace=namespace)
        workshop.put(repo, a__txt="secret", README__md=card or "# Words")
        return workshop.repos.catalogue.change_settings(workshop.ada, repo, gated=gating)

    return make


def let_in(workshop: Workshop, actor: Actor, repo: Repo) -> bool:
    try:
        workshop.repos.catalogue.require_files(actor, repo)
    except Gated as refused:
        assert refused.status == (401 if actor.is_anonymous else 403)
        return False
    return True


def test_files_are_for_members_and_for_those_let_in(workshop: Workshop, gated: Callable[..., Repo]) -> None:
    repo = gated(namespace="forge")
    repo = workshop.repos.catalogue.change_settings(workshop.ada, repo, visibility="public")
    assert not let_in(workshop, NOBODY, repo)
    assert not let_in(workshop, workshop.eve, repo)
    assert let_in(workshop, workshop.ben, repo)
    assert let_in(workshop, workshop.ada, repo)
    workshop.repos.gates.grant(workshop.ben, repo, "Eve")
    assert let_in(workshop, workshop.eve, repo)
    workshop.repos.gates.answer(workshop.ben, repo, "pending", user="eve")
    assert not let_in(workshop, workshop.eve, repo)


def test_a_fine_grained_token_opens_what_it_names(workshop: Workshop, gated: Callable[..., Repo]) -> None:
    repo = gated()
    workshop.repos.gates.grant(workshop.ada, repo, "eve")
    assert let_in(workshop, workshop.acting(workshop.eve, "read"), repo)
    other = workshop.acting(workshop.eve, "fineGrained", models__eve__mine=Action.READ)
    assert not let_in(workshop, other, repo)
    assert "fine-grained token" in str(workshop.repos.admission.find_refusal(other, repo))
    assert let_in(workshop, workshop.acting(workshop.eve, "fineGrained", models__ada__tiny=Action.READ), repo)
    assert not let_in(
        workshop, workshop.acting(workshop.ada, "fineGrained", models__ada__x=Action.READ), repo
    )


def test_a_grant_opens_no_private_repo(workshop: Workshop, gated: Callable[..., Repo]) -> None:
    repo = gated()
    workshop.repos.gates.grant(workshop.ada, repo, "eve")
    workshop.repos.catalogue.change_settings(workshop.ada, repo, visibility="private")
    with pytest.raises(RepoNotFound):
        workshop.repos.catalogue.get(workshop.eve, repo.ref)


def test_an_automatic_gate_opens_to_whoever_asks(workshop: Workshop, gated: Callable[..., Repo]) -> None:
    repo, gates = gated("auto"), workshop.repos.gates
    assert gates.ask(workshop.eve, repo, OPEN, {}).status == "accepted"
    assert let_in(workshop, workshop.eve, repo)
    gates.answer(workshop.ada, repo, "pending", user="eve")
    assert gates.ask(workshop.eve, repo, OPEN, {}).status == "pending", "asking again does not undo the owner"
    with pytest.raises(Unauthenticated):
        gates.ask(NOBODY, repo, OPEN, {})
    with pytest.raises(Forbidden, match="token"):
        gates.ask(workshop.acting(workshop.eve, "read"), repo, OPEN, {})


def test_a_manual_gate_waits_and_a_rejection_says_why(workshop: Workshop, gated: Callable[..., Repo]) -> None:
    repo, gates = gated(), workshop.repos.gates
    heard: list[AccessRequested] = []
    workshop.hub.ground.events.subscribe({AccessRequested: heard.append})
    first = gates.ask(workshop.eve, repo, OPEN, {})
    assert first.status == "pending"
    assert gates.ask(workshop.eve, repo, OPEN, {}).id == first.id
    with pytest.raises(Invalid, match="rejections only"):
        gates.answer(workshop.ada, repo, "accepted", user="eve", reason="why not")
    gates.answer(workshop.ada, repo, "rejected", request_id=first.id, reason="too hot")
    assert "too hot" in str(workshop.repos.admission.find_refusal(workshop.eve, repo))
    with pytest.raises(Forbidden, match="too hot"):
        gates.ask(workshop.eve, repo, OPEN, {})
    assert [event.status for event in heard] == ["pending", "rejected"]
    assert heard[0].user_name == "eve"


def test_what_cannot_be_answered_is_refused(workshop: Workshop, gated: Callable[..., Repo]) -> None:
    repo, gates = gated(), workshop.repos.gates
    for user, request_id in (("eve", None), ("nobody-here", None), ("forge", None), (None, "0" * 24)):
        with pytest.raises(NotFound):
            gates.answer(workshop.ada, repo, "accepted", user=user, request_id=request_id)
    gates.grant(workshop.ada, repo, "eve")
    with pytest.raises(NotFound, match="already"):
        gates.answer(workshop.ada, repo, "accepted", user="eve")
    with pytest.raises(Invalid, match="already"):
        gates.grant(workshop.ada, repo, "eve")
    with pytest.raises(Forbidden):
        gates.list_requests(workshop.eve, repo, "pending", limit=10)
    with pytest.raises(Forbidden):
        gates.grant(workshop.acting(workshop.ada, "read"), repo, "ben")
    opened = workshop.repos.catalogue.change_settings(workshop.ada, repo, gated=False)
    with pytest.raises(Invalid, match="not gated"):
        gates.list_requests(workshop.ada, opened, "pending", limit=10)


@pytest.mark.both_engines
def test_two_owners_who_answer_at_once_do_not_overwrite_each_other(
    workshop: Workshop, gated: Callable[..., Repo], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo, gates = gated(), workshop.repos.gates
    asked = gates.ask(workshop.eve, repo, OPEN, {})
    eve = workshop.hub.accounts.people.get_user("eve")
    gates.answer(workshop.ada, repo, "rejected", user="eve")
    with pytest.raises(Conflict, match="same time"):
        gates._decide(workshop.ada, repo, asked, eve, "accepted", None)
    assert not let_in(workshop, workshop.eve, repo)


def test_files_that_are_not_for_everybody_are_announced(
    workshop: Workshop, gated: Callable[..., Repo]
) -> None:
    heard: list[FilesOpened] = []
    workshop.hub.ground.events.subscribe({FilesOpened: heard.append})
    catalogue, repo = workshop.repos.catalogue, gated()
    catalogue.require_files(workshop.ada, repo)
    with pytest.raises(Gated):
        catalogue.require_files(workshop.eve, repo)
    catalogue.require_files(NOBODY, replace(repo, gated=None))
    catalogue.require_files(workshop.ada, replace(repo, gated=None, visibility="private"))
    assert [event.actor_name for event in heard] == ["ada", "ada"]


def test_a_closed_account_leaves_no_grant(workshop: Workshop, gated: Callable[..., Repo]) -> None:
    repo, gates = gated(), workshop.repos.gates
    gates.grant(workshop.ada, repo, "eve")
    page = gates.list_requests(workshop.ada, repo, "accepted", limit=10)
    assert [(request.has_asked, who.name) for request, who in page.items] == [(False, "eve")]


# The form --------------------------------------------------------------------------------------------------------


def test_the_card_says_what_is_asked() -> None:
    form = read_gate_form(
        {
            "extra_gated_fields": {
                "Company": "text",
                "Why": {"type": "select", "options": ["a", {"label": "B", "value": "b"}]},
            }
        }
    )
    assert [(f.label, f.kind, list(f.options)) for f in form.fields] == [
        ("Company", "text", []),
        ("Why", "select", [("a", "a"), ("b", "B")]),
    ]


@pytest.mark.parametrize(
    "fields",
    [None, 7, "text", [1], {"a": None}, {"a": {"type": []}}, {"": "text"}, {"a": {"type": "select"}}],
)
def test_a_card_that_makes_no_sense_closes_nothing(fields: object) -> None:
    form = read_gate_form({"extra_gated_fields": fields, "extra_gated_prompt": {"a": 1}})
    assert all(field.kind == "text" for field in form.fields)
    form.check({field.label: "x" for field in form.fields})


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"Company": " "}, "Company"),
        ({"Company": "x" * 3000}, "Company"),
        ({"Company": "\0"}, "Company"),
        ({"Country": "Sweden"}, "Country"),
        ({"Since": "yesterday"}, "Since"),
        ({"Purpose": "Something else"}, "Purpose"),
        ({"I agree": False}, "I agree"),
    ],
)
def test_an_answer_that_is_amiss_is_named(
    workshop: Workshop, gated: Callable[..., Repo], changed: Mapping[str, object], named: str
) -> None:
    repo = gated(card=CARD)
    form = read_gate_form(workshop.repos.facts.get(repo).card)
    with pytest.raises(Invalid, match=f"^{named}:"):
        workshop.repos.gates.ask(workshop.eve, repo, form, {**ANSWERS, **changed})
    assert workshop.repos.gates.ask(workshop.eve, repo, form, ANSWERS).answers == ANSWERS


# The routes ------------------------------------------------------------------------------------------------------


@pytest.fixture
def eve(workshop: Workshop) -> dict[str, str]:
    return {"Authorization": f"Bearer {workshop.token(workshop.eve)}"}


@pytest.fixture
def ada(workshop: Workshop) -> dict[str, str]:
    return {"Authorization": f"Bearer {workshop.token(workshop.ada)}"}


API = "/api/models/ada/tiny"


def test_nobody_asks_or_answers(web: TestClient, gated: Callable[..., Repo]) -> None:
    gated()
    assert web.post(f"{API}/ask-access", json={}).status_code == 401
    for status in ("pending", "accepted", "rejected"):
        assert web.get(f"{API}/user-access-request/{status}").status_code == 401
    body = {"user": "eve", "status": "accepted"}
    assert web.post(f"{API}/user-access-request/handle", json=body).status_code == 401
    assert web.post(f"{API}/user-access-request/grant", json={"user": "eve"}).status_code == 401
    assert web.get(f"{API}/user-access-report").status_code == 401


def test_every_byte_of_a_gated_repo_is_refused_with_the_way_in(
    web: TestClient, gated: Callable[..., Repo], eve: dict[str, str]
) -> None:
    gated()
    assert web.get(API, headers=eve).json()["gated"] == "manual"
    assert web.get(f"{API}/tree/main").status_code == 200, "names are public, files are not"
    batch = {"operation": "download", "objects": [{"oid": "0" * 64, "size": 1}]}
    for method, path, body in (
        ("GET", "/ada/tiny/resolve/main/a.txt", None),
        ("HEAD", "/ada/tiny/resolve/main/a.txt", None),
        ("GET", "/ada/tiny/raw/main/a.txt", None),
        ("GET", f"{API}/auth-check", None),
        ("GET", f"{API}/xet-read-token/main", None),
        ("GET", "/ada/tiny.git/info/refs?service=git-upload-pack", None),
        ("POST", "/ada/tiny.git/info/lfs/objects/batch", batch),
    ):
        for headers, status in (({}, 401), (eve, 403)):
            answer = web.request(method, path, headers=headers, json=body)
            assert (answer.status_code, answer.headers["X-Error-Code"]) == (status, "GatedRepo"), path
            assert "http://hub.test/ada/tiny" in answer.headers["X-Error-Message"]


def test_owners_read_who_asked_page_by_page(
    web: TestClient, workshop: Workshop, gated: Callable[..., Repo], ada: dict[str, str], eve: dict[str, str]
) -> None:
    gated(card=CARD)
    assert web.post(f"{API}/ask-access", json={}, headers=eve).status_code == 400
    assert web.post(f"{API}/ask-access", json=ANSWERS, headers=eve).json()["status"] == "pending"
    ben = {"Authorization": f"Bearer {workshop.token(workshop.ben)}"}
    web.post(f"{API}/ask-access", json=ANSWERS, headers=ben)
    first = web.get(f"{API}/user-access-request/pending?limit=1", headers=ada)
    assert [item["user"]["user"] for item in first.json()] == ["ben"]
    second = web.get(first.headers["Link"][1:].partition(">")[0], headers=ada)
    assert [item["user"]["user"] for item in second.json()] == ["eve"]
    assert second.json()[0]["fields"] == ANSWERS
    assert "Link" not in second.headers
    for bad in ("nothing", "pending?cursor=bm8"):
        assert web.get(f"{API}/user-access-request/{bad}", headers=ada).status_code == 400
    answer = web.post(f"{API}/user-access-request/grant", json={"user": "eve"}, headers=ada)
    assert answer.json()["status"] == "accepted"
    assert web.get("/ada/tiny/resolve/main/a.txt", headers=eve).text == "secret"


def test_the_report_holds_no_formula(
    web: TestClient, gated: Callable[..., Repo], ada: dict[str, str], eve: dict[str, str]
) -> None:
    gated(card="---\nextra_gated_fields:\n  =Company: text\n---\nwords")
    web.post(f"{API}/ask-access", json={"=Company": '=HYPERLINK("x"),\nboo'}, headers=eve)
    answer = web.get(f"{API}/user-access-report", headers=ada)
    assert answer.headers["content-type"].startswith("text/csv")
    head, row = csv.reader(io.StringIO(answer.text))
    found = dict(zip(head, row, strict=True))
    assert found["username"] == "eve"
    assert found["fields"].startswith("'=")
