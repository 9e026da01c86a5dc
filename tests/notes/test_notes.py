"""The warnings book of the hub: who sees what, what is counted, what a failure reminds of."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import cast

import pytest

from openhearth.access import NOBODY, Actor
from openhearth.errors import Invalid, NotFound, RepoNotFound, Unauthenticated
from openhearth.events import ModelSaid
from openhearth.notes import Notes
from openhearth.protocol.engine import Said
from openhearth.repos import Repo
from tests.repos_pages.conftest import Site

WARNING = Said(
    kind="warning", message="max_new_tokens and max_length are both set", source="transformers.generation.utils",
    category="UserWarning", means="Two limits for the length were given.", remedy="Give max_new_tokens alone.",
)  # fmt: skip


def book(site: Site) -> Notes:
    return cast(Notes, next(room for room in site.hub.rooms if room.name == "notes").service)


def actor(site: Site, name: str) -> Actor:
    user = site.hub.accounts.find_user(name)
    assert user is not None
    found = site.hub.accounts.find_standing(user.id)
    assert found is not None
    return found


def say(
    site: Site,
    repo: Repo,
    *notes: Said,
    who: str | None = "ada",
    run: str = "r1",
    task: str = "summarization",
) -> None:
    """As an engine's answer does."""
    user_id = actor(site, who).user_id if who else None
    said = ModelSaid(run_id=run, user_id=user_id, repo_key=repo.key, task=task, notes=notes)
    site.hub.ground.events.publish(said)


def test_nobody_keeps_no_book(site: Site) -> None:
    answer = site.nobody.get("/notes?model=ada/tiny")
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/login")
    assert site.nobody.send("/notes", {"text": "hello"}, page="/login").status_code == 401
    with pytest.raises(Unauthenticated, match="sign in"):
        book(site).list_notes(NOBODY)
    repo = site.create()
    assert book(site).related(NOBODY, "max_new_tokens", repo_key=repo.key, task="x") == []


@pytest.mark.both_engines
def test_a_warning_is_kept_once_a_run_and_counted(site: Site) -> None:
    repo = site.create()
    say(site, repo, WARNING)
    say(site, repo, WARNING, WARNING)
    say(site, repo, WARNING, run="r2")
    say(site, repo, WARNING, who="eve")
    mine = book(site).list_notes(actor(site, "eve"))
    assert [(note.run_id, note.count) for note in mine] == [("r1", 1)]
    of_run = book(site).list_notes(actor(site, "ada"), run_id="r2")
    assert [(note.message, note.count) for note in of_run] == [(WARNING.message, 1)]
    page = site.ada.read("/notes")
    assert (
        "3 times" in page and "Give max_new_tokens alone." in page and "transformers.generation.utils" in page
    )
    assert 'href="/ada/tiny"' in page and "summarization" in page


def test_eve_sees_her_own_runs_and_ada_those_on_her_model(site: Site) -> None:
    repo = site.create()
    say(site, repo, WARNING, who="eve", run="of-eve")
    say(site, repo, Said(kind="warning", message="only for ada"), who="ada", run="of-ada")
    say(site, repo, Said(kind="warning", message="a visitor's"), who=None, run="of-nobody")
    assert [n.run_id for n in book(site).list_notes(actor(site, "eve"))] == ["of-eve"]
    assert {n.run_id for n in book(site).list_notes(actor(site, "ada"))} == {"of-eve", "of-ada", "of-nobody"}
    eve = site.eve.read("/notes")
    assert "only for ada" not in eve and "visitor" not in eve
    assert "only for ada" not in site.eve.read("/notes?run=of-ada")


def test_members_who_write_see_what_was_said_of_their_organisations_models(site: Site) -> None:
    repo = site.create("shared", namespace="forge")
    say(site, repo, WARNING)
    assert WARNING.message in site.ben.read("/notes?model=forge/shared")
    assert WARNING.message not in site.eve.read("/notes?model=forge/shared")


def test_a_private_model_is_never_named_to_others(site: Site) -> None:
    repo = site.create("secret-plan")
    say(site, repo, WARNING, who="eve")
    assert "secret-plan" in site.eve.read("/notes")
    site.hub.repos.catalogue.change_settings(site.ada_actor, repo, visibility="private")
    page = site.eve.read("/notes")
    assert WARNING.message in page and "secret-plan" not in page and "closed to you now" in page
    with pytest.raises(RepoNotFound):
        book(site).list_notes(actor(site, "eve"), model=repo.ref)
    assert site.eve.get("/notes?model=ada/secret-plan").status_code in (401, 404)
    with pytest.raises(RepoNotFound):
        book(site).remark(actor(site, "eve"), "hm", model=repo.ref)


def test_what_goes_with_a_model_or_a_run_that_is_gone(site: Site) -> None:
    repo = site.create()
    say(site, repo, WARNING)
    site.hub.repos.catalogue.delete(site.ada_actor, repo.ref)
    assert book(site).list_notes(actor(site, "ada")) == []
    say(site, repo, WARNING)  # an engine that still ran: told to nobody, broken by nothing
    assert book(site).list_notes(actor(site, "ada")) == []


def test_people_add_notes_and_take_their_own_away(site: Site) -> None:
    repo = site.create()
    say(site, repo, WARNING)
    added = site.ada.send("/notes", {"text": "odd on <b>short</b> texts", "run": "r1"})
    assert added.headers["location"] == "/notes?run=r1"
    assert (
        site.eve.send("/notes", {"text": "fine here", "model": "ada/tiny"}, page="/notes").status_code == 303
    )
    run = book(site).list_notes(actor(site, "ada"), run_id="r1")
    assert {(n.kind, n.task) for n in run} == {("remark", "summarization"), ("warning", "summarization")}
    assert "<b>short" not in site.ada.get("/notes").text
    (of_eve,) = book(site).list_notes(actor(site, "eve"))
    assert site.ada.send(f"/notes/{of_eve.id}/forget", {}, page="/notes").status_code == 404
    with pytest.raises(NotFound, match="of yours"):
        book(site).forget(actor(site, "ada"), of_eve.id)
    assert site.eve.send(f"/notes/{of_eve.id}/forget", {}, page="/notes").status_code == 303
    assert book(site).list_notes(actor(site, "eve")) == []


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"text": " "}, "note: is empty"),
        ({"text": "x" * 10_001}, "use at most 10000"),
        ({"text": "x", "model": "none"}, "namespace/name"),
        ({"text": "x", "model": "ada/none"}, "ada/none"),
        ({"text": "x", "run": "none"}, "no run 'none'"),
    ],
)
def test_a_note_that_cannot_be_kept_comes_back_with_a_sentence(
    site: Site, fields: dict[str, str], says: str
) -> None:
    answer = site.ada.send("/notes", fields)
    assert 400 <= answer.status_code < 500
    assert says in unescape(answer.text)


def test_a_failure_shows_the_earlier_notes_that_share_something_with_it(site: Site) -> None:
    repo = site.create()
    other = Said(kind="warning", message="the tokenizer is slow", source="tokenizers")
    say(site, repo, WARNING, other)
    book(site).remark(actor(site, "ada"), "max_new_tokens above 500 breaks it", model=repo.ref)
    failure = "ValueError: max_new_tokens must be greater than 0"
    say(site, repo, Said(kind="failure", message=failure, source="transformers.generation.utils"), run="r2")
    found = book(site).related(
        actor(site, "ada"), failure.partition(": ")[2], repo_key=repo.key, task="summarization"
    )
    assert [one.note.message for one in found] == [WARNING.message, "max_new_tokens above 500 breaks it"]
    assert "the same option max_new_tokens" in found[0].reasons
    assert "the same module transformers.generation.utils" in found[0].reasons
    assert "the same model" in found[0].reasons and repo.key not in str(found[0].reasons)
    assert book(site).related(actor(site, "eve"), failure, repo_key=repo.key, task="summarization") == []


def test_what_was_said_in_the_run_that_failed_stands_first_and_leads_to_what_shares_its_tensors(
    site: Site,
) -> None:
    repo, other = site.create(), site.create("other")
    say(
        site, other, Said(kind="report", message="classifier.weight was filled with random numbers"), run="r0"
    )
    say(site, other, Said(kind="warning", message="nothing in common"), run="r0")
    report = Said(kind="report", message="classifier.weight has another shape")
    say(site, repo, report, Said(kind="failure", message="Invalid: it cannot be loaded"), run="r1")
    found = book(site).related(actor(site, "ada"), "it cannot be loaded", repo_key=repo.key, task="x")
    assert [one.note.message for one in found] == [
        report.message,
        "classifier.weight was filled with random numbers",
    ]
    assert found[0].reasons == ["it was said in this very run"]
    assert "the same tensor classifier.weight" in found[1].reasons


def test_old_warnings_are_forgotten_and_remarks_are_not(site: Site) -> None:
    repo = site.create()
    say(site, repo, WARNING)
    notes, ada = book(site), actor(site, "ada")
    notes.remark(ada, "mine", model=repo.ref)
    now = site.hub.ground.clock()
    notes.forget_old()
    assert len(notes.list_notes(ada)) == 2
    later = Notes(db=site.hub.ground.db, clock=lambda: now + timedelta(days=91), repos=site.hub.repos)
    later.forget_old()
    assert [n.message for n in notes.list_notes(ada)] == ["mine"]
    with pytest.raises(Invalid):
        notes.remark(ada, "")
