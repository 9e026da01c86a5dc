"""Folders of a bucket: there are none, only paths that share a beginning. Pure."""

from openhearth.buckets.records import BucketFile


def folder_at(file: BucketFile, depth: int) -> str | None:
    """The folder that stands for `file` in a list of what lies `depth` folders deep; None: the file itself."""
    parts = file.path.split("/", depth + 1)
    return "/".join(parts[: depth + 1]) if len(parts) > depth + 1 else None


def depth_of(prefix: str) -> int:
    """How deep the entries lie that a list below `prefix` shows.

    `logs` and `logs/` show what `logs/` holds, and of `logs_old/` likewise: clients rely on both, on prefixes
    being compared letter by letter and on a folder being listed without its slash (hf_file_system.py
    `_list_bucket_tree_with_folders`).
    """
    trimmed = prefix.rstrip("/")
    return trimmed.count("/") + 1 if trimmed else 0


def behind(prefix: str) -> str | None:
    """The first text, in the order of code points, behind all that begin with `prefix`; None if there is none."""
    while prefix:
        code = ord(prefix[-1]) + 1
        prefix = prefix[:-1]
        if code <= 0x10FFFF:
            return prefix + chr(0xE000 if 0xD800 <= code < 0xE000 else code)
    return None
