"""The photos of a dataset: which files are some, known by their content."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from openhearth.errors import TooLarge
from openhearth.repos import Repo, Repos
from openhearth.repos.records import Entry

PHOTOS_MAX = 20_000
PHOTO_MAX_BYTES = 48 << 20
SUFFIXES = frozenset(
    [".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic", ".heif"]
)


def list_photos(repos: Repos, repo: Repo, commit: str) -> Mapping[str, list[Entry]]:
    """Content → the files that hold it, by path."""
    found: dict[str, list[Entry]] = {}
    for entry in repos.content.list_files(repo, commit):
        if _is_photo(entry):
            found.setdefault(entry.oid, []).append(entry)
    return found


def holds_photos(repos: Repos, repo: Repo) -> bool:
    """Whether there are photos among the first thousand files."""
    first = repos.content.list_tree(repo, repos.content.resolve(repo), recursive=True)
    return any(_is_photo(entry) for entry in first.items)


def _is_photo(entry: Entry) -> bool:
    return entry.type == "file" and PurePosixPath(entry.path).suffix.lower() in SUFFIXES


def read_photo(repos: Repos, repo: Repo, entry: Entry) -> bytes:
    """Raises TooLarge."""
    if entry.size_bytes > PHOTO_MAX_BYTES:
        raise TooLarge(
            f"The photo has {entry.size_bytes >> 20} MiB; at most {PHOTO_MAX_BYTES >> 20} are looked at."
        )
    return repos.content.read_span(repo, entry, 0, entry.size_bytes)
