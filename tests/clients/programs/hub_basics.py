"""huggingface_hub, the daily calls: create, upload, list, read, branch, tag, move, delete, and each error's own exception."""

import io
import os
import sys
import tempfile
from pathlib import Path

from huggingface_hub import (
    CommitOperationAdd,
    CommitOperationCopy,
    CommitOperationDelete,
    HfApi,
    hf_hub_download,
    metadata_update,
    snapshot_download,
)
from huggingface_hub.errors import (
    BadRequestError,
    EntryNotFoundError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

MODE = sys.argv[1]
api = HfApi()


def raises(kind: type[Exception], call: object, *arguments: object, **options: object) -> Exception:
    assert callable(call)
    try:
        call(*arguments, **options)
    except kind as error:
        return error
    raise AssertionError(f"{call.__name__} raised no {kind.__name__}")


def create_and_describe(repo: str) -> None:
    me = api.whoami()
    assert me["name"] == "ada", me
    assert {org["name"] for org in me["orgs"]} >= {"forge", "starter"}
    url = api.create_repo(repo)
    assert url.repo_id == repo
    assert api.create_repo(repo, exist_ok=True).repo_id == repo
    assert "409" in str(raises(HfHubHTTPError, api.create_repo, repo))
    info = api.model_info(repo)
    assert info.sha
    assert info.id == repo
    assert info.private is False
    assert info.siblings is not None
    assert [s.rfilename for s in info.siblings] == [".gitattributes"]
    assert api.repo_exists(repo)
    assert not api.repo_exists(repo + "-none")
    api.auth_check(repo)


def upload_and_read(repo: str, folder: Path) -> bytes:
    big = os.urandom(3_000_000)
    (folder / "sub").mkdir(parents=True)
    (folder / "weights.bin").write_bytes(big)
    (folder / "sub" / "notes.txt").write_text("hello")
    (folder / "README.md").write_text(
        "---\nlicense: apache-2.0\nlanguage: en\ntags: [fire]\npipeline_tag: text-generation\n---\n# Hi\n"
    )
    commit = api.upload_folder(
        repo_id=repo, folder_path=folder, commit_message="Add all", commit_description="In one go"
    )
    assert commit.commit_url.startswith(f"{api.endpoint}/{repo}/commit/"), commit.commit_url
    api.upload_file(path_or_fileobj=io.BytesIO(b"from memory"), path_in_repo="memory.bin", repo_id=repo)
    api.upload_file(path_or_fileobj=b"plain text", path_in_repo="plain.txt", repo_id=repo)
    before = api.model_info(repo).sha
    api.upload_file(path_or_fileobj=b"plain text", path_in_repo="plain.txt", repo_id=repo)
    assert api.model_info(repo).sha == before, "an unchanged file made a commit"
    assert Path(hf_hub_download(repo, "weights.bin")).read_bytes() == big
    assert Path(hf_hub_download(repo, "memory.bin")).read_bytes() == b"from memory"
    local = Path(snapshot_download(repo, local_dir=folder.parent / "copy"))
    assert (local / "weights.bin").read_bytes() == big
    assert (local / "sub" / "notes.txt").read_text() == "hello"
    cached = Path(snapshot_download(repo))
    assert (cached / "weights.bin").read_bytes() == big
    return big


def list_and_find(repo: str) -> None:
    files = set(api.list_repo_files(repo))
    assert files == {
        ".gitattributes",
        "README.md",
        "weights.bin",
        "memory.bin",
        "plain.txt",
        "sub/notes.txt",
    }, files
    tree = {entry.path: entry for entry in api.list_repo_tree(repo, recursive=True, expand=True)}
    assert tree["weights.bin"].lfs.size == 3_000_000
    assert tree["sub/notes.txt"].last_commit.title == "Add all"
    assert [entry.path for entry in api.list_repo_tree(repo, "sub")] == ["sub/notes.txt"]
    found = {entry.path for entry in api.get_paths_info(repo, ["plain.txt", "sub", "absent"])}
    assert found == {"plain.txt", "sub"}, found
    info = api.model_info(repo, files_metadata=True, securityStatus=True)
    assert info.pipeline_tag == "text-generation"
    assert info.card_data is not None
    assert info.card_data.license == "apache-2.0"
    assert info.tags is not None
    assert {"license:apache-2.0", "en", "fire"} <= set(info.tags), info.tags
    sizes = {s.rfilename: s.size for s in info.siblings or []}
    assert sizes["weights.bin"] == 3_000_000
    assert api.model_info(repo, expand=["downloads", "likes"]).likes == 0
    raises(BadRequestError, api.model_info, repo, expand=["nonsense"])
    assert repo in [
        model.id
        for model in api.list_models(author=repo.split("/")[0], filter="license:apache-2.0", full=True)
    ]
    assert repo in [
        model.id
        for model in api.list_models(
            search=repo.split("/")[1], pipeline_tag="text-generation", sort="created_at"
        )
    ]
    assert len(list(api.list_models(limit=1))) == 1
    assert api.file_exists(repo, "plain.txt")
    assert not api.file_exists(repo, "absent.txt")


def branch_and_tag(repo: str) -> None:
    api.create_branch(repo, branch="feature/x")
    raises(HfHubHTTPError, api.create_branch, repo, branch="feature/x")
    api.upload_file(
        path_or_fileobj=b"on a branch", path_in_repo="branch.txt", repo_id=repo, revision="feature/x"
    )
    assert not api.file_exists(repo, "branch.txt")
    assert Path(hf_hub_download(repo, "branch.txt", revision="feature/x")).read_bytes() == b"on a branch"
    api.create_tag(repo, tag="v1", tag_message="first")
    raises(HfHubHTTPError, api.create_tag, repo, tag="v1")
    refs = api.list_repo_refs(repo)
    assert {b.name for b in refs.branches} == {"main", "feature/x"}
    assert [t.name for t in refs.tags] == ["v1"]
    assert api.revision_exists(repo, "v1")
    assert not api.revision_exists(repo, "v2")
    assert api.model_info(repo, revision="v1").sha == refs.tags[0].target_commit
    commits = api.list_repo_commits(repo)
    assert [c.title for c in commits][-2:] == ["Add all", "initial commit"], [c.title for c in commits]
    assert commits[-2].message.strip() in ("In one go", "Add all\n\nIn one go"), commits[-2].message
    assert commits[0].authors == ["ada"]
    api.delete_tag(repo, tag="v1")
    raises(RevisionNotFoundError, api.delete_tag, repo, tag="v1")
    api.delete_branch(repo, branch="feature/x")
    raises(HfHubHTTPError, api.delete_branch, repo, branch="main")


def commit_carefully(repo: str) -> None:
    head = api.model_info(repo).sha
    operations = [
        CommitOperationCopy(src_path_in_repo="weights.bin", path_in_repo="copied/weights.bin"),
        CommitOperationAdd("a b#c?%2F.txt", b"hurts"),
        CommitOperationDelete("memory.bin"),
    ]
    api.create_commit(repo, operations, commit_message="Many things", parent_commit=head)
    assert {"copied/weights.bin", "a b#c?%2F.txt"} <= set(api.list_repo_files(repo))
    assert Path(hf_hub_download(repo, "a b#c?%2F.txt")).read_bytes() == b"hurts"
    stale = raises(
        HfHubHTTPError,
        api.create_commit,
        repo,
        [CommitOperationAdd("x", b"x")],
        commit_message="late",
        parent_commit=head,
    )
    assert "412" in str(stale), stale
    api.delete_file("plain.txt", repo_id=repo)
    api.delete_folder("copied", repo_id=repo)
    raises(EntryNotFoundError, api.delete_file, "never-was.txt", repo_id=repo)
    metadata_update(repo, {"tags": ["ember"]}, overwrite=True)
    assert "ember" in (api.model_info(repo).tags or [])
    raises(ValueError, metadata_update, repo, {"license": {"name": "x"}}, overwrite=True)
    api.super_squash_history(repo)
    assert len(api.list_repo_commits(repo)) == 1
    assert api.file_exists(repo, "README.md")


def fail_plainly(repo: str) -> None:
    raises(RepositoryNotFoundError, api.model_info, repo + "-none")
    raises(RevisionNotFoundError, api.model_info, repo, revision="no-such-branch")
    raises(EntryNotFoundError, hf_hub_download, repo, "absent.bin")
    raises(RevisionNotFoundError, hf_hub_download, repo, "README.md", revision="no-such-branch")
    raises(RepositoryNotFoundError, hf_hub_download, repo + "-none", "README.md")
    raises(EntryNotFoundError, lambda: list(api.list_repo_tree(repo, "no/such/folder")))
    raises(HfHubHTTPError, api.create_repo, "eve/not-mine")


def move_and_delete(repo: str) -> None:
    moved = repo + "-moved"
    api.move_repo(repo, moved)
    assert api.model_info(repo).id == moved
    assert Path(hf_hub_download(repo, "README.md", force_download=True)).exists()
    api.update_repo_settings(moved, visibility="private")
    assert api.model_info(moved).private
    raises(RepositoryNotFoundError, HfApi(token=False).model_info, moved)
    api.delete_repo(moved)
    raises(RepositoryNotFoundError, api.model_info, moved)
    raises(RepositoryNotFoundError, api.delete_repo, moved)
    api.delete_repo(moved, missing_ok=True)


def other_types() -> None:
    for repo_type in ("dataset", "space"):
        repo = f"ada/typed-{MODE}"
        api.create_repo(repo, repo_type=repo_type, space_sdk="static" if repo_type == "space" else None)
        api.upload_file(
            path_or_fileobj=b"a,b\n1,2\n", path_in_repo="data.csv", repo_id=repo, repo_type=repo_type
        )
        assert Path(hf_hub_download(repo, "data.csv", repo_type=repo_type)).read_bytes() == b"a,b\n1,2\n"
        assert api.repo_info(repo, repo_type=repo_type).id == repo
    assert f"ada/typed-{MODE}" in [d.id for d in api.list_datasets(author="ada")]
    assert f"ada/typed-{MODE}" in [s.id for s in api.list_spaces(author="ada")]


def main() -> None:
    repo = f"ada/basics-{MODE}"
    create_and_describe(repo)
    with tempfile.TemporaryDirectory() as folder:
        upload_and_read(repo, Path(folder) / "up")
    list_and_find(repo)
    branch_and_tag(repo)
    commit_carefully(repo)
    fail_plainly(repo)
    move_and_delete(repo)
    other_types()


main()
