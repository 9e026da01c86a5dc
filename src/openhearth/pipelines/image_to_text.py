"""image-to-text: a picture in, words about it out; by a captioner, or by a model that sees and is asked to."""

from typing import Any, Protocol

import torch
import transformers

from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.inputs import read_image
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.prompts import conversation
from openhearth.pipelines.through_transformers import load as load_native
from openhearth.pipelines.through_transformers import load_with, part_of

NEW_TOKENS = 64


class Describer(Protocol):
    model: Any

    def describe(self, image: Any, prompt: str | None, max_new_tokens: int, generate: dict[str, Any]) -> str:
        """Words about one picture; `prompt` is what they begin with, or what is asked."""
        ...


class Captioner:
    """A model that was taught to write below pictures (BLIP, GIT, an encoder of pictures with a decoder of texts)."""

    def __init__(self, model: Any, tokenizer: Any, pixels: Any) -> None:
        self.model, self.tokenizer, self._pixels = model, tokenizer, pixels

    @torch.inference_mode()
    def describe(self, image: Any, prompt: str | None, max_new_tokens: int, generate: dict[str, Any]) -> str:
        pixels = self._pixels(images=image, return_tensors="pt").pixel_values.to(
            self.model.device, self.model.dtype
        )
        begins = self._beginning(prompt) if prompt else {}
        made = self.model.generate(pixel_values=pixels, max_new_tokens=max_new_tokens, **begins, **generate)
        return str(self.tokenizer.decode(made[0], skip_special_tokens=True)).strip()

    def _beginning(self, prompt: str) -> dict[str, Any]:
        """`prompt` as the tokens that each kind of captioner goes on from."""
        family = self.model.config.model_type
        ids = self.tokenizer(prompt, add_special_tokens=family == "blip", return_tensors="pt").input_ids
        if family == "git":
            ids = torch.cat([torch.tensor([[self.tokenizer.cls_token_id]]), ids], dim=1)
        name = "decoder_input_ids" if family == "vision-encoder-decoder" else "input_ids"
        return {name: ids.to(self.model.device)}


class Seeing:
    """A model that sees and is asked."""

    def __init__(self, seeing: Any) -> None:
        self.seeing, self.model = seeing, seeing.model

    def describe(self, image: Any, prompt: str | None, max_new_tokens: int, generate: dict[str, Any]) -> str:
        asked = prompt or conversation("image-to-text")[-1]["content"]
        return ask_about(self.seeing, image, asked, max_new_tokens, generate)


class ImageToText:
    def __init__(self, describer: Describer) -> None:
        self.describer, self.model = describer, describer.model

    def __call__(
        self, inputs: Any, *, prompt: str | None = None, max_new_tokens: int = NEW_TOKENS, **generate: Any
    ) -> Any:
        """`[{"generated_text": …}]` for a picture, a list of these for a list."""
        if isinstance(inputs, list):
            return [self(each, prompt=prompt, max_new_tokens=max_new_tokens, **generate) for each in inputs]
        return [
            {"generated_text": self.describer.describe(read_image(inputs), prompt, max_new_tokens, generate)}
        ]


def ask_about(seeing: Any, image: Any, question: str, max_new_tokens: int, generate: dict[str, Any]) -> str:
    """What transformers' `image-text-to-text` pipeline answers to `question` about one picture."""
    turns = turns_about(image, question)
    answer = seeing(
        text=turns, max_new_tokens=max_new_tokens, return_full_text=False, generate_kwargs=generate or None
    )
    return str(answer[0]["generated_text"]).strip()


def turns_about(image: Any, question: str) -> list[dict[str, Any]]:
    """A conversation that begins with a question about a picture."""
    content = [{"type": "image", "image": image}, {"type": "text", "text": question}]
    return [{"role": "user", "content": content}]


def load(found: FoundModel, task: str, options: PipelineOptions) -> ImageToText:
    if found.folder.task != "image-to-text":
        return ImageToText(Seeing(load_native(found, "image-text-to-text", options)))
    model, tokenizer = load_with(transformers.AutoModelForImageTextToText, found, options)
    processor = part_of(found, options, "image_processor", transformers.AutoImageProcessor)
    return ImageToText(Captioner(model, tokenizer, processor))
