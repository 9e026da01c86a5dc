"""A recipe small enough to build inside a test, its wheel, and a folder that takes the place of the hub."""

import base64
import hashlib
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from openhearth.cli.starter.card import stamp_of
from openhearth.cli.starter.recipe import Card, ConversionFailed, Package, Recipe

WORDS = "good morning\n"
FILENAME = "tiny_words-1.0-py3-none-any.whl"


def copy_words(src: Path, out: Path) -> None:
    shutil.copy(src / "tiny-words" / "tiny_words" / "words.txt", out / "words.txt")


def refuse(src: Path, out: Path) -> None:
    raise ConversionFailed("The words are in another language.")


def break_down(src: Path, out: Path) -> None:
    (src / "nothing-here").read_text()


def build_wheel(folder: Path, words: str = WORDS) -> Package:
    """A wheel that pip accepts, and the pin for it."""
    folder.mkdir(parents=True, exist_ok=True)
    info = "tiny_words-1.0.dist-info"
    files = {
        "tiny_words/words.txt": words,
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: tiny-words\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},sha256={_digest(text)},{len(text)}\n" for name, text in files.items())
    with zipfile.ZipFile(folder / FILENAME, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
        wheel.writestr(f"{info}/RECORD", f"{record}{info}/RECORD,,\n")
    return Package(
        "tiny-words", "1.0", FILENAME, hashlib.sha256((folder / FILENAME).read_bytes()).hexdigest()
    )


def recipe_for(
    package: Package,
    convert: Callable[[Path, Path], None] = copy_words,
    *,
    name: str = "tiny-words",
    version: int = 1,
) -> Recipe:
    card = Card(
        title="Tiny words",
        summary="Two words.",
        license="cc0-1.0",
        origin="Made by the test.",
        rights="None reserved.",
        conversion="Copied.",
        measured=("Two words.",),
        limits=("Only two.",),
        high_level="print('good morning')",
        low_level="print('good'); print('morning')",
    )
    return Recipe(
        name=name, repo_type="dataset", version=version, packages=(package,), convert=convert, card=card
    )


@dataclass
class Shelf:
    """A destination on disk: one folder for each repo."""

    folder: Path
    published: list[str] = field(default_factory=list)

    def find_stamp(self, recipe: Recipe) -> str | None:
        card = self.folder / recipe.name / "README.md"
        return stamp_of(card.read_text()) if card.exists() else None

    def publish(self, recipe: Recipe, folder: Path) -> None:
        shutil.copytree(folder, self.folder / recipe.name, dirs_exist_ok=True)
        self.published.append(recipe.name)


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
