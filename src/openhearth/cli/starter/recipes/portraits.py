"""Photos of two people who are often photographed, to try face recognition on: the test pictures of `face_recognition`."""

import csv
import shutil
from collections.abc import Mapping
from pathlib import Path

from openhearth.cli.starter.recipe import Card, Package, Recipe

PACKAGE = Package(
    name="face-recognition",
    version="1.3.0",
    filename="face_recognition-1.3.0.tar.gz",
    sha256="5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec",
)
# File → who is on it. Left out: 32bit.png, which is obama2.jpg once more.
PORTRAITS: Mapping[str, str] = {
    "biden.jpg": "Joe Biden",
    "obama.jpg": "Barack Obama",
    "obama2.jpg": "Barack Obama",
    "obama3.jpg": "Barack Obama",
    "obama_partial_face.jpg": "Barack Obama",
    "obama_partial_face2.jpg": "Barack Obama",
}


def portrait_path(package: Path, file_name: str) -> Path:
    """Where the unpacked package keeps a photo."""
    return package / "tests" / "test_images" / file_name


def convert(src: Path, out: Path) -> None:
    """Lay the photos out as an image folder, with the person's name in `metadata.csv`."""
    package, target = src / PACKAGE.name, out / "data"
    target.mkdir(parents=True)
    with (target / "metadata.csv").open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        rows.writerow(["file_name", "person"])
        for file_name, person in PORTRAITS.items():
            shutil.copy(portrait_path(package, file_name), target / file_name)
            rows.writerow([file_name, person])
    shutil.copy(package / "LICENSE", out / "LICENSE")


RECIPE = Recipe(
    name="portraits",
    repo_type="dataset",
    version=1,
    packages=(PACKAGE,),
    convert=convert,
    private=True,
    card=Card(
        title="Portraits",
        summary=f"{len(PORTRAITS)} photos of two presidents, with their names, to try a photo album on.",
        license="mit",
        tags=("image", "faces", "photos"),
        task_categories=("image-classification", "image-feature-extraction"),
        configs=({"config_name": "default", "data_files": "data/*"},),
        origin="The test pictures inside the source package of `face_recognition`.",
        rights=(
            "MIT for the package (`LICENSE`), which names no photographers: the repo is private, and is meant for trying "
            "things and for tests. The people on the photos hold public office; do not use them to advertise anything."
        ),
        conversion="Files byte for byte; the names, taken from the file names, written into `metadata.csv`.",
        measured=(f"{len(PORTRAITS)} JPEG files of 0.5 to 3.3 million pixels; two show half of a face.",),
        limits=("Two people, both men: enough to see that it works, not to judge how well.",),
        high_level="""
from huggingface_hub import snapshot_download
from openhearth import pipeline

photos = snapshot_download("starter/portraits", repo_type="dataset") + "/data"
album = pipeline("face-recognition", model="starter/faces")
album.tag("Barack Obama", f"{photos}/obama.jpg")
for found in album.find("Barack Obama", in_=photos):
    print(found["score"], found["path"])
""",
        low_level="""
from datasets import load_dataset

portraits = load_dataset("starter/portraits", split="train")
print(portraits[0]["person"], portraits[0]["image"].size)
""",
    ),
)
