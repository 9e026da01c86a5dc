"""document-question-answering: a picture of a page and a question in, the answer and its words out.

By a model that was taught to (transformers' own pipeline), which is given the words of the page as our reader of text finds
them, where transformers would ask for Tesseract; or by reading the page and answering from its text.
"""

import importlib
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any, Protocol

from PIL import Image

from openhearth.errors import Invalid, Unsupported
from openhearth.pipelines.choice import decide
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.inputs import read_image
from openhearth.pipelines.labelled_lines import find_labelled
from openhearth.pipelines.libraries import RAPIDOCR
from openhearth.pipelines.optical_character_recognition import Line, TextReader, load_reader
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.shelf import list_shelf
from openhearth.pipelines.through_transformers import load as load_native

BOX_SCALE = 1000  # LayoutLM counts places in thousandths of the page

WordBoxes = Sequence[tuple[str, Sequence[float]]]


class Answering(Protocol):
    model: Any

    def answer(
        self,
        image: Image.Image | None,
        question: str,
        word_boxes: WordBoxes | None,
        parameters: Mapping[str, Any],
    ) -> list[dict[str, Any]]:
        """Answers, best first."""
        ...


class ByLayout:
    """A model that was taught to read pages. `reader` None: Tesseract finds the words, or the caller gives them."""

    def __init__(self, asking: Any, reader: TextReader | None) -> None:
        self.asking, self.model, self._reader = asking, asking.model, reader
        self._needs_words = not hasattr(asking.model.config, "decoder")  # Donut reads by itself

    def answer(
        self,
        image: Image.Image | None,
        question: str,
        word_boxes: WordBoxes | None,
        parameters: Mapping[str, Any],
    ) -> list[dict[str, Any]]:
        if word_boxes is None and self._needs_words and image is not None:
            word_boxes = self._words_of(image)
        given = {"question": question, **({"image": image} if image is not None else {})}
        if word_boxes is not None:
            if not word_boxes:
                return []
            given["word_boxes"] = word_boxes
            self._silence_tesseract()
        found = self.asking(given, **parameters)
        return [found] if isinstance(found, dict) else list(found)

    def _words_of(self, image: Image.Image) -> WordBoxes | None:
        if self._reader is not None:
            return words_of(self._reader.read(image), image.size)
        if find_spec("pytesseract") is None:
            raise Unsupported(
                "document-question-answering: nothing here reads the words of the page; "
                "run `openhearth starter rapidocr`, or give them as word_boxes=."
            )
        return None

    def _silence_tesseract(self) -> None:
        processor = self.asking.image_processor
        if processor is not None and hasattr(processor, "apply_ocr"):
            processor.apply_ocr = False


class ByText:
    """The page's text, and a model that answers from texts."""

    def __init__(self, reader: TextReader, asking: Any) -> None:
        self._reader, self._asking, self.model = reader, asking, asking.model

    def answer(
        self,
        image: Image.Image | None,
        question: str,
        word_boxes: WordBoxes | None,
        parameters: Mapping[str, Any],
    ) -> list[dict[str, Any]]:
        if word_boxes is not None:
            lines = [" ".join(word for word, _ in word_boxes)]
        elif image is not None:
            lines = [" ".join(line.text.split()) for line in self._reader.read(image)]
        else:
            raise Invalid("image: is missing; give the picture of a page.")
        text = "\n".join(lines)
        if not text.strip():
            return []
        if labelled := find_labelled(question, lines):
            score, index, value = labelled
            start = len("\n".join(lines[: index + 1])) - len(value)
            return [_by_words({"score": score, "start": start, "answer": value}, text)]
        found = self._asking(question=question, context=text, **{"top_k": 1, **parameters})
        return [_by_words(row, text) for row in (found if isinstance(found, list) else [found])]


class DocumentQuestionAnswering:
    def __init__(self, answering: Answering) -> None:
        self.answering, self.model = answering, answering.model

    def __call__(
        self, inputs: Any = None, question: str | None = None, *, image: Any = None, word_boxes: WordBoxes | None = None,
        **parameters: Any,
    ) -> list[Any]:  # fmt: skip
        """`[{"score", "answer", "start", "end", "words"}]`, with places counted in words; nothing for a page without words.

        `inputs` is the picture, a dict with `image`, `question` and perhaps `word_boxes`, or a list of such dicts.
        """
        if isinstance(inputs, list):
            return [self(each, question, word_boxes=word_boxes, **parameters) for each in inputs]
        if isinstance(inputs, Mapping):
            image, question = inputs.get("image"), inputs.get("question", question)
            word_boxes = inputs.get("word_boxes", word_boxes)
        elif inputs is not None:
            image = inputs
        if not isinstance(question, str) or not question.strip():
            raise Invalid("question: is missing; ask something about the page.")
        if image is None and word_boxes is None:
            raise Invalid("image: is missing; give the picture of a page, or its words as word_boxes=.")
        page = None if image is None else read_image(image)
        return self.answering.answer(page, question, word_boxes, parameters)


def words_of(lines: Sequence[Line], size: tuple[int, int]) -> list[tuple[str, list[int]]]:
    """Each word with left, top, right and bottom in thousandths of a picture of `size`, as LayoutLM is given them."""

    def share(side: float, whole: int) -> int:
        return min(BOX_SCALE, max(0, int(BOX_SCALE * side / whole)))

    return [
        (word.text, [share(side, size[at % 2]) for at, side in enumerate(word.box)])
        for line in lines
        for word in (line.words or (line,))
    ]


def _by_words(row: Mapping[str, Any], text: str) -> dict[str, Any]:
    """An answer whose place is counted in letters of `text`, counted in its words."""
    answer = str(row["answer"])
    first = len(text[: row["start"]].split())
    last = first + max(0, len(answer.split()) - 1)
    words = list(range(first, last + 1)) if answer else []
    return {"score": row["score"], "answer": answer, "start": first, "end": last, "words": words}


def load(found: FoundModel, task: str, options: PipelineOptions) -> DocumentQuestionAnswering:
    if found.folder.library == RAPIDOCR:
        chosen = decide("question-answering", None)
        asking = importlib.import_module(f"openhearth.pipelines.{chosen.way.module}")
        reader = load_reader(found, threads=options.threads)
        return DocumentQuestionAnswering(ByText(reader, asking.load(chosen.model, chosen.task.name, options)))
    near = next((known for known in list_shelf() if known.folder and known.folder.library == RAPIDOCR), None)
    reader_here = (
        load_reader(FoundModel(name=near.id, path=near.path), threads=options.threads) if near else None
    )
    return DocumentQuestionAnswering(ByLayout(load_native(found, task, options), reader_here))
