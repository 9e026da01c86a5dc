"""image-to-text: a picture in, words about it out; by a captioner, or by a model that sees and is asked to."""

from typing import Any

from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.prompts import conversation
from openhearth.pipelines.through_transformers import load as load_native

NEW_TOKENS = 64


class ImageToText:
    def __init__(self, seeing: Any) -> None:
        self.seeing = seeing
        self.model = seeing.model

    def __call__(
        self, inputs: Any, *, prompt: str | None = None, max_new_tokens: int = NEW_TOKENS, **generate: Any
    ) -> Any:
        """`[{"generated_text": …}]` for a picture, a list of these for a list."""
        asked = prompt or conversation("image-to-text")[-1]["content"]
        images = inputs if isinstance(inputs, list) else [inputs]
        rows = [
            [{"generated_text": ask_about(self.seeing, image, asked, max_new_tokens, generate)}]
            for image in images
        ]
        return rows if isinstance(inputs, list) else rows[0]


def ask_about(seeing: Any, image: Any, question: str, max_new_tokens: int, generate: dict[str, Any]) -> str:
    """What transformers' `image-text-to-text` pipeline answers to `question` about one picture."""
    turns = [
        {"role": "user", "content": [{"type": "image", "image": image}, {"type": "text", "text": question}]}
    ]
    answer = seeing(
        text=turns, max_new_tokens=max_new_tokens, return_full_text=False, generate_kwargs=generate or None
    )
    return str(answer[0]["generated_text"]).strip()


def load(found: FoundModel, task: str, options: PipelineOptions) -> ImageToText:
    return ImageToText(load_native(found, "image-text-to-text", options))
