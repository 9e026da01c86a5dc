"""Changed files as pages show them, on the page of a commit and of a comparison."""

from collections.abc import Sequence
from dataclasses import dataclass

from openhearth.kit.names import RepoRef
from openhearth.storage.git import FileDiff
from openhearth.urls import Urls
from openhearth.web.filters import filesize
from openhearth.web.parts import DiffFile, DiffHunk, DiffLine, LineKind

FILES_SHOWN = 200
_POINTER_START = "version https://git-lfs.github.com/spec/v1"
_KINDS: dict[str, LineKind] = {"+": "added", "-": "removed"}
_STATUSES = {"added": "added", "deleted": "removed", "renamed": "renamed"}


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What a commit or a comparison changed: the first files in full, and how much there is in all."""

    files: Sequence[DiffFile]
    file_count: int
    added: int
    removed: int


def show_changes(urls: Urls, ref: RepoRef, commit: str, diffs: Sequence[FileDiff]) -> Changes:
    """`commit` is where links to the files lead."""
    return Changes(
        files=[_diff_file(urls, ref, commit, diff) for diff in diffs[:FILES_SHOWN]],
        file_count=len(diffs),
        added=sum(diff.additions for diff in diffs),
        removed=sum(diff.deletions for diff in diffs),
    )


def _diff_file(urls: Urls, ref: RepoRef, commit: str, diff: FileDiff) -> DiffFile:
    note = _note(diff)
    is_pointer = note.startswith("Large file")
    return DiffFile(
        path=diff.path,
        old_path=diff.old_path,
        status=_STATUSES.get(diff.status, "changed"),  # type: ignore[arg-type]
        added=0 if is_pointer else diff.additions,
        removed=0 if is_pointer else diff.deletions,
        hunks=() if is_pointer else [_hunk(diff, index) for index in range(len(diff.hunks))],
        note=note,
        href=None if diff.status == "deleted" else urls.blob(ref, commit, diff.path),
    )


def _hunk(diff: FileDiff, index: int) -> DiffHunk:
    hunk = diff.hunks[index]
    lines = [
        DiffLine(
            kind=_KINDS.get(line.origin, "same"),
            text=line.text.rstrip("\r\n"),
            old_number=line.old_number,
            new_number=line.new_number,
        )
        for line in hunk.lines
    ]
    return DiffHunk(header=hunk.header.strip(), lines=lines)


def _note(diff: FileDiff) -> str:
    """Why there are no lines to show, or not all."""
    if sizes := _pointer_sizes(diff):
        return f"Large file: {sizes}."
    if diff.is_binary:
        return "A binary file; there are no lines to compare."
    if diff.is_cut and not diff.hunks:
        return "Too large to compare here; clone the repo to see the difference."
    if diff.is_cut:
        return "Only the first lines are shown; clone the repo to see all of them."
    if not diff.hunks and diff.status in ("renamed", "modified"):
        return "The content is the same."
    return "" if diff.hunks else "An empty file."


def _pointer_sizes(diff: FileDiff) -> str:
    """Old and new size if the diff is that of an LFS pointer, else nothing."""
    lines = [line for hunk in diff.hunks for line in hunk.lines]
    if not any(line.text.startswith(_POINTER_START) for line in lines):
        return ""
    sizes = {line.origin: int(line.text.split()[1]) for line in lines if _is_size(line.text)}
    old, new = sizes.get("-"), sizes.get("+", sizes.get(" "))
    if old is not None and new is not None:
        return f"{filesize(old)} → {filesize(new)}"
    if old is not None:
        return f"{filesize(old)} removed"
    return f"{filesize(new)}" if new is not None else "its content changed"


def _is_size(line: str) -> bool:
    word, _, number = line.strip().partition(" ")
    return word == "size" and number.isdecimal() and len(number) < 19
