"""What a git push may move and bring. Each rule gives sentences for the person at the terminal, or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from openhearth.errors import Invalid
from openhearth.kit.names import check_ref_name
from openhearth.storage.git import PushContents, RefUpdate

REGULAR_MAX_BYTES = 10 << 20  # larger files belong in LFS, as on the public hub
_SHOWN = 10


def check_updates(updates: Sequence[RefUpdate]) -> list[str]:
    """Branches may be forced; only main must stay, and only branches and tags are pushed."""
    return [complaint for update in updates if (complaint := _check_update(update)) is not None]


def _check_update(update: RefUpdate) -> str | None:
    kind, _, name = update.ref.removeprefix("refs/").partition("/")
    if not update.ref.startswith("refs/") or kind not in ("heads", "tags"):
        return f"{update.ref}: only branches and tags can be pushed (refs/heads/*, refs/tags/*)."
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
