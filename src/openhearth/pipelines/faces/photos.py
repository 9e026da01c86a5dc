"""Photos of an album: which files of a folder are some, and their pixels, as few as suffice to tell faces apart."""

import io
import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from openhearth.errors import Invalid, NotFound, TooLarge
from openhearth.pipelines.faces.finder import DETECTED_SIDE
from openhearth.pipelines.inputs import IMAGE_MAX_PIXELS
from openhearth.pipelines.machine import require_library

PHOTO_MAX_BYTES = 200 << 20
PHOTOS_MAX = 100_000
PATH_MAX_LENGTH = 1024
LARGE_PIXELS = 24_000_000  # photos with more are decoded one at a time: each may take half a gigabyte
HEIC_SUFFIXES = frozenset([".heic", ".heif"])
SUFFIXES = HEIC_SUFFIXES | {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"}
_HEIC_BRANDS = frozenset([b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"])
_UNREADABLE = (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError)
_one_large_at_a_time = Lock()


def list_photos(folder: Path) -> list[Path]:
    """The photos in `folder` and the folders in it, by name. Raises Invalid if there is none, or too many."""
    found: list[Path] = []
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(where, name) for name in names if _is_photo(name)]
    found = sorted(path for path in found if path.is_file())
    if not found:
        raise Invalid(
            f"folder: there is no photo in {folder}; they end in {', '.join(sorted(s[1:] for s in SUFFIXES))}."
        )
    if len(found) > PHOTOS_MAX:
        raise TooLarge(f"folder: {len(found):,} photos are in {folder}; give {PHOTOS_MAX:,} at a time.")
    return found


def local_path(named: Any) -> Path | None:
    """What lies at the path `named`, if it is one and something does."""
    if not isinstance(named, str | Path) or len(str(named)) > PATH_MAX_LENGTH or "\0" in str(named):
        return None
    try:
        path = Path(named).expanduser()
        return path if str(named).strip() and path.exists() else None
    except (OSError, RuntimeError):
        return None


def read_bytes(path: Path) -> bytes:
    """Raises NotFound, TooLarge."""
    try:
        if path.stat().st_size > PHOTO_MAX_BYTES:
            raise TooLarge(f"photo: {path} is larger than {PHOTO_MAX_BYTES >> 20} MiB; save it smaller.")
        return path.read_bytes()
    except OSError as error:
        raise NotFound(
            f"photo: {path} cannot be read ({error.strerror}); give the path of a picture."
        ) from None


def stamp_of(path: Path) -> tuple[str, int]:
    """How the file lies on the disk, which changes with its content, and when that last changed, in ns. Raises OSError."""
    seen = path.stat()
    return f"{seen.st_size}-{seen.st_mtime_ns}-{seen.st_ctime_ns}", max(seen.st_mtime_ns, seen.st_ctime_ns)


def open_photo(content: bytes, name: str) -> tuple[Image.Image, float]:
    """The picture, upright, and its size as a share of the original's: no smaller than faces are looked for in.

    Raises Invalid if `content` is no picture, Unsupported where the library for its format is missing.
    """
    if is_heic(content):
        _require_heic(name)
    try:
        image = Image.open(io.BytesIO(content))
        pixels = image.width * image.height
        if pixels > IMAGE_MAX_PIXELS:
            raise Invalid(f"photo: {name} has {image.width} by {image.height} pixels; save it smaller.")
        if pixels <= LARGE_PIXELS:
            return _decode(image)
        with _one_large_at_a_time:
            return _decode(image)
    except _UNREADABLE:
        raise Invalid(f"photo: {name} is no picture that can be read; save it as JPEG or PNG.") from None


def is_heic(content: bytes) -> bool:
    """Whether these are the first bytes of a picture as telephones of Apple store it (ISO 23008-12)."""
    return content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS


def _decode(image: Image.Image) -> tuple[Image.Image, float]:
    """A JPEG is decoded at half, a quarter or an eighth of its size at once; others are made smaller behind that."""
    width, height = image.size
    longest = max(width, height)
    image.draft("RGB", (max(1, width * DETECTED_SIDE // longest), max(1, height * DETECTED_SIDE // longest)))
    ImageOps.exif_transpose(image, in_place=True)
    upright = image if image.mode == "RGB" else image.convert("RGB")
    upright = upright.reduce(max(1, max(upright.size) // DETECTED_SIDE))
    return upright, max(upright.size) / longest


def _is_photo(name: str) -> bool:
    return not name.startswith(".") and os.path.splitext(name)[1].lower() in SUFFIXES  # noqa: PTH122


@cache
def _can_read_heic() -> bool:
    if find_spec("pi_heif") is None:
        return False
    import pi_heif

    pi_heif.register_heif_opener()
    return True


def _require_heic(name: str) -> None:
    if not _can_read_heic():
        require_library("pi_heif", f"photo: {name} is a HEIC picture; reading it", extra="vision")
