"""What kind of picture, sound or film some bytes are, told from the bytes: a sender's word counts for nothing.

The kinds are those that huggingface_hub 2.4 sends (hf_api.py `upload_attachment`). No SVG: it can hold scripts.
"""

from collections.abc import Callable
from dataclasses import dataclass

SNIFFED_BYTES = 16


@dataclass(frozen=True)
class MediaType:
    ending: str
    name: str


_RIFF = {b"WEBP": MediaType("webp", "image/webp"), b"WAVE": MediaType("wav", "audio/wav")}
_BY_PREFIX = (
    (b"\x89PNG", MediaType("png", "image/png")),
    (b"\xff\xd8\xff", MediaType("jpg", "image/jpeg")),
    (b"GIF87a", MediaType("gif", "image/gif")),
    (b"GIF89a", MediaType("gif", "image/gif")),
    (b"\x1a\x45\xdf\xa3", MediaType("webm", "video/webm")),
    (b"ID3", MediaType("mp3", "audio/mpeg")),
    (b"\xff\xfb", MediaType("mp3", "audio/mpeg")),
    (b"\xff\xf3", MediaType("mp3", "audio/mpeg")),
    (b"\xff\xf2", MediaType("mp3", "audio/mpeg")),
)
_MOV, _MP4 = MediaType("mov", "video/quicktime"), MediaType("mp4", "video/mp4")
_ALL = (*_RIFF.values(), *(found for _, found in _BY_PREFIX), _MOV, _MP4)
MEDIA_TYPES = {found.ending: found for found in _ALL}


def sniff(head: bytes) -> MediaType | None:
    """The kind that the first bytes of a file tell; None for anything else."""
    tests: tuple[Callable[[bytes], MediaType | None], ...] = (_by_prefix, _in_riff, _in_boxes)
    return next((found for test in tests if (found := test(head)) is not None), None)


def _by_prefix(head: bytes) -> MediaType | None:
    return next((found for prefix, found in _BY_PREFIX if head.startswith(prefix)), None)


def _in_riff(head: bytes) -> MediaType | None:
    return _RIFF.get(head[8:12]) if head.startswith(b"RIFF") else None


def _in_boxes(head: bytes) -> MediaType | None:
    """ISO base media (ISO 14496-12): a box named `ftyp`, then the brand."""
    if head[4:8] == b"ftyp":
        return _MOV if head[8:12] == b"qt  " else _MP4
    return _MOV if head[4:8] in (b"moov", b"wide") else None
