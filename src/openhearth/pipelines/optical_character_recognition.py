"""optical-character-recognition: a picture in, the text on it out, line by line with its place.

RapidOCR finds, turns and reads the lines with the networks of the model's folder; the order of reading is ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from openhearth.errors import Invalid
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.inputs import read_image
from openhearth.pipelines.machine import require_library
from openhearth.pipelines.options import PipelineOptions

THRESHOLD = 0.5
# Lines stand in one row if so much of the lower one's height is beside the other.
_BESIDE = 0.5
_PARTS = {"Det": "*_det_*.onnx", "Rec": "*_rec_*.onnx", "Cls": "*_cls_*.onnx"}

Sides = tuple[int, int, int, int]


@dataclass(frozen=True)
class Word:
    """`box`: left, top, right and bottom in pixels of the picture."""

    text: str
    score: float
    box: Sides


@dataclass(frozen=True)
class Line(Word):
    words: tuple[Word, ...] = ()


class TextReader:
    """RapidOCR with the networks of one folder."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def read(self, image: Image.Image, *, threshold: float = THRESHOLD) -> list[Line]:
        """The lines of text in an RGB picture, in the order of reading: from top to bottom, in a row from left to right."""
        pixels = np.ascontiguousarray(np.asarray(image)[:, :, ::-1])
        said = self._engine(pixels, return_word_box=True, text_score=threshold)
        if said.txts is None:
            return []
        words = said.word_results or [()] * len(said.txts)
        lines = [
            Line(
                text,
                float(score),
                _sides(corners),
                tuple(_word(word) for word in within if word[2] is not None),
            )
            for text, score, corners, within in zip(said.txts, said.scores, said.boxes, words, strict=True)
        ]
        return [line for row in in_rows(lines) for line in row]


class OpticalCharacterRecognition:
    def __init__(self, reader: TextReader) -> None:
        self.reader = reader

    def __call__(self, inputs: Any, *, threshold: float = THRESHOLD, words: bool = False) -> list[Any]:
        """`[{"generated_text", "lines": [{"text", "score", "box"}]}]`; a list of these for a list of pictures.

        Lines that are read less surely than `threshold` are left out. `words`: each line with its words and their places.
        """
        if isinstance(inputs, list | tuple):
            return [self(each, threshold=threshold, words=words) for each in inputs]
        if not 0 <= threshold <= 1:
            raise Invalid(f"threshold: {threshold} does not lie between 0 and 1; 0.5 is usual.")
        lines = self.reader.read(read_image(inputs), threshold=threshold)
        return [{"generated_text": joined(lines), "lines": [_spell(line, words=words) for line in lines]}]


def load(found: FoundModel, task: str, options: PipelineOptions) -> OpticalCharacterRecognition:
    return OpticalCharacterRecognition(load_reader(found, threads=options.threads))


def load_reader(found: FoundModel, *, threads: int = 0) -> TextReader:
    """Raises Unsupported where a library is missing, Invalid for a folder without the networks."""
    require_library("rapidocr", "Reading text in pictures", extra="vision")
    from rapidocr import RapidOCR

    files = {f"{part}.model_path": str(_file_of(found, pattern)) for part, pattern in _PARTS.items()}
    settings = {"Global.log_level": "error", "EngineConfig.onnxruntime.intra_op_num_threads": threads or -1}
    engine = RapidOCR(params={**files, **settings})
    try:
        engine(np.full((64, 64, 3), 255, np.uint8))  # opens the networks
    except Exception as error:
        raise Invalid(f"model: {found.name} cannot be loaded: {str(error)[:200]}") from None
    return TextReader(engine)


def _file_of(found: FoundModel, pattern: str) -> Any:
    file = next(iter(sorted(found.path.glob(pattern))), None)
    if file is None:
        raise Invalid(f"model: {found.name} holds no {pattern}; take starter/rapidocr, or add the file.")
    return file


def joined(lines: Sequence[Line]) -> str:
    """The text, a row a line."""
    return "\n".join("  ".join(line.text for line in row) for row in in_rows(lines))


def in_rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines that stand beside each other together, from left to right; the rows from top to bottom."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.box[1]):
        if rows and _beside(rows[-1][0].box, line.box):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.box[0]) for row in rows]


def _beside(upper: Sides, lower: Sides) -> bool:
    shared = min(upper[3], lower[3]) - max(upper[1], lower[1])
    return shared > _BESIDE * min(upper[3] - upper[1], lower[3] - lower[1])


def _sides(corners: Any) -> Sides:
    """The upright box around four corners."""
    points = np.asarray(corners)
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return round(float(left)), round(float(top)), round(float(right)), round(float(bottom))


def _word(said: Any) -> Word:
    text, score, corners = said
    return Word(text, float(score), _sides(corners))


def _spell(line: Line, *, words: bool) -> dict[str, Any]:
    row = _row(line)
    return {**row, "words": [_row(word) for word in line.words]} if words else row


def _row(word: Word) -> dict[str, Any]:
    box = dict(zip(("xmin", "ymin", "xmax", "ymax"), word.box, strict=True))
    return {"text": word.text, "score": word.score, "box": box}
