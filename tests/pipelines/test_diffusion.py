"""Pictures and films by diffusers. Random weights draw noise: what is shown is that it is diffusers' own noise."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest
import torch
from PIL import Image, ImageChops

from openhearth.engine.any_task import load_any_task
from openhearth.errors import HubError, Invalid, TooLarge, Unsupported
from openhearth.pipelines import choice, pipeline
from openhearth.pipelines.diffusion_folder import tasks_of_class
from openhearth.pipelines.media import Film
from openhearth.pipelines.model_folder import read_model_folder
from openhearth.protocol.engine import Run
from tests.pipelines import tiny_drawers
from tests.pipelines.tiny_drawers import SIDE
from tests.pipelines.tiny_models import png_bytes

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
FAST: dict[str, Any] = {"num_inference_steps": 2, "width": SIDE, "height": SIDE, "seed": 7}


@pytest.fixture(scope="module")
def drawers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    makers: dict[str, Callable[[Path], Path]] = {
        "text-to-image": tiny_drawers.make_drawer,
        "text-to-video": tiny_drawers.make_filmer,
        "image-to-video": tiny_drawers.make_animator,
        "unconditional-image-generation": tiny_drawers.make_dreamer,
    }
    root = tmp_path_factory.mktemp("drawers")
    return {task: make(root / task) for task, make in makers.items()}


@pytest.fixture(scope="module")
def draw(drawers: dict[str, Path]) -> Any:
    return pipeline("text-to-image", model=drawers["text-to-image"], device="cpu", threads=1)


def plain(folder: Path, class_name: str = "DiffusionPipeline") -> Any:
    import diffusers

    made = getattr(diffusers, class_name).from_pretrained(str(folder), use_safetensors=True)
    made.set_progress_bar_config(disable=True)
    return made


def same(ours: Image.Image, theirs: Image.Image) -> bool:
    return ours.size == theirs.size and ImageChops.difference(ours, theirs).getbbox() is None


def test_a_folder_says_its_tasks_and_size_without_being_loaded(drawers: dict[str, Path]) -> None:
    for task, folder in drawers.items():
        found = read_model_folder(folder)
        assert (found.library, found.task) == ("diffusers", task)
        assert found.parameters > 10_000 and found.tensor_bytes == 4 * found.parameters
    assert tasks_of_class("FluxPipeline") == ("text-to-image", "image-to-image")
    assert tasks_of_class("WanImageToVideoPipeline") == ("image-to-video",)
    assert tasks_of_class("StableDiffusionInpaintPipeline") == ()


def test_the_same_seed_draws_what_diffusers_draws(draw: Any, drawers: dict[str, Path]) -> None:
    ours = draw("a red fox", guidance_scale=5, negative_prompt="blurry", **FAST)
    theirs = plain(drawers["text-to-image"])(
        "a red fox", guidance_scale=5, negative_prompt="blurry", num_inference_steps=2, width=SIDE, height=SIDE,
        generator=torch.Generator().manual_seed(7),
    ).images[0]  # fmt: skip
    assert same(ours, theirs)
    assert not same(ours, draw("a red fox", **{**FAST, "seed": 8}))


def test_a_picture_without_a_seed_can_be_drawn_again(draw: Any) -> None:
    first = draw("a red fox", num_inference_steps=1, width=SIDE, height=SIDE)
    again = draw("a red fox", num_inference_steps=1, width=SIDE, height=SIDE, seed=first.info["seed"])
    assert same(first, again)


def test_a_list_gives_a_list(draw: Any) -> None:
    fox, owl = draw(["a red fox", "an owl"], **FAST)
    assert same(fox, draw("a red fox", **FAST)) and not same(fox, owl)


def test_a_drawer_redraws_pictures_too(drawers: dict[str, Path]) -> None:
    redraw = pipeline("image-to-image", model=drawers["text-to-image"], device="cpu", threads=1)
    given = Image.open(io.BytesIO(png_bytes(size=(SIDE, SIDE))))
    ours = redraw(png_bytes(size=(SIDE, SIDE)), prompt="a fox", strength=0.5, num_inference_steps=4, seed=7)
    theirs = plain(drawers["text-to-image"], "StableDiffusionImg2ImgPipeline")(
        "a fox", image=given, strength=0.5, num_inference_steps=4, generator=torch.Generator().manual_seed(7)
    ).images[0]
    assert same(ours, theirs)
    sized = redraw(
        png_bytes(size=(70, 50)),
        prompt="a fox",
        num_inference_steps=2,
        target_size={"width": 16, "height": 24},
    )
    assert sized.size == (16, 24)
    with pytest.raises(Invalid, match="prompt: is empty"):
        redraw(png_bytes(size=(SIDE, SIDE)), prompt=" ", num_inference_steps=2)
    with pytest.raises(Invalid, match="no picture"):
        redraw(b"no picture", prompt="a fox")


def test_a_text_is_filmed(drawers: dict[str, Path], tmp_path: Path) -> None:
    shoot = pipeline("text-to-video", model=drawers["text-to-video"], device="cpu", threads=1)
    film = shoot("a red fox runs", num_frames=4, fps=5, **FAST)
    theirs = plain(drawers["text-to-video"])(
        "a red fox runs", num_frames=4, num_inference_steps=2, width=SIDE, height=SIDE,
        generator=torch.Generator().manual_seed(7),
    ).frames[0]  # fmt: skip
    assert all(same(ours, frame) for ours, frame in zip(film.frames, theirs, strict=True))
    film.save(tmp_path / "fox.mp4")
    with av.open(str(tmp_path / "fox.mp4")) as opened:
        (track,) = opened.streams.video
        assert (track.width, track.height, track.average_rate) == (SIDE, SIDE, 5)
        assert sum(1 for _ in opened.decode(track)) == 4


def test_a_picture_is_set_in_motion(drawers: dict[str, Path]) -> None:
    animate = pipeline("image-to-video", model=drawers["image-to-video"], device="cpu", threads=1)
    film = animate(
        png_bytes(), num_frames=3, num_inference_steps=1, seed=7, target_size={"width": SIDE, "height": SIDE}
    )
    assert isinstance(film, Film) and [frame.size for frame in film.frames] == [(SIDE, SIDE)] * 3


def test_pictures_are_drawn_of_nothing(drawers: dict[str, Path]) -> None:
    dream = pipeline(model=drawers["unconditional-image-generation"], device="cpu", threads=1)
    assert dream.choice.task.name == "unconditional-image-generation"
    theirs = plain(drawers["unconditional-image-generation"])(
        num_inference_steps=2, batch_size=2, generator=torch.Generator().manual_seed(7)
    ).images
    ours = dream(num_inference_steps=2, batch_size=2, seed=7)
    assert all(same(one, other) for one, other in zip(ours, theirs, strict=True))


@pytest.mark.parametrize(
    ("prompt", "parameters", "words"),
    [
        ("", {}, "prompt: is empty"),
        (5, {}, "prompt: is empty"),
        ("fox " * 6000, {}, "24,000 characters"),
        ("fox", {"width": 33}, "width: 33 is no multiple of 8; take 32"),
        ("fox", {"width": 4096, "height": 4096}, "4096 by 4096 pixels are too many"),
        ("fox", {"height": 100_000}, "height: 100000 is no whole number from 8 to 4096"),
        ("fox", {"num_inference_steps": 0}, "num_inference_steps: 0"),
        ("fox", {"num_images_per_prompt": 500}, "from 1 to 8"),
        ("fox", {"guidance_scale": "high"}, "guidance_scale: 'high' is no number"),
        ("fox", {"seed": -1}, "seed: -1"),
        ("fox", {"strenght": 1}, "strenght: is no parameter of StableDiffusionPipeline; those are"),
        ("fox", {"output_type": "latent"}, "output_type: is no parameter"),
        ("fox", {"negative_prompt": 5}, "negative_prompt"),
    ],
)
def test_what_cannot_be_drawn_is_named(
    draw: Any, prompt: Any, parameters: dict[str, Any], words: str
) -> None:
    with pytest.raises(Invalid, match=words):
        draw.worker(prompt, **{**FAST, **parameters})


def change_index(folder: Path, **changes: Any) -> None:
    file = folder / "model_index.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def write(path: Path, text: str) -> None:
    path.write_text(text)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda folder: change_index(folder, unet=["os.path", "UNet"]), r"unet from 'os.path'"),
        (lambda folder: change_index(folder, unet=["shutil", "rmtree"]), r"unet from 'shutil'"),
        (lambda folder: change_index(folder, unet=["pipeline_utils", "DiffusionPipeline"]), "unet from"),
        (lambda folder: change_index(folder, unet=["diffusers", "DiffusionPipeline"]), "is no component"),
        (lambda folder: change_index(folder, unet=["transformers", "pipeline"]), "is no component"),
        (lambda folder: change_index(folder, _class_name=["evil", "Evil"]), "code of its own"),
        (lambda folder: change_index(folder, _class_name="EvilPipeline"), "no pipeline EvilPipeline"),
        (
            lambda folder: change_index(folder, **{"../unet": ["diffusers", "UNet"]}),
            "no pair of library and class",
        ),
        (lambda folder: write(folder / "None.py", "open('ran', 'w')"), "code of its own"),
        (lambda folder: write(folder / "unet/diffusers.py", "open('ran', 'w')"), r"unet/diffusers.py"),
        (lambda folder: write(folder / "model_index.json", "[]"), "names no _class_name"),
        (lambda folder: write(folder / "model_index.json", "{"), "cannot be read"),
        (
            lambda folder: shutil.move(
                folder / "vae/diffusion_pytorch_model.safetensors", folder / "vae/diffusion_pytorch_model.bin"
            ),
            "vae as pickles only",
        ),
    ],
)
def test_a_folder_that_would_run_other_code_is_refused(
    drawers: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Path], Any],
    words: str,
) -> None:
    folder = tmp_path / "spoilt"
    shutil.copytree(drawers["text-to-image"], folder)
    spoil(folder)
    monkeypatch.chdir(tmp_path)
    with pytest.raises((Invalid, Unsupported), match=words):
        pipeline("text-to-image", model=folder, device="cpu", threads=1)
    assert not (tmp_path / "ran").exists()


def test_a_drawer_that_does_not_fit_is_refused_before_it_is_loaded(
    drawers: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "_free_bytes", lambda: 1000)
    with pytest.raises(TooLarge, match="needs about"):
        pipeline("text-to-image", model=drawers["text-to-image"])


def test_another_task_is_refused_with_what_it_can_do(drawers: dict[str, Path]) -> None:
    with pytest.raises(HubError, match=r"StableDiffusionPipeline\) cannot do text-to-video; .*text-to-image"):
        pipeline("text-to-video", model=drawers["text-to-image"])


@pytest.mark.parametrize(
    ("task", "model", "given", "parameters"),
    [
        ("text-to-image", "text-to-image", "a red fox", {"negative_prompt": "blurry"}),
        ("image-to-image", "text-to-image", "fox.png", {"prompt": "a fox", "strength": 0.9}),
        ("text-to-video", "text-to-video", "a red fox runs", {"num_frames": 3, "fps": 5}),
        ("image-to-video", "image-to-video", "fox.png", {"num_frames": 2, "fps": 5}),
        ("unconditional-image-generation", "unconditional-image-generation", "", {}),
    ],
)
def test_the_twin_makes_the_same(
    drawers: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    task: str, model: str, given: str, parameters: dict[str, Any],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path("fox.png").write_bytes(png_bytes())
    size = {"width": SIDE, "height": SIDE}
    sized = {"target_size": size} if task.startswith("image-") else size if task.startswith("text-") else {}
    pipe = pipeline(task, model=drawers[model], device="cpu", threads=1)
    made = pipe(*filter(None, [given]), num_inference_steps=2, seed=7, **parameters, **sized)
    pipe.explain().run()
    pixels = b"".join(frame.tobytes() for frame in (made.frames if isinstance(made, Film) else [made]))
    assert capsys.readouterr().out.strip().endswith(hashlib.sha256(pixels).hexdigest())


def test_a_picture_that_is_no_file_has_no_twin(drawers: dict[str, Path]) -> None:
    redraw = pipeline("image-to-image", model=drawers["text-to-image"], device="cpu", threads=1)
    redraw(png_bytes(), prompt="a fox", num_inference_steps=2)
    with pytest.raises(Unsupported, match="as a path"):
        redraw.explain()


def test_engines_give_films_as_files(drawers: dict[str, Path]) -> None:
    task = load_any_task(
        "text-to-video", drawers["text-to-video"], name="forge/tiny", threads=1, device="cpu", dtype="auto"
    )
    # As InferenceClient.text_to_video sends it, whose negative prompt is a list.
    asked = Run(request_id=1, inputs="a fox runs")
    (film,) = task.compute(
        [task.decode(asked)], {"negative_prompt": ["blurry", "dark"], "num_frames": 3, **FAST}
    )
    assert film.content_type == "video/mp4"
    with av.open(io.BytesIO(film.content)) as opened:
        assert sum(1 for _ in opened.decode(video=0)) == 3


def test_a_picture_is_made_larger_by_a_model_of_transformers(tmp_path: Path) -> None:
    import numpy as np
    from transformers import AutoImageProcessor, AutoModelForImageToImage

    folder = tiny_drawers.make_enlarger(tmp_path / "enlarger")
    enlarge = pipeline("image-to-image", model=folder, device="cpu", threads=1)
    given = Image.open(io.BytesIO(png_bytes(size=(16, 16))))
    ours = enlarge(given)
    assert ours.size == (32, 32) and [one.size for one in enlarge([given, given])] == [(32, 32)] * 2
    pixels = AutoImageProcessor.from_pretrained(folder)(given, return_tensors="pt")
    with torch.no_grad():
        drawn = AutoModelForImageToImage.from_pretrained(folder)(**pixels).reconstruction[0].clamp(0, 1)
    theirs = (drawn.permute(1, 2, 0).numpy() * 255).round().astype(np.uint8)[:32, :32]
    assert np.abs(np.asarray(ours).astype(int) - theirs.astype(int)).max() <= 1
