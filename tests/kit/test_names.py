"""What may be called what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhearth.errors import Invalid
from openhearth.kit.names import (
    RepoRef,
    check_namespace,
    check_path,
    check_ref_name,
    check_repo_name,
    repo_type_of,
    split_repo_id,
)


@pytest.mark.parametrize("name", ["a", "SmolLM2-135M", "whisper-tiny.en", "_private", "a_b.c-d", "x" * 96])
def test_ordinary_names_are_allowed(name: str) -> None:
    assert check_repo_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "-a", "a-", ".a", "a.", "a--b", "a..b", "a b", "a/b", "é", "a.git", "b.ipynb", "x" * 97, "a\n"],
)
def test_other_names_are_refused_by_name(name: str) -> None:
    with pytest.raises(Invalid, match="name: "):
        check_repo_name(name)


@pytest.mark.parametrize("name", ["api", "Models", "static", "settings", "v1"])
def test_a_namespace_cannot_shadow_a_page_of_the_hub(name: str) -> None:
    with pytest.raises(Invalid, match="own pages"):
        check_namespace(name)


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/.", ".git/config", "a/.GIT/hooks", ".git./x", ".g\u200cit/x", "GIT~1/x",
     ".git::$INDEX_ALLOCATION/x", "a\0b", "a\nb", "x" * 256, "/".join(["d" * 200] * 21)],
)  # fmt: skip
def test_paths_that_leave_the_repo_or_reach_into_git_are_refused(path: str) -> None:
    with pytest.raises(Invalid):
        check_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "a b/c#d?.txt",
        "%2F",
        "\"quoted\" 'names'",
        "😀/🔥.bin",
        "עברית.txt",
        "x" * 255,
        ".gitattributes",
        "a/.gitignore",
        "a\\b",
    ],
)
def test_names_that_hurt_are_allowed(path: str) -> None:
    assert check_path(path) == path


@given(st.text(max_size=40))
def test_every_path_is_either_allowed_as_it_is_or_refused_with_a_sentence(path: str) -> None:
    try:
        assert check_path(path) == path
    except Invalid as refusal:
        assert refusal.message.startswith("path: ")
    else:
        assert not path.startswith("/")
        assert all(part not in ("", ".", "..") for part in path.split("/"))


@pytest.mark.parametrize("ref", ["main", "feature/x", "v1.0", "refs-old", "日本"])
def test_git_ref_names_are_allowed(ref: str) -> None:
    assert check_ref_name(ref) == ref


@pytest.mark.parametrize(
    "ref",
    [
        "",
        "a..b",
        "a b",
        "-x",
        "x.lock",
        "a/.b",
        "HEAD",
        "@",
        "a@{b",
        "refs/pr/1",
        "x~1",
        "a" * 40,
        "a//b",
        "x/",
    ],
)
def test_names_that_git_refuses_are_refused(ref: str) -> None:
    with pytest.raises(Invalid):
        check_ref_name(ref)


def test_types_and_ids_are_read_in_every_spelling_clients_use() -> None:
    assert [repo_type_of(text) for text in (None, "models", "dataset", "spaces")] == [
        "model",
        "model",
        "dataset",
        "space",
    ]
    assert split_repo_id("_me/x", "dataset") == RepoRef("dataset", "_me", "x")
    for wrong in ("x", "a/b/c", "/b", "a/"):
        with pytest.raises(Invalid):
            split_repo_id(wrong)
