"""What you may not see does not exist, on any page and for any form."""

import pytest

from tests.repos_pages.conftest import Site

PAGES = (
    "", "/tree/main", "/tree/main/sub", "/blob/main/README.md", "/commits/main", "/commit/main", "/layers/main",
    "/settings", "/edit/main/README.md", "/new/main", "/upload/main", "/rename/main/README.md", "/delete/main/README.md",
)  # fmt: skip


@pytest.mark.parametrize("prefix", ["", "/datasets", "/spaces"])
def test_a_private_repo_answers_in_the_same_words_as_a_missing_one(site: Site, prefix: str) -> None:
    kind = {"": "model", "/datasets": "dataset", "/spaces": "space"}[prefix]
    repo = site.create("veiled", kind=kind, visibility="private", sdk="static" if kind == "space" else None)  # type: ignore[arg-type]
    site.commit(repo, {"README.md": "# Veiled words"})
    for person, status in ((site.eve, 404), (site.nobody, 401)):
        for page in PAGES:
            private = person.read(f"{prefix}/ada/veiled{page}", status=status)
            missing = person.read(f"{prefix}/ada/absent{page}", status=status)
            assert private.replace("veiled", "absent") == missing


def test_forms_of_a_private_repo_answer_as_for_a_missing_one(site: Site) -> None:
    site.create("veiled", visibility="private")
    for page in (
        "/edit/main/README.md",
        "/new/main",
        "/settings/delete",
        "/settings/move",
        "/settings/visibility",
    ):
        fields = {"text": "x", "name": "x", "confirm": "ada/veiled", "visibility": "public", "owner": "eve"}
        answers = [site.eve.send(f"/ada/{name}{page}", fields, page="/new") for name in ("veiled", "absent")]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].text.replace("veiled", "absent") == answers[1].text


def test_a_public_repo_can_be_read_but_not_changed_by_eve(site: Site) -> None:
    repo = site.create()
    site.commit(repo, {"README.md": "# Words"})
    head = site.hub.repos.content.resolve(repo)
    for page in ("/upload/main", "/settings"):
        assert "Not with this account" in site.eve.read(f"/ada/tiny{page}", status=403)
        site.nobody.read(f"/ada/tiny{page}", status=401)
    for page in ("/edit/main/README.md", "/new/main", "/delete/main/README.md"):
        assert "Propose" in site.eve.read(f"/ada/tiny{page}")
        site.nobody.read(f"/ada/tiny{page}", status=401)
    answer = site.eve.send("/ada/tiny/delete/main/README.md", {}, page="/new")
    assert answer.headers["location"] == "/ada/tiny/discussions/1", "a pull request"
    assert site.hub.repos.content.resolve(repo) == head


def test_forms_without_the_token_of_the_page_are_refused(site: Site) -> None:
    repo = site.create()
    site.commit(repo, {"README.md": "# Words"})
    head = site.hub.repos.content.resolve(repo)
    fields = {"text": "stolen", "name": "x", "confirm": "ada/tiny", "visibility": "private", "owner": "ada"}
    paths = (
        "/ada/tiny/edit/main/README.md", "/ada/tiny/new/main", "/ada/tiny/upload/main", "/ada/tiny/rename/main/README.md",
        "/ada/tiny/delete/main/README.md", "/ada/tiny/settings/visibility", "/ada/tiny/settings/move",
        "/ada/tiny/settings/delete", "/new", "/new-dataset", "/new-space", "/new-kernel",
    )  # fmt: skip
    for path in paths:
        for token in ({}, {"csrf_token": ""}, {"csrf_token": "0" * 40}):
            assert site.ada.post(path, {**fields, **token}).status_code == 403
    assert site.hub.repos.content.resolve(repo) == head
    assert "public" in site.ada.read("/ada/tiny/settings")


def test_a_moved_repo_leads_every_page_to_its_new_address(site: Site) -> None:
    repo = site.create("old")
    site.commit(repo, {"a b.txt": "x"})
    site.ada.send("/ada/old/settings/move", {"owner": "forge", "name": "new"}, page="/ada/old/settings")
    for suffix in ("", "/tree/main", "/blob/main/a%20b.txt", "/commits/main?p=0"):
        answer = site.nobody.get(f"/ada/old{suffix}")
        assert answer.status_code == 307
        assert answer.headers["location"] == f"/forge/new{suffix}"
        assert site.nobody.get(f"/forge/new{suffix}").status_code == 200


def test_a_stranger_is_refused_before_the_files_they_send_are_taken_in(site: Site) -> None:
    site.create()
    site.create("veiled", visibility="private")
    # Not even a form: it would be refused with another status if it were read first.
    cookie = "; ".join(f"{name}={value}" for name, value in site.eve.cookies.items())
    headers = {"accept": "text/html", "cookie": cookie, "content-type": "multipart/form-data; boundary=x"}
    for path, status in (("/ada/tiny/upload/main", 403), ("/ada/veiled/upload/main", 404)):
        answer = site.eve.client.post(path, content=b"--x\r\nnot a form", headers=headers)
        assert answer.status_code == status
