"""Faces: the two networks of dlib that find the corners of eyes and nose and turn a face into 128 numbers.

The package also brings a landmark file of 68 points, which learned from pictures that may not be used for business, and a
detector that takes seconds a picture on a processor: both are left out. Faces are found by the detector inside dlib.
"""

import shutil
from pathlib import Path
from typing import Any

from openhearth.cli.starter.recipe import Card, ConversionFailed, Package, Recipe
from openhearth.cli.starter.recipes import photos, portraits

PACKAGE = Package(
    name="face-recognition-models",
    version="0.3.0",
    filename="face_recognition_models-0.3.0.tar.gz",
    sha256="b79bd200a88c87c9a9d446c990ae71c5a626d1f3730174e6d570157ff1d896cf",
)
LANDMARKS, EMBEDDING = "shape_predictor_5_face_landmarks.dat", "dlib_face_recognition_resnet_model_v1.dat"
_SAME_PERSON = 0.6  # dlib's own limit for the distance of two faces of a person


def convert(src: Path, out: Path) -> None:
    """Copy the two files, then compare two photos of a person with one of another."""
    package = src / PACKAGE.name
    for name in (LANDMARKS, EMBEDDING):
        shutil.copy(package / "face_recognition_models" / "models" / name, out / name)
    shutil.copy(package / "LICENSE", out / "LICENSE")
    check(out, src / portraits.PACKAGE.name)
    _write_example(out, photos.photo_path(src / photos.PACKAGE.name, "astronaut.png"))


def check(folder: Path, package: Path) -> None:
    """Raise ConversionFailed unless two photos of a person are nearer than those of two people."""
    import numpy as np

    one, again, other = (
        _face(folder, portraits.portrait_path(package, name))
        for name in ("obama.jpg", "obama2.jpg", "biden.jpg")
    )
    same, different = float(np.linalg.norm(one - again)), float(np.linalg.norm(one - other))
    if not same < _SAME_PERSON < different:
        raise ConversionFailed(f"One person is {same:.2f} from himself and {different:.2f} from another.")


def _face(folder: Path, photo: Path) -> Any:
    import dlib
    import numpy as np
    from PIL import Image

    pixels = np.asarray(Image.open(photo).convert("RGB"))
    (box, *_) = dlib.get_frontal_face_detector()(pixels, 0)
    points = dlib.shape_predictor(str(folder / LANDMARKS))(pixels, box)
    network = dlib.face_recognition_model_v1(str(folder / EMBEDDING))
    return np.array(network.compute_face_descriptor(pixels, points))


def _write_example(out: Path, photo: Path) -> None:
    from PIL import Image

    (out / "examples").mkdir()
    Image.open(photo).convert("RGB").save(out / "examples" / "astronaut.jpg", quality=85)


RECIPE = Recipe(
    name="faces",
    repo_type="model",
    version=1,
    packages=(PACKAGE, portraits.PACKAGE, photos.PACKAGE),
    convert=convert,
    card=Card(
        title="Faces",
        summary="Finds faces in photos and tells people apart: a face tagged once is found again in an album.",
        license="cc0-1.0",
        tags=("dlib", "vision", "face-detection", "face-recognition"),
        pipeline_tag="face-recognition",
        library_name="dlib",
        widget=({"src": "examples/astronaut.jpg", "example_title": "An astronaut"},),
        origin=(
            "The face networks of dlib by Davis King: five points of a face, and a ResNet of 29 layers that learned from "
            "about three million faces; packed by the `face_recognition` project."
        ),
        rights=(
            "CC0 (`LICENSE`) for both files. The landmark file of 68 points in the same package learned from pictures that "
            "may not be used commercially, and is not here. The photo in `examples/` is in the public domain (NASA)."
        ),
        conversion="None: both files byte for byte. dlib reads them, in a format of its own that holds numbers only.",
        measured=(
            "Six photos of a person, two with half of the face: 0.23 to 0.44 apart; three people: 0.81 and more. The limit "
            "is 0.6 (the order is checked at every installation).",
            "A photo of any size in about 0.15 seconds, and 0.08 for each face on it, on one core.",
        ),
        limits=(
            "Finds faces that look at the camera and are at least a twentieth of the picture; profiles are missed.",
            "Less reliable for children, twins, and people unlike those it learned from: look before you trust it.",
            "Faces are personal data: tag people who agree. What is tagged stays on the machine that runs it.",
        ),
        high_level="""
from openhearth import pipeline

album = pipeline("find this person in my photo album", model="starter/faces")
album.tag("Ana", "ana.jpg")
for found in album.find("Ana", in_="photos/"):
    print(found["score"], found["path"], found["box"])
""",
        low_level="""
import dlib
import numpy as np
from huggingface_hub import hf_hub_download
from PIL import Image

pixels = np.asarray(Image.open("photo.jpg").convert("RGB"))
points_of = dlib.shape_predictor(hf_hub_download("starter/faces", "shape_predictor_5_face_landmarks.dat"))
embed = dlib.face_recognition_model_v1(hf_hub_download("starter/faces", "dlib_face_recognition_resnet_model_v1.dat"))
for box in dlib.get_frontal_face_detector()(pixels, 1):
    print(box, np.array(embed.compute_face_descriptor(pixels, points_of(pixels, box)))[:4])
""",
    ),
)
