"""A model's folder with two of the Apertium pairs that are installed here, laid out as on a machine."""

from __future__ import annotations

import shutil
from pathlib import Path

DATA = Path("/usr/share/apertium")
CARD = "---\nlibrary_name: apertium\npipeline_tag: translation\nlanguage:\n- en\n- es\n- fr\n---\n"


def make_pairs(made: Path) -> Path:
    (made / "modes").mkdir(parents=True)
    for pair, modes in (("apertium-eng-spa", "eng-spa spa-eng"), ("apertium-fr-es", "fr-es es-fr")):
        (made / pair).symlink_to(DATA / pair)
        for mode in modes.split():
            shutil.copy(DATA / "modes" / f"{mode}.mode", made / "modes")
    (made / "README.md").write_text(CARD)
    return made
