"""Copies without bytes, and large files removed for good, by huggingface_hub."""

import os
import sys
from pathlib import Path

import pytest
from huggingface_hub import CommitOperationCopy, HfApi, HfFileSystem
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

api = HfApi()
eve = HfApi(token=sys.argv[1])
content = os.urandom(500_000)
Path("big.bin").write_bytes(content)


def read(repo_id: str, path: str, repo_type: str = "model", revision: str = "main") -> bytes:
    return Path(api.hf_hub_download(repo_id, path, repo_type=repo_type, revision=revision)).read_bytes()


for repo_type, extra in (("model", {}), ("dataset", {}), ("space", {"space_sdk": "static"})):
    source = api.create_repo(
        f"ada/copy-source-{repo_type}", repo_type=repo_type, private=True, **extra
    ).repo_id
    api.upload_file(repo_id=source, repo_type=repo_type, path_or_fileobj="big.bin", path_in_repo="w/big.bin")
    api.upload_file(repo_id=source, repo_type=repo_type, path_or_fileobj=b"{}", path_in_repo="config.json")
    api.create_tag(source, tag="v1", repo_type=repo_type)
    url = api.duplicate_repo(source, f"forge/copy-{repo_type}", repo_type=repo_type)
    assert url.repo_id == f"forge/copy-{repo_type}"
    assert url.files_copy_pending is False
    assert api.repo_info(url.repo_id, repo_type=repo_type).private
    assert read(url.repo_id, "w/big.bin", repo_type) == content
    assert api.list_repo_commits(url.repo_id, repo_type=repo_type)[0].commit_id == (
        api.list_repo_commits(source, repo_type=repo_type)[0].commit_id
    )
    assert read(url.repo_id, "config.json", repo_type, "v1") == b"{}"
    with pytest.raises(HfHubHTTPError) as refused:
        api.duplicate_repo(source, url.repo_id, repo_type=repo_type)
    assert refused.value.response.status_code == 409
    again = api.duplicate_repo(source, url.repo_id, repo_type=repo_type, exist_ok=True)
    assert again.repo_id == url.repo_id
    with pytest.raises(RepositoryNotFoundError):
        eve.duplicate_repo(source, repo_type=repo_type)

source = "ada/copy-source-model"
opened = api.duplicate_repo(source, "ada/opened-copy", private=False).repo_id
assert not api.repo_info(opened).private
assert eve.duplicate_repo(opened).repo_id == "eve/opened-copy"

# Within a repo and across repos, in one commit
target = api.create_repo("ada/copy-target", private=True).repo_id
api.create_commit(
    target,
    operations=[
        CommitOperationCopy("w/big.bin", "a/one.bin", src_repo_id=source, src_repo_type="model"),
        CommitOperationCopy("config.json", "config.json", src_repo_id=source, src_repo_type="model"),
    ],
    commit_message="Copy across",
)
api.create_commit(
    target, operations=[CommitOperationCopy("a/one.bin", "b/two.bin")], commit_message="Copy within"
)
assert read(target, "a/one.bin") == read(target, "b/two.bin") == content
api.copy_files("hf://datasets/ada/copy-source-dataset/w/", f"hf://{target}/from-data/")
assert read(target, "from-data/big.bin") == content
fs = HfFileSystem(skip_instance_cache=True)
fs.cp_file(f"{source}/w/big.bin", f"{target}/by-fs.bin")
assert read(target, "by-fs.bin") == content
with pytest.raises(HfHubHTTPError):
    eve.copy_files(f"hf://{source}/w/big.bin", "hf://eve/opened-copy/stolen.bin")

# The source goes, the copies stay
api.delete_repo(source)
assert api.get_paths_info(target, ["a/one.bin"])[0].xet_hash
Path("fresh").mkdir()
kept = api.hf_hub_download(target, "a/one.bin", local_dir="fresh", force_download=True)
assert Path(kept).read_bytes() == content

# Removed for good
files = list(api.list_lfs_files(target))
assert len(files) == 1
assert files[0].size == len(content)
before = api.repo_info(target).sha
api.permanently_delete_lfs_files(target, files)
assert api.repo_info(target).sha != before
assert set(api.list_repo_files(target)) == {".gitattributes", "config.json"}
assert list(api.list_lfs_files(target)) == []
with pytest.raises(HfHubHTTPError):
    api.permanently_delete_lfs_files(target, files)
