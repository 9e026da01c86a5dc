"""What a git push may move and bring. Each rule gives sentences for the person at the terminal, or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from openhearth.errors import Invalid
from openhearth.kit.names import check_ref_name
from openhearth.repos.pull_requests import number_of
from openhearth.storage.git import PushContents, RefUpdate

RefusePullRequest = Callable[[int], str | None]
REGULAR_MAX_BYTES = 10 << 20  # larger files belong in LFS, as on the public hub
_SHOWN = 10


def _no_such(number: int) -> str:
    return f"refs/pr/{number}: there is no such pull request; open one first."


def check_updates(
    updates: Sequence[RefUpdate], *, may_write: bool = True, refuse_pull_request: RefusePullRequest = _no_such
) -> list[str]:
    """Branches may be forced; only main must stay, and only branches, tags and pull requests are pushed.

    Without `may_write`, only pull requests are; `refuse_pull_request` says why not that one.
    """
    found = (_check_update(update, may_write, refuse_pull_request) for update in updates)
    return [complaint for complaint in found if complaint is not None]


def _check_update(update: RefUpdate, may_write: bool, refuse_pull_request: RefusePullRequest) -> str | None:
    if (number := number_of(update.ref)) is not None:
        if update.new is None:
            return f"{update.ref}: is deleted on the page of the pull request, once it is closed."
        return refuse_pull_request(number)
    if not may_write:
        return f"{update.ref}: you may not write to this repo; open a pull request and push to its refs/pr/N."
    kind, _, name = update.ref.removeprefix("refs/").partition("/")
    if not update.ref.startswith("refs/") or kind not in ("heads", "tags"):
        return f"{update.ref}: only branches, tags and pull requests can be pushed (refs/heads/*, refs/tags/*, refs/pr/N)."
    if update.new is None and update.ref == "refs/heads/main":
        return "main: the main branch cannot be deleted."
    try:
        check_ref_name(name, field="branch" if kind == "heads" else "tag")
    except Invalid as error:
        return error.message
    return None


def check_contents(contents: PushContents, linked: Callable[[Sequence[str]], Mapping[str, int]]) -> list[str]:
    """Large files go by LFS; pointers name objects of this repo, whose sizes `linked` gives by sha256."""
    sizes = linked([file.lfs.sha256 for file in contents.pointers if file.lfs is not None])
    complaints = [
        f"{file.path!r} has {file.size_bytes / (1 << 20):.1f} MiB; files over {REGULAR_MAX_BYTES >> 20} MiB "
        f"belong in Git LFS: git lfs track {file.path!r}, and git lfs migrate import for older commits."
        for file in contents.large
    ]
    complaints += [
        f"{file.path!r} points to the LFS object {file.lfs.sha256}, which was not uploaded; "
        "run git lfs push --all, then push again."
        for file in contents.pointers
        if file.lfs is not None and sizes.get(file.lfs.sha256) != file.lfs.size_bytes
    ]
    more = len(complaints) - _SHOWN
    return complaints if more <= 0 else [*complaints[:_SHOWN], f"… and {more} more like these."]
