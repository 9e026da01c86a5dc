"""The Files and Commits tabs: folders, previews, history, diffs."""

import json

import pytest

from openhearth.repos import CommitRequest, RemoveFile
from openhearth.repos.pages.previews import preview_of
from openhearth.storage.git import PutFile, pointer_text
from openhearth.urls import quote_path
from tests.repos_pages.conftest import Site

ARABIC = "نموذج/ملف طويل.txt"
EMOJI = "😀/a b#c?d%.md"


def keep(url: str, _is_image: bool) -> str:
    return url


def test_a_folder_shows_sizes_commits_and_the_way_up(site: Site) -> None:
    repo = site.create()
    site.commit(repo, {"sub/deep/a.txt": "one\n", "b.bin": b"\0" * 10}, summary="First words")
    site.commit(repo, {"sub/deep/a.txt": "two\n"}, summary="Second words")
    page = site.nobody.read("/ada/tiny/tree/main")
    assert page.index(">sub<") < page.index(">b.bin<")
    assert "First words" in page
    assert "May be a pickle" in page
    inner = site.nobody.read("/ada/tiny/tree/main/sub/deep")
    assert 'href="/ada/tiny/tree/main/sub"' in inner
    assert "Second words" in inner


def test_two_thousand_files_come_in_pages(site: Site) -> None:
    repo = site.create("x" * 96)
    site.commit(repo, {f"many/file_{i:04d}.txt": str(i) for i in range(1200)})
    address = f"/ada/{'x' * 96}/tree/main/many"
    first = site.nobody.read(address)
    assert first.count('class="files__name"') == 501
    following = first.split('href="')[
        next(i for i, part in enumerate(first.split('href="')) if "cursor=" in part)
    ]
    second = site.nobody.read(following.split('"')[0])
    assert "file_0500.txt" in second
    assert "file_0499.txt" not in second


@pytest.mark.parametrize("path", [ARABIC, EMOJI, "a/" * 40 + "deep.txt", "n" * 240])
def test_odd_names_lead_to_their_files(site: Site, path: str) -> None:
    site.commit(site.create(), {path: "the words of it\n"})
    assert "the words of it" in site.nobody.read(f"/ada/tiny/blob/main/{quote_path(path)}")
    folder = quote_path(path.rpartition("/")[0])
    page = site.nobody.get("/ada/tiny/tree/main" + (f"/{folder}" if folder else "")).text
    assert f'href="/ada/tiny/blob/main/{quote_path(path)}"' in page


def test_branches_with_slashes_are_one_segment(site: Site) -> None:
    repo = site.create()
    site.commit(repo, {"a.txt": "words\n"})
    site.hub.repos.refs.create_branch(site.ada_actor, repo, "feature/x")
    page = site.nobody.read("/ada/tiny/tree/feature%2Fx")
    assert 'href="/ada/tiny/blob/feature%2Fx/a.txt"' in page
    assert "words" in site.nobody.read("/ada/tiny/blob/feature%2Fx/a.txt")


def test_missing_revisions_and_files_are_named(site: Site) -> None:
    site.create()
    assert "'nowhere' is no branch" in site.nobody.read("/ada/tiny/tree/nowhere", status=404)
    assert "'gone.txt' does not exist" in site.nobody.read("/ada/tiny/blob/main/gone.txt", status=404)
    assert "gone" in site.nobody.read("/ada/tiny/tree/main/gone", status=404)


def test_a_folder_asked_as_a_file_leads_to_the_folder_and_back(site: Site) -> None:
    site.commit(site.create(), {"sub/a.txt": "x"})
    assert site.nobody.get("/ada/tiny/blob/main/sub").headers["location"] == "/ada/tiny/tree/main/sub"
    assert (
        site.nobody.get("/ada/tiny/tree/main/sub/a.txt").headers["location"]
        == "/ada/tiny/blob/main/sub/a.txt"
    )


def test_code_shows_numbered_lines_and_never_runs(site: Site) -> None:
    site.commit(site.create(), {"page.html": "<script>alert(1)</script>\n\nlast\n"})
    page = site.nobody.get("/ada/tiny/blob/main/page.html").text
    assert "<script>alert" not in page
    assert 'id="L3"' in page
    assert "3 lines" in page


def test_markdown_is_drawn_and_its_source_is_one_link_away(site: Site) -> None:
    site.commit(site.create(), {"notes.md": "# Big\n\n![p](pic.png)\n"})
    page = site.nobody.read("/ada/tiny/blob/main/notes.md")
    assert 'src="/ada/tiny/resolve/main/pic.png"' in page
    assert 'href="/ada/tiny/blob/main/notes.md?plain=1"' in page
    source = site.nobody.read("/ada/tiny/blob/main/notes.md?plain=1")
    assert 'id="L3"' in source
    assert "<img" not in source
    assert 'href="/ada/tiny/blob/main/notes.md"' in source


@pytest.mark.parametrize(
    ("path", "mark"),
    [
        ("a.png", "<img src="),
        ("a.wav", "<audio controls"),
        ("a.mp4", "<video controls"),
        ("a.pdf", "A PDF document"),
    ],
)
def test_media_come_from_the_byte_route(site: Site, path: str, mark: str) -> None:
    site.commit(site.create(), {path: b"\x00\x01"})
    page = site.nobody.read(f"/ada/tiny/blob/main/{path}")
    assert mark in page
    assert f"/ada/tiny/resolve/main/{path}" in page


def test_a_table_shows_its_first_rows_with_strange_cells_escaped() -> None:
    text = "name,note\n" + 'a,"<b>x</b>, y"\n' * 300 + "short\n"
    preview = preview_of("t.csv", text.encode(), plain=False, rewrite=keep)
    assert preview.kind == "table"
    assert len(preview.rows) == 200
    assert preview.rows[0] == ["a", "<b>x</b>, y"]
    assert "first 200" in preview.note


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"\0", b'"', b"a,b\n\0", b"{", b"[[[[", b'{"cells": [1, {}]}']
)
@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.ipynb", "a.md", "a.txt", "a"])
def test_no_content_breaks_a_preview(name: str, content: bytes) -> None:
    assert preview_of(name, content, plain=False, rewrite=keep).kind


def test_one_line_of_json_is_spread_out() -> None:
    preview = preview_of("a.json", b'{"a":[1,2]}', plain=False, rewrite=keep)
    assert len(preview.lines) > 3
    assert preview.has_source


def test_a_notebook_shows_cells_and_only_harmless_outputs(site: Site) -> None:
    outputs = [
        {"output_type": "stream", "text": ["printed\n"]},
        {
            "output_type": "display_data",
            "data": {"text/html": "<script>alert(1)</script>", "text/plain": "plain"},
        },
        {"output_type": "display_data", "data": {"image/png": 'x" onerror="alert(2)'}},
        {"output_type": "error", "traceback": ["\x1b[31mBoom\x1b[0m"]},
    ]
    cells = [
        {"cell_type": "markdown", "source": "# Title <script>alert(3)</script>"},
        {"cell_type": "code", "execution_count": 7, "source": ["print('x')\n"], "outputs": outputs},
    ]
    site.commit(site.create(), {"n.ipynb": json.dumps({"cells": cells})})
    page = site.nobody.get("/ada/tiny/blob/main/n.ipynb").text
    assert "[7]" in page
    assert "printed" in page
    assert "Boom" in page
    assert "<script>alert" not in page
    assert 'onerror="' not in page


def test_a_pointer_without_content_says_so(site: Site) -> None:
    repo = site.create()
    git, head = site.hub.ground.storage.git, site.hub.repos.content.resolve(repo)
    lost = git.write_commit(
        repo.key, parent=head, changes=[PutFile("big.txt", pointer_text("a" * 64, 12))], message="lost",
        author_name="ada", author_email="ada@example.org", date=repo.created_at,
    )  # fmt: skip
    git.update_ref(repo.key, "refs/heads/main", lost, expected=head)
    assert "never uploaded" in site.nobody.read("/ada/tiny/blob/main/big.txt")


def test_history_is_told_by_day_and_by_file(site: Site) -> None:
    repo = site.create()
    site.commit(repo, {"a.txt": "1"}, summary="About a")
    site.commit(repo, {"b.txt": "1"}, summary="About b")
    everything = site.nobody.read("/ada/tiny/commits/main")
    assert "3 commits" in everything
    assert everything.index("About b") < everything.index("About a") < everything.index("initial commit")
    assert "About b" not in site.nobody.read("/ada/tiny/commits/main/a.txt")
    assert "no page number" in site.nobody.read("/ada/tiny/commits/main?p=-1", status=400)


def test_a_commit_shows_what_it_added_changed_and_removed(site: Site) -> None:
    repo = site.create()
    site.commit(repo, {"a.txt": "one\ntwo\n", "gone.txt": "bye\n"})
    site.commit(repo, {"a.txt": "one\n<b>three</b>\n", "new.bin": b"\0\1\2" * 50})
    changed = site.hub.repos.content.resolve(repo)
    page = site.nobody.get(f"/ada/tiny/commit/{changed}").text
    assert "&lt;b&gt;three&lt;/b&gt;" in page
    assert "two" in page
    assert "binary file" in page
    removal = CommitRequest(summary="Away", operations=[RemoveFile("gone.txt")])
    site.hub.repos.commits.commit(site.ada_actor, repo, "main", removal)
    assert "removed" in site.nobody.read("/ada/tiny/commit/main")
    assert site.nobody.get("/ada/tiny/commit/0000000000000000000000000000000000000000").status_code == 404


def test_a_large_file_in_a_diff_is_told_by_its_size(site: Site) -> None:
    site.create()
    first = site.ada.send("/ada/tiny/upload/main", {}, files=[("files", ("w.bin", b"\0" * 3000))])
    assert first.status_code == 303, first.text
    page = site.nobody.read("/ada/tiny/commit/main")
    assert "Large file: 3 kB" in page
    assert "oid sha256" not in page
