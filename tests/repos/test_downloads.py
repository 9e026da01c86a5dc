"""Downloads: what counts, how often, for how long; and what trends by it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from openhearth.config import Settings
from openhearth.repos import Repo, RepoFilter
from openhearth.repos.downloads import Downloads
from openhearth.rooms import Hub, build_hub
from tests.repos.conftest import Workshop
from tests.support.hands import Hands

MARKED = {"X-HF-Download-Counter": "1"}


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def hub(tmp_path: Path, database_url: str, hands: Hands) -> Iterator[Hub]:
    settings = Settings(
        data=tmp_path / "data", database_url=database_url, rate_limit="off", public_url="http://hub.test"
    )
    hub = build_hub(settings, clock=hands)
    yield hub
    hub.ground.db.close()


@pytest.fixture
def repo(workshop: Workshop) -> Repo:
    repo = workshop.create()
    workshop.put(repo, config__json="{}", notes__txt="words", model__gguf="GGUF")
    return repo


def _counts(workshop: Workshop, repo: Repo) -> tuple[int, int]:
    workshop.repos.downloads.flush()
    now = workshop.repos.catalogue.find_by_key(repo.key)
    assert now is not None
    return now.downloads, now.downloads_all_time


@pytest.mark.parametrize(
    ("method", "path", "headers", "counts"),
    [
        ("GET", "config.json", {}, 1), ("GET", "model.gguf", {}, 1), ("GET", "notes.txt", MARKED, 1),
        ("HEAD", "notes.txt", MARKED, 1), ("GET", "notes.txt", {}, 0), ("HEAD", "config.json", {}, 0),
    ],
)  # fmt: skip
def test_a_download_is_announced_or_seen_by_the_file_that_loading_begins_with(
    web: TestClient,
    workshop: Workshop,
    repo: Repo,
    method: str,
    path: str,
    headers: dict[str, str],
    counts: int,
) -> None:
    assert web.request(method, f"/ada/tiny/resolve/main/{path}", headers=headers).status_code == 200
    assert _counts(workshop, repo) == (counts, counts)


def test_one_download_is_many_requests_and_each_client_has_its_own(
    web: TestClient, workshop: Workshop, repo: Repo
) -> None:
    ada = {"Authorization": f"Bearer {workshop.token(workshop.ada)}"}
    for _ in range(3):
        web.get("/ada/tiny/resolve/main/config.json")
        web.get("/ada/tiny/resolve/main/notes.txt", headers=MARKED)
        web.get("/ada/tiny/resolve/main/config.json", headers=ada)
    assert _counts(workshop, repo) == (2, 2)


def test_downloads_are_of_thirty_days_and_all_time_is_kept(
    web: TestClient, workshop: Workshop, repo: Repo, hands: Hands
) -> None:
    downloads = workshop.repos.downloads
    downloads.count(repo.key, "first")
    downloads.flush()
    hands.move(days=29)
    downloads.count(repo.key, "second")
    assert _counts(workshop, repo) == (2, 2)
    hands.move(days=1)
    assert _counts(workshop, repo) == (1, 2)
    assert _counts(workshop, repo) == (1, 2)
    hands.move(days=30)
    assert _counts(workshop, repo) == (0, 2)
    answer = web.get("/api/models/ada/tiny?expand=downloads&expand=downloadsAllTime").json()
    assert (answer["downloads"], answer["downloadsAllTime"]) == (0, 2)


@pytest.mark.both_engines
def test_two_processes_let_an_old_day_go_once(workshop: Workshop, repo: Repo, hands: Hands) -> None:
    other = Downloads(db=workshop.hub.ground.db, clock=hands)
    workshop.repos.downloads.count(repo.key, "first")
    workshop.repos.downloads.flush()
    hands.move(days=40)
    other.count(repo.key, "second")
    other.flush()
    assert _counts(workshop, repo) == (1, 2)


def test_what_is_liked_now_goes_before_what_was_liked_long_ago(workshop: Workshop, hands: Hands) -> None:
    old, new = workshop.create("old"), workshop.create("new")
    for who in (workshop.ada, workshop.ben, workshop.eve):
        workshop.repos.likes.like(who, old)
    assert _order(workshop) == ["old", "new"]
    hands.move(days=21)
    workshop.repos.likes.like(workshop.eve, new)
    assert _order(workshop) == ["new", "old"]
    workshop.repos.likes.unlike(workshop.eve, new)
    assert _order(workshop) == ["old", "new"]


@pytest.mark.both_engines
def test_liking_twice_or_taking_back_nothing_changes_no_score(workshop: Workshop, web: TestClient) -> None:
    repo = workshop.create()
    scores = []
    for act in (
        workshop.repos.likes.unlike,
        workshop.repos.likes.like,
        workshop.repos.likes.like,
        workshop.repos.likes.unlike,
    ):
        act(workshop.eve, repo)
        scores.append(web.get("/api/models/ada/tiny?expand=trendingScore").json()["trendingScore"])
    assert scores == [5, 15, 15, 5]


def test_a_score_fades_while_nobody_looks(workshop: Workshop, web: TestClient, hands: Hands) -> None:
    """The answer is made of the time as well: it is not one that is remembered."""
    workshop.repos.likes.like(workshop.eve, workshop.create())
    scores = []
    for _ in range(3):
        scores.append(web.get("/api/models/ada/tiny?expand=trendingScore").json()["trendingScore"])
        hands.move(days=7)
    assert scores[0] == 15
    assert scores[1] in (7, 8)  # and a half, less the moments that passed
    assert scores[2] in (3, 4)
    assert web.get("/api/models").json()[0]["trendingScore"] in (1, 2)


def _order(workshop: Workshop) -> list[str]:
    found = workshop.repos.catalogue.list_repos(workshop.ada, RepoFilter(type="model"), limit=10)
    return [listed.repo.ref.name for listed in found.items]
