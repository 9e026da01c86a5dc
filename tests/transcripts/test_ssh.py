"""git over SSH, with the real ssh: clone, push and git-lfs by key alone; everything else is refused with a sentence."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import httpx2 as httpx
import pytest
from huggingface_hub import HfApi

from tests.support.running import RunningHub
from tests.support.ssh import SshUser


@pytest.fixture
def ada(running: RunningHub, tmp_path: Path) -> SshUser:
    return SshUser(running, tmp_path / "ada")


def api(hub: RunningHub, who: str = "ada") -> HfApi:
    return HfApi(endpoint=hub.url, token=hub.tokens[who])


def commit(user: SshUser, work: Path, message: str = "Change", **files: str) -> None:
    for name, text in files.items():
        (work / name.replace("__", ".")).write_text(text)
    user.git("add", ".", folder=work)
    user.git("commit", "-qm", message, folder=work)


def test_nobody_comes_in_without_a_key_that_somebody_added(running: RunningHub, tmp_path: Path) -> None:
    stranger = SshUser(running, tmp_path / "stranger", "eve", is_known=False)
    said = stranger.ssh()
    assert said.returncode == 255
    assert "Permission denied (publickey)" in said.stderr
    ada = SshUser(running, tmp_path / "ada", "ada")
    assert "Sign in as git" in ada.ssh(user="root").stderr


def test_ada_clones_and_pushes_by_key_and_the_clients_see_it(ada: SshUser, running: RunningHub) -> None:
    for kind, address in (
        ("model", "ada/by-ssh"),
        ("dataset", "datasets/ada/by-ssh"),
        ("space", "spaces/ada/by-ssh"),
    ):
        sdk = "static" if kind == "space" else None
        api(running).create_repo("ada/by-ssh", repo_type=kind, private=True, space_sdk=sdk)
        ada.git("clone", "-q", ada.url(f"{address}.git"), kind)
        work = ada.home / kind
        commit(ada, work, a__txt="one\n")
        ada.git("push", "-q", "origin", "main", "HEAD:refs/heads/topic", folder=work)
        info = api(running).repo_info("ada/by-ssh", repo_type=kind)
        assert info.sha == ada.git("rev-parse", "HEAD", folder=work).strip()
        ada.git("push", "-q", "origin", "main", folder=work)  # nothing to say is no push
        ada.git("tag", "-a", "v1", "-m", "one", folder=work)
        ada.git("push", "-q", "origin", "v1", ":topic", folder=work)
        refs = api(running).list_repo_refs("ada/by-ssh", repo_type=kind)
        assert [b.name for b in refs.branches] == ["main"]
        assert [t.name for t in refs.tags] == ["v1"]
    trace = ada.git("-c", "protocol.version=2", "ls-remote", ada.url("ada/by-ssh"))
    assert "refs/tags/v1^{}" in trace


def test_the_second_version_of_the_protocol_is_spoken(ada: SshUser, running: RunningHub) -> None:
    api(running).create_repo("ada/ssh-v2")
    environ = {**ada.environ(), "GIT_TRACE_PACKET": "1"}
    traced = subprocess.run(
        ["git", "ls-remote", ada.url("ada/ssh-v2")], env=environ, capture_output=True, text=True, check=True
    )
    assert "ls-remote< version 2" in traced.stderr


def test_shells_other_commands_and_forwarding_are_refused_with_a_sentence(
    ada: SshUser, running: RunningHub
) -> None:
    greeting = ada.ssh()
    assert greeting.returncode == 1
    assert "Hi ada, you are signed in, but there is no shell here" in greeting.stderr
    for command in ("ls -la /", "git-upload-archive 'ada/x'", "scp -t /tmp/x", "git-upload-pack"):
        refused = ada.ssh(command)
        assert refused.returncode == 1
        assert "Hi ada" in refused.stderr
        assert "cannot be run here" in refused.stderr
    assert ada.ssh("-s", "sftp").returncode != 0
    assert ada.ssh("-W", f"127.0.0.1:{running.port}").returncode != 0
    assert "Repository not found" in ada.ssh("git-upload-pack '/etc/passwd'").stderr
    assert "is no address" in ada.ssh("git-upload-pack 'ada/../../x'").stderr


def test_a_private_repo_is_missing_for_eve_and_readable_is_not_writable(
    ada: SshUser, running: RunningHub, tmp_path: Path
) -> None:
    api(running).create_repo("ada/ssh-hidden", private=True)
    api(running).create_repo("ada/ssh-open")
    eve = SshUser(running, tmp_path / "eve", "eve")
    said = [
        eve.refused("clone", eve.url(repo), "x").replace(repo, "REPO")
        for repo in ("ada/ssh-hidden", "ada/ssh-none")
    ]
    assert "Repository not found: REPO" in said[0]
    assert said[0] == said[1]
    eve.git("clone", "-q", eve.url("ada/ssh-open"), "work")
    commit(eve, eve.home / "work", x__txt="x")
    assert "you may not write to this repo" in eve.refused("push", "origin", "main", folder=eve.home / "work")


def test_a_push_that_breaks_a_rule_reads_the_same_as_over_http(ada: SshUser, running: RunningHub) -> None:
    api(running).create_repo("ada/ssh-rules")
    before = api(running).model_info("ada/ssh-rules").sha
    ada.git("clone", "-q", ada.url("ada/ssh-rules"), "work")
    work = ada.home / "work"
    (work / "huge.txt").write_bytes(os.urandom(11 << 20))
    commit(ada, work, "Too big for git")
    said = ada.refused("push", "origin", "main", folder=work)
    assert "huge.txt" in said
    assert "git lfs track" in said
    assert "refused, see above" in said
    assert "main branch cannot be deleted" in ada.refused("push", "origin", ":main", folder=work)
    # Refused before its pack was looked at, though the pack is on its way all the same.
    assert "refs/odd/x: only branches" in ada.refused("push", "origin", "HEAD:refs/odd/x", folder=work)
    assert api(running).model_info("ada/ssh-rules").sha == before


def test_git_lfs_finds_its_way_from_ssh_to_http_and_back(
    ada: SshUser, running: RunningHub, tmp_path: Path
) -> None:
    api(running).create_repo("ada/lfs-by-ssh", private=True)
    ada.git("lfs", "install")
    ada.git("clone", "-q", ada.url("ada/lfs-by-ssh"), "work")
    work = ada.home / "work"
    content = os.urandom(3 << 20)
    (work / "weights.bin").write_bytes(content)
    commit(ada, work, "Add weights")
    ada.git("push", "-q", "origin", "main", folder=work)
    again = SshUser(running, tmp_path / "again", "ada")
    again.git("lfs", "install")
    again.git("clone", "-q", again.url("ada/lfs-by-ssh"), "copy")
    assert (again.home / "copy" / "weights.bin").read_bytes() == content
    ticket = json.loads(ada.ssh("git-lfs-authenticate ada/lfs-by-ssh.git download").stdout)
    assert ticket["href"] == f"{running.url}/ada/lfs-by-ssh.git/info/lfs"
    assert 0 < ticket["expires_in"] <= 3600


def test_a_ticket_is_good_for_its_repo_and_its_direction_only(ada: SshUser, running: RunningHub) -> None:
    for name in ("ticket-a", "ticket-b"):
        api(running).create_repo(f"ada/{name}", private=True)
    ticket = json.loads(ada.ssh("git-lfs-authenticate ada/ticket-a download").stdout)
    batch = {"operation": "download", "objects": [{"oid": "0" * 64, "size": 1}]}

    def ask(repo: str, header: dict[str, str], **changed: str) -> int:
        answer = httpx.post(
            f"{running.url}/ada/{repo}.git/info/lfs/objects/batch", json={**batch, **changed}, headers=header
        )
        return answer.status_code

    assert ask("ticket-a", ticket["header"]) == 200
    assert ask("ticket-a", ticket["header"], operation="upload") == 403
    assert ask("ticket-b", ticket["header"]) == 403
    forged = {"Authorization": ticket["header"]["Authorization"].replace("download", "upload")}
    assert ask("ticket-a", forged, operation="upload") == 401
    assert ask("ticket-a", {}) == 401


def test_a_moved_repo_is_found_and_its_new_address_told(ada: SshUser, running: RunningHub) -> None:
    api(running).create_repo("ada/was-here")
    ada.git("clone", "-q", ada.url("ada/was-here"), "work")
    api(running).move_repo("ada/was-here", "ada/is-there")
    commit(ada, ada.home / "work", x__txt="x")
    ada.git("push", "-q", "origin", "main", folder=ada.home / "work")
    assert "x.txt" in api(running).list_repo_files("ada/is-there")
    assert "git remote set-url origin" in ada.ssh("git-upload-pack 'ada/was-here'").stderr
