"""An instruct model put to a task that it was not taught by name, by a stored prompt.

Knows no task. Greedy by default, so that the same input gives the same answer.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from openhearth.errors import Invalid
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.through_transformers import load as load_native

Turns = Sequence[Mapping[str, str]]


class Instruct:
    """A chat model. `model` and `tokenizer` are transformers' own."""

    def __init__(self, generator: Any) -> None:
        self.model = generator.model
        self.tokenizer = generator.tokenizer

    def count(self, text: str) -> int:
        """How many tokens `text` is."""
        return len(self.tokenizer(text, add_special_tokens=False, verbose=False).input_ids)

    @property
    def context_tokens(self) -> int:
        """How much the model can look at: prompt and answer together."""
        return int(getattr(self.model.config, "max_position_embeddings", 0) or 2048)

    @torch.inference_mode()
    def say(self, turns: Turns, *, max_new_tokens: int, **generate: Any) -> str:
        """The model's answer to `turns`. Raises Invalid if they are longer than its context."""
        encoded = self._encode(turns, max_new_tokens)
        settings = {"do_sample": False, "pad_token_id": self._pad_id, **generate}
        if not settings["do_sample"]:
            settings |= {"temperature": None, "top_p": None, "top_k": None}
        output = self.model.generate(**encoded, max_new_tokens=max_new_tokens, **settings)
        made = output[0, encoded["input_ids"].shape[1] :]
        return str(self.tokenizer.decode(made, skip_special_tokens=True)).strip()

    def _encode(self, turns: Turns, max_new_tokens: int) -> Any:
        encoded = self.tokenizer.apply_chat_template(
            list(turns), add_generation_prompt=True, return_tensors="pt", return_dict=True
        ).to(self.model.device)
        length = encoded["input_ids"].shape[1]
        if length + max_new_tokens > self.context_tokens:
            raise Invalid(
                f"inputs: {length} tokens and an answer of {max_new_tokens} are more than the {self.context_tokens} "
                "this model can look at; shorten the input or ask for less."
            )
        return encoded

    @property
    def _pad_id(self) -> int | None:
        pad: int | None = self.tokenizer.pad_token_id
        return pad if pad is not None else self.tokenizer.eos_token_id


def load_instruct(found: FoundModel, options: PipelineOptions) -> Instruct:
    generator = load_native(found, "text-generation", options)
    if not generator.tokenizer.chat_template:
        raise Invalid(f"{found.name} has no chat template; choose an instruct model for this task.")
    return Instruct(generator)
