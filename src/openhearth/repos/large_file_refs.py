"""Which branch shows a large file now: what `list_lfs_files` tells of each (hf_api.py `LFSFileInfo.ref`)."""

from collections.abc import Collection

from openhearth.repos.content import Content
from openhearth.repos.records import MAIN, Repo

BRANCHES_MAX = 20  # each costs a walk through its tree


def find_refs(content: Content, repo: Repo, wanted: Collection[str]) -> dict[str, str]:
    """sha256 → the first branch that holds it, main before others; what only history holds is left out."""
    branches = sorted(content.list_refs(repo).branches, key=lambda ref: (ref.name != MAIN, ref.name))
    left, found = set(wanted), {}
    for branch in branches[:BRANCHES_MAX]:
        if not left:
            break
        for entry in content.list_files(repo, branch.target):
            if entry.lfs is not None and entry.lfs.sha256 in left:
                found[entry.lfs.sha256] = branch.ref
                left.discard(entry.lfs.sha256)
    return found
