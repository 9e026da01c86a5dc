"""huggingface_hub, discussions and pull requests: what two people do with each other's work.

Arguments: `xet` or `lfs`, the type of repo, and eve's token; HF_TOKEN is ada's. Eve may not write to ada's repo.
"""

import os
import sys
import warnings

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, hf_hub_download
from huggingface_hub.community import DiscussionComment, DiscussionCommit, DiscussionStatusChange
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError

MODE, KIND, EVES_TOKEN = sys.argv[1:]
ada, eve, nobody = HfApi(), HfApi(token=EVES_TOKEN), HfApi(token=False)
REPO = f"ada/talk-{MODE}-{KIND}"
AT = {"repo_id": REPO, "repo_type": KIND}


def refused(status: int, call: object, *arguments: object, **options: object) -> str:
    assert callable(call)
    try:
        call(*arguments, **options)
    except HfHubHTTPError as error:
        assert error.response.status_code == status, error
        return str(error)
    raise AssertionError(f"{call.__name__} was not refused")


def details(number: int) -> object:
    return nobody.get_discussion_details(discussion_num=number, **AT)


def talk() -> None:
    first = eve.create_discussion(title="  How was it made?  ", description="**Bold** question, @ada", **AT)
    assert (first.num, first.title, first.status, first.author) == (1, "How was it made?", "open", "eve")
    assert first.is_pull_request is False
    assert first.git_reference is None
    assert first.diff is None
    opening = first.events[0]
    assert isinstance(opening, DiscussionComment)
    assert opening.content == "**Bold** question, @ada"
    assert "<strong>Bold</strong>" in opening.rendered
    assert 'href="/ada"' in opening.rendered
    said = ada.comment_discussion(discussion_num=1, comment="By <script>alert(1)</script> hand", **AT)
    assert (said.author, said.edited, said.hidden) == ("ada", False, False)
    assert "<script" not in said.rendered
    edited = ada.edit_discussion_comment(
        discussion_num=1, comment_id=said.id.upper(), new_content="By hand", **AT
    )
    assert (edited.content, edited.edited, edited.number_of_edits) == ("By hand", True, 1)
    assert edited.edit_history[0]["raw"].startswith("By <script>")
    refused(403, eve.edit_discussion_comment, discussion_num=1, comment_id=said.id, new_content="no", **AT)
    refused(403, eve.hide_discussion_comment, discussion_num=1, comment_id=said.id, **AT)
    hidden = ada.hide_discussion_comment(discussion_num=1, comment_id=said.id, **AT)
    assert (hidden.hidden, hidden.content) == (True, "This comment has been hidden")
    assert hidden.edit_history == []
    renamed = eve.rename_discussion(discussion_num=1, new_title="How is it made?", **AT)
    assert (renamed.old_title, renamed.new_title) == ("How was it made?", "How is it made?")
    closed = eve.change_discussion_status(discussion_num=1, new_status="closed", comment="Thanks", **AT)
    assert isinstance(closed, DiscussionStatusChange)
    assert closed.new_status == "closed"
    refused(409, eve.change_discussion_status, discussion_num=1, new_status="closed", **AT)
    assert ada.change_discussion_status(discussion_num=1, new_status="open", **AT).new_status == "open"
    assert [e.type for e in details(1).events] == [
        "comment", "comment", "title-change", "status-change", "comment", "status-change",
    ]  # fmt: skip
    assert "account" in refused(401, nobody.comment_discussion, discussion_num=1, comment="x", **AT)


def propose() -> None:
    """Eve proposes a change with a large file, and adds to it."""
    refused(403, eve.upload_file, path_or_fileobj=b"x", path_in_repo="x.txt", **AT)
    big = os.urandom(2_000_000)
    made = eve.create_commit(
        operations=[CommitOperationAdd("notes.txt", b"one\ntwo\nthree\n"), CommitOperationAdd("w.bin", big)],
        commit_message="Add notes", commit_description="They were missing.", create_pr=True, **AT,
    )  # fmt: skip
    assert made.pr_url is not None
    assert (made.pr_num, made.pr_revision) == (2, "refs/pr/2")
    assert made.pr_url.endswith("/discussions/2")
    found = details(2)
    assert (found.status, found.author, found.target_branch) == ("open", "eve", "refs/heads/main")
    assert found.conflicting_files == []
    assert found.git_reference == "refs/pr/2"
    assert "+two" in found.diff
    assert [e.type for e in found.events] == ["comment", "commit"]
    assert found.events[0].content == "They were missing."
    assert isinstance(found.events[1], DiscussionCommit)
    assert found.events[1].oid == made.oid
    more = eve.upload_file(path_or_fileobj=b"1\n", path_in_repo="more.txt", revision="refs/pr/2", **AT)
    stale = {"revision": "refs/pr/2", "parent_commit": made.oid}
    refused(412, eve.upload_file, path_or_fileobj=b"2\n", path_in_repo="more.txt", **stale, **AT)
    fresh = {"revision": "refs/pr/2", "parent_commit": more.oid}
    ada.upload_file(path_or_fileobj=b"3\n", path_in_repo="ada.txt", **fresh, **AT)
    assert set(nobody.list_repo_files(revision="refs/pr/2", **AT)) >= {
        "notes.txt",
        "w.bin",
        "more.txt",
        "ada.txt",
    }
    assert "w.bin" not in nobody.list_repo_files(**AT)
    path = hf_hub_download(REPO, "w.bin", repo_type=KIND, revision="refs/pr/2", token=False)
    with open(path, "rb") as file:  # noqa: PTH123
        assert file.read() == big
    pulls = nobody.list_repo_refs(include_pull_requests=True, **AT).pull_requests
    assert [ref.ref for ref in pulls] == ["refs/pr/2"]


def merge() -> None:
    refused(403, eve.merge_pull_request, discussion_num=2, **AT)
    ada.merge_pull_request(discussion_num=2, comment="Welcome", **AT)
    merged = details(2)
    assert merged.status == "merged"
    commits = nobody.list_repo_commits(**AT)
    assert commits[0].commit_id == merged.merge_commit_oid
    assert commits[0].title == "Add notes (#2)"
    assert "w.bin" in nobody.list_repo_files(**AT)
    assert "+two" in merged.diff
    assert [e.new_status for e in merged.events if e.type == "status-change"] == ["merged"]
    assert "merged already" in refused(409, ada.merge_pull_request, discussion_num=2, **AT)
    refused(409, eve.upload_file, path_or_fileobj=b"9", path_in_repo="late.txt", revision="refs/pr/2", **AT)


def draft_and_conflict() -> None:
    draft = eve.create_pull_request(title="Rewrite the notes", **AT)
    assert (draft.num, draft.status, draft.git_reference) == (3, "draft", "refs/pr/3")
    assert "draft" in refused(409, ada.merge_pull_request, discussion_num=3, **AT)
    eve.upload_file(
        path_or_fileobj=b"one\nEVE\nthree\n", path_in_repo="notes.txt", revision="refs/pr/3", **AT
    )
    ada.upload_file(path_or_fileobj=b"one\nADA\nthree\n", path_in_repo="notes.txt", **AT)
    eve.change_discussion_status(discussion_num=3, new_status="open", **AT)
    conflicted = details(3)
    assert conflicted.conflicting_files == ["notes.txt"]
    assert "-two" in conflicted.diff, "against the merge base, not against main"
    assert "notes.txt" in refused(409, ada.merge_pull_request, discussion_num=3, **AT)
    eve.create_commit(
        operations=[CommitOperationDelete("more.txt")], commit_message="Drop more", create_pr=True, **AT
    )
    eve.super_squash_history(branch="refs/pr/4", **AT)
    assert len(nobody.list_repo_commits(revision="refs/pr/4", **AT)) == 1
    assert "more.txt" in details(4).diff
    empty = ada.create_pull_request(title="Nothing yet", **AT)
    ada.change_discussion_status(discussion_num=empty.num, new_status="open", **AT)
    ada.merge_pull_request(discussion_num=empty.num, **AT)
    assert details(empty.num).merge_commit_oid is not None


def listing() -> None:
    everything = list(nobody.get_repo_discussions(**AT))
    assert [d.num for d in everything] == [5, 4, 3, 2, 1]
    assert all(d.repo_id == REPO and d.repo_type == KIND for d in everything)
    found = nobody.get_repo_discussions(discussion_type="pull_request", discussion_status="closed", **AT)
    assert [d.num for d in found] == [5, 2]
    assert [d.num for d in nobody.get_repo_discussions(author="eve", discussion_status="open", **AT)] == [
        4,
        3,
        1,
    ]
    assert list(nobody.get_repo_discussions(author="nobody-at-all", **AT)) == []
    refused(404, ada.get_discussion_details, discussion_num=99, **AT)


def for_a_branch() -> None:
    """A pull request for another branch than main, with a large file."""
    ada.create_branch(branch="feature/x", **AT)
    made = eve.create_commit(
        operations=[CommitOperationAdd("side.txt", b"side\n"), CommitOperationAdd("s.bin", os.urandom(200_000))],
        commit_message="On the side", create_pr=True, revision="feature/x", **AT,
    )  # fmt: skip
    assert made.pr_num is not None
    found = details(made.pr_num)
    assert (found.status, found.target_branch) == ("open", "refs/heads/feature/x")
    assert "+side" in found.diff
    assert found.conflicting_files == []
    ada.create_tag(tag="v1", **AT)
    for wrong in ("never", "v1", nobody.list_repo_commits(**AT)[0].commit_id):
        for files in ([CommitOperationAdd("x", b"x")], [CommitOperationDelete("notes.txt")]):
            try:
                eve.create_commit(
                    operations=files, commit_message="Onto nothing", create_pr=True, revision=wrong, **AT
                )
            except RevisionNotFoundError:
                continue
            raise AssertionError(f"a pull request for {wrong}")
    ada.merge_pull_request(discussion_num=made.pr_num, **AT)
    merged = details(made.pr_num)
    head = nobody.list_repo_commits(revision="feature/x", **AT)[0]
    assert (merged.status, merged.merge_commit_oid) == ("merged", head.commit_id)
    assert "s.bin" in nobody.list_repo_files(revision="feature/x", **AT)
    assert "s.bin" not in nobody.list_repo_files(**AT)


def private() -> None:
    ada.update_repo_settings(visibility="private", **AT)
    for stranger, call in (
        (eve, lambda: list(eve.get_repo_discussions(**AT))),
        (eve, lambda: eve.get_discussion_details(discussion_num=2, **AT)),
        (eve, lambda: eve.comment_discussion(discussion_num=2, comment="still here?", **AT)),
        (eve, lambda: eve.upload_file(path_or_fileobj=b"1", path_in_repo="a", create_pr=True, **AT)),
        (eve, lambda: eve.upload_file(path_or_fileobj=b"1", path_in_repo="a", revision="refs/pr/3", **AT)),
        (nobody, lambda: nobody.get_discussion_details(discussion_num=2, **AT)),
    ):
        try:
            call()
        except RepositoryNotFoundError:
            continue
        raise AssertionError(f"{stranger.token} learnt of a private repo")
    try:
        ada.upload_file(path_or_fileobj=b"1", path_in_repo="a", revision="refs/pr/77", **AT)
    except RevisionNotFoundError:
        return
    raise AssertionError("a commit to a pull request that does not exist")


warnings.simplefilter("ignore", UserWarning)  # hiding is irreversible, says the client
ada.create_repo(REPO, repo_type=KIND, space_sdk="static" if KIND == "space" else None)
talk()
propose()
merge()
draft_and_conflict()
listing()
for_a_branch()
private()
