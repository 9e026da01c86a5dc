"""How a planned file is best uploaded: in git, as a large file, or not at all. Pure."""

from collections.abc import Callable

from openhearth.repos.records import PlannedFile, UploadMode

# Larger files go to the chunk store; git serves and diffs whole blobs, which hurts beyond this.
REGULAR_MAX_BYTES = 10 << 20


def upload_mode(file: PlannedFile, is_lfs_path: Callable[[str], bool]) -> UploadMode:
    """Large by rule of .gitattributes, by size, or because git could show no change in it."""
    if file.size_bytes == 0:
        return "regular"
    if file.size_bytes > REGULAR_MAX_BYTES or is_lfs_path(file.path) or is_binary(file.sample):
        return "lfs"
    return "regular"


def is_binary(sample: bytes) -> bool:
    """Whether the first bytes of a file are no text: a NUL, or no UTF-8 but for a last character cut off."""
    if b"\0" in sample:
        return True
    try:
        sample.decode()
    except UnicodeDecodeError as error:
        return error.reason != "unexpected end of data"
    return False
