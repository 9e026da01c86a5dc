"""Pull requests by plain git and git-lfs: eve may only read ada's repo, and pushes to what she proposed."""

from __future__ import annotations

import os
from pathlib import Path

import httpx2 as httpx
import pytest
from huggingface_hub import HfApi

from tests.support.git import GitUser
from tests.support.running import RunningHub


def api(hub: RunningHub, who: str) -> HfApi:
    return HfApi(endpoint=hub.url, token=hub.tokens[who])


@pytest.fixture
def repo(running: RunningHub, request: pytest.FixtureRequest) -> str:
    name = f"ada/{request.node.name.replace('_', '-')[:60]}"
    api(running, "ada").create_repo(name)
    return name


def clone(user: GitUser, repo: str) -> Path:
    user.git("clone", "-q", user.url(repo), "work")
    return user.home / "work"


def commit(user: GitUser, work: Path, name: str, content: bytes) -> str:
    (work / name).write_bytes(content)
    user.git("add", ".", folder=work)
    user.git("commit", "-q", "-m", f"Write {name}", folder=work)
    return user.git("rev-parse", "HEAD", folder=work).strip()


def test_push_to_a_draft_and_fetch_it_back(running: RunningHub, tmp_path: Path, repo: str) -> None:
    draft = api(running, "eve").create_pull_request(repo, title="By git")
    eve = GitUser(running, tmp_path / "eve", who="eve")
    work = clone(eve, repo)
    oid = commit(eve, work, "notes.txt", b"by git\n")
    eve.git("push", "-q", "origin", f"HEAD:refs/pr/{draft.num}", folder=work)
    found = api(running, "ada").get_discussion_details(repo, draft.num)
    assert [e.oid for e in found.events if e.type == "commit"] == [oid]  # type: ignore[attr-defined]
    assert "+by git" in (found.diff or "")
    nobody = GitUser(running, tmp_path / "nobody", who="nobody")
    copy = clone(nobody, repo)
    nobody.git("fetch", "-q", "origin", "refs/pr/*:refs/remotes/origin/pr/*", folder=copy)
    assert nobody.git("rev-parse", f"origin/pr/{draft.num}", folder=copy).strip() == oid
    eve.git("commit", "-q", "--amend", "-m", "Write it better", folder=work)
    eve.git("push", "-q", "--force", "origin", f"HEAD:refs/pr/{draft.num}", folder=work)
    assert api(running, "ada").list_repo_refs(repo, include_pull_requests=True).pull_requests


def test_what_may_not_be_pushed_is_refused_by_name(running: RunningHub, tmp_path: Path, repo: str) -> None:
    adas = api(running, "ada").create_pull_request(repo, title="By ada")
    eve = GitUser(running, tmp_path / "eve", who="eve")
    work = clone(eve, repo)
    commit(eve, work, "notes.txt", b"eve\n")
    assert "may not write" in eve.refused("push", "-q", "origin", "HEAD:refs/heads/main", folder=work)
    assert "may not write" in eve.refused("push", "-q", "origin", "HEAD:refs/tags/v1", folder=work)
    assert "Only whoever opened" in eve.refused(
        "push", "-q", "origin", f"HEAD:refs/pr/{adas.num}", folder=work
    )
    assert "refs/pr/77" in eve.refused("push", "-q", "origin", "HEAD:refs/pr/77", folder=work)
    own = api(running, "eve").create_pull_request(repo, title="By eve")
    assert "page of the pull request" in eve.refused(
        "push", "-q", "origin", f":refs/pr/{own.num}", folder=work
    )
    eve.refused("push", "-q", "origin", f"HEAD:refs/pr/{own.num}", "HEAD:refs/heads/main", folder=work)
    refs = api(running, "ada").list_repo_refs(repo, include_pull_requests=True)
    assert [b.name for b in refs.branches] == ["main"]
    assert {p.target_commit for p in refs.pull_requests or []} == {refs.branches[0].target_commit}
    api(running, "ada").change_discussion_status(repo, own.num, "closed")
    assert "closed" in eve.refused("push", "-q", "origin", f"HEAD:refs/pr/{own.num}", folder=work)
    nobody = GitUser(running, tmp_path / "nobody", who="nobody")
    copy = clone(nobody, repo)
    assert "Authentication failed" in nobody.refused(
        "push", "-q", "origin", "HEAD:refs/pr/1", folder=copy
    ) or "could not read Username" in nobody.refused("push", "-q", "origin", "HEAD:refs/pr/1", folder=copy)


def test_git_lfs_brings_a_large_file_that_is_eves_until_a_commit_names_it(
    running: RunningHub, tmp_path: Path, repo: str
) -> None:
    draft = api(running, "eve").create_pull_request(repo, title="With weights")
    eve = GitUser(running, tmp_path / "eve", who="eve")
    eve.git("lfs", "install")
    work = clone(eve, repo)
    content = os.urandom(100_000)
    commit(eve, work, "weights.bin", content)
    pointer = eve.git("show", "HEAD:weights.bin", folder=work)
    sha256 = pointer.partition("sha256:")[2][:64]
    eve.git("lfs", "push", "origin", "HEAD", folder=work)
    batch = {"operation": "download", "transfers": ["basic"], "objects": [{"oid": sha256, "size": 100_000}]}
    address = f"{running.url}/{repo}.git/info/lfs/objects/batch"

    def ask() -> dict[str, object]:
        answer = httpx.post(address, json=batch, headers={"accept": "application/vnd.git-lfs+json"})
        found: dict[str, object] = answer.json()["objects"][0]
        return found

    assert "error" in ask(), "nothing names it yet"
    eve.git("push", "-q", "origin", f"HEAD:refs/pr/{draft.num}", folder=work)
    assert "actions" in ask()
    api(running, "eve").change_discussion_status(repo, draft.num, "open")
    api(running, "ada").merge_pull_request(repo, draft.num)
    ada = GitUser(running, tmp_path / "ada")
    ada.git("lfs", "install")
    assert (clone(ada, repo) / "weights.bin").read_bytes() == content
