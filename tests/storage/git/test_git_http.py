"""Clone, fetch and push with a real git client over HTTP; rules are read at the client's terminal."""

from __future__ import annotations

import gzip
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from openhearth.kit.names import RepoRef
from openhearth.storage.git import pointer_text
from tests.storage.git.hub_of_one import HubOfOne, serve_hub

REPO = RepoRef("model", "ada", "m")


@pytest.fixture(scope="module")
def shared_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubOfOne]:
    with serve_hub(tmp_path_factory.mktemp("hub")) as hub:
        yield hub


@pytest.fixture
def hub(shared_hub: HubOfOne) -> HubOfOne:
    """The shared hub with REPO fresh and empty."""
    shelf = shared_hub.shelf
    shelf.keys.clear()
    shelf.visibility.clear()
    shelf.moved.clear()
    shelf.pushes.clear()
    shelf.add(REPO)
    return shared_hub


@pytest.fixture
def work(tmp_path: Path, hub: HubOfOne) -> Path:
    """ada's clone of REPO with one commit, pushed."""
    work = tmp_path / "work"
    work.mkdir()
    git(work, "init", "-q", "-b", "main", ".")
    git(work, "remote", "add", "origin", hub.remote(REPO, "ada"))
    commit(work, {"a.txt": b"one"})
    git(work, "push", "-q", "-u", "origin", "main")
    return work


def run_git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "a@b",
        "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "a@b",
    }  # fmt: skip
    return subprocess.run(
        ["git", *arguments], cwd=folder, env=environ, capture_output=True, text=True, timeout=60, check=False
    )


def git(folder: Path, *arguments: str) -> str:
    done = run_git(folder, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(folder: Path, *arguments: str) -> str:
    done = run_git(folder, *arguments)
    assert done.returncode != 0, "git should have been refused"
    return done.stderr


def commit(folder: Path, files: dict[str, bytes], message: str = "change") -> str:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)
    return git(folder, "rev-parse", "HEAD").strip()


def fsck(hub: HubOfOne, ref: RepoRef = REPO) -> None:
    path = hub.shelf.git.path(hub.shelf.keys[ref])
    assert (
        git(path.parent, "-c", "safe.directory=*", "--git-dir", str(path), "fsck", "--full", "--strict") == ""
    )


def test_a_push_arrives_and_is_announced(hub: HubOfOne, work: Path, tmp_path: Path) -> None:
    first = git(work, "rev-parse", "HEAD").strip()
    second = commit(work, {"folder/🦥 b.txt": b"two" * 1000})
    git(work, "tag", "-a", "v1", "-m", "Release")
    git(work, "push", "-q", "origin", "main", "v1", "main:feature/x")
    key = hub.shelf.keys[REPO]
    assert hub.shelf.git.list_refs(key) == {
        "refs/heads/feature/x": second, "refs/heads/main": second, "refs/tags/v1": second
    }  # fmt: skip
    assert hub.shelf.pushes[0] == ("ada", [("refs/heads/main", None, first)])
    actor, updates = hub.shelf.pushes[1]
    assert actor == "ada" and ("refs/heads/main", first, second) in updates
    assert ("refs/tags/v1", None, second) in updates
    git(tmp_path, "clone", "-q", f"{hub.remote(REPO)}.git", "copy")
    assert (tmp_path / "copy/folder/🦥 b.txt").read_bytes() == b"two" * 1000
    assert git(tmp_path / "copy", "describe", "--tags").strip() == "v1"
    fsck(hub)


@pytest.mark.parametrize("protocol", ["0", "1", "2"])
def test_every_protocol_version_clones_and_fetches(
    hub: HubOfOne, work: Path, tmp_path: Path, protocol: str
) -> None:
    version = ("-c", f"protocol.version={protocol}")
    git(tmp_path, *version, "clone", "-q", hub.remote(REPO), "copy")
    newer = commit(work, {f"f{n}": b"%d" % n for n in range(30)})
    git(work, "push", "-q")
    git(tmp_path / "copy", *version, "pull", "-q")
    assert git(tmp_path / "copy", "rev-parse", "HEAD").strip() == newer


def test_shallow_and_partial_clones_work_and_can_push(hub: HubOfOne, work: Path, tmp_path: Path) -> None:
    for n in range(3):
        commit(work, {"a.txt": b"%d" % n})
    git(work, "push", "-q")
    git(tmp_path, "clone", "-q", "--depth", "1", hub.remote(REPO, "ada"), "shallow")
    assert git(tmp_path / "shallow", "rev-list", "--count", "HEAD").strip() == "1"
    newer = commit(tmp_path / "shallow", {"b.txt": b"from a shallow clone"})
    git(tmp_path / "shallow", "push", "-q")
    assert hub.shelf.git.resolve(hub.shelf.keys[REPO], "main") == newer
    git(tmp_path, "clone", "-q", "--filter=blob:none", hub.remote(REPO), "partial")
    assert (tmp_path / "partial/b.txt").read_bytes() == b"from a shallow clone"
    fsck(hub)


def test_a_long_negotiation_is_gzipped_and_understood(hub: HubOfOne, work: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", hub.remote(REPO), "copy")
    for n in range(60):
        git(tmp_path / "copy", "commit", "-q", "--allow-empty", "-m", f"mine {n}")
    commit(work, {"a.txt": b"theirs"})
    git(work, "push", "-q")
    git(tmp_path / "copy", "fetch", "-q")
    assert git(tmp_path / "copy", "rev-list", "--count", "main..origin/main").strip() == "1"


def test_branches_are_forced_and_deleted_but_main_stays(hub: HubOfOne, work: Path) -> None:
    git(work, "push", "-q", "origin", "main:gone")
    git(work, "push", "-q", "origin", ":gone")
    assert hub.shelf.pushes[-1][1][0][2] is None
    git(work, "commit", "-q", "--amend", "-m", "rewritten")
    assert "fetch first" in refused(work, "push", "-q") or "non-fast-forward" in refused(work, "push", "-q")
    git(work, "push", "-q", "--force")
    complaint = refused(work, "push", "-q", "origin", ":main")
    assert "remote: main: the main branch cannot be deleted." in complaint
    assert "refs/pr/1" in refused(work, "push", "-q", "origin", "main:refs/pr/1")
    assert list(hub.shelf.git.list_refs(hub.shelf.keys[REPO])) == ["refs/heads/main"]


def test_a_push_that_lost_the_race_is_told_so(hub: HubOfOne, work: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", hub.remote(REPO, "ada"), "late")
    commit(work, {"a.txt": b"first"})
    git(work, "push", "-q")
    commit(tmp_path / "late", {"b.txt": b"second"})
    assert "rejected" in refused(tmp_path / "late", "push", "-q")
    git(tmp_path / "late", "pull", "-q", "--rebase")
    git(tmp_path / "late", "push", "-q")
    fsck(hub)


def test_a_large_file_outside_lfs_is_refused_and_nothing_is_kept(hub: HubOfOne, work: Path) -> None:
    key = hub.shelf.keys[REPO]
    before = hub.shelf.git.list_refs(key)
    large = commit(work, {"weights.bin": os.urandom(11 << 20)})
    complaint = refused(work, "push", "origin", "main")
    assert "remote: 'weights.bin' has 11.0 MiB; files over 10 MiB belong in Git LFS" in complaint
    assert hub.shelf.git.list_refs(key) == before
    assert hub.shelf.git.resolve(key, large) is None
    assert list((hub.shelf.git.path(key) / "objects").glob("tmp_*")) == []
    assert len(hub.shelf.pushes) == 1
    git(work, "reset", "-q", "--hard", "HEAD~1")
    commit(work, {"small.bin": os.urandom(9 << 20)})
    git(work, "push", "-q")
    fsck(hub)


def test_a_pointer_to_nothing_is_refused(hub: HubOfOne, work: Path, tmp_path: Path) -> None:
    commit(work, {"model.bin": pointer_text("ab" * 32, 12345)})
    complaint = refused(work, "push")
    assert "remote: 'model.bin' points to the LFS object " + "ab" * 32 in complaint
    hub.shelf.objects.link(hub.shelf.keys[REPO], "ab" * 32, size_bytes=12345, uploaded_by=None)
    git(work, "push", "-q")
    other = RepoRef("dataset", "ada", "other")
    hub.shelf.add(other)
    assert "was not uploaded" in refused(work, "push", hub.remote(other, "ada"), "main")


def test_names_that_would_hurt_another_machine_are_refused(hub: HubOfOne, work: Path) -> None:
    blob = git(work, "hash-object", "-w", "a.txt").strip()
    listing = f"100644 blob {blob}\tbad\x01name\n"
    made = subprocess.run(
        ["git", "mktree"], cwd=work, input=listing.encode(), capture_output=True, check=True, timeout=60
    )
    bad = git(work, "commit-tree", made.stdout.decode().strip(), "-m", "bad").strip()
    assert "control characters" in refused(work, "push", "--force", "origin", f"{bad}:refs/heads/bad")
    assert hub.shelf.git.resolve(hub.shelf.keys[REPO], "bad") is None


def test_nobody_and_strangers_may_not_push(hub: HubOfOne, work: Path) -> None:
    commit(work, {"a.txt": b"two"})
    assert "could not read Username" in refused(work, "push", hub.remote(REPO), "main")
    stranger = refused(work, "push", hub.remote(REPO, "eve"), "main")
    assert "remote: You may not write ada/m" in stranger and "403" in stranger
    assert "Authentication failed" in refused(work, "push", hub.remote(REPO, "mallory"), "main")
    assert len(hub.shelf.pushes) == 1


def test_a_private_repo_looks_missing(hub: HubOfOne, tmp_path: Path) -> None:
    private = RepoRef("space", "ada", "hidden")
    hub.shelf.add(private, "private")
    answers = {}
    for ref in (private, RepoRef("space", "ada", "missing")):
        assert "could not read Username" in refused(tmp_path, "clone", hub.remote(ref))
        answers[ref.name] = refused(tmp_path, "clone", hub.remote(ref, "eve")).replace(ref.name, "NAME")
    assert answers["hidden"] == answers["missing"]
    git(tmp_path, "clone", "-q", hub.remote(private, "ada"))


def test_a_moved_repo_is_followed(hub: HubOfOne, work: Path, tmp_path: Path) -> None:
    hub.shelf.move(REPO, RepoRef("model", "ada", "renamed"))
    git(tmp_path, "clone", "-q", hub.remote(REPO), "copy")
    commit(work, {"a.txt": b"to the new address"})
    git(work, "push", "-q")
    assert len(hub.shelf.pushes) == 2


def test_dumb_clients_and_nonsense_get_a_plain_answer(hub: HubOfOne, work: Path) -> None:
    def ask(path: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
        request = urllib.request.Request(f"{hub.url}/ada/m/{path}", body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    token = {"Authorization": "Bearer hf_ada"}
    assert ask("info/refs")[0] == 403
    assert ask("git-receive-pack", b"nonsense", **token)[0] == 400
    assert ask("git-receive-pack", b"0000", **token) == (200, "")
    assert ask("git-receive-pack", b"00ff short", **token)[0] == 400
    assert ask("git-upload-pack", b"x", **{"Content-Encoding": "gzip"})[0] == 400
    assert ask("git-upload-pack", gzip.compress(bytes(100 << 20)), **{"Content-Encoding": "gzip"})[0] == 413
    assert ask("git-upload-pack", b"x", **{"Content-Encoding": "br"})[0] == 501
    assert list((hub.shelf.git.spool_path().parent).iterdir()) == []


def test_a_broken_pack_is_refused_by_name(hub: HubOfOne, work: Path) -> None:
    head = git(work, "rev-parse", "HEAD").strip()
    command = f"{head} {'1' * 40} refs/heads/main\0 report-status side-band-64k\n".encode()
    body = b"%04x%s0000" % (len(command) + 4, command) + b"PACK\0\0\0\2\0\0\0\1garbage"
    request = urllib.request.Request(
        f"{hub.url}/ada/m/git-receive-pack", body, headers={"Authorization": "Bearer hf_ada"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        report = answer.read()
    assert (
        b"unpack error" in report and b"ng refs/heads/main" in report and b"git refused the objects" in report
    )
    assert hub.shelf.git.resolve(hub.shelf.keys[REPO], "main") == head
