"""Git LFS pointer files, as the specification dictates them (git-lfs docs/spec.md, "The Pointer")."""

import re

from openhearth.storage.git.records import LfsPointer

POINTER_MAX_BYTES = 1024  # "Pointer files … must be less than 1024 bytes"

_POINTER = re.compile(
    rb"version https://(?:git-lfs\.github\.com|hawser\.github\.com)/spec/v1\n"
    rb"(?:ext-[0-9]-[^\n]+\n)*"
    rb"oid sha256:([0-9a-f]{64})\n"
    rb"size (\d{1,18})\n?"
)


def parse_pointer(content: bytes) -> LfsPointer | None:
    """The pointer that `content` is, None for any other text."""
    if len(content) >= POINTER_MAX_BYTES or not content.startswith(b"version https://"):
        return None
    match = _POINTER.fullmatch(content)
    if match is None:
        return None
    return LfsPointer(match[1].decode(), int(match[2]), len(content))


def pointer_text(sha256: str, size_bytes: int) -> bytes:
    """The pointer file for an object, byte for byte as git-lfs writes it."""
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size_bytes}\n".encode()
