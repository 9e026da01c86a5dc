"""Photos that belong to everyone: images of scikit-image documented as CC0 or public domain.

The rights of every file are quoted from `skimage/data/_fetchers.py` of the pinned version. Images without
such a sentence there (moon, page, logo …) and photos under other licences are left out.
"""

import csv
import shutil
from dataclasses import dataclass
from pathlib import Path

from openhearth.cli.starter.recipe import Card, Package, Recipe

PACKAGE = Package(
    name="scikit-image",
    version="0.26.0",
    filename="scikit_image-0.26.0-cp311-cp311-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl",
    sha256="74aa5518ccea28121f57a95374581d3b979839adc25bb03f289b1bc9b99c58af",
)


@dataclass(frozen=True)
class Photo:
    file_name: str
    title: str
    rights: str
    source: str


_CC0 = "CC0-1.0"
_PUBLIC = "public domain"

PHOTOS = (
    Photo(
        "astronaut.png",
        "The astronaut Eileen Collins",
        _PUBLIC,
        "NASA Great Images, https://flic.kr/p/r9qvLn",
    ),
    Photo("brick.png", "A brick wall", _CC0, "CC0Textures, Bricks25"),
    Photo("camera.png", "A man with a camera", _CC0, "Lav Varshney"),
    Photo("cell.png", "A cell floating in saline, quantitative phase image", _CC0, "made with qpformat"),
    Photo("chelsea.png", "Chelsea the cat", _CC0, "Stefan van der Walt"),
    Photo("clock_motion.png", "A wall clock, blurred by motion", _PUBLIC, "Stefan van der Walt"),
    Photo("coffee.png", "A cup of coffee", _CC0, "Rachel Michetti, Pikolo Espresso Bar"),
    Photo("grass.png", "Grass", _CC0, "linolafett, DeviantArt"),
    Photo("gravel.png", "Gravel", _CC0, "CC0Textures, Gravel04"),
    Photo("horse.png", "Silhouette of a horse", _CC0, "Andreas Preuss (marauder), openclipart"),
    Photo("hubble_deep_field.jpg", "Hubble eXtreme Deep Field", _PUBLIC, "NASA, hubblesite.org 2012/37"),
    Photo("retina.jpg", "A human retina", _CC0, "Mikael Häggström, Wikimedia Commons"),
    Photo("rocket.jpg", "Launch of a Falcon 9 with DSCOVR", _PUBLIC, "SpaceX, flickr 16511594820"),
    Photo("text.png", "Letters, a test of corner detection", _PUBLIC, "Wikipedia, File:Corner.png"),
)


def photo_path(package: Path, file_name: str) -> Path:
    """Where the unpacked package keeps an image."""
    return package / "skimage" / "data" / file_name


def convert(src: Path, out: Path) -> None:
    """Lay the photos out as an image folder, with title, rights and source in `metadata.csv`."""
    target = out / "data"
    target.mkdir(parents=True)
    with (target / "metadata.csv").open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        rows.writerow(["file_name", "title", "license", "source"])
        for photo in PHOTOS:
            shutil.copy(photo_path(src / PACKAGE.name, photo.file_name), target / photo.file_name)
            rows.writerow([photo.file_name, photo.title, photo.rights, photo.source])


RECIPE = Recipe(
    name="photos",
    repo_type="dataset",
    version=1,
    packages=(PACKAGE,),
    convert=convert,
    card=Card(
        title="Photos",
        summary=f"{len(PHOTOS)} pictures that anyone may use: a cat, a cup of coffee, a rocket, deep space.",
        license="cc0-1.0",
        tags=("image", "photos", "public-domain"),
        task_categories=("image-classification", "image-feature-extraction"),
        configs=({"config_name": "default", "data_files": "data/*"},),
        origin="Images inside the scikit-image wheel.",
        rights=(
            "CC0 or public domain, file by file in the `license` and `source` columns of "
            "`data/metadata.csv`, as the documentation of scikit-image states them. Its images without such "
            "a statement are left out."
        ),
        conversion="Files byte for byte; titles, rights and sources written into `metadata.csv`.",
        measured=(f"{len(PHOTOS)} files, PNG and JPEG, colour and grey.",),
        limits=("For trying things: there are no labels to train on.",),
        high_level="""
from huggingface_hub import hf_hub_download
from openhearth import pipeline

classify = pipeline("image classification", model="starter/efficientnet-lite0")
print(classify(hf_hub_download("starter/photos", "data/chelsea.png", repo_type="dataset")))
""",
        low_level="""
from datasets import load_dataset

photos = load_dataset("starter/photos", split="train")
print(photos[4]["title"], photos[4]["image"].size)
""",
    ),
)
