"""What a commit request must be before anything is looked up or written for it."""

from openhearth import cards
from openhearth.errors import Invalid, StaleParent, TooLarge
from openhearth.kit.names import check_path, is_commit_id
from openhearth.kit.text import is_storable
from openhearth.repos.advice import REGULAR_MAX_BYTES
from openhearth.repos.pull_requests import number_of
from openhearth.repos.records import AddFile, CommitRequest, RemoveFolder, Repo

SUMMARY_MAX_LENGTH = 500
DESCRIPTION_MAX_LENGTH = 65_536
OPERATIONS_MAX = 25_000


def branch_ref(revision: str) -> str:
    """The full ref of the branch or pull request that `revision` names. Raises Invalid for what is neither."""
    if number_of(revision) is not None:
        return revision
    name = revision.removeprefix("refs/heads/")
    if name.startswith("refs/") or is_commit_id(name):
        raise Invalid(f"revision: {revision!r} is no branch; commits are added to branches and to refs/pr/N.")
    return f"refs/heads/{name}"


# Programs look for these words, the first ones written for earlier releases (huggingface_hub's own tests).
_STALE = (
    "A commit has happened since. Please refresh and try again. "
    "(The branch was updated since you opened this page. Please refresh and try again.)"
)


def check_parent(request: CommitRequest, head: str, revision: str) -> None:
    """A parent may be shortened to seven digits (huggingface_hub hf_api.py `create_commit`)."""
    parent = request.parent_commit
    if parent is not None and not (len(parent) >= 7 and head.startswith(parent)):
        raise StaleParent(
            f"parentCommit: {revision} is at {head}, no longer at {parent[:40]!r}; nothing was committed. {_STALE}"
        )


def check_request(request: CommitRequest, repo: Repo) -> None:
    if not request.summary.strip():
        raise Invalid("summary: is empty; say what the commit does.")
    if len(request.summary) > SUMMARY_MAX_LENGTH:
        raise Invalid(f"summary: has {len(request.summary)} characters; use at most {SUMMARY_MAX_LENGTH}.")
    if len(request.description) > DESCRIPTION_MAX_LENGTH:
        raise Invalid(
            f"description: has {len(request.description)} characters; use at most {DESCRIPTION_MAX_LENGTH}."
        )
    if not is_storable(request.message):
        raise Invalid("summary: or the description holds NUL or half a character; take it out.")
    if len(request.operations) > OPERATIONS_MAX:
        raise TooLarge(f"operations: {len(request.operations)} in one commit; use at most {OPERATIONS_MAX}.")
    for op in request.operations:
        check_path(op.path.rstrip("/") if isinstance(op, RemoveFolder) else op.path)
        if isinstance(op, AddFile):
            _check_file(op, repo)


def _check_file(op: AddFile, repo: Repo) -> None:
    if len(op.content) > REGULAR_MAX_BYTES:
        raise TooLarge(
            f"file: {op.path!r} has {len(op.content)} bytes; above {REGULAR_MAX_BYTES}, upload "
            "it as a large file."
        )
    if op.path == "README.md":
        findings = cards.validate(op.content.decode("utf-8", "replace"), repo.ref.type)
        if findings.errors:
            raise Invalid(f"README.md: {'; '.join(findings.errors)[:1000]}")
