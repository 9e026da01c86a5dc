"""The unmodified InferenceClient asks models about pictures, also models of other libraries than transformers."""

from __future__ import annotations

import base64
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import InferenceClient

from tests.inference.conftest import FolderModels, Served, serve
from tests.support.starter import starter_folder

pytestmark = [pytest.mark.run, pytest.mark.slow]


@pytest.fixture(scope="module")
def seeing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Models of faces and of text in pictures; each starts when it is first asked."""
    folders = {"forge/faces": starter_folder("faces"), "forge/letters": starter_folder("rapidocr")}
    tags = {"forge/faces": "face-recognition", "forge/letters": "optical-character-recognition"}
    models = FolderModels(folders, tags)
    with serve(models, tmp_path_factory.mktemp("data"), memory_gb=8, at_once=False) as served:
        yield served


def example(name: str) -> Path:
    folder, file = name.split("/")
    return starter_folder(folder) / "examples" / file


def test_faces_are_objects_that_are_detected(seeing: Served) -> None:
    client = InferenceClient(model=f"{seeing.model('forge/faces')}/pipeline/face-detection")
    (face,) = client.object_detection(example("faces/astronaut.jpg"))
    assert (face.label, face.box.xmin > 100) == ("face", True)
    assert len(client.object_detection(example("faces/astronaut.jpg"), threshold=0.1)) > 1


def test_text_is_read_as_a_picture_is_described(seeing: Served) -> None:
    client = InferenceClient(model=seeing.model("forge/letters"))
    said = client.image_to_text(example("rapidocr/invoice.png"))
    assert said.generated_text.startswith("Invoice No. 2024-0017\nTotal: EUR 1,249.50")


def test_plain_words_find_the_model_of_faces(seeing: Served) -> None:
    picture = base64.b64encode(example("faces/astronaut.jpg").read_bytes()).decode()
    body = json.dumps(
        {"request": "find faces in a photo", "inputs": picture, "model": "forge/faces"}
    ).encode()
    request = urllib.request.Request(f"{seeing.url}/api/pipeline", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as response:
        answer = json.load(response)
    assert answer["task"] == "face-detection" and [row["label"] for row in answer["result"]] == ["face"]
