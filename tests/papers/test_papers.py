"""Papers: made of cards and of what people enter, and only of what the reader may see."""

from __future__ import annotations

import time
from typing import Any

import pytest
from starlette.testclient import TestClient

from openhearth.cards import find_entry, read_entry
from openhearth.errors import Conflict
from openhearth.kit.names import RepoRef
from openhearth.papers import PaperSpec
from openhearth.repos.records import RepoVisibility
from tests.repos.conftest import Workshop, workshop
from tests.repos_pages.conftest import Site, site

__all__ = ["site", "workshop"]

CARD = """# Steel

As told in [a paper](https://arxiv.org/abs/2401.12345).

```bibtex
@article{steel,
  title  = {Open Hearths {A}re All You Need},
  author = {Lovelace, Ada and Ben Forger},
  abstract = "We melt.",
  year = 2024, eprint={2401.12345}
}
```
"""


def _cite(workshop: Workshop, name: str, card: str = CARD, visibility: RepoVisibility = "public") -> None:
    repo = workshop.repos.catalogue.create(workshop.ada, RepoRef("model", "ada", name), visibility=visibility)
    workshop.put(repo, README__md=card)


@pytest.fixture
def ada(workshop: Workshop) -> dict[str, str]:
    return {"Authorization": f"Bearer {workshop.token(workshop.ada)}"}


def _search(web: TestClient, text: str, **more: Any) -> list[str]:
    return [one["paper"]["id"] for one in web.get(f"/api/papers/search?q={text}", **more).json()]


def test_nobody_enters_papers(web: TestClient, workshop: Workshop) -> None:
    body = {"id": "2401.12345", "title": "Mine"}
    assert web.post("/api/papers", json=body).status_code == 401
    reading = {"Authorization": f"Bearer {workshop.token(workshop.eve, 'read')}"}
    assert web.post("/api/papers", json=body, headers=reading).status_code == 403
    assert web.get("/api/papers/2401.12345").status_code == 404


def test_a_card_that_links_to_a_paper_makes_it_known(web: TestClient, workshop: Workshop) -> None:
    _cite(workshop, "steel")
    found = web.get("/api/papers/2401.12345v2").json()
    assert (found["id"], found["title"]) == ("2401.12345", "Open Hearths Are All You Need")
    assert [author["name"] for author in found["authors"]] == ["Ada Lovelace", "Ben Forger"]
    assert (found["summary"], found["publishedAt"]) == ("We melt.", "2024-01-01T00:00:00.000Z")
    assert [one["id"] for one in found["linkedModels"]] == ["ada/steel"]
    assert _search(web, "hearths") == ["2401.12345"]
    assert _search(web, "2401") == ["2401.12345"]
    assert _search(web, "submarines") == []
    markdown = web.get("/papers/2401.12345.md")
    assert markdown.headers["content-type"].startswith("text/markdown")
    assert "We melt." in markdown.text
    assert "ada/steel" in markdown.text


def test_what_only_a_private_repo_cites_is_known_to_its_readers_alone(
    web: TestClient, workshop: Workshop, ada: dict[str, str]
) -> None:
    _cite(workshop, "secret", visibility="private")
    for path in ("/api/papers/2401.12345", "/papers/2401.12345", "/papers/2401.12345.md"):
        assert web.get(path).status_code == 404
        assert web.get(path, headers=ada).status_code == 200
    assert _search(web, "hearths") == []
    assert _search(web, "hearths", headers=ada) == ["2401.12345"]
    _cite(workshop, "open", "See arxiv.org/abs/2401.12345")
    found = web.get("/api/papers/2401.12345").json()
    assert (found["title"], found["numTotalModels"]) == ("arXiv 2401.12345", 1)
    assert web.get("/api/papers/2401.12345", headers=ada).json()["numTotalModels"] == 2


def test_what_people_enter_is_listed_by_the_day_and_theirs_to_change(
    web: TestClient, workshop: Workshop, ada: dict[str, str]
) -> None:
    body = {"id": "2402.00001", "title": "Cold  Iron", "authors": ["Eve"], "summary": "It is cold."}
    eve = {"Authorization": f"Bearer {workshop.token(workshop.eve)}"}
    assert web.post("/api/papers", json=body, headers=eve).json()["title"] == "Cold Iron"
    assert web.post("/api/papers", json={**body, "title": "Warm"}, headers=ada).status_code == 409
    assert web.post("/api/papers", json={**body, "title": "Colder"}, headers=eve).status_code == 200
    day = web.get("/api/daily_papers").json()[0]["paper"]["submittedOnDailyAt"][:10]
    for query, count in (
        ("", 1), (f"date={day}", 1), ("date=2001-01-01", 0), (f"month={day[:7]}", 1), ("month=2001-12", 0), ("week=2001-W52", 0),
        ("submitter=eve", 1), ("submitter=ada", 0), ("submitter=nobody", 0), ("p=1", 0), ("limit=1", 1), ("sort=trending", 1),
    ):  # fmt: skip
        assert len(web.get(f"/api/daily_papers?{query}").json()) == count, query
    assert web.get("/api/daily_papers").json()[0]["title"] == "Colder"
    for query in ("date=soon", "week=2026", "month=2026-13", "p=-1", "p=x", "date=9999-12-31"):
        assert web.get(f"/api/daily_papers?{query}").status_code == 400, query


@pytest.mark.parametrize(
    "change",
    [{"id": "yesterday"}, {"id": "2413.00001"}, {"id": "2401.1"}, {"title": " "}, {"title": "x" * 501}, {"summary": "x" * 10_001},
     {"authors": ["x" * 201]}, {"authors": ["x"] * 201}],
)  # fmt: skip
def test_what_cannot_be_a_paper_is_refused(
    web: TestClient, ada: dict[str, str], change: dict[str, Any]
) -> None:
    body = {"id": "2401.12345", "title": "Steel", "authors": ["Ada"], "summary": "", **change}
    answer = web.post("/api/papers", json=body, headers=ada)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(next(iter(change)))
    assert web.get("/api/daily_papers").json() == []


@pytest.mark.both_engines
def test_two_people_who_enter_one_paper_at_once_get_one_paper(workshop: Workshop) -> None:
    papers = next(room.service for room in workshop.hub.rooms if room.name == "papers")
    papers.enter(workshop.ada, "2401.12345", PaperSpec(title="Steel", authors=[], summary=""))
    with pytest.raises(Conflict):
        papers.enter(workshop.eve, "2401.12345", PaperSpec(title="Mine", authors=[], summary=""))


@pytest.mark.parametrize(
    "body", ["@misc{", "@article{x, title={never closed", "no entry", "@misc{" + "{" * 10_000, ""]
)
def test_entries_that_never_end_are_none(body: str) -> None:
    assert find_entry(body) is None


def test_an_entry_made_to_be_slow_is_read_in_bounds() -> None:
    entry = find_entry("@misc{x," + "title={" * 500 + "}" * 501)
    assert entry is not None
    began = time.monotonic()
    read_entry(entry)
    assert time.monotonic() - began < 1


def test_entries_are_read_as_people_write_them() -> None:
    said = read_entry(
        '@misc{x,\n title="A {B} C", author={A. B. and Second, The}, year={2020}, note={arXiv:2001.00001}}'
    )
    assert (said.title, said.authors, said.year, said.papers) == (
        "A B C",
        ("A. B.", "The Second"),
        2020,
        ("2001.00001",),
    )


def test_the_pages_show_search_and_take_papers(site: Site) -> None:
    assert "No papers yet" in site.nobody.read("/papers")
    assert site.nobody.get("/papers/new").headers["location"].startswith("/login")
    repo = site.create("steel")
    site.commit(repo, {"README.md": "# Steel\n\nhttps://arxiv.org/abs/2401.12345"})
    assert "arXiv 2401.12345" in site.nobody.read("/papers")
    page = site.eve.read("/papers/2401.12345")
    assert "ada/steel" in page
    assert "fetches none from elsewhere" in page
    fields = {"id": "2401.12345", "title": "<b>Steel</b>", "authors": "Ada\nBen", "summary": "Hot."}
    made = site.eve.send("/papers/new", fields, page="/papers/new?id=2401.12345")
    assert made.headers["location"] == "/papers/2401.12345"
    assert "&lt;b&gt;Steel" in site.nobody.get("/papers/2401.12345").text
    assert "Edit" not in site.ada.read("/papers/2401.12345")
    assert "Edit" in site.eve.read("/papers/2401.12345")
    refused = site.ada.send("/papers/new", fields)
    assert refused.status_code == 409
    assert "entered by somebody else" in refused.text
    site.nobody.read("/papers/yesterday", status=404)
