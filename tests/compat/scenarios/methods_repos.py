"""Repos, their settings, branches, tags, history and lists."""

from __future__ import annotations

import datetime

from huggingface_hub import CommitOperationAdd, CommitOperationCopy
from huggingface_hub.errors import (
    BadRequestError,
    EntryNotFoundError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from rows import IS_1X, TOKENS, ada, api, ben, eve, fresh, fresh_name, nobody, raises, row

CARD = b"---\nlicense: apache-2.0\ntags:\n- furnace\npipeline_tag: text-generation\n---\n# Steel\n"


def identity() -> None:
    with row("whoami"):
        me = api.whoami()
        assert me["name"] == "ada" and me["type"] == "user", me
        assert "forge" in [org["name"] for org in me["orgs"]]
        assert me["auth"]["accessToken"]["role"] == "write"
        assert "Invalid user token" in str(raises(HfHubHTTPError, api.whoami, token="hf_wrong"))
    with row("get_full_repo_name"):
        assert api.get_full_repo_name("steel") == "ada/steel"
        assert api.get_full_repo_name("steel", organization="forge") == "forge/steel"
    with row("auth_check"):
        repo = fresh("check", private=True)
        api.auth_check(repo)
        api.auth_check(repo, token=TOKENS["ada"])
        raises(RepositoryNotFoundError, eve.auth_check, repo)
    with row("run_as_future"):
        assert api.run_as_future(api.whoami).result()["name"] == "ada"


def repos() -> None:
    with row("create_repo"):
        name = fresh_name("made")
        url = api.create_repo(name, private=True)
        assert url.repo_id == name and url.repo_type == "model", url
        assert api.model_info(name).private
        assert "409" in str(raises(HfHubHTTPError, api.create_repo, name))
        assert api.create_repo(name, exist_ok=True).repo_id == name
        raises(HfHubHTTPError, eve.create_repo, fresh_name("not-mine"))
        for repo_type in ("dataset", "space"):
            made = fresh("typed", repo_type=repo_type)
            assert api.repo_info(made, repo_type=repo_type).id == made
    with row("repo_exists"):
        assert api.repo_exists(name)
        assert not eve.repo_exists(name)
        assert not api.repo_exists(fresh_name("never"))
    with row("update_repo_settings"):
        api.update_repo_settings(name, private=False, gated="auto")
        info = nobody.model_info(name)
        assert (info.private, info.gated) == (False, "auto"), info
        api.update_repo_settings(name, gated=False)
        assert nobody.model_info(name).gated is False
    with row("move_repo"):
        moved = fresh_name("moved")
        api.move_repo(name, moved)
        assert api.model_info(name).id == moved, "the old address leads to the new one"
    with row("duplicate_repo"):
        source = fresh("source")
        api.upload_file(path_or_fileobj=b"steel", path_in_repo="a.txt", repo_id=source)
        api.upload_file(path_or_fileobj=bytes(range(256)) * 900, path_in_repo="a.bin", repo_id=source)
        copy = fresh_name("copy")
        assert api.duplicate_repo(source, copy).repo_id == copy
        assert set(api.list_repo_files(copy)) >= {"a.txt", "a.bin"}
    if IS_1X:
        with row("duplicate_space"):
            space = fresh("space", repo_type="space")
            api.upload_file(
                path_or_fileobj=b"<h1>", path_in_repo="index.html", repo_id=space, repo_type="space"
            )
            copy = fresh_name("space-copy")
            api.duplicate_space(space, copy)
            assert "index.html" in api.list_repo_files(copy, repo_type="space")
    with row("delete_repo"):
        api.delete_repo(moved)
        raises(RepositoryNotFoundError, api.model_info, moved)
        raises(RepositoryNotFoundError, api.delete_repo, moved)
        api.delete_repo(moved, missing_ok=True)


def infos() -> None:
    repo = fresh("info")
    data, space = fresh("info", repo_type="dataset"), fresh("info", repo_type="space")
    head = api.upload_file(path_or_fileobj=CARD, path_in_repo="README.md", repo_id=repo).oid
    with row("model_info"):
        info = api.model_info(repo, files_metadata=True)
        assert info.sha == head and info.id == repo and info.author == "ada"
        assert info.pipeline_tag == "text-generation" and "license:apache-2.0" in info.tags
        assert {s.rfilename: s.size for s in info.siblings}["README.md"] == len(CARD)
        assert api.model_info(repo, expand=["downloads", "inferenceProviderMapping"]).downloads == 0
        assert isinstance(info.created_at, datetime.datetime)
        raises(BadRequestError, api.model_info, repo, expand=["nonsense"])
    with row("dataset_info"):
        assert api.dataset_info(data).id == data
    with row("space_info"):
        info = api.space_info(space)
        assert (info.id, info.sdk) == (space, "static"), info
    with row("repo_info"):
        assert api.repo_info(data, repo_type="dataset").sha == api.dataset_info(data).sha
    with row("kernel_info"):
        kernel = fresh("kernel", repo_type="kernel")
        info = api.kernel_info(kernel)
        assert info.id == kernel and info.sha, info
    with row("resolve_revision"):
        found = api.resolve_revision(repo, revision="main")
        assert (found.resolved, found.initial) == (head, "main")
        raises(RevisionNotFoundError, api.resolve_revision, repo, revision="never")
    with row("revision_exists"):
        assert api.revision_exists(repo, "main") and not api.revision_exists(repo, "never")
    with row("file_exists"):
        assert api.file_exists(repo, "README.md") and not api.file_exists(repo, "never.md")
    with row("unlike"):
        like(repo)
        assert api.model_info(repo).likes == 1
        api.unlike(repo)
        assert api.model_info(repo).likes == 0
    like(repo)
    with row("list_liked_repos"):
        assert repo in api.list_liked_repos("ada").models
    with row("list_repo_likers"):
        assert [user.username for user in api.list_repo_likers(repo)] == ["ada"]


def like(repo: str) -> None:
    """Pages like, clients only undo it: there is no method."""
    from huggingface_hub.utils import build_hf_headers, get_session, hf_raise_for_status

    headers = build_hf_headers(token=TOKENS["ada"])
    hf_raise_for_status(get_session().post(f"{api.endpoint}/api/models/{repo}/like", headers=headers))


def lists() -> None:
    repo, data, space = (
        fresh("listed"),
        fresh("listed", repo_type="dataset"),
        fresh("listed", repo_type="space"),
    )
    api.upload_file(path_or_fileobj=CARD, path_in_repo="README.md", repo_id=repo)
    card = b"---\nlanguage: en\ntask_categories:\n- text-classification\n---\n"
    api.upload_file(path_or_fileobj=card, path_in_repo="README.md", repo_id=data, repo_type="dataset")
    with row("list_models"):
        found = list(api.list_models(author="ada", filter="furnace", sort="created_at", limit=5))
        assert repo in [m.id for m in found], found
        dates = [m.created_at for m in found]
        assert dates == sorted(dates, reverse=True), found
        assert repo in [
            m.id for m in api.list_models(pipeline_tag="text-generation", search=repo.split("/")[1])
        ]
        assert repo not in [m.id for m in api.list_models(author="forge")]
        assert len(list(api.list_models(author="ada", limit=2))) == 2
        assert next(iter(api.list_models(author="ada", search=repo.split("/")[1], full=True))).siblings
    with row("list_datasets"):
        assert data in [d.id for d in api.list_datasets(author="ada", language="en")]
        assert data in [d.id for d in api.list_datasets(task_categories="text-classification", author="ada")]
        assert data not in [d.id for d in api.list_datasets(author="ada", language="fr")]
    with row("list_spaces"):
        assert space in [s.id for s in api.list_spaces(author="ada", search=space.split("/")[1])]
    with row("search_spaces"):
        assert space in [s.id for s in api.search_spaces(space.split("/")[1], include_non_running=True)]
    with row("get_model_tags"):
        assert "furnace" in str(api.get_model_tags())
    with row("get_dataset_tags"):
        assert "text-classification" in str(api.get_dataset_tags())
    with row("list_user_repos"):
        uses = {use.id: use for use in api.list_user_repos()}
        assert uses[repo].type == "model" and uses[repo].visibility == "public"
        assert isinstance(list(ben.list_user_repos(namespace="forge")), list)
        raises(HfHubHTTPError, lambda: list(eve.list_user_repos(namespace="forge")))
    with row("get_dataset_leaderboard"):
        assert api.get_dataset_leaderboard(data) is None


def refs() -> None:
    repo = fresh("refs")
    api.upload_file(path_or_fileobj=b"1", path_in_repo="a.txt", repo_id=repo)
    with row("create_branch"):
        api.create_branch(repo, branch="feature/x")
        raises(HfHubHTTPError, api.create_branch, repo, branch="feature/x")
        api.create_branch(repo, branch="feature/x", exist_ok=True)
        raises(RevisionNotFoundError, api.create_branch, repo, branch="y", revision="never")
    with row("create_tag"):
        api.create_tag(repo, tag="v1", tag_message="first")
        raises(HfHubHTTPError, api.create_tag, repo, tag="v1")
        api.create_tag(repo, tag="v1", exist_ok=True)
    with row("list_repo_refs"):
        found = api.list_repo_refs(repo, include_pull_requests=True)
        assert {b.name for b in found.branches} == {"main", "feature/x"}
        assert [(t.name, t.ref) for t in found.tags] == [("v1", "refs/tags/v1")]
        assert found.pull_requests == []
    with row("delete_tag"):
        api.delete_tag(repo, tag="v1")
        raises(RevisionNotFoundError, api.delete_tag, repo, tag="v1")
    with row("delete_branch"):
        api.delete_branch(repo, branch="feature/x")
        assert [b.name for b in api.list_repo_refs(repo).branches] == ["main"]
        raises(HfHubHTTPError, api.delete_branch, repo, branch="main")
    with row("list_repo_commits"):
        api.upload_file(
            path_or_fileobj=b"2", path_in_repo="a.txt", repo_id=repo, commit_message="Second <thing>"
        )
        commits = api.list_repo_commits(repo, formatted=True)
        assert commits[0].title == "Second <thing>" and commits[0].authors == ["ada"], commits
        assert "&lt;" in commits[0].formatted_title
        raises(RevisionNotFoundError, api.list_repo_commits, repo, revision="never")
    with row("super_squash_history"):
        api.super_squash_history(repo, commit_message="One")
        assert [c.title for c in api.list_repo_commits(repo)] == ["One"]
        assert "a.txt" in api.list_repo_files(repo)


def commits() -> None:
    repo = fresh("commits")
    with row("create_commit"):
        head = api.model_info(repo).sha
        made = api.create_commit(
            repo,
            [CommitOperationAdd("a.txt", b"a"), CommitOperationAdd("deep/b.bin", bytes(range(256)) * 500)],
            commit_message="Two files",
            commit_description="at once",
            parent_commit=head,
        )
        assert api.model_info(repo).sha == made.oid
        made = api.create_commit(repo, [CommitOperationCopy("deep/b.bin", "c.bin")], commit_message="A copy")
        assert "c.bin" in api.list_repo_files(repo)
        stale = raises(
            HfHubHTTPError, api.create_commit, repo, [CommitOperationAdd("x", b"x")], commit_message="late",
            parent_commit=head,
        )  # fmt: skip
        assert stale.response.status_code == 412, stale
        raises(HfHubHTTPError, eve.create_commit, repo, [CommitOperationAdd("x", b"x")], commit_message="no")
    with row("preupload_lfs_files"):
        addition = CommitOperationAdd("large.bin", bytes(range(256)) * 800)
        api.preupload_lfs_files(repo, [addition])
        api.create_commit(repo, [addition], commit_message="Uploaded before")
        assert api.get_paths_info(repo, "large.bin")[0].lfs.size == 256 * 800
    with row("list_lfs_files"):
        listed = {file.filename: file for file in api.list_lfs_files(repo)}
        assert {"deep/b.bin", "large.bin"} <= set(listed), listed
    with row("permanently_delete_lfs_files"):
        api.permanently_delete_lfs_files(repo, [listed["large.bin"]])
        assert "large.bin" not in [file.filename for file in api.list_lfs_files(repo)]
        assert "large.bin" not in api.list_repo_files(repo)
    with row("delete_file"):
        api.delete_file("a.txt", repo)
        assert "a.txt" not in api.list_repo_files(repo)
        missing = raises(EntryNotFoundError, api.delete_file, "a.txt", repo)
        assert "A file with this name doesn't exist" in str(missing), missing
    with row("delete_folder"):
        api.delete_folder("deep", repo)
        assert not [path for path in api.list_repo_files(repo) if path.startswith("deep/")]
    with row("delete_files"):
        api.create_commit(
            repo, [CommitOperationAdd(f"f/{i}.txt", b"f") for i in range(3)], commit_message="Three"
        )
        api.delete_files(repo, ["f/*"])
        assert not [path for path in api.list_repo_files(repo) if path.startswith("f/")]
    assert ada is api


SCENARIOS = (identity, repos, infos, lists, refs, commits)
