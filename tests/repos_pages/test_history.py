"""Pages of history: blame, a file through its renames, two revisions compared, protected branches."""

import re
from html import unescape

import pytest

from openhearth.repos import AddFile, CommitRequest, RemoveFile, Repo
from tests.repos_pages.conftest import Site

NAME = 'notes #1?%2F "ü" שלום.md'


@pytest.fixture
def repo(site: Site) -> Repo:
    repo = site.create()
    site.commit(repo, {"old.md": "one\ntwo\nthree\n"}, "Begin")
    site.commit(repo, {"old.md": "one\n2 <b>\nthree\n"}, "Say 2 <i>")
    moved = CommitRequest(
        summary="Rename", operations=[RemoveFile("old.md"), AddFile(NAME, b"one\n2 <b>\nthree\n")]
    )
    site.hub.repos.commits.commit(site.ada_actor, repo, "main", moved)
    return repo


def link(site: Site, page: str, label: str) -> str:
    """Where the link `label` of the page at the address `page` leads."""
    found = re.search(
        rf'href="([^"]+)"[^>]*>(?:<svg[^<]*(?:<path[^<]*>)?</svg>)?{label}<', site.nobody.get(page).text
    )
    assert found, label
    return unescape(found[1])


def address_of_notes(site: Site) -> str:
    files = site.nobody.get("/ada/tiny/tree/main").text
    return unescape(next(h for h in re.findall(r'href="(/ada/tiny/blob/main/[^"]+)"', files) if "notes" in h))


def test_nobody_blames_a_private_repo(site: Site) -> None:
    hidden = site.create("hidden", visibility="private")
    site.commit(hidden, {"a.txt": "a"})
    for path in ("/blame/main/a.txt", "/compare/main...main", "/commits/main/a.txt"):
        assert site.nobody.get(f"/ada/hidden{path}").status_code == 401
        assert site.eve.get(f"/ada/hidden{path}").status_code == 404


def test_blame_shows_lines_commits_and_the_way_further_back(site: Site, repo: Repo) -> None:
    page = site.nobody.get(link(site, address_of_notes(site), "Blame")).text
    assert "2 &lt;b&gt;" in page
    assert "<i>" not in page.replace('<i class="blame-key', "")
    assert page.count('class="blame__title"') == 3
    assert 'id="L3"' in page
    before = re.search(r'class="blame__previous" href="([^"]+old\.md)"', page)
    assert before
    assert "two" in site.nobody.read(before[1])


def test_what_cannot_be_blamed_says_why(site: Site, repo: Repo) -> None:
    site.commit(repo, {"long.txt": "x\n" * 1_100_000, "empty.txt": ""})
    refused = site.nobody.get("/ada/tiny/blame/main/long.txt")
    assert refused.status_code == 413
    assert "2 MiB are blamed here" in refused.text
    assert "The file is empty" in site.nobody.read("/ada/tiny/blame/main/empty.txt")
    assert site.nobody.get("/ada/tiny/blame/main/none.txt").status_code == 404
    assert site.nobody.get("/ada/tiny/blame/none/empty.txt").status_code == 404


def test_the_history_of_a_file_goes_through_its_renames(site: Site, repo: Repo) -> None:
    page = site.nobody.read(link(site, address_of_notes(site), "History"))
    assert "Begin" in page
    assert page.count("then named") == 2
    assert "old.md" in page


def test_two_revisions_are_compared_and_swapped(site: Site, repo: Repo) -> None:
    site.hub.repos.refs.create_branch(site.ada_actor, repo, "topic/a")
    request = CommitRequest(summary="On topic", operations=[AddFile("new.txt", b"new\n")])
    site.hub.repos.commits.commit(site.ada_actor, repo, "topic/a", request)
    site.commit(repo, {"other.txt": "on main\n"}, "On main")
    here = "/ada/tiny/compare/main...topic%2Fa"
    page = site.nobody.read(here)
    assert "On topic" in page
    assert "new.txt" in page
    assert "other.txt" not in page
    whole = site.nobody.read(link(site, here, "Compare the files as they are"))
    assert "other.txt" in whole
    swapped = site.nobody.read("/ada/tiny/compare/topic%2Fa...main")
    assert 'value="topic/a" list' in swapped
    assert "On main" in swapped
    assert "holds nothing that" in site.nobody.read("/ada/tiny/compare/main...main")
    missing = site.nobody.get("/ada/tiny/compare/main...gone")
    assert missing.status_code == 404
    assert "gone" in missing.text
    chosen = site.nobody.get("/ada/tiny/compare?base=main&head=topic%2Fa")
    assert chosen.headers["location"] == "/ada/tiny/compare/main...topic%2Fa"
    assert site.nobody.get("/ada/tiny/compare/main").status_code == 400


def test_the_api_gives_blame_comparison_versions_and_sizes(site: Site, repo: Repo) -> None:
    api = "/api/models/ada/tiny"
    name = "notes%20%231%3F%252F%20%22%C3%BC%22%20%D7%A9%D7%9C%D7%95%D7%9D.md"
    blame = site.nobody.get(f"{api}/blame/main/{name}").json()
    assert [run["lines"] for run in blame["lines"]] == [["one"], ["2 <b>"], ["three"]]
    assert {commit["title"] for commit in blame["commits"].values()} == {"Begin", "Say 2 <i>"}
    versions = site.nobody.get(f"{api}/commits/main/{name}?limit=2")
    assert [v["path"] for v in versions.json()] == [NAME, "old.md"]
    assert 'rel="next"' in versions.headers["link"]
    rest = site.nobody.get(f"{api}/commits/main/{name}?limit=2&p=1")
    assert [v["title"] for v in rest.json()] == ["Begin"]
    assert "link" not in rest.headers
    first = rest.json()[0]["id"]
    raw = site.nobody.get(f"{api}/compare/{first}..main")
    assert raw.headers["content-type"].startswith("text/plain")
    assert "rename from old.md" in raw.text
    assert site.nobody.get(f"{api}/compare/main..main").text == ""
    assert site.nobody.get(f"{api}/treesize/main/{name}").json() == {"path": NAME, "size": 16}
    assert site.nobody.get(f"{api}/treesize/main").json()["size"] > 16
    for missing in ("blame/main/none", "commits/main/none", "treesize/main/none", "compare/main..gone"):
        assert site.nobody.get(f"{api}/{missing}").status_code == 404
    assert site.nobody.get(f"{api}/compare/main").status_code == 400


def test_branches_are_protected_on_the_settings_page(site: Site, repo: Repo) -> None:
    of = "/ada/tiny/settings"
    assert (
        site.ada.send(f"{of}/protect", {"branch": "release/*", "admins_only": "on"}, page=of).status_code
        == 303
    )
    page = site.ada.read(of)
    assert "release/*" in page
    assert "admins only" in page
    wrong = site.ada.send(f"{of}/protect", {"branch": "a..b"}, page=of)
    assert wrong.status_code == 400
    assert "a..b" in wrong.text
    assert site.ada.send(f"{of}/unprotect", {"branch": "release/*"}, page=of).status_code == 303
    assert "release/*</span>" not in site.ada.read(of)
