"""Apertium's pairs between English, Spanish, French and Portuguese, copied from those that are installed on this machine."""

import shutil
from pathlib import Path

from openhearth.cli.starter.recipe import Card, ConversionFailed, Recipe

# What Debian and Ubuntu call a pair, and its folder → its modes.
PAIRS = {
    "apertium-eng-spa": ("eng-spa", "spa-eng"),
    "apertium-fr-es": ("fr-es", "es-fr"),
    "apertium-es-pt": ("es-pt", "es-pt_BR", "pt-es"),
}
_TEXT, _EXPECTED = "El gato duerme.", "The cat sleeps."


def convert(src: Path, out: Path) -> None:
    """Copy the pairs as they are installed, with what is said of their rights, and let them translate a sentence."""
    from openhearth.pipelines.apertium.pairs import machine_folder

    installed = machine_folder()
    missing = [pair for pair in PAIRS if installed is None or not (installed / pair).is_dir()]
    if installed is None or missing:
        raise ConversionFailed(
            f"Apertium's {', '.join(missing)} are not on this machine; on Debian or Ubuntu: "
            f"sudo apt-get install {' '.join(missing)}, then run this again."
        )
    (out / "modes").mkdir()
    for pair, modes in PAIRS.items():
        shutil.copytree(installed / pair, out / pair)
        for mode in modes:
            shutil.copy(installed / "modes" / f"{mode}.mode", out / "modes")
        rights = installed.parent / "doc" / pair / "copyright"
        if rights.is_file():
            shutil.copy(rights, out / f"LICENSE.{pair}")
    check(out)


def check(folder: Path) -> None:
    """Raise ConversionFailed unless a sentence is translated."""
    from openhearth.pipelines.apertium.translating import Apertium
    from openhearth.pipelines.finding import FoundModel
    from openhearth.pipelines.languages import Tongues

    translate = Apertium(FoundModel(name="Apertium", path=folder), Tongues("es", "en"))
    made = translate(_TEXT)[0]["translation_text"]
    if made != _EXPECTED:
        raise ConversionFailed(f"Apertium made {made!r} of {_TEXT!r}, not {_EXPECTED!r}.")


RECIPE = Recipe(
    name="apertium",
    repo_type="model",
    version=1,
    optional=True,
    packages=(),
    convert=convert,
    card=Card(
        title="Apertium: English, Spanish, French, Portuguese",
        summary="Translates by dictionaries and rules, in tenths of a second, without a neural network. 15 MB.",
        license="gpl-2.0",
        tags=("translation", "apertium", "rule-based"),
        language=("en", "es", "fr", "pt"),
        pipeline_tag="translation",
        library_name="apertium",
        widget=(
            {
                "text": "La maison est petite mais le jardin est grand.",
                "src_lang": "fr",
                "tgt_lang": "es",
                "example_title": "French to Spanish",
            },
            {
                "text": "The museum is closed on Mondays.",
                "src_lang": "en",
                "tgt_lang": "es",
                "example_title": "English to Spanish",
            },
        ),
        origin=(
            "The pairs apertium-eng-spa, apertium-fr-es and apertium-es-pt of the Apertium project (https://apertium.org), "
            "as the packages of that name install them. Their sources, from which the compiled dictionaries are made, are at "
            "https://github.com/apertium and in the source packages of Debian (`apt-get source apertium-eng-spa`)."
        ),
        rights=(
            "GNU GPL version 2 for all three; what Debian says of each is in "
            "`LICENSE.apertium-…`. Whoever passes the folder on passes these rights on with it."
        ),
        conversion=(
            "None: the files are those that the packages of this machine install, byte for byte. So this repo is made only "
            "where Apertium is installed, which Debian and Ubuntu make easy (`sudo apt-get install apertium-eng-spa "
            "apertium-fr-es apertium-es-pt`); elsewhere see https://wiki.apertium.org. The programs are not in it: they are "
            "needed on the machine that translates. A mode is a line of shell; here it is read, and never run by one."
        ),
        measured=(
            "One sentence, checked at every installation. What it reaches on sentences written for it (chrF) is printed by "
            "`make bench-quality`: Spanish and Portuguese 0.84, Spanish to French 0.79, French to Spanish 0.74, Spanish to "
            "English 0.74, English to Spanish 0.69.",
            "0.15 seconds a text on one core, 20,000 characters a second for long ones.",
        ),
        limits=(
            "From English it takes verbs for nouns (“My brother works” becomes “the works of my brother”): read it again.",
            "Between English and French or Portuguese the way leads through Spanish, and mistakes add up.",
            "Words it does not know stay as they are; the pipeline names them in its notes.",
            "It knows words, not the world: of several meanings the usual one is taken.",
        ),
        high_level="""
from openhearth import pipeline

translate = pipeline("translate into Spanish", model="starter/apertium")
print(translate("La maison est petite mais le jardin est grand."))
print(translate.notes)  # words it does not know, ways through another language
""",
        low_level="""
import subprocess

from huggingface_hub import snapshot_download

pair = snapshot_download("starter/apertium") + "/apertium-fr-es/fr-es"


def run(stream, *command):
    done = subprocess.run(command, input=stream, capture_output=True, text=True, check=True)
    return done.stdout


words = run("La maison est petite.\\n", "lt-proc", pair + ".automorf.bin")  # what each word may be
grammar = run(words, "apertium-tagger", "-g", pair + ".prob")            # what it is here
print(run(grammar, "lt-proc", "-b", pair + ".autobil.bin"))              # and in Spanish
# From there to the Spanish text: pipeline("translation_fr_to_es")(…), then explain() prints every program.
""",
    ),
)
