"""Adding commits: what is refused, what is kept, and two writers at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from openhearth.access import NOBODY
from openhearth.errors import (
    EntryNotFound,
    Forbidden,
    HubError,
    Invalid,
    RevisionNotFound,
    StaleParent,
    TooLarge,
    Unauthenticated,
)
from openhearth.repos import AddFile, AddLargeFile, CommitRequest, RemoveFile, RemoveFolder, Repo
from openhearth.repos.advice import REGULAR_MAX_BYTES
from openhearth.repos.records import PlannedFile
from tests.repos.conftest import Workshop

SHA = "ab" * 32


@pytest.fixture
def repo(workshop: Workshop) -> Repo:
    return workshop.create()


def test_strangers_and_read_tokens_cannot_write(workshop: Workshop, repo: Repo) -> None:
    request = CommitRequest(summary="x", operations=[AddFile("a", b"")])
    with pytest.raises(Forbidden):
        workshop.repos.commits.commit(workshop.eve, repo, "main", request)
    with pytest.raises(Unauthenticated):
        workshop.repos.commits.commit(NOBODY, repo, "main", request)
    with pytest.raises(Forbidden, match="token"):
        workshop.repos.commits.commit(workshop.acting(workshop.ada, "read"), repo, "main", request)


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../x", "a/../../x", "a//b", "./a", "a/.", ".git/config", "a/.GIT/x", "git~1", ".git\u200c/x",
     "a\0b", "a\nb", "a" * 256, "/".join(["a" * 200] * 30), "\ud800"],
)  # fmt: skip
def test_a_path_that_leaves_the_repo_or_hurts_is_refused(workshop: Workshop, repo: Repo, path: str) -> None:
    head = workshop.repos.content.resolve(repo)
    for operation in (AddFile(path, b"x"), RemoveFile(path)):
        with pytest.raises(Invalid, match="path"):
            workshop.commit(repo, operation)
    assert workshop.repos.content.resolve(repo) == head


@pytest.mark.parametrize(
    "path",
    [
        "näme with space.txt",
        "日本語/ファイル.md",
        "a'b\"c$d`e",
        "emoji 🔥",
        "#hash",
        "50%25",
        "a:b",
        "-rf",
        "?x=1&y",
    ],
)
def test_names_that_hurt_come_back_as_they_were(workshop: Workshop, repo: Repo, path: str) -> None:
    workshop.commit(repo, AddFile(path, path.encode()))
    assert path in workshop.paths(repo)
    assert workshop.text(repo, path) == path


@pytest.mark.parametrize(
    "path", ["sp ace/large file.xyz", 'qu"ote', "br[ack]et*?", "#hash", "plain", "dir/.hidden"]
)
def test_a_large_file_of_any_name_is_covered_by_gitattributes(
    workshop: Workshop, repo: Repo, path: str
) -> None:
    workshop.put_large(repo, path, b"large " + path.encode())
    again = workshop.repos.commits.advise(
        workshop.ada, repo, "main", [PlannedFile(path=path, size_bytes=5, sample=b"text")]
    )
    assert again[0].mode == "lfs"


def test_the_first_large_file_of_an_ending_adds_one_rule(workshop: Workshop, repo: Repo) -> None:
    workshop.put_large(repo, "a.weights", b"1")
    workshop.put_large(repo, "b.weights", b"2")
    workshop.put_large(repo, "big.json", b"3")
    attributes = workshop.text(repo, ".gitattributes")
    assert attributes.count("*.weights filter=lfs") == 1
    assert "/big.json filter=lfs" in attributes
    assert "*.json" not in attributes


def test_a_large_file_must_have_been_uploaded_to_this_repo(workshop: Workshop, repo: Repo) -> None:
    other = workshop.create("other")
    sha256 = workshop.upload(other, b"content of other")
    with pytest.raises(Invalid, match="never uploaded"):
        workshop.commit(repo, AddLargeFile("a.bin", sha256, 16))
    with pytest.raises(Invalid, match="claims 17 bytes"):
        workshop.commit(other, AddLargeFile("a.bin", sha256, 17))


def test_deleting_nothing_is_an_error(workshop: Workshop, repo: Repo) -> None:
    with pytest.raises(EntryNotFound, match="A file with this name doesn't exist"):
        workshop.commit(repo, RemoveFile("missing"))
    with pytest.raises(EntryNotFound):
        workshop.commit(repo, RemoveFolder("missing"))


def test_operations_happen_in_their_order(workshop: Workshop, repo: Repo) -> None:
    workshop.put(repo, a="1", b="2")
    workshop.commit(repo, RemoveFile("a"), AddFile("a/inner", b"3"), RemoveFile("b"))
    assert workshop.paths(repo) == [".gitattributes", "a/inner"]


def test_nothing_changed_is_no_commit(workshop: Workshop, repo: Repo) -> None:
    head = workshop.put(repo, a="1")
    assert workshop.put(repo, a="1") == head
    assert workshop.commit(repo) == head


def test_a_card_that_cannot_be_read_is_refused(workshop: Workshop, repo: Repo) -> None:
    with pytest.raises(Invalid, match=r"README.md.*YAML"):
        workshop.put(repo, README__md="---\nlicense: [\n---\n")


@pytest.mark.parametrize(
    ("revision", "refusal"),
    [
        ("missing", RevisionNotFound),
        ("refs/pr/1", RevisionNotFound),
        ("0" * 40, Invalid),
        ("refs/tags/v1", Invalid),
    ],
)
def test_commits_go_to_branches_only(
    workshop: Workshop, repo: Repo, revision: str, refusal: type[HubError]
) -> None:
    with pytest.raises(refusal):
        workshop.repos.commits.commit(
            workshop.ada, repo, revision, CommitRequest(summary="x", operations=[AddFile("a", b"")])
        )


def test_a_stale_parent_writes_nothing(workshop: Workshop, repo: Repo) -> None:
    first = workshop.repos.content.resolve(repo)
    second = workshop.put(repo, a="1")
    with pytest.raises(StaleParent) as refused:
        workshop.commit(repo, AddFile("b", b"2"), parent_commit=first)
    assert refused.value.status == 412
    assert workshop.repos.content.resolve(repo) == second
    workshop.commit(repo, AddFile("b", b"2"), parent_commit=second[:7])


@pytest.mark.both_engines
def test_of_two_writers_on_one_parent_one_is_refused(workshop: Workshop, repo: Repo) -> None:
    parent = workshop.repos.content.resolve(repo)

    def write(name: str) -> str:
        try:
            workshop.commit(repo, AddFile(name, b"x"), parent_commit=parent)
        except StaleParent:
            return ""
        return name

    with ThreadPoolExecutor(4) as threads:
        written = [name for name in threads.map(write, ("a", "b", "c", "d")) if name]
    assert len(written) == 1
    assert workshop.paths(repo) == [".gitattributes", *written]


def test_writers_who_name_no_parent_lose_nothing(workshop: Workshop, repo: Repo) -> None:
    names = [f"f{number}" for number in range(12)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda name: workshop.commit(repo, AddFile(name, b"x")), names))
    assert workshop.paths(repo) == sorted([".gitattributes", *names])
    head = workshop.repos.content.resolve(repo)
    assert workshop.repos.content.count_commits(repo, head) == 13


def test_ten_thousand_files_in_one_commit(workshop: Workshop, repo: Repo) -> None:
    workshop.commit(repo, *(AddFile(f"d{n % 100}/f{n}", b"%d" % n) for n in range(10_000)))
    assert len(workshop.files(repo)) == 10_001
    page = workshop.repos.content.list_tree(
        repo, workshop.repos.content.resolve(repo), recursive=True, limit=1000
    )
    assert len(page.items) == 1000
    assert page.cursor is not None


def test_a_regular_file_has_a_limit(workshop: Workshop, repo: Repo) -> None:
    with pytest.raises(TooLarge, match="large file"):
        workshop.commit(repo, AddFile("a", b"\0" * (REGULAR_MAX_BYTES + 1)))


@pytest.mark.parametrize(
    ("file", "mode"),
    [
        (PlannedFile(path="a.txt", size_bytes=5, sample=b"hello"), "regular"),
        (PlannedFile(path="a.txt", size_bytes=REGULAR_MAX_BYTES + 1, sample=b"hello"), "lfs"),
        (PlannedFile(path="a.xyz", size_bytes=5, sample=b"\x00\x01"), "lfs"),
        (PlannedFile(path="a.txt", size_bytes=600, sample="ä".encode() * 255 + b"\xc3"), "regular"),
        (PlannedFile(path="deep/a.safetensors", size_bytes=5, sample=b"text"), "lfs"),
        (PlannedFile(path="a.safetensors", size_bytes=0), "regular"),
    ],
)
def test_advice_follows_patterns_size_and_sample(
    workshop: Workshop, repo: Repo, file: PlannedFile, mode: str
) -> None:
    advice = workshop.repos.commits.advise(workshop.ada, repo, "main", [file])[0]
    assert (advice.mode, advice.should_ignore) == (mode, False)


def test_advice_knows_what_stands_there_and_what_is_ignored(workshop: Workshop, repo: Repo) -> None:
    workshop.put(repo, a="1", __gitignore="*.log\n/build/\n!keep.log\n")
    sha256 = workshop.upload(repo, b"large")
    workshop.commit(repo, AddLargeFile("l.bin", sha256))
    paths = ["a", "l.bin", "x/y.log", "keep.log", "build/z", "new"]
    advice = workshop.repos.commits.advise(
        workshop.ada, repo, "main", [PlannedFile(path=path, size_bytes=1) for path in paths]
    )
    assert [item.should_ignore for item in advice] == [False, False, True, False, True, False]
    assert advice[1].oid == sha256
    assert advice[0].oid is not None
    assert advice[5].oid is None
