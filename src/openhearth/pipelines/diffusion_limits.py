"""What a drawing may be asked for: sizes, steps, seeds, capped before anything is allocated."""

import secrets
from collections.abc import Mapping
from typing import Any

import torch

from openhearth.errors import Invalid
from openhearth.pipelines.inputs import read_image

PROMPT_MAX_LENGTH = 20_000
SIDE_MAX = 4096
PIXELS_MAX = 2048 * 2048
SIDE_STEP = 8
# Whole numbers and fractions that pipelines of diffusers take, with the least and the most that is done here.
_WHOLE: Mapping[str, tuple[int, int]] = {
    "num_inference_steps": (1, 1000), "width": (SIDE_STEP, SIDE_MAX), "height": (SIDE_STEP, SIDE_MAX),
    "num_frames": (1, 257), "video_length": (1, 257), "num_images_per_prompt": (1, 8), "num_videos_per_prompt": (1, 1),
    "batch_size": (1, 64),
}  # fmt: skip
_FRACTIONS: Mapping[str, tuple[float, float]] = {
    "guidance_scale": (0, 100), "strength": (0, 1), "image_guidance_scale": (0, 100), "eta": (0, 1),
}  # fmt: skip
# Decided by us: what comes out must be a picture.
DRAWN_HERE = frozenset({"output_type", "return_dict"})


def checked_numbers(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """`parameters` without those that are None. Raises Invalid for numbers out of range."""
    given = {name: value for name, value in parameters.items() if value is not None}
    for name, (least, most) in _WHOLE.items():
        if name in given:
            given[name] = _number(name, given[name], least, most, whole=True)
    for name, (low, high) in _FRACTIONS.items():
        if name in given:
            given[name] = _number(name, given[name], low, high)
    for name in ("width", "height"):
        if given.get(name, 0) % SIDE_STEP:
            near = max(SIDE_STEP, round(given[name] / SIDE_STEP) * SIDE_STEP)
            raise Invalid(f"{name}: {given[name]} is no multiple of {SIDE_STEP}; take {near}.", param=name)
    if given.get("width", 0) * given.get("height", 0) > PIXELS_MAX:
        raise Invalid(
            f"width: {given['width']} by {given['height']} pixels are too many; "
            f"at most {PIXELS_MAX:,} are drawn here.", param="width",
        )  # fmt: skip
    return given


def _number(name: str, value: Any, least: float, most: float, *, whole: bool = False) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not least <= value <= most or (whole and int(value) != value):
        kind = "whole number" if whole else "number"
        raise Invalid(f"{name}: {value!r} is no {kind} from {least:g} to {most:g}.", param=name)
    return int(value) if whole else float(value)


def checked_prompt(text: Any) -> str:
    """`text` as a prompt. Raises Invalid for an empty or endless one."""
    if not isinstance(text, str) or not text.strip():
        raise Invalid("prompt: is empty; say in words what is to be seen.", param="inputs")
    if len(text) > PROMPT_MAX_LENGTH:
        raise Invalid(
            f"prompt: {len(text):,} characters are too many; say it in {PROMPT_MAX_LENGTH:,}.", param="inputs"
        )
    return text


def checked_seed(seed: Any, generator: Any) -> tuple[int, Any]:
    """The seed and a generator that starts from it; the generator as it is, if one was given."""
    if generator is not None:
        return generator.initial_seed() if isinstance(generator, torch.Generator) else 0, generator
    if seed is None:
        seed = secrets.randbelow(1 << 32)
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 1 << 63:
        raise Invalid(f"seed: {seed!r} is no whole number from 0 to 2⁶³-1.", param="seed")
    return seed, torch.Generator().manual_seed(seed)


def checked_image(source: Any, width: int | None, height: int | None) -> Any:
    """`source` as a picture, scaled to the size that was asked for. Raises Invalid for what is none, or too large."""
    if source is None:
        raise Invalid(
            "image: is missing; give a picture as a path, link, bytes or PIL image.", param="inputs"
        )
    image = read_image(source)
    if width and height:
        image = image.resize((width, height))
    if image.width * image.height > PIXELS_MAX:
        raise Invalid(
            f"image: {image.width} by {image.height} pixels are too many to redraw; "
            'send it smaller, or say a target_size of {"width": …, "height": …}.', param="inputs",
        )  # fmt: skip
    return image


def checked_fps(fps: Any) -> float:
    """`fps` as a number. Raises Invalid beyond 1 to 120."""
    return float(_number("fps", fps, 1, 120))
