"""Five spoken sentences of a LibriVox reading with their words, from the test data of pocketsphinx."""

import csv
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from openhearth.cli.starter.recipe import Card, ConversionFailed, Package, Recipe

PACKAGE = Package(
    name="pocketsphinx",
    version="5.1.1",
    filename="pocketsphinx-5.1.1.tar.gz",
    sha256="675778b309a22dfc9b7d37f7621976bba491d2a5f8c59696bd77fd6d07271355",
)
_LINE = re.compile(r"<s> (?P<text>.+) </s> \((?P<name>[^)]+)\)")
_CLIP_COUNT = 5


@dataclass(frozen=True)
class Clip:
    path: Path
    text: str


def list_clips(package: Path) -> list[Clip]:
    """The clips of the unpacked package, in the order of the reading."""
    folder = package / "test" / "data" / "librivox"
    found = _LINE.finditer((folder / "transcription").read_text())
    return [Clip(folder / f"{match['name']}.wav", match["text"]) for match in found]


def plain_words(text: str) -> list[str]:
    """Lower-case words without punctuation, so that two transcripts can be compared."""
    return re.findall(r"[a-z']+", text.lower())


def convert(src: Path, out: Path) -> None:
    """Lay the clips out as an audio folder: `data/*.wav` beside a `metadata.csv` with the words."""
    clips = list_clips(src / PACKAGE.name)
    if len(clips) != _CLIP_COUNT:
        raise ConversionFailed(f"{len(clips)} clips found; expected {_CLIP_COUNT}.")
    target = out / "data"
    target.mkdir(parents=True)
    with (target / "metadata.csv").open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        rows.writerow(["file_name", "text"])
        for clip in clips:
            shutil.copy(clip.path, target / clip.path.name)
            rows.writerow([clip.path.name, clip.text])


RECIPE = Recipe(
    name="librivox-clips",
    repo_type="dataset",
    version=1,
    packages=(PACKAGE,),
    convert=convert,
    card=Card(
        title="LibriVox clips",
        summary=(
            "Five sentences of “Sense and Sensibility”, read aloud, with their words: 25 seconds to try "
            "speech on."
        ),
        license="cc0-1.0",
        tags=("audio", "speech", "librivox"),
        language=("en",),
        task_categories=("automatic-speech-recognition",),
        configs=({"config_name": "default", "data_files": "data/*"},),
        origin=(
            "Test data in the source package of pocketsphinx, the speech recogniser of Carnegie Mellon "
            "University."
        ),
        rights=(
            "LibriVox recordings are dedicated to the public domain, as is Jane Austen's text; `cc0-1.0` "
            "stands for that. The package is BSD-like (Carnegie Mellon University)."
        ),
        conversion="Sound files byte for byte; the words moved from the package's list into `metadata.csv`.",
        measured=("5 utterances, 16 kHz mono 16-bit WAV, lower-case words without punctuation.",),
        limits=(
            "One reader, one book: for trying things, not for measuring them.",
            "`datasets.load_dataset` needs the torchcodec package to read sound; the files open without it.",
            "One transcript says “a more a amiable woman”, as the list of the package does.",
        ),
        high_level="""
from huggingface_hub import hf_hub_download
from openhearth import pipeline

transcribe = pipeline("transcribe", model="starter/whisper-tiny.en")
clip = "data/sense_and_sensibility_01_austen_64kb-0930.wav"
print(transcribe(hf_hub_download("starter/librivox-clips", clip, repo_type="dataset")))
""",
        low_level="""
import csv
import soundfile
from huggingface_hub import snapshot_download

folder = snapshot_download("starter/librivox-clips", repo_type="dataset") + "/data/"
with open(folder + "metadata.csv", newline="", encoding="utf-8") as stream:
    for clip in csv.DictReader(stream):
        samples, rate = soundfile.read(folder + clip["file_name"])
        print(f"{len(samples) / rate:.1f} s", clip["text"])
""",
    ),
)
