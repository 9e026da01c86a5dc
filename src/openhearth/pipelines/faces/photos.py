"""Photos of an album: which files of a folder are some, and their pixels, as few as suffice to tell faces apart."""

import io
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from openhearth.errors import Invalid, NotFound, TooLarge
from openhearth.pipelines.inputs import IMAGE_MAX_PIXELS

PHOTO_MAX_BYTES = 200 << 20
PHOTOS_MAX = 100_000
PATH_MAX_LENGTH = 1024
READ_SIDE = 1600  # a JPEG is read at half or a quarter of its size while its shorter side stays above this
SUFFIXES = frozenset([".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"])
_UNREADABLE = (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError)


def list_photos(folder: Path) -> list[Path]:
    """The photos in `folder` and the folders in it, by name. Raises Invalid if there is none, or too many."""
    found: list[Path] = []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file():
            found.append(path)
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


def open_photo(content: bytes, name: str) -> tuple[Image.Image, float]:
    """The picture, upright, and its size as a share of the original's. Raises Invalid if `content` is none."""
    try:
        image = Image.open(io.BytesIO(content))
        if image.width * image.height > IMAGE_MAX_PIXELS:
            raise Invalid(f"photo: {name} has {image.width} by {image.height} pixels; save it smaller.")
        width = image.width
        image.draft("RGB", (READ_SIDE, READ_SIDE))
        return ImageOps.exif_transpose(image).convert("RGB"), image.width / width
    except _UNREADABLE:
        raise Invalid(f"photo: {name} is no picture that can be read; save it as JPEG or PNG.") from None
