"""Models of diffusers and scikit-learn, and tasks that need no model, served to the unmodified client and to plain HTTP."""

from __future__ import annotations

import io
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import ImageToImageTargetSize, InferenceClient
from PIL import Image, ImageChops

from openhearth.pipelines import pipeline
from tests.inference.conftest import FolderModels, Served, serve
from tests.inference.test_task_api import refused
from tests.pipelines.tiny_drawers import SIDE, make_drawer
from tests.pipelines.tiny_models import png_bytes

pytestmark = pytest.mark.slow
FLOWERS: dict[str, Any] = {"petal": [1.0 + i / 100 for i in range(30)] + [5.0 + i / 100 for i in range(30)],
           "kind": ["small"] * 30 + ["large"] * 30}  # fmt: skip
FAST: dict[str, Any] = {"num_inference_steps": 2, "width": SIDE, "height": SIDE, "seed": 7}


@pytest.fixture(scope="module")
def others(tiny: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = tmp_path_factory.mktemp("others")
    learnt = pipeline("tabular-classification")
    learnt(FLOWERS, target="kind")
    learnt.save_pretrained(root / "flowers")
    folders = {
        "forge/draw": make_drawer(root / "draw"),
        "forge/flowers": root / "flowers",
    }
    with serve(FolderModels(folders, {}), tmp_path_factory.mktemp("data"), memory_gb=5) as room:
        yield room


def client(others: Served, name: str) -> InferenceClient:
    return InferenceClient(model=others.model(f"forge/{name}"), token="ada")


def post(url: str, body: bytes, content_type: str = "application/json") -> tuple[str, bytes]:
    request = urllib.request.Request(url, body, {"Content-Type": content_type})
    with urllib.request.urlopen(request) as response:
        return response.headers["Content-Type"], response.read()


def test_text_to_image_gives_a_picture(others: Served) -> None:
    draw = client(others, "draw")
    image = draw.text_to_image("a red fox", guidance_scale=5, **FAST)
    assert image.size == (SIDE, SIDE)
    again = draw.text_to_image("a red fox", guidance_scale=5, **FAST)
    assert ImageChops.difference(image, again).getbbox() is None


def test_image_to_image_gives_a_picture(others: Served) -> None:
    redraw = InferenceClient(model=others.model("forge/draw") + "/pipeline/image-to-image", token="ada")
    image = redraw.image_to_image(
        png_bytes(),
        prompt="a fox",
        num_inference_steps=2,
        target_size=ImageToImageTargetSize(width=16, height=24),
    )
    assert image.size == (16, 24)


def test_tabular_classification_takes_columns_and_files(others: Served) -> None:
    assert client(others, "flowers").tabular_classification({"petal": ["1.1", "5.2"]}) == ["small", "large"]
    url = others.model("forge/flowers")
    assert json.loads(post(url, b'{"inputs": {"data": {"petal": [5.1]}}}')[1]) == ["large"]
    assert json.loads(post(url, b"petal\n1.2\n5.1\n", "text/csv")[1]) == ["small", "large"]


def wish(others: Served, **body: Any) -> Any:
    return json.loads(post(f"{others.url}/api/pipeline", json.dumps(body).encode())[1])


def test_series_go_on_without_any_model(others: Served) -> None:
    told = wish(
        others, request="predict next month's sales", inputs=list(range(40)), parameters={"horizon": 2}
    )
    assert (told["task"], told["model"]) == ("time-series-forecasting", "no stored model")
    assert told["result"]["forecast"] == pytest.approx([40, 41], abs=0.01)


@pytest.mark.parametrize(
    ("model", "body", "words"),
    [
        ("draw", {"inputs": " "}, "inputs: the text is empty"),
        ("draw", {"inputs": "fox", "parameters": {"width": 33}}, "width: 33 is no multiple of 8"),
        ("draw", {"inputs": "fox", "parameters": {"strenght": 1}}, "strenght: is no parameter"),
        (
            "draw",
            {"inputs": "fox", "parameters": {"num_images_per_prompt": 2, **FAST}},
            "one image at a time",
        ),
        ("flowers", {"table": {"petal": ["long"]}}, "is no number"),
        ("flowers", {"table": {"petal": [1], "more": [1, 2]}}, "'petal' has 1 cells"),
        ("flowers", {"table": {"leaf": [1]}}, "lacks the column 'petal'"),
        ("flowers", {"inputs": None}, "inputs: is missing"),
    ],
)
def test_refusals_say_why(others: Served, model: str, body: dict[str, Any], words: str) -> None:
    status, told, _ = refused(others.model(f"forge/{model}"), json.dumps(body).encode())
    assert status == 400 and words in told["error"]


def test_pictures_come_as_files_of_their_own_kind(others: Served) -> None:
    body = json.dumps({"inputs": "a fox", "parameters": FAST})
    kind, content = post(others.model("forge/draw"), body.encode())
    assert kind == "image/png" and Image.open(io.BytesIO(content)).format == "PNG"
