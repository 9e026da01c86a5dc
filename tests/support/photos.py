"""Pictures made of photos."""

from __future__ import annotations

from pathlib import Path

from PIL import Image


def side_by_side(target: Path, *photos: Path, height: int = 800) -> Path:
    """One picture of several, from left to right."""
    opened = [Image.open(photo).convert("RGB") for photo in photos]
    scaled = [image.resize((round(image.width * height / image.height), height)) for image in opened]
    whole = Image.new("RGB", (sum(image.width for image in scaled), height))
    left = 0
    for image in scaled:
        whole.paste(image, (left, 0))
        left += image.width
    whole.save(target, quality=92)
    return target
