"""visual-question-answering: a picture and a question in, answers out; by a head that chooses, or by a model that sees."""

from typing import Any

import torch
import transformers

from openhearth.errors import Invalid
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.image_to_text import ask_about
from openhearth.pipelines.inputs import read_image
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.prompts import conversation
from openhearth.pipelines.through_transformers import load as load_native
from openhearth.pipelines.through_transformers import load_with, part_of

TOP_K = 5
NEW_TOKENS = 16


class ChosenAnswer:
    """A classifier over answers (ViLT)."""

    def __init__(self, model: Any, processor: Any) -> None:
        self.model, self.processor = model, processor

    @torch.inference_mode()
    def answer(self, image: Any, question: str, top_k: int) -> list[dict[str, Any]]:
        encoded = self.processor(image, question, return_tensors="pt").to(self.model.device)
        scores = self.model(**encoded).logits[0].float().sigmoid()
        values, ids = scores.topk(min(top_k, len(scores)))
        names = self.model.config.id2label
        return [{"score": float(v), "answer": names[int(i)]} for v, i in zip(values, ids, strict=True)]


class WrittenAnswer:
    """A model that was taught to write answers (BLIP)."""

    def __init__(self, model: Any, processor: Any) -> None:
        self.model, self.processor = model, processor

    @torch.inference_mode()
    def answer(self, image: Any, question: str, top_k: int) -> list[dict[str, Any]]:
        encoded = self.processor(images=image, text=question, return_tensors="pt").to(self.model.device)
        made = self.model.generate(**encoded, max_new_tokens=NEW_TOKENS)
        return [{"answer": str(self.processor.decode(made[0], skip_special_tokens=True)).strip()}]


class SeenAnswer:
    """A model that sees and writes."""

    def __init__(self, seeing: Any) -> None:
        self.seeing = seeing
        self.model = seeing.model

    def answer(self, image: Any, question: str, top_k: int) -> list[dict[str, Any]]:
        asked = conversation("visual-question-answering", question=question)[-1]["content"]
        return [{"answer": ask_about(self.seeing, image, asked, NEW_TOKENS, {})}]


class VisualQuestionAnswering:
    def __init__(self, answers: ChosenAnswer | WrittenAnswer | SeenAnswer) -> None:
        self.answers = answers
        self.model = answers.model

    def __call__(
        self, inputs: Any = None, question: str | None = None, *, image: Any = None, top_k: int = TOP_K
    ) -> list[dict[str, Any]]:
        """`[{"score", "answer"}]`, or `[{"answer"}]` from a model that writes.

        `inputs` is the picture, or `{"image", "question"}`.
        """
        if isinstance(inputs, dict):
            image, question = inputs.get("image"), inputs.get("question")
        elif inputs is not None:
            image = inputs
        if not question:
            raise Invalid("question: ask something about the picture.")
        return self.answers.answer(read_image(image), question, top_k)


def load(found: FoundModel, task: str, options: PipelineOptions) -> VisualQuestionAnswering:
    if found.folder.task == "visual-question-answering":
        model, _ = load_with(transformers.AutoModelForVisualQuestionAnswering, found, options)
        processor = part_of(found, options, "processor", transformers.AutoProcessor)
        writes = hasattr(model, "generate")
        return VisualQuestionAnswering((WrittenAnswer if writes else ChosenAnswer)(model, processor))
    return VisualQuestionAnswering(SeenAnswer(load_native(found, "image-text-to-text", options)))
