"""What people do with git beyond clone and push: parts of a repo, locks, large files in parts, signed commits, names that hurt."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import httpx2 as httpx
import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError

from tests.support.git import GitUser
from tests.support.running import PASSWORD, RunningHub
from tests.support.ssh import SshUser

NAMES = [
    "with space.txt", "hash#question?.txt", "percent%2Fescaped%20.txt", "q'uo\"tes.txt", "emoji 😀🔥.txt", "שלום עולם.txt",
    "plus+and&amp;.txt", "ü" * 125 + ".txt", "deep é/fol der#/x?.txt", "trailing.dot./a", "back\\slash.txt", "-dash.txt",
]  # fmt: skip


def api(hub: RunningHub, who: str = "ada") -> HfApi:
    return HfApi(endpoint=hub.url, token=hub.tokens[who])


class Form:
    """A person at a browser of the running hub, who fills in forms."""

    def __init__(self, hub: RunningHub, who: str) -> None:
        self.web = httpx.Client(base_url=hub.url, headers={"accept": "text/html"})
        self.send("/login", of="/login", name=who, password=PASSWORD)

    def send(self, path: str, *, of: str, **fields: str) -> None:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.web.get(of).text)
        assert token, f"{of} has no form"
        answer = self.web.post(path, data={**fields, "csrf_token": token[1]})
        assert answer.status_code == 303, answer.text[:500]


def begin(hub: RunningHub, home: Path, repo: str) -> tuple[GitUser, Path]:
    api(hub).create_repo(repo)
    ada = GitUser(hub, home)
    ada.git("clone", "-q", ada.url(repo), "work")
    return ada, ada.home / "work"


def commit(user: GitUser | SshUser, work: Path, message: str = "Change") -> str:
    user.git("add", "-A", folder=work)
    user.git("commit", "-qm", message, folder=work)
    return user.git("rev-parse", "HEAD", folder=work).strip()


def test_names_that_hurt_go_in_by_git_and_come_out_of_every_door(running: RunningHub, tmp_path: Path) -> None:
    ada, work = begin(running, tmp_path / "ada", "ada/names")
    for number, name in enumerate(NAMES):
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(f"content {number}\n")
    commit(ada, work)
    ada.git("push", "-q", "origin", "main", folder=work)
    ada.git("clone", "-q", ada.url("ada/names"), "again")
    client = api(running)
    listed = set(client.list_repo_files("ada/names"))
    assert listed >= set(NAMES)
    assert {info.path for info in client.get_paths_info("ada/names", NAMES)} == set(NAMES)
    with httpx.Client(base_url=running.url, follow_redirects=False) as web:
        page = web.get("/ada/names/tree/main", headers={"accept": "text/html"}).text
        for number, name in enumerate(NAMES):
            content = f"content {number}\n"
            assert (ada.home / "again" / name).read_text() == content
            path = client.hf_hub_download("ada/names", name, cache_dir=tmp_path / "cache")
            assert Path(path).read_text() == content
            address = quote(name)
            assert web.get(f"/ada/names/resolve/main/{address}").text == content
            for door in ("blob", "blame", "commits"):
                answer = web.get(f"/ada/names/{door}/main/{address}", headers={"accept": "text/html"})
                assert answer.status_code == 200, (door, name, answer.text[:300])
            if "/" not in name:
                assert f"/ada/names/blob/main/{address}" in page
            folder = name.rpartition("/")[0]
            tree = f"/api/models/ada/names/tree/main{'/' if folder else ''}{quote(folder, safe='')}"
            assert name in [entry["path"] for entry in web.get(tree).json()]


def test_parts_of_a_repo_are_cloned_and_the_rest_comes_when_needed(
    running: RunningHub, tmp_path: Path
) -> None:
    ada, work = begin(running, tmp_path / "ada", "ada/parts")
    for number in range(3):
        (work / "file.txt").write_text(f"version {number}\n")
        commit(ada, work)
    ada.git("tag", "light", folder=work)
    ada.git("tag", "-a", "heavy", "-m", "annotated", folder=work)
    ada.git("push", "-q", "origin", "main", "light", "heavy", folder=work)
    ada.git("clone", "-q", "--depth", "1", ada.url("ada/parts"), "shallow")
    count = ["rev-list", "--count", "HEAD"]
    assert ada.git(*count, folder=ada.home / "shallow").strip() == "1"
    ada.git("fetch", "-q", "--unshallow", folder=ada.home / "shallow")
    assert ada.git(*count, folder=ada.home / "shallow").strip() == "4"
    for kind in ("blob:none", "tree:0"):
        name = kind.replace(":", "-")
        ada.git("clone", "-q", "--no-checkout", f"--filter={kind}", ada.url("ada/parts"), name)
        missing = ada.git("rev-list", "--objects", "--all", "--missing=print", folder=ada.home / name)
        assert "?" in missing
        ada.git("checkout", "-q", "HEAD~1", folder=ada.home / name)
        assert (ada.home / name / "file.txt").read_text() == "version 1\n"
        assert ada.git("show", "heavy:file.txt", folder=ada.home / name) == "version 2\n"
    ssh = SshUser(running, tmp_path / "ssh")
    ssh.git(
        "clone", "-q", "--filter=blob:none", "--depth", "1", "-b", "light", ssh.url("ada/parts"), "partial"
    )
    assert (ssh.home / "partial" / "file.txt").read_text() == "version 2\n"


def test_what_no_ref_leads_to_is_nobody_s_to_fetch(running: RunningHub, tmp_path: Path) -> None:
    """A secret is committed and taken back by force: who remembers its id does not get it again."""
    ada, work = begin(running, tmp_path / "ada", "ada/regret")
    (work / "secret.txt").write_text("hunter2\n")
    regretted = commit(ada, work)
    blob = ada.git("rev-parse", "HEAD:secret.txt", folder=work).strip()
    ada.git("push", "-q", "origin", "main", folder=work)
    kept = ada.git("rev-parse", "HEAD~1", folder=work).strip()
    eve = GitUser(running, tmp_path / "eve", "eve")
    eve.git("init", "-q", "early")
    eve.git("fetch", "-q", eve.url("ada/regret"), regretted, folder=eve.home / "early")
    ada.git("push", "-qf", "origin", "HEAD~1:main", folder=work)
    ssh = SshUser(running, tmp_path / "ssh", "eve")
    for user in (eve, ssh):
        user.git("init", "-q", "late")
        late = user.home / "late"
        user.git("fetch", "-q", user.url("ada/regret"), kept, folder=late)
        for version in ("2", "0"):
            for oid in (regretted, blob):
                said = user.refused(
                    "-c", f"protocol.version={version}", "fetch", user.url("ada/regret"), oid, folder=late
                )
                assert f"no ref of this repo leads to {oid}" in said or "unadvertised object" in said


def test_locks_are_taken_seen_and_broken_by_git_lfs(running: RunningHub, tmp_path: Path) -> None:
    api(running).create_repo("forge/art")
    people = {}
    for who in ("ada", "ben"):
        user = people[who] = GitUser(running, tmp_path / who, who)
        user.git("lfs", "install")
        user.git("clone", "-q", user.url("forge/art"), "work")
    ada, ben = people["ada"], people["ben"]
    work = ben.home / "work"
    ben.git("lfs", "track", "*.psd", "--lockable", folder=work)
    (work / "a b.psd").write_bytes(b"layers")
    commit(ben, work)
    ben.git("push", "-q", "origin", "main", folder=work)
    ben.git("lfs", "lock", "a b.psd", folder=work)
    ada.git("pull", "-q", folder=ada.home / "work")
    assert "ben" in ada.git("lfs", "locks", folder=ada.home / "work")
    assert "already created lock" in ada.refused("lfs", "lock", "a b.psd", folder=ada.home / "work")
    (ada.home / "work" / "a b.psd").chmod(0o644)
    (ada.home / "work" / "a b.psd").write_bytes(b"more layers")
    commit(ada, ada.home / "work")
    assert "ben" in ada.refused(
        "-c", "lfs.locksverify=true", "push", "origin", "main", folder=ada.home / "work"
    )
    ada.git("lfs", "unlock", "--force", "a b.psd", folder=ada.home / "work")
    ada.git("-c", "lfs.locksverify=true", "push", "-q", "origin", "main", folder=ada.home / "work")
    assert ben.git("lfs", "locks", folder=work).strip() == ""


def test_a_history_is_migrated_to_lfs_and_pushed(running: RunningHub, tmp_path: Path) -> None:
    ada, work = begin(running, tmp_path / "ada", "ada/migrated")
    ada.git("lfs", "install")
    (work / "big.dat").write_bytes(os.urandom(11 << 20))
    commit(ada, work, "Too big for git")
    (work / "small.txt").write_text("small")
    commit(ada, work)
    assert "git lfs migrate import" in ada.refused("push", "origin", "main", folder=work)
    ada.git("lfs", "migrate", "import", "--include=*.dat", "--everything", "--yes", folder=work)
    ada.git("push", "-qf", "origin", "main", folder=work)
    ada.git("clone", "-q", ada.url("ada/migrated"), "again")
    assert (ada.home / "again" / "big.dat").stat().st_size == 11 << 20


def test_signed_commits_are_shown_with_who_signed_them(running: RunningHub, tmp_path: Path) -> None:
    api(running).create_repo("ada/signed")
    ada = SshUser(running, tmp_path / "ada")
    ada.git("clone", "-q", ada.url("ada/signed"), "work")
    work = ada.home / "work"
    sign = ("-c", "gpg.format=ssh", "-c", f"user.signingKey={ada.key}")
    ada.git(*sign, "commit", "-qS", "--allow-empty", "-m", "By ada's key", folder=work)
    stray = tmp_path / "stray"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(stray)], check=True)
    sign = ("-c", "gpg.format=ssh", "-c", f"user.signingKey={stray}")
    ada.git(*sign, "commit", "-qS", "--allow-empty", "-m", "By a stray key", folder=work)
    ada.git("push", "-q", "origin", "main", folder=work)
    page = httpx.get(f"{running.url}/ada/signed/commits/main", headers={"accept": "text/html"}).text
    assert page.count(">Verified<") == 1
    assert page.count(">Signed, unverified<") == 1
    oid = ada.git("rev-parse", "HEAD~1", folder=work).strip()
    page = httpx.get(f"{running.url}/ada/signed/commit/{oid}", headers={"accept": "text/html"}).text
    assert "an SSH key that ada added to their account" in page


def test_a_protected_branch_is_not_forced_and_moved_by_admins_only(
    running: RunningHub, tmp_path: Path
) -> None:
    api(running).create_repo("forge/guarded")
    ada = Form(running, "ada")
    for fields in ({"branch": "main", "admins_only": "on"}, {"branch": "release/*"}):
        ada.send("/forge/guarded/settings/protect", of="/forge/guarded/settings", **fields)
    ada.web.close()
    ben = GitUser(running, tmp_path / "ben", "ben")
    ben.git("clone", "-q", ben.url("forge/guarded"), "work")
    work = ben.home / "work"
    (work / "a.txt").write_text("a")
    commit(ben, work)
    assert "only admins of forge/guarded may change" in ben.refused("push", "origin", "main", folder=work)
    ben.git("push", "-q", "origin", "main:release/1", folder=work)
    ben.git("commit", "-q", "--amend", "-m", "Another story", folder=work)
    said = ben.refused("push", "-f", "origin", "main:release/1", folder=work)
    assert "release/1: this branch is protected and keeps its history" in said
    assert "cannot be deleted" in ben.refused("push", "origin", ":release/1", folder=work)
    ben.git("push", "-q", "origin", "main:topic", folder=work)
    ben.git("commit", "-q", "--amend", "-m", "Free to change", folder=work)
    ben.git("push", "-qf", "origin", "main:topic", folder=work)
    with pytest.raises(HfHubHTTPError, match="only admins of forge/guarded may change this branch"):
        api(running, "ben").upload_file(path_or_fileobj=b"b", path_in_repo="b.txt", repo_id="forge/guarded")


def test_a_full_namespace_says_so_at_every_door(running: RunningHub, tmp_path: Path) -> None:
    running.command("admin", "org", "add", "attic", "--member", "ada:admin")
    ada, work = begin(running, tmp_path / "ada", "attic/full")
    ada.git("lfs", "install")
    assert "may store any amount" in running.command("admin", "quota", "attic")
    assert "0.001 GB" in running.command("admin", "quota", "attic", "0.001")
    sentence = "of the 0.001 GB it may"
    content = tmp_path / "large.bin"
    content.write_bytes(os.urandom(2 << 20))
    for name in ("large.bin", "plain.txt"):
        with pytest.raises(HfHubHTTPError, match=sentence):
            api(running).upload_file(path_or_fileobj=content, path_in_repo=name, repo_id="attic/full")
    (work / "large.bin").write_bytes(content.read_bytes())
    commit(ada, work)
    assert sentence in ada.refused("push", "origin", "main", folder=work)
    ada.git("reset", "-q", "--hard", "origin/main", folder=work)
    (work / "text.txt").write_bytes(os.urandom(1_500_000).hex().encode())
    commit(ada, work)
    assert sentence in ada.refused("push", "origin", "main", folder=work)
    running.command("admin", "quota", "attic", "default")
    ada.git("push", "-q", "origin", "main", folder=work)


@pytest.fixture
def small_parts(tmp_path: Path) -> RunningHub:
    """A hub whose large uploads begin at 1 MiB, in parts of 1 MiB: what others need 5 GB to see."""
    environ = {"OPENHEARTH_LFS_MULTIPART_MB": "1", "OPENHEARTH_LFS_PART_MB": "1"}
    return RunningHub(tmp_path / "small" / "data", environ=environ)


@pytest.mark.slow
def test_the_custom_transfer_for_files_over_5_gb_uploads_in_parts(
    small_parts: RunningHub, tmp_path: Path
) -> None:
    hub = small_parts.start()
    try:
        hub.command("admin", "user", "add", "ada")
        hub.tokens["ada"] = hub.command("admin", "token", "add", "ada", "--role", "write")
        ada, work = begin(hub, tmp_path / "ada", "ada/huge")
        ada.git("lfs", "install")
        environ = {
            **os.environ,
            "HOME": str(ada.home),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        subprocess.run(
            ["hf", "lfs-enable-largefiles", str(work)], env=environ, check=True, capture_output=True
        )
        content = os.urandom((3 << 20) + 17)
        (work / "huge.bin").write_bytes(content)
        commit(ada, work)
        pushed = subprocess.run(
            ["git", "push", "origin", "main"], cwd=work, capture_output=True, text=True, check=False,
            env={**environ, "GIT_TRACE": "1", "HF_ENDPOINT": hub.url, "GIT_TERMINAL_PROMPT": "0"},
        )  # fmt: skip
        assert pushed.returncode == 0, pushed.stderr[-3000:]
        assert "lfs-multipart-upload" in pushed.stderr
        ada.git("clone", "-q", ada.url("ada/huge"), "again")
        assert (ada.home / "again" / "huge.bin").read_bytes() == content
    finally:
        hub.stop()
