"""The pages in a browser without script."""

from __future__ import annotations

import html
import re

import pytest

from openhearth.repos import AddFile, CommitRequest, Repo
from openhearth.wire.request import SESSION_COOKIE, Credentials
from tests.repos_pages.conftest import Site, site

__all__ = ["site"]

STORY = "".join(f"line {number}\n" for number in range(1, 21))


@pytest.fixture
def repo(site: Site) -> Repo:
    repo = site.create()
    site.commit(repo, {"story.txt": STORY})
    return repo


def number_in(location: str) -> int:
    found = re.fullmatch(r"/ada/tiny/discussions/(\d+).*", location)
    assert found, location
    return int(found[1])


def propose(site: Site, text: str = STORY.replace("line 3", "LINE 3"), branch: str = "main") -> str:
    """Eve edits the story in the browser; gives the page of her pull request."""
    edit = f"/ada/tiny/edit/{branch}/story.txt"
    page = site.eve.read(edit)
    parent = re.search(r'name="parent" value="([0-9a-f]{40})"', page)
    assert parent
    fields = {"text": text, "summary": "Shout on line 3", "parent": parent[1]}
    answer = site.eve.send(edit, fields)
    assert answer.status_code == 303, answer.text
    number_in(answer.headers["location"])
    return str(answer.headers["location"])


def test_nobody_reads_and_is_asked_to_sign_in(site: Site, repo: Repo) -> None:
    here = propose(site)
    page = site.nobody.read(here)
    assert "Shout on line 3" in page
    assert f"/login?next={here}" in page
    assert 'action="/ada/tiny/discussions/1/comment"' not in page
    assert "Merge" not in re.sub(r'aria-label="Merge"', "", page.partition("<main")[2])
    answer = site.nobody.send(f"{here}/comment", {"comment": "x"}, page="/ada/tiny")
    assert answer.headers["location"].startswith("/login")
    assert site.nobody.get("/ada/tiny/discussions/new").headers["location"].startswith("/login")
    assert site.nobody.get("/ada/tiny/edit/main/story.txt").status_code == 401
    assert "/edit/main/" not in site.nobody.read("/ada/tiny/blob/main/story.txt")


def test_a_private_repo_is_not_there(site: Site, repo: Repo) -> None:
    propose(site)
    site.hub.repos.catalogue.change_settings(site.ada_actor, repo, visibility="private")
    for path in ("", "/new", "/1", "/1/files", "/1/commits", "/99"):
        for browser in (site.nobody, site.eve):
            answer = browser.get(f"/ada/tiny/discussions{path}")
            missing = browser.get(f"/ada/none/discussions{path}")
            assert answer.status_code == missing.status_code in (401, 404), path
            assert answer.text == missing.text.replace("none", "tiny")
            assert "Shout" not in answer.text


def test_two_people_talk(site: Site, repo: Repo) -> None:
    assert "Nothing is open" in site.eve.read("/ada/tiny/discussions")
    wrong = site.eve.send("/ada/tiny/discussions/new", {"title": "ab", "description": "kept text"})
    assert wrong.status_code == 400
    assert "title: has 2 characters" in wrong.text
    assert "kept text" in wrong.text
    made = site.eve.send("/ada/tiny/discussions/new", {"title": "A question", "description": "Is it *hot*?"})
    here = made.headers["location"]
    assert "<em>hot</em>" in site.ada.read(here)
    site.ada.send(f"{here}/comment", {"comment": "Very, @eve", "then": ""}, page=here)
    page = site.eve.read(here)
    assert '<a href="/eve"' in page
    comment = re.findall(r'<article class="comment" id="([0-9a-f]{24})"', page)[1]
    site.ada.send(f"{here}/comment/{comment}/edit", {"content": "Very hot"})
    assert "edited</summary>" in site.eve.read(here)
    site.eve.send(f"{here}/comment/{comment}/react", {"reaction": "fire"}, page=here)
    assert "fire, 1" in site.ada.read(here)
    site.eve.send(f"{here}/comment/{comment}/react", {"reaction": "-fire"}, page=here)
    assert "fire, 1" not in site.ada.read(here)
    assert site.eve.get(f"{here}/comment/{comment}/edit").status_code == 403
    site.ada.send(f"{here}/comment/{comment}/hide", {}, page=here)
    assert "has been hidden" in site.eve.read(here)
    site.eve.send(f"{here}/title", {"title": "An old question"}, page=here)
    site.eve.send(f"{here}/comment", {"comment": "Thanks", "then": "closed"}, page=here)
    assert "An old question" in site.nobody.read("/ada/tiny/discussions?status=closed")
    assert "An old question" not in site.nobody.read("/ada/tiny/discussions")
    site.ada.send(f"{here}/lock", {"value": "1"}, page=here)
    assert 'name="comment"' not in site.eve.read(here)
    assert site.eve.send(f"{here}/comment", {"comment": "still"}, page="/ada/tiny").status_code == 403


def test_eve_proposes_ada_comments_on_a_line_and_merges(site: Site, repo: Repo) -> None:
    assert "Propose the change" in site.eve.read("/ada/tiny/edit/main/story.txt")
    here = propose(site)
    assert "Community" in site.nobody.read("/ada/tiny")
    files = site.ada.read(f"{here}/files?at=new:3:story.txt")
    assert "LINE 3" in files
    assert "Your comment on line 3" in files
    fields = {"side": "new", "line": "3", "path": "story.txt", "comment": "Why so *loud*?"}
    empty = site.ada.send(f"{here}/files", {**fields, "comment": " "})
    assert empty.status_code == 400
    assert "comment: is empty" in empty.text
    assert site.ada.send(f"{here}/files", fields).status_code == 303
    assert "<em>loud</em>" in site.eve.read(f"{here}/files")
    assert "story.txt:3" in site.eve.read(here)
    assert "Shout on line 3" in site.nobody.read(f"{here}/commits")
    assert site.eve.send(f"{here}/merge", {}, page=here).status_code == 403
    site.ada.send(f"{here}/merge", {}, page=here)
    assert "Merged into main" in site.eve.read(here)
    assert b"LINE 3" in site.file(repo, "story.txt")
    site.eve.send(f"{here}/ref", {}, page=here)
    assert "LINE 3" in site.nobody.read(f"{here}/files")


def test_an_outdated_comment_says_so(site: Site, repo: Repo) -> None:
    here = propose(site)
    fields = {"side": "new", "line": "3", "path": "story.txt", "comment": "Why?"}
    site.ada.send(f"{here}/files", fields)
    eve = site.hub.accounts.identify(Credentials(session=site.eve.cookies[SESSION_COOKIE]))
    request = CommitRequest(summary="Whisper", operations=[AddFile("story.txt", STORY.encode() + b"end\n")])
    site.hub.repos.commits.commit(eve, repo, "refs/pr/1", request)
    assert "outdated" in site.ada.read(here)
    assert "1 comment on lines that changed" in site.ada.read(f"{here}/files")


def test_the_merge_box_names_what_contradicts(site: Site, repo: Repo) -> None:
    here = propose(site)
    site.commit(repo, {"story.txt": STORY.replace("line 3", "lane 3")})
    page = site.ada.read(here)
    assert "contradicts main in 1 file" in page
    assert f'action="{here}/merge"' not in page
    assert site.ada.send(f"{here}/merge", {}, page=here).status_code == 409
    assert "The same lines changed on main" in site.ada.read(f"{here}/files")


def test_a_pull_request_for_a_branch_names_it_everywhere(site: Site, repo: Repo) -> None:
    site.hub.repos.refs.create_branch(site.ada_actor, repo, "dev")
    assert "Propose the change" in site.eve.read("/ada/tiny/edit/dev/story.txt")
    assert 'href="/ada/tiny/edit/dev/story.txt"' in site.eve.read("/ada/tiny/blob/dev/story.txt")
    here = propose(site, branch="dev")
    page = site.ada.read(here)
    assert "refs/pr/1 → dev" in page
    assert "It fits dev" in page
    assert "git fetch origin dev refs/pr/1:pr/1" in page
    site.ada.send(f"{here}/merge", {}, page=here)
    assert "Merged into dev as" in site.nobody.read(here)
    assert b"LINE 3" in site.file(repo, "story.txt", "dev")
    assert b"LINE 3" not in site.file(repo, "story.txt")


def test_the_form_of_a_draft_offers_the_branches(site: Site, repo: Repo) -> None:
    form = "/ada/tiny/discussions/new?kind=pull_request"
    assert "For the branch" not in site.eve.read(form)
    site.hub.repos.refs.create_branch(site.ada_actor, repo, "dev")
    assert '<option value="dev">' in site.eve.read(form)
    assert "For the branch" not in site.eve.read("/ada/tiny/discussions/new")
    wrong = site.eve.send(form, {"title": "no", "base": "dev"})
    assert '<option value="dev" selected>' in wrong.text
    made = site.eve.send(form, {"title": "By git", "base": "dev"})
    assert "refs/pr/1 → dev" in site.nobody.read(made.headers["location"])
    assert site.eve.send(form, {"title": "By git", "base": "never"}, page=form).status_code == 404


def test_a_deleted_branch_is_told_and_its_name_is_no_command(site: Site, repo: Repo) -> None:
    refs = site.hub.repos.refs
    refs.create_branch(site.ada_actor, repo, "a;reboot")
    here = propose(site, branch="a%3Breboot")
    page = site.ada.read(here)
    assert "git fetch origin 'a;reboot' refs/pr/1:pr/1" in html.unescape(page)
    refs.delete_branch(site.ada_actor, repo, "a;reboot")
    page = site.ada.read(here)
    assert "The branch it is for was deleted" in page
    assert f'action="{here}/merge"' not in page
    assert "git fetch origin refs/pr/1:pr/1" in page
    assert "LINE 3" in site.nobody.read(f"{here}/files")
    refused = site.ada.send(f"{here}/merge", {}, page=here)
    assert refused.status_code == 409
    assert "was deleted" in refused.text


def test_a_draft_is_published_before_it_is_merged(site: Site, repo: Repo) -> None:
    made = site.eve.send("/ada/tiny/discussions/new?kind=pull_request", {"title": "By git"})
    here = made.headers["location"]
    assert "git push origin HEAD:refs/pr/1" in site.eve.read(here)
    assert "changes nothing yet" in site.nobody.read(f"{here}/files")
    assert f'action="{here}/merge"' not in site.ada.read(here)
    site.eve.send(f"{here}/status", {"status": "open"}, page=here)
    assert f'action="{here}/merge"' in site.ada.read(here)


def test_eve_proposes_to_rename_and_to_delete(site: Site, repo: Repo) -> None:
    renamed = site.eve.send("/ada/tiny/rename/main/story.txt", {"new_path": "tale.txt"})
    assert number_in(renamed.headers["location"]) == 1
    deleted = site.eve.send("/ada/tiny/delete/main/story.txt", {})
    assert number_in(deleted.headers["location"]) == 2
    assert site.eve.get("/ada/tiny/upload/main").status_code == 403
    assert site.file(repo, "story.txt") == STORY.encode()


def test_a_pull_request_is_browsed_and_added_to_in_the_browser(site: Site, repo: Repo) -> None:
    here = propose(site)
    assert 'href="/ada/tiny/tree/refs%2Fpr%2F1"' in site.nobody.read(here)
    assert "story.txt" in site.nobody.read("/ada/tiny/tree/refs%2Fpr%2F1")
    edit = "/ada/tiny/edit/refs%2Fpr%2F1/story.txt"
    assert f'href="{edit}"' in site.eve.read("/ada/tiny/blob/refs%2Fpr%2F1/story.txt")
    assert f'href="{edit}"' not in site.ben.read("/ada/tiny/blob/refs%2Fpr%2F1/story.txt")
    page = site.eve.read(edit)
    assert "Commit to refs/pr/1" in page
    parent = re.search(r'name="parent" value="([0-9a-f]{40})"', page)
    assert parent
    answer = site.eve.send(edit, {"text": "whole new", "summary": "Start over", "parent": parent[1]})
    assert answer.status_code == 303
    assert site.file(repo, "story.txt", "refs/pr/1") == b"whole new"
    assert "Start over" in site.nobody.read(here)
    assert site.ben.get(edit).status_code == 403


def test_ada_may_propose_instead_of_committing(site: Site, repo: Repo) -> None:
    fields = {"name": "new.txt", "text": "x", "how": "pull_request"}
    answer = site.ada.send("/ada/tiny/new/main", fields)
    assert number_in(answer.headers["location"]) == 1


def test_settings_turn_discussions_off(site: Site, repo: Repo) -> None:
    assert "Discussions and pull requests" in site.ada.read("/ada/tiny/settings")
    off = {"discussions": "off"}
    assert site.eve.send("/ada/tiny/settings/discussions", off, page="/ada/tiny").status_code == 403
    site.ada.send("/ada/tiny/settings/discussions", {}, page="/ada/tiny/settings")
    assert "/ada/tiny/discussions" not in site.nobody.read("/ada/tiny")
    assert site.nobody.get("/ada/tiny/discussions").status_code == 403
    assert site.eve.get("/ada/tiny/edit/main/story.txt").status_code == 403
    site.ada.send("/ada/tiny/settings/discussions", {"discussions": "on"}, page="/ada/tiny/settings")
    site.nobody.read("/ada/tiny/discussions")
