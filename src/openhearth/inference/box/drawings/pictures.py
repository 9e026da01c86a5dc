"""Answers about pictures, drawn: boxes, lines of text, masks, depth and matching points over the picture itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from openhearth.inference.box.asking import Answer
from openhearth.inference.box.drawings.files import data_href, look_at_picture
from openhearth.inference.box.drawings.records import (
    TONES,
    Drawing,
    Image,
    Match,
    Matches,
    Outline,
    Overlay,
    Picture,
    Plain,
)
from openhearth.inference.box.given import Given

MASKS_MAX = 60
MATCHES_MAX = 60
_PNG = "data:image/png;base64,"


def draw_boxes(given: Given, answer: Answer) -> Drawing:
    """`[{"score", "label", "box": {"xmin", "ymin", "xmax", "ymax"}}]`."""
    tones = _tones([str(row.get("label", "")) for row in answer.value])
    outlines = [_boxed(row, str(row.get("label", "")), row["box"], tones) for row in answer.value]
    return _over(given, outlines)


def draw_lines(given: Given, answer: Answer) -> Drawing:
    """`{"generated_text", "lines": [{"text", "score", "box"}]}`, from what reads pictures of text."""
    value = answer.value[0] if isinstance(answer.value, list) else answer.value
    lines: Sequence[Any] = value.get("lines", ())
    outlines = [_boxed(row, str(number), row["box"], {}) for number, row in enumerate(lines, start=1)]
    return _over(
        given, outlines, text=str(value["generated_text"]), empty="There is no text in this picture."
    )


def draw_masks(given: Given, answer: Answer) -> Drawing:
    """`[{"label", "score", "mask"}]` with masks as base64 of PNG files; or `{"masks", "scores"}`, as rows of booleans."""
    if isinstance(answer.value, dict):
        return _draw_bare_masks(given, answer.value)
    rows = answer.value[:MASKS_MAX]
    tones = _tones([row["label"] for row in rows])
    outlines = [
        Outline(label=row["label"], score=row.get("score"), tone=tones[row["label"]], mask=_PNG + row["mask"])
        for row in rows
    ]
    return _over(given, outlines)


def _draw_bare_masks(given: Given, value: Mapping[str, Any]) -> Drawing:
    pairs = list(zip(value["masks"], value["scores"], strict=True))[:MASKS_MAX]
    outlines = [
        Outline(
            label=f"Mask {number}",
            score=score,
            tone=number % TONES,
            mask=_PNG + mask if isinstance(mask, str) else mask_href(mask),
        )
        for number, (mask, score) in enumerate(pairs, start=1)
    ]
    return _over(given, outlines)


def mask_href(rows: Sequence[Sequence[Any]]) -> str:
    """A picture that is white where `rows` (height, width) hold true."""
    import io

    import numpy as np
    from PIL import Image as Pillow

    stream = io.BytesIO()
    Pillow.fromarray(np.asarray(rows, dtype=bool).astype(np.uint8) * 255).save(stream, "PNG")
    return data_href(stream.getvalue(), "image/png")


def draw_depth(given: Given, answer: Answer) -> Drawing:
    """The nearer, the brighter."""
    return Image(
        href=_PNG + answer.value["depth"],
        alt="The nearer, the brighter",
        file_name="depth.png",
        beside=_picture(given, "picture"),
    )


def draw_points(given: Given, answer: Answer) -> Drawing:
    """Lines between the same points of two pictures, the surest first."""
    first, second = _picture(given, "first_picture"), _picture(given, "second_picture")
    rows = answer.value[0] if answer.value and isinstance(answer.value[0], list) else answer.value
    if first is None or second is None:
        return Plain()
    best = sorted(rows, key=lambda row: -row["score"])[:MATCHES_MAX]
    return Matches(
        first=first,
        second=second,
        offset=first.width,
        width=first.width + second.width,
        height=max(first.height, second.height),
        matches=[_match(row, first.width, at % TONES) for at, row in enumerate(best)],
        count=len(rows),
    )


def _match(row: Mapping[str, Any], offset: int, tone: int) -> Match:
    here, there = row["keypoint_image_0"], row["keypoint_image_1"]
    return Match(
        x1=here["x"], y1=here["y"], x2=there["x"] + offset, y2=there["y"], score=row["score"], tone=tone
    )


def _over(given: Given, outlines: Sequence[Outline], **words: str) -> Drawing:
    picture = _picture(given, "picture")
    return Overlay(picture=picture, outlines=outlines, **words) if picture else Plain()


def _picture(given: Given, name: str) -> Picture | None:
    file = given.files.get(name)
    return look_at_picture(file, "The picture that was tried") if file else None


def _boxed(row: Mapping[str, Any], label: str, box: Any, tones: Mapping[str, int]) -> Outline:
    corners = _corners(box)
    return Outline(
        label=label,
        score=row.get("score"),
        tone=tones.get(label, 0),
        x=min(x for x, _ in corners),
        y=min(y for _, y in corners),
        points=" ".join(f"{x:g},{y:g}" for x, y in corners),
    )


def _corners(box: Any) -> list[tuple[float, float]]:
    """The corners of a box: `{"xmin", …}`, or its corners themselves."""
    if isinstance(box, Mapping):
        left, top, right, bottom = (float(box[key]) for key in ("xmin", "ymin", "xmax", "ymax"))
        return [(left, top), (right, top), (right, bottom), (left, bottom)]
    return [(float(x), float(y)) for x, y in box]


def _tones(labels: Sequence[str]) -> dict[str, int]:
    return {label: at % TONES for at, label in enumerate(dict.fromkeys(labels))}
