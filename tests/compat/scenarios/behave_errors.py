"""Each refusal of the hub becomes the exception that people catch, with the words that their programs look for."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

from huggingface_hub import (
    CommitOperationAdd,
    CommitOperationDelete,
    HfApi,
    constants,
    hf_hub_url,
    try_to_load_from_cache,
)
from huggingface_hub.errors import (
    BadRequestError,
    BucketNotFoundError,
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.file_download import _CACHED_NO_EXIST  # the client's own mark for "known to be absent"
from huggingface_hub.hf_api import ExpandDatasetProperty_T, ExpandModelProperty_T, ExpandSpaceProperty_T
from huggingface_hub.utils import build_hf_headers, get_session, hf_raise_for_status
from rows import HUB, TOKENS, api, eve, fresh, fresh_name, nobody, raises, row

UNREACHABLE = HfApi(endpoint="http://127.0.0.1:9", token=TOKENS["ada"])


def missing_things() -> None:
    repo, private = fresh("errors"), fresh("hidden", private=True)
    api.upload_file(path_or_fileobj=b"x", path_in_repo="a.txt", repo_id=repo)
    with row("a missing repo is RepositoryNotFoundError, to nobody and to a person"):
        for who in (nobody, eve, api):
            error = raises(RepositoryNotFoundError, who.model_info, fresh_name("never"))
            assert "Repository Not Found" in str(error), error
        assert raises(RepositoryNotFoundError, nobody.model_info, fresh_name("n")).response.status_code == 401
        assert raises(RepositoryNotFoundError, eve.model_info, fresh_name("n")).response.status_code == 404
    with row("a private repo answers as a missing one"):
        for who in (nobody, eve):
            seen = [
                (e.response.status_code, e.server_message.replace(name, "…"))
                for name in (private, fresh_name("never"))
                for e in [raises(RepositoryNotFoundError, who.model_info, name)]
            ]
            assert seen[0] == seen[1], seen
            raises(RepositoryNotFoundError, who.hf_hub_download, private, "a.txt")
            raises(RepositoryNotFoundError, lambda who=who: list(who.list_repo_tree(private)))
            raises(RepositoryNotFoundError, who.list_repo_refs, private)
            raises(RepositoryNotFoundError, who.get_paths_info, private, "a.txt")
    with row("a missing revision is RevisionNotFoundError"):
        for call in (api.model_info, api.list_repo_commits, api.list_repo_files):
            raises(RevisionNotFoundError, call, repo, revision="never/was")
        raises(RevisionNotFoundError, api.hf_hub_download, repo, "a.txt", revision="never")
        raises(RevisionNotFoundError, api.hf_hub_download, repo, "a.txt", revision="refs/pr/77")
        raises(RevisionNotFoundError, api.snapshot_download, repo, revision="never")
        raises(RevisionNotFoundError, api.upload_file, path_or_fileobj=b"1", path_in_repo="b", repo_id=repo,
               revision="never")  # fmt: skip
    with row("a missing file is EntryNotFoundError, and its absence is cached"):
        raises(EntryNotFoundError, api.hf_hub_download, repo, "never.bin")
        assert try_to_load_from_cache(repo, "never.bin") is _CACHED_NO_EXIST
        raises(EntryNotFoundError, lambda: list(api.list_repo_tree(repo, "never/at/all")))
        error = raises(EntryNotFoundError, api.get_hf_file_metadata, url=hf_hub_url(repo, "never.bin"))
        assert error.response.headers["X-Repo-Commit"] == api.model_info(repo).sha
    with row("deleting a missing file says: A file with this name doesn't exist"):
        error = raises(EntryNotFoundError, api.delete_file, "never.bin", repo)
        assert "A file with this name doesn't exist" in str(error), error
    with row("a missing bucket is BucketNotFoundError"):
        raises(BucketNotFoundError, api.bucket_info, fresh_name("never"))


def refusals() -> None:
    repo = fresh("refuses")
    with row("a gated repo is GatedRepoError: 401 to nobody, 403 to a person"):
        api.upload_file(path_or_fileobj=b"x", path_in_repo="a.txt", repo_id=repo)
        api.update_repo_settings(repo, gated="auto")
        for who, status in ((nobody, 401), (eve, 403)):
            assert raises(GatedRepoError, who.hf_hub_download, repo, "a.txt").response.status_code == status
            raises(GatedRepoError, who.auth_check, repo)
        assert nobody.model_info(repo).gated == "auto", "its card is open to all"
        api.update_repo_settings(repo, gated=False)
    with row("bad input is BadRequestError, which is a ValueError"):
        error = raises(BadRequestError, api.model_info, repo, expand=["nonsense"])
        assert isinstance(error, ValueError) and error.response.json()["value"] == "nonsense"
        raises(BadRequestError, lambda: list(api.list_models(sort="nonsense", limit=1)))
    with row("no right is 403 with the hub's sentence"):
        error = raises(HfHubHTTPError, eve.upload_file, path_or_fileobj=b"1", path_in_repo="b", repo_id=repo)
        assert error.response.status_code == 403 and repo in str(error), error
        reader = HfApi(token=TOKENS["ada-read"])
        error = raises(HfHubHTTPError, reader.create_repo, fresh_name("by-reader"))
        assert error.response.status_code == 403 and "token" in str(error), error
    with row("an existing repo is 409 with its address"):
        error = raises(HfHubHTTPError, api.create_repo, repo)
        assert error.response.status_code == 409 and error.response.json()["url"] == f"{HUB}/{repo}"
    with row("a stale parent is 412"):
        first = api.model_info(repo).sha
        api.upload_file(path_or_fileobj=b"1", path_in_repo="1", repo_id=repo)
        operation = CommitOperationAdd("2", b"2")
        error = raises(
            HfHubHTTPError, api.create_commit, repo, [operation], commit_message="late", parent_commit=first
        )
        assert error.response.status_code == 412 and "parent" in str(error).lower(), error
    with row("a range beyond the end is 416"):
        answer = get_session().get(hf_hub_url(repo, "a.txt"), headers={"Range": "bytes=99-"})
        assert raises(HfHubHTTPError, hf_raise_for_status, answer).response.status_code == 416
    with row("a wrong token is called invalid"):
        error = raises(HfHubHTTPError, api.whoami, token="hf_wrong")
        assert "Invalid user token" in str(error), error
        error = raises(HfHubHTTPError, api.model_info, repo, token="hf_wrong")
        assert not isinstance(error, RepositoryNotFoundError) and "Invalid credentials" in str(error), error
    with row("what is not offered is 501 with a sentence"):
        error = raises(HfHubHTTPError, lambda: list(api.list_jobs()))
        assert error.response.status_code == 501 and "does not run programs" in str(error), error


def around() -> None:
    repo = fresh("around")
    api.upload_file(path_or_fileobj=b"kept", path_in_repo="a.txt", repo_id=repo)
    path = api.hf_hub_download(repo, "a.txt")
    with row("a hub out of reach: what is cached is served from the cache"):
        assert UNREACHABLE.hf_hub_download(repo, "a.txt", etag_timeout=1) == path
        raises(LocalEntryNotFoundError, api.hf_hub_download, repo, "other.txt", local_files_only=True)
    with row("the request id of an answer contains the client's own"):
        answer = get_session().get(f"{HUB}/api/models/{repo}", headers={"X-Amzn-Trace-Id": "trace-of-mine"})
        assert "trace-of-mine" in answer.headers["X-Request-Id"]
        error = raises(RepositoryNotFoundError, api.model_info, fresh_name("never"))
        assert error.request_id and error.request_id in str(error)
    with row("an address of before a move leads on, in API and files"):
        moved = fresh_name("moved")
        api.move_repo(repo, moved)
        assert api.model_info(repo).id == moved
        assert Path(api.hf_hub_download(repo, "a.txt", force_download=True)).read_bytes() == b"kept"
        assert "a.txt" in api.list_repo_files(repo)
    with row("pages of a list follow Link"):
        names = {fresh("paged", repo_type="dataset") for _ in range(3)}
        session, found, url = get_session(), set(), f"{HUB}/api/datasets?author=ada&search=paged&limit=1"
        while url:
            answer = session.get(url, headers=build_hf_headers(token=TOKENS["ada"]))
            found |= {item["id"] for item in answer.json()}
            url = answer.links.get("next", {}).get("url")
        assert names <= found
    assert constants.ENDPOINT == HUB


def says(
    words: str, kind: type[HfHubHTTPError], call: Callable[..., Any], *arguments: Any, **options: Any
) -> None:
    error = raises(kind, call, *arguments, **options)
    assert words in str(error), error


def words() -> None:
    """Sentences, or parts of them, that programs of others search an error for."""
    repo = fresh("words")
    first = api.model_info(repo).sha
    api.upload_file(path_or_fileobj=b"1", path_in_repo="a.txt", repo_id=repo)
    api.create_branch(repo, branch="dev")
    api.create_tag(repo, tag="v1")
    with row("words: a stale parent"):
        late = {
            "operations": [CommitOperationAdd("b", b"2")],
            "commit_message": "late",
            "parent_commit": first,
        }
        says(
            "A commit has happened since. Please refresh and try again.",
            HfHubHTTPError,
            api.create_commit,
            repo,
            **late,
        )
        says(
            "The branch was updated since you opened this page.",
            HfHubHTTPError,
            api.create_commit,
            repo,
            **late,
        )
    with row("words: branches that exist, are kept, are missing or are none"):
        for name in ("dev", "main"):
            says(
                f"Reference refs/heads/{name} already exists",
                HfHubHTTPError,
                api.create_branch,
                repo,
                branch=name,
            )
        says("Cannot delete refs/heads/main", HfHubHTTPError, api.delete_branch, repo, branch="main")
        for name in ("never", "v1"):
            says("Invalid rev id", HfHubHTTPError, api.delete_branch, repo, branch=name)
        for name, kind in (("refs/pr/5", HfHubHTTPError), ("refs/something/else", BadRequestError)):
            says("Invalid reference for a branch", kind, api.create_branch, repo, branch=name)
        api.create_branch(repo, branch="v1")
    with row("words: an unknown expand names all that the client knows, and no other"):
        for repo_type, known in (("model", ExpandModelProperty_T), ("dataset", ExpandDatasetProperty_T),
                                 ("space", ExpandSpaceProperty_T)):  # fmt: skip
            name = fresh("expand", repo_type=repo_type)
            error = raises(BadRequestError, api.repo_info, name, repo_type=repo_type, expand=["nonsense"])
            start, _, named = error.response.json()["error"].partition("[")
            assert start == '"expand" must be one of ', error
            assert set(named.strip("]").split(", ")) == set(get_args(known)), named
    with row("words: a commit to a missing repo"):
        says("Creating a commit assumes that the repo already exists", RepositoryNotFoundError, api.create_commit,
             fresh_name("never"), [CommitOperationAdd("a", b"1")], commit_message="Lost")  # fmt: skip
    with row("words: cards that are refused, and cards that are warned of"):
        for card, said in (
            ("---\nmodel-index: foo\n---\n", "Invalid metadata in README.md"),
            ("---\nlicense: asdf\n---\n", '"license" must be one of'),
            ("---\ntags: [\n---\n", "Invalid metadata in README.md"),
        ):
            error = raises(ValueError, api.upload_file, path_or_fileobj=card.encode(), path_in_repo="README.md",
                           repo_id=repo)  # fmt: skip
            assert said in str(error), error
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            api.upload_file(path_or_fileobj=b"no metadata", path_in_repo="README.md", repo_id=repo)
        assert "empty or missing yaml metadata" in " ".join(str(warning.message) for warning in warned)
    with row("words: a path that leads out of the repo is 422"):
        error = raises(
            HfHubHTTPError, api.upload_file, path_or_fileobj=b"1", path_in_repo="..\\up", repo_id=repo
        )
        assert error.response.status_code == 422


def ways_of_saying() -> None:
    """One thing may be said in several ways; all of them are understood."""
    with row("a repo is found in any case, and a bare name is a missing repo"):
        name = fresh_name("CaSe")
        api.create_repo(name)
        api.create_commit(
            name.lower(), [CommitOperationAdd("a.bin", b"lower case")], commit_message="In lower case"
        )
        assert "a.bin" in api.list_repo_files(name)
        raises(RepositoryNotFoundError, api.unlike, "a-bare-name")
        raises(RepositoryNotFoundError, api.model_info, "a-bare-name")
    with row("a folder is deleted by its name, with or without a slash"):
        repo = fresh("folders")
        files = ("1/a.md", "2/b.md", "3/deep/c.bin", "d.txt")
        api.create_commit(repo, [CommitOperationAdd(path, b"data") for path in files], commit_message="Files")
        api.create_commit(
            repo, [CommitOperationDelete("1"), CommitOperationDelete("2/")], commit_message="Two folders"
        )
        assert api.list_repo_files(repo) == [".gitattributes", "3/deep/c.bin", "d.txt"]
        api.delete_files(repo, ["not-there", "*"])
        assert api.list_repo_files(repo) == [".gitattributes"]
    with row("pull requests are revisions: tagged, squashed, left alone by an empty commit"):
        pull = api.create_pull_request(repo, title=" As a revision ")
        made = api.create_commit(repo, [], commit_message="Nothing", revision=pull.git_reference)
        assert made.oid == api.list_repo_commits(repo, revision=pull.git_reference)[0].commit_id
        api.upload_file(
            path_or_fileobj=b"1", path_in_repo="pr.txt", repo_id=repo, revision=pull.git_reference
        )
        api.create_tag(repo, tag="of-pr", revision=pull.git_reference)
        api.super_squash_history(repo, branch=pull.git_reference)
        assert len(api.list_repo_commits(repo, revision=pull.git_reference)) == 1
        head = api.model_info(repo).sha
        for base in (head, "never"):
            raises(RevisionNotFoundError, api.create_commit, repo, [CommitOperationAdd("x", b"x")],
                   commit_message="Onto nothing", revision=base, create_pr=True)  # fmt: skip
        api.create_branch(repo, branch="side")
        made = api.create_commit(repo, [CommitOperationAdd("x", b"x")], commit_message="Onto a branch",
                                 revision="side", create_pr=True)  # fmt: skip
        pull = api.get_discussion_details(repo, made.pr_num)
        assert (pull.status, pull.target_branch) == ("open", "refs/heads/side")
    with row("large files tell the branch that shows them"):
        large = fresh("large")
        api.upload_file(path_or_fileobj=b"on main", path_in_repo="a.bin", repo_id=large)
        api.create_branch(large, branch="side")
        api.upload_file(path_or_fileobj=b"on side", path_in_repo="b.bin", repo_id=large, revision="side")
        assert {file.filename: file.ref for file in api.list_lfs_files(large)} == {
            "a.bin": "refs/heads/main", "b.bin": "refs/heads/side",
        }  # fmt: skip


SCENARIOS = (missing_things, refusals, around, words, ways_of_saying)
