"""Real photos and the models that look at them, made once in the starter cache outside the repo."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from openhearth.cli.starter.install import default_cache, prepare
from openhearth.cli.starter.recipes import choose_recipes


def starter_folder(name: str) -> Path:
    """What the starter recipe of this name makes."""
    return prepare(choose_recipes([name])[0], default_cache())


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
