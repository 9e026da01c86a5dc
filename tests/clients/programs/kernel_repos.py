"""Kernels, the fourth type of repo: made, filled, listed, read, cloned and deleted by huggingface_hub and git."""

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from huggingface_hub import CommitOperationAdd, HfApi, hf_hub_download, snapshot_download
from huggingface_hub.errors import RepositoryNotFoundError

MODE = sys.argv[1]
REPO = f"ada/activation-{MODE}"
TYPE = "kernel"
COMPILED = "build/torch29-cpu-x86_64-linux/activation.abi3.so"
api = HfApi()


def fill(code: bytes) -> None:
    url = api.create_repo(REPO, repo_type=TYPE)
    assert str(url) == f"{api.endpoint}/kernels/{REPO}", url
    api.create_commit(
        REPO,
        [
            CommitOperationAdd("README.md", b"---\nlicense: mit\nlibrary_name: kernels\n---\n# Activation\n"),
            CommitOperationAdd(COMPILED, io.BytesIO(code) if MODE == "lfs" else code),
        ],
        commit_message="Build",
        repo_type=TYPE,
    )
    api.create_branch(REPO, branch="v1", repo_type=TYPE)


def read(code: bytes) -> None:
    info = api.kernel_info(REPO)
    assert (info.id, info.author, info.private, info.gated, info.likes) == (REPO, "ada", False, False, 0), (
        info
    )
    assert info.sha
    assert info.last_modified is not None
    assert info.downloads is not None
    assert api.kernel_info(REPO, revision="v1").sha == info.sha
    assert api.repo_info(REPO, repo_type=TYPE).sha == info.sha
    assert COMPILED in [entry.path for entry in api.list_repo_tree(REPO, recursive=True, repo_type=TYPE)]
    assert {branch.name for branch in api.list_repo_refs(REPO, repo_type=TYPE).branches} == {"main", "v1"}
    assert Path(hf_hub_download(REPO, COMPILED, repo_type=TYPE)).read_bytes() == code
    assert (Path(snapshot_download(REPO, repo_type=TYPE, revision="v1")) / COMPILED).read_bytes() == code


def clone(code: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "lfs", "install"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["git", "clone", "-q", f"{api.endpoint}/kernels/{REPO}", folder], check=True)
        assert (Path(folder) / COMPILED).read_bytes() == code


def close_and_delete() -> None:
    hidden = f"{REPO}-hidden"
    api.create_repo(hidden, repo_type=TYPE, private=True)
    assert api.kernel_info(hidden).private is True
    assert_missing(hidden, token=False)
    api.delete_repo(REPO, repo_type=TYPE)
    assert_missing(REPO)


def assert_missing(repo: str, token: bool | None = None) -> None:
    try:
        api.kernel_info(repo, token=token)
    except RepositoryNotFoundError:
        return
    raise AssertionError(f"{repo} is there")


code = os.urandom(200_000)
fill(code)
read(code)
clone(code)
close_and_delete()
