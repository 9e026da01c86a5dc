"""Journeys through forms: make a repo, write, upload, rename, delete, settings; with no script at all."""

import pytest

from openhearth.errors import RepoNotFound
from openhearth.kit.names import RepoRef
from tests.repos_pages.conftest import Site


def test_nobody_is_asked_to_sign_in_before_making_a_repo(site: Site) -> None:
    assert site.nobody.get("/new").headers["location"] == "/login?next=/new"


def test_ada_makes_a_model_with_a_licence(site: Site) -> None:
    fields = {"owner": "ada", "name": "bright", "license": "mit", "visibility": "private"}
    answer = site.ada.send("/new", fields)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/ada/bright"
    assert "private" in site.ada.read("/ada/bright")
    assert "mit" in site.ada.read("/ada/bright")
    assert site.eve.get("/ada/bright").status_code == 404


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "bad name"}, "is not allowed"),
        ({"name": ""}, "is empty"),
        ({"name": "x" * 97}, "at most 96"),
        ({"name": "a--b"}, "'--'"),
        ({"name": "taken"}, "already created"),
        ({"name": "fine", "owner": "ben"}, "rights to create"),
        ({"name": "fine", "owner": "no/body"}, "rights to create"),
    ],
)
def test_what_is_wrong_with_a_new_repo_stands_beside_the_field_and_nothing_typed_is_lost(
    site: Site, fields: dict[str, str], sentence: str
) -> None:
    site.create("taken")
    sent = {"owner": "ada", "license": "apache-2.0", "visibility": "private", **fields}
    answer = site.ada.send("/new", sent)
    assert 400 <= answer.status_code < 500
    assert 'class="field__error"' in answer.text
    assert sentence in answer.text.replace("&#39;", "'")
    assert '<option value="apache-2.0" selected>' in answer.text
    assert f'value="{fields["name"]}"' in answer.text


def test_ben_makes_repos_for_the_organisation_he_writes_for_and_not_for_ada(site: Site) -> None:
    page = site.ben.read("/new-dataset?owner=forge")
    assert '<option value="forge" selected>' in page
    assert '<option value="ada"' not in page
    made = site.ben.send("/new-dataset", {"owner": "forge", "name": "rows", "visibility": "public"})
    assert made.headers["location"] == "/datasets/forge/rows"


def test_a_space_gets_its_sdk(site: Site) -> None:
    made = site.ada.send(
        "/new-space", {"owner": "ada", "name": "app", "sdk": "gradio", "visibility": "public"}
    )
    assert made.headers["location"] == "/spaces/ada/app"
    assert "gradio" in site.nobody.read("/spaces/ada/app")
    refused = site.ada.send("/new-space", {"owner": "ada", "name": "other", "sdk": "cobol"})
    assert "no Space SDK" in refused.text


def test_a_kernel_has_pages_like_every_repo_and_a_shelf_once_there_is_one(site: Site) -> None:
    assert "Kernels" not in site.ada.read("/ada").split("<footer", 1)[0]
    fields = {"owner": "ada", "name": "activation", "license": "mit", "visibility": "public"}
    made = site.ada.send("/new-kernel", fields)
    assert made.headers["location"] == "/kernels/ada/activation"
    assert "get_kernel" in site.nobody.read("/kernels/ada/activation")
    assert "activation" in site.nobody.read("/kernels?license=mit")
    assert "README.md" in site.nobody.read("/kernels/ada/activation/tree/main")
    assert "Kernels" in site.nobody.read("/ada").split("<footer", 1)[0]


def test_a_file_is_written_edited_renamed_and_deleted(site: Site) -> None:
    repo = site.create()
    made = site.ada.send(
        "/ada/tiny/new/main/notes", {"name": "day/one.md", "text": "# One\r\n", "summary": "Begin"}
    )
    assert made.headers["location"] == "/ada/tiny/blob/main/notes/day/one.md"
    assert site.file(repo, "notes/day/one.md") == b"# One\n"

    address = "/ada/tiny/edit/main/notes/day/one.md"
    assert "# One" in site.ada.read(address)
    parent = site.hub.repos.content.resolve(repo)
    saved = site.ada.send(address, {"text": "# Two\n", "parent": parent})
    assert saved.status_code == 303
    assert site.file(repo, "notes/day/one.md") == b"# Two\n"
    assert "Update notes/day/one.md" in site.nobody.read("/ada/tiny/commits/main")

    renamed = site.ada.send("/ada/tiny/rename/main/notes/day/one.md", {"new_path": "two.md"})
    assert renamed.headers["location"] == "/ada/tiny/blob/main/two.md"
    assert site.file(repo, "two.md") == b"# Two\n"
    assert site.nobody.get("/ada/tiny/blob/main/notes/day/one.md").status_code == 404

    deleted = site.ada.send("/ada/tiny/delete/main/two.md", {})
    assert deleted.headers["location"] == "/ada/tiny/tree/main"
    assert site.nobody.get("/ada/tiny/blob/main/two.md").status_code == 404


def test_a_text_keeps_its_first_empty_line(site: Site) -> None:
    repo = site.create()
    site.commit(repo, {"a.txt": "\n\nwords\n"})
    page = site.ada.get("/ada/tiny/edit/main/a.txt").text
    # A browser drops the line break that follows the tag, so one more must stand there.
    assert ">\n\n\nwords" in page


def test_two_people_editing_one_file_lose_nothing(site: Site) -> None:
    repo = site.create()
    parent = site.commit(repo, {"a.txt": "first\n"})
    site.commit(repo, {"a.txt": "from somebody else\n"})
    answer = site.ada.send(
        "/ada/tiny/edit/main/a.txt", {"text": "mine, long in the making\n", "parent": parent}
    )
    assert answer.status_code == 409
    assert "mine, long in the making" in answer.text
    assert "Somebody else changed this file" in answer.text
    assert site.file(repo, "a.txt") == b"from somebody else\n"
    newer = site.hub.repos.content.resolve(repo)
    assert f'name="parent" value="{newer}"' in answer.text
    again = site.ada.send("/ada/tiny/edit/main/a.txt", {"text": "both\n", "parent": newer})
    assert again.status_code == 303
    assert site.file(repo, "a.txt") == b"both\n"


def test_a_commit_to_another_file_does_not_stand_in_the_way(site: Site) -> None:
    repo = site.create()
    parent = site.commit(repo, {"a.txt": "first\n"})
    site.commit(repo, {"b.txt": "elsewhere\n"})
    assert (
        site.ada.send("/ada/tiny/edit/main/a.txt", {"text": "second\n", "parent": parent}).status_code == 303
    )
    assert site.file(repo, "b.txt") == b"elsewhere\n"


@pytest.mark.parametrize("name", ["../up.txt", ".git/config", "a//b", "", "a\tb", "README.md/x"])
def test_names_that_no_repo_can_hold_are_refused_with_the_text_kept(site: Site, name: str) -> None:
    repo = site.create()
    head = site.commit(repo, {"README.md": "# It"})
    answer = site.ada.send("/ada/tiny/new/main", {"name": name, "text": "do not lose me"})
    assert answer.status_code == 400
    assert "do not lose me" in answer.text
    assert 'class="field__error"' in answer.text
    assert site.hub.repos.content.resolve(repo) == head


def test_a_card_with_broken_metadata_comes_back_with_the_reason(site: Site) -> None:
    site.create()
    text = "---\nlicense: [mit\n---\n# Words"
    answer = site.ada.send("/ada/tiny/new/main", {"name": "README.md", "text": text})
    assert answer.status_code == 400
    assert "not valid YAML" in answer.text
    assert "license: [mit" in answer.text


def test_files_are_uploaded_small_ones_into_git_and_large_ones_beside_it(site: Site) -> None:
    repo = site.create()
    files = [
        ("files", ("words.txt", b"small\n")),
        ("files", ("weights.safetensors", b"\0" * 5000)),
        ("files", ("ملف.txt", "كلمات\n".encode())),
    ]
    answer = site.ada.send("/ada/tiny/upload/main", {"folder": "in/here", "summary": ""}, files=files)
    assert answer.headers["location"] == "/ada/tiny/tree/main/in/here"
    assert site.file(repo, "in/here/words.txt") == b"small\n"
    assert site.file(repo, "in/here/weights.safetensors") == b"\0" * 5000
    assert site.file(repo, "in/here/ملف.txt") == "كلمات\n".encode()
    page = site.nobody.read("/ada/tiny/tree/main/in/here")
    assert "LFS" in page
    assert "Upload 3 files" in page


def test_an_upload_of_nothing_or_into_nowhere_says_so(site: Site) -> None:
    site.create()
    empty = site.ada.send("/ada/tiny/upload/main", {}, files=[("other", ("x", b"x"))])
    assert "none were chosen" in empty.text
    outside = site.ada.send("/ada/tiny/upload/main", {"folder": "../x"}, files=[("files", ("a", b"x"))])
    assert outside.status_code == 400
    assert "..' part" in outside.text.replace("&#39;", "'")


def test_a_large_file_is_renamed_without_its_bytes(site: Site) -> None:
    repo = site.create()
    site.ada.send("/ada/tiny/upload/main", {}, files=[("files", ("w.bin", b"\0" * 4000))])
    assert site.ada.send("/ada/tiny/rename/main/w.bin", {"new_path": "deep/v.bin"}).status_code == 303
    assert site.file(repo, "deep/v.bin") == b"\0" * 4000
    assert "large file" in site.ada.read("/ada/tiny/edit/main/deep/v.bin", status=400)


def test_tags_and_commits_are_no_place_to_write(site: Site) -> None:
    repo = site.create()
    head = site.commit(repo, {"a.txt": "x"})
    page = site.ada.read(f"/ada/tiny/tree/{head}")
    assert "Add file" not in page
    assert site.ada.get(f"/ada/tiny/edit/{head}/a.txt").status_code == 404
    assert site.ada.get("/ada/tiny/upload/nowhere").status_code == 404


def test_settings_change_visibility_name_and_end_of_a_repo(site: Site) -> None:
    site.create()
    settings = "/ada/tiny/settings"
    site.ada.send(f"{settings}/visibility", {"visibility": "private"}, page=settings)
    assert site.eve.get("/ada/tiny").status_code == 404
    assert "Saved." in site.ada.read(f"{settings}?saved=1")

    moved = site.ada.send(f"{settings}/move", {"owner": "ada", "name": "bigger"}, page=settings)
    assert moved.headers["location"].startswith("/ada/bigger/settings")
    wrong = site.ada.send(
        "/ada/bigger/settings/move", {"owner": "ada", "name": "b d"}, page="/ada/bigger/settings"
    )
    assert wrong.status_code == 400
    assert 'value="b d"' in wrong.text

    kept = site.ada.send("/ada/bigger/settings/delete", {"confirm": "bigger"}, page="/ada/bigger/settings")
    assert kept.status_code == 400
    assert site.ada.get("/ada/bigger").status_code == 200
    gone = site.ada.send(
        "/ada/bigger/settings/delete", {"confirm": "ada/bigger"}, page="/ada/bigger/settings"
    )
    assert gone.headers["location"] == "/ada"
    with pytest.raises(RepoNotFound):
        site.hub.repos.catalogue.get(site.ada_actor, RepoRef("model", "ada", "bigger"))


def test_a_writer_who_is_no_admin_sees_no_settings(site: Site) -> None:
    site.create("shared", namespace="forge")
    assert "/forge/shared/settings" in site.ada.read("/forge/shared")
    assert "/forge/shared/settings" not in site.ben.read("/forge/shared")
    assert site.ben.get("/forge/shared/settings").status_code == 403
    assert "Add file" in site.ben.read("/forge/shared/tree/main")
