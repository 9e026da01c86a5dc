"""The forge as people use it: clone, edit, push; what is refused says why, on the terminal."""

from __future__ import annotations

import os
from pathlib import Path

import httpx2 as httpx
import pytest
from huggingface_hub import HfApi

from tests.support.git import GitUser
from tests.support.running import RunningHub


def api(hub: RunningHub, who: str = "ada") -> HfApi:
    return HfApi(endpoint=hub.url, token=hub.tokens[who])


def test_ada_clones_edits_and_pushes_and_the_page_of_the_commit_shows_it(
    running: RunningHub, tmp_path: Path
) -> None:
    api(running).create_repo("ada/by-git")
    ada = GitUser(running, tmp_path / "home")
    ada.git("clone", ada.url("ada/by-git"), "work")
    work = ada.home / "work"
    (work / "README.md").write_text("---\nlicense: mit\n---\n# By git\n")
    ada.git("add", ".", folder=work)
    ada.git("commit", "-m", "Write a card", folder=work)
    ada.git("push", "origin", "main", folder=work)
    info = api(running).model_info("ada/by-git")
    assert info.sha == ada.git("rev-parse", "HEAD", folder=work).strip()
    assert "license:mit" in (info.tags or [])
    ada.git("checkout", "-b", "topic/a", folder=work)
    ada.git("tag", "-a", "v1", "-m", "one", folder=work)
    ada.git("push", "origin", "topic/a", "v1", folder=work)
    refs = api(running).list_repo_refs("ada/by-git")
    assert {b.name for b in refs.branches} == {"main", "topic/a"}
    assert [t.name for t in refs.tags] == ["v1"]
    api(running).upload_file(path_or_fileobj=b"by the API", path_in_repo="api.txt", repo_id="ada/by-git")
    ada.git("pull", "origin", "main", folder=work)
    assert (work / "api.txt").read_text() == "by the API"


@pytest.mark.slow
def test_git_lfs_moves_200_mb_both_ways(running: RunningHub, tmp_path: Path) -> None:
    api(running).create_repo("ada/by-lfs")
    ada = GitUser(running, tmp_path / "home")
    ada.git("lfs", "install")
    ada.git("clone", ada.url("ada/by-lfs"), "work")
    work = ada.home / "work"
    content = os.urandom(200 << 20)
    (work / "weights.bin").write_bytes(content)
    ada.git("add", ".", folder=work)
    ada.git("commit", "-m", "Add weights", folder=work)
    ada.git("push", "origin", "main", folder=work)
    again = GitUser(running, tmp_path / "home-2")
    again.git("lfs", "install")
    again.git("clone", again.url("ada/by-lfs"), "copy")
    assert (again.home / "copy" / "weights.bin").read_bytes() == content


def test_a_file_uploaded_through_xet_is_cloned_by_git_lfs(running: RunningHub, tmp_path: Path) -> None:
    api(running).create_repo("ada/xet-to-lfs")
    file = tmp_path / "model.safetensors"
    file.write_bytes(os.urandom(3_000_000))
    api(running).upload_file(path_or_fileobj=file, path_in_repo="model.safetensors", repo_id="ada/xet-to-lfs")
    ada = GitUser(running, tmp_path / "home")
    ada.git("lfs", "install")
    ada.git("clone", ada.url("ada/xet-to-lfs"), "work")
    assert (ada.home / "work" / "model.safetensors").read_bytes() == file.read_bytes()


def test_a_private_repo_is_missing_for_eve_and_asks_nobody_for_a_password(
    running: RunningHub, tmp_path: Path
) -> None:
    api(running).create_repo("ada/hidden", private=True)
    eve = GitUser(running, tmp_path / "eve", "eve")
    for repo in ("ada/hidden", "ada/never-was"):
        assert f"Repository not found: {repo}" in eve.refused(
            "clone", eve.url(repo)
        ) or "not found" in eve.refused("clone", eve.url(repo))
    nobody = GitUser(running, tmp_path / "nobody", "nobody")
    said = [
        nobody.refused("clone", nobody.url(repo), "x").replace(repo, "REPO")
        for repo in ("ada/hidden", "ada/never-was")
    ]
    assert said[0] == said[1]


def test_a_read_token_clones_and_cannot_push(running: RunningHub, tmp_path: Path) -> None:
    api(running).create_repo("ada/read-only", private=True)
    reader = GitUser(running, tmp_path / "home", "ada-read")
    reader.git("clone", reader.url("ada/read-only"), "work")
    work = reader.home / "work"
    (work / "x.txt").write_text("x")
    reader.git("add", ".", folder=work)
    reader.git("commit", "-m", "x", folder=work)
    said = reader.refused("push", "origin", "main", folder=work)
    assert "403" in said or "token" in said
    assert api(running).list_repo_files("ada/read-only") == [".gitattributes"]


def test_a_push_that_breaks_a_rule_is_refused_with_a_sentence_and_moves_nothing(
    running: RunningHub, tmp_path: Path
) -> None:
    api(running).create_repo("ada/rules")
    before = api(running).model_info("ada/rules").sha
    ada = GitUser(running, tmp_path / "home")
    ada.git("clone", ada.url("ada/rules"), "work")
    work = ada.home / "work"
    (work / "huge.txt").write_bytes(os.urandom(11 << 20))
    ada.git("add", ".", folder=work)
    ada.git("commit", "-m", "Too big for git", folder=work)
    said = ada.refused("push", "origin", "main", folder=work)
    assert "huge.txt" in said
    assert "git lfs track" in said
    ada.git("reset", "--hard", "origin/main", folder=work)
    (work / "ghost.bin").write_text(
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 12\n"
    )
    ada.git(
        "-c",
        "filter.lfs.clean=cat",
        "-c",
        "filter.lfs.process=",
        "-c",
        "filter.lfs.required=false",
        "add",
        ".",
        folder=work,
    )
    ada.git("commit", "-m", "A pointer to nothing", folder=work)
    assert "ghost.bin" in ada.refused("push", "origin", "main", folder=work)
    assert "main" in ada.refused("push", "origin", ":main", folder=work)
    assert api(running).model_info("ada/rules").sha == before


def test_links_and_submodules_are_shown_as_what_they_are_and_never_followed(
    running: RunningHub, tmp_path: Path
) -> None:
    HfApi(endpoint=running.url, token=running.tokens["ada"]).create_repo("ada/links")
    ada = GitUser(running, tmp_path / "home")
    ada.git("clone", "-q", ada.url("ada/links"), "work")
    work = tmp_path / "home" / "work"
    (work / "passwords").symlink_to("/etc/passwd")
    (work / "above").symlink_to("../../../..")
    (work / "README.md").symlink_to("/etc/hostname")
    ada.git("add", ".", folder=work)
    ada.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module", folder=work)
    ada.git("commit", "-qm", "links", "--date", "99999999999 +0000", folder=work)
    ada.git("push", "-q", folder=work)
    with httpx.Client(base_url=running.url, headers={"accept": "text/html"}) as nobody:
        assert nobody.get("/ada/links/resolve/main/passwords").text == "/etc/passwd"
        assert nobody.get("/ada/links/resolve/main/above/etc/passwd").status_code == 404
        assert nobody.get("/ada/links/resolve/main/module").status_code == 404
        for page in ("", "/tree/main", "/commits/main", "/blob/main/passwords", "/blob/main/README.md"):
            assert nobody.get(f"/ada/links{page}").status_code == 200
        assert nobody.get("/api/models/ada/links/tree/main?recursive=true&expand=true").status_code == 200
