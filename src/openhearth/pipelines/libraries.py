"""The libraries beside transformers whose models are run here, and how their folders are told apart. Imports none of them."""

from collections.abc import Mapping
from pathlib import Path

from openhearth.pipelines.card import read_card

TRANSFORMERS = "transformers"
RAPIDOCR = "rapidocr"
APERTIUM = "apertium"
# `library_name` of a card → a file or folder that shows it where a card says nothing; None: only the card can say.
LIBRARIES: Mapping[str, str | None] = {
    "diffusers": "model_index.json",
    "spacy": "config.cfg",
    "sklearn": "model.skops",
    "onnx": None,
    "dlib": None,
    RAPIDOCR: None,
    APERTIUM: "modes",
    "silero-vad": None,
    "hibari": None,
}


def library_of(folder: Path) -> str:
    """The library that loads what lies in `folder`."""
    stated = read_card(folder).get("library_name", "").lower()
    if stated in LIBRARIES:
        return stated
    signs = ((name, sign) for name, sign in LIBRARIES.items() if sign is not None)
    return next((name for name, sign in signs if (folder / sign).exists()), TRANSFORMERS)
