"""`hf` about files and repos."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError
from rows import IS_1X, TOKENS, api, fresh, fresh_name, local, raises, row
from shell import hf, hf_json

CARD = b"---\nlicense: mit\ntitle: Steel\nsdk: static\n---\n# Steel\n"


def signing_in() -> None:
    with row("auth whoami"):
        assert hf_json("auth", "whoami")["user"] == "ada"
    token = os.environ.pop("HF_TOKEN")
    with row("auth login"):
        hf("auth", "login", "--token", TOKENS["ben"])
    with row("auth list"):
        assert "c-" not in hf("auth", "list")
        assert any(mark in hf("auth", "list") for mark in ("ben", "hf_"))
    with row("auth token"):
        assert TOKENS["ben"] in hf("auth", "token")
    with row("auth switch"):
        from huggingface_hub.utils import get_stored_tokens

        (name,) = get_stored_tokens()
        hf("auth", "switch", "--token-name", name)
        assert hf_json("auth", "whoami")["user"] == "ben"
    with row("auth logout"):
        hf("auth", "logout", "--token-name", name)
        assert get_stored_tokens() == {}
    os.environ["HF_TOKEN"] = token
    with row("version"):
        import huggingface_hub

        assert huggingface_hub.__version__ in hf("version")
    with row("env"):
        assert "ENDPOINT" in hf("env")
    local("installs a newer client from the Python index", "update")


def files() -> None:
    repo = fresh("files")
    folder = Path("up")
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text("a")
    (folder / "sub" / "b.bin").write_bytes(os.urandom(120_000))
    with row("upload"):
        hf("upload", repo, str(folder), ".")
        assert {"a.txt", "sub/b.bin"} <= set(api.list_repo_files(repo))
        hf("upload", repo, "up/a.txt", "other.txt", "--commit-message", "Other")
        assert api.list_repo_commits(repo)[0].title == "Other"
    if IS_1X:
        with row("upload-large-folder"):
            hf(
                "upload-large-folder",
                repo,
                str(folder),
                "--repo-type",
                "model",
                "--no-report",
                "--num-workers",
                "2",
            )
            assert "sub/b.bin" in api.list_repo_files(repo)
        with row("repo-files delete"):
            hf("repo-files", "delete", repo, "other.txt")
            assert "other.txt" not in api.list_repo_files(repo)
    with row("download"):
        hf("download", repo, "--local-dir", "down", "--include", "sub/*")
        assert Path("down/sub/b.bin").read_bytes() == (folder / "sub" / "b.bin").read_bytes()
        raises(RepositoryNotFoundError, hf, "download", fresh_name("never"))
    for command in (["cp"], ["repos", "cp"]):
        with row(" ".join(command)):
            hf(*command, "up/a.txt", f"hf://{repo}/by-cp.txt")
            hf(*command, f"hf://{repo}/by-cp.txt", "by-cp.txt")
            assert Path("by-cp.txt").read_text() == "a"
            hf(*command, f"hf://{repo}/sub/b.bin", f"hf://{repo}/copy.bin")
            assert "copy.bin" in api.list_repo_files(repo)
            api.delete_files(repo, ["by-cp.txt", "copy.bin"])
            Path("by-cp.txt").unlink()
    with row("repos delete-files"):
        hf("repos", "delete-files", repo, "sub/*")
        assert "sub/b.bin" not in api.list_repo_files(repo)


def repos() -> None:
    name = fresh_name("with-hf")
    with row("repos create"):
        assert hf_json("repos", "create", name, "--private")["repo_id"] == name
        assert api.model_info(name).private
        raises(HfHubHTTPError, hf, "repos", "create", name)
        hf("repos", "create", name, "--exist-ok")
    with row("repos settings"):
        hf("repos", "settings", name, "--public", "--gated", "auto")
        info = api.model_info(name)
        assert (info.private, info.gated) == (False, "auto")
        hf("repos", "settings", name, "--gated", "false")
    with row("repos branch create"):
        hf("repos", "branch", "create", name, "dev")
        assert "dev" in [branch.name for branch in api.list_repo_refs(name).branches]
    with row("repos branch delete"):
        hf("repos", "branch", "delete", name, "dev")
        assert "dev" not in [branch.name for branch in api.list_repo_refs(name).branches]
    with row("repos tag create"):
        hf("repos", "tag", "create", name, "v1", "-m", "first")
    with row("repos tag list"):
        assert "v1" in hf("repos", "tag", "list", name)
    with row("repos tag delete"):
        hf("repos", "tag", "delete", name, "v1", "--yes")
        assert api.list_repo_refs(name).tags == []
    with row("repos list"):
        assert name in [item["id"] for item in hf_json("repos", "list", "--limit", "1000")]
    with row("repos duplicate"):
        copy = fresh_name("copied")
        hf("repos", "duplicate", name, copy)
        assert api.repo_exists(copy)
    with row("repos move"):
        moved = fresh_name("moved-by-hf")
        hf("repos", "move", name, moved)
        assert api.model_info(name).id == moved
    with row("repos delete"):
        hf("repos", "delete", moved, "--yes")
        assert not api.repo_exists(moved)


def reading() -> None:
    for kind in ("model", "dataset", "space"):
        repo = fresh("read", repo_type=kind)
        api.upload_file(path_or_fileobj=CARD, path_in_repo="README.md", repo_id=repo, repo_type=kind)
        with row(f"{kind}s info"):
            assert hf_json(f"{kind}s", "info", repo)["id"] == repo
        with row(f"{kind}s list"):
            found = hf_json(f"{kind}s", "list", "--author", "ada", "--search", repo.split("/")[1])
            assert [item["id"] for item in found] == [repo]
            assert "README.md" in hf(f"{kind}s", "list", repo)
        with row(f"{kind}s card"):
            assert "# Steel" in hf(f"{kind}s", "card", repo)
            assert hf_json(f"{kind}s", "card", repo, "--metadata")["license"] == "mit"
    data = fresh("sql", repo_type="dataset")
    with row("datasets leaderboard"):
        hf("datasets", "leaderboard", data)
        raise AssertionError("a leaderboard was answered")
    with row("datasets parquet"):
        error = raises(Exception, hf, "datasets", "parquet", data)
        assert "only available on the Hugging Face Hub" in str(error), error
        refused_by_the_client("datasets-server.huggingface.co")
    local("runs DuckDB with an extension that DuckDB downloads from its own host", "datasets sql")


def refused_by_the_client(host: str) -> None:
    """The client itself refuses to ask any hub but the public one."""
    from rows import Elsewhere

    raise Elsewhere(host)


def cache() -> None:
    repo = fresh("cached")
    api.upload_file(path_or_fileobj=b"old", path_in_repo="a.txt", repo_id=repo)
    api.snapshot_download(repo)
    api.upload_file(path_or_fileobj=b"new", path_in_repo="a.txt", repo_id=repo)
    path = Path(api.snapshot_download(repo))
    with row("cache list"):
        assert f"model/{repo}" in hf("cache", "list", "--format", "json")
    with row("cache verify"):
        hf("cache", "verify", repo)
        (path / "a.txt").resolve().write_text("broken")
        raises((Exception, SystemExit), hf, "cache", "verify", repo)
    with row("cache prune"):
        hf("cache", "prune", "-y")
        assert len(list(path.parent.iterdir())) == 1
    with row("cache rm"):
        hf("cache", "rm", f"model/{repo}", "-y")
        assert not path.exists()


def large_files() -> None:
    with row("lfs-enable-largefiles"):
        subprocess.run(["git", "init", "-q", "clone"], check=True)
        hf("lfs-enable-largefiles", "clone")
        config = subprocess.run(
            ["git", "config", "--list"], cwd="clone", capture_output=True, text=True, check=True
        )
        assert "lfs.customtransfer.multipart.path=hf" in config.stdout
    local("started by git-lfs for files over 1 GiB, not by people", "lfs-multipart-upload")
    with row("skills preview"):
        assert "hf-cli" in hf("skills", "preview")
    with row("skills add"):
        hf("skills", "add", "--dest", "skills")
        assert Path("skills/hf-cli/SKILL.md").exists()
    with row("skills update"):
        assert "hf-cli" in hf("skills", "update", "--dest", "skills")
    local("lists a marketplace that is a repo of the public hub", "skills list")


def extensions() -> None:
    with row("extensions list"):
        assert hf("extensions", "list", "--format", "json").strip() == "[]"
    with row("extensions search"):
        hf("extensions", "search")
        raise AssertionError("extensions were expected on another host")
    with row("extensions install"):
        hf("extensions", "install", "hf-none")
        raise AssertionError("extensions were expected on another host")
    local("acts on what `hf extensions install` brought from github.com",
          "extensions exec", "extensions remove", "extensions update")  # fmt: skip


SCENARIOS = (signing_in, files, repos, reading, cache, large_files, extensions)
