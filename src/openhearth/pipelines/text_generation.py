"""text-generation: a text or a conversation in, its continuation out.

The shapes are those of transformers' pipeline of that name: `[{"generated_text": …}]`, where a conversation comes
back whole with the new turn at its end. An engine batches many callers over the same loaded parts.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, TextStreamer

from openhearth.errors import Invalid
from openhearth.pipelines.loading import LoadOptions, load_model, load_part
from openhearth.pipelines.model_folder import read_model_folder

DEFAULT_NEW_TOKENS = 256


class TextGeneration:
    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.model = model
        self.tokenizer = tokenizer

    @property
    def context_length(self) -> int:
        """How many tokens the model can hold, prompt and answer together."""
        config = self.model.config.get_text_config(decoder=True)
        names = ("max_position_embeddings", "n_positions", "max_sequence_length", "seq_length")
        given = [getattr(config, name, None) for name in names]
        return next((int(length) for length in given if length), 2048)

    @property
    def end_ids(self) -> frozenset[int]:
        """The tokens that end a text."""
        stated = self.model.generation_config.eos_token_id
        ids = stated if isinstance(stated, list) else [stated]
        return frozenset(i for i in (*ids, self.tokenizer.eos_token_id) if i is not None)

    @torch.inference_mode()
    def __call__(
        self,
        inputs: str | list[dict[str, Any]],
        *,
        max_new_tokens: int = DEFAULT_NEW_TOKENS,
        return_full_text: bool = True,
        seed: int | None = None,
        on_text: Callable[[str], None] | None = None,
        **parameters: Any,
    ) -> list[dict[str, Any]]:
        """Continue `inputs`; `on_text` gets the new text as it comes. `parameters` are those of transformers' `generate`."""
        encoded = self._encode(inputs).to(self.model.device)
        if seed is not None:
            torch.manual_seed(seed)
        pad = self.tokenizer.pad_token_id
        output = self.model.generate(
            **encoded,
            max_new_tokens=max_new_tokens,
            pad_token_id=pad if pad is not None else min(self.end_ids, default=None),
            streamer=Pieces(self.tokenizer, on_text) if on_text is not None else None,
            **parameters,
        )
        made = output[0][encoded["input_ids"].shape[1] :]
        text = self.tokenizer.decode(made, skip_special_tokens=True)
        if isinstance(inputs, str):
            return [{"generated_text": inputs + text if return_full_text else text}]
        turn = {"role": "assistant", "content": text}
        return [{"generated_text": [*inputs, turn] if return_full_text else text}]

    def _encode(self, inputs: str | list[dict[str, Any]]) -> Any:
        if isinstance(inputs, str):
            return self.tokenizer(inputs, return_tensors="pt")
        if not self.tokenizer.chat_template:
            raise Invalid(
                "inputs: this model has no chat template; give it a text instead of a conversation."
            )
        return self.tokenizer.apply_chat_template(
            inputs, add_generation_prompt=True, return_tensors="pt", return_dict=True
        )


class Pieces(TextStreamer):  # type: ignore[misc]  # transformers publishes no types
    """Hands on the words of a text in the making."""

    def __init__(self, tokenizer: Any, on_text: Callable[[str], None]) -> None:
        super().__init__(tokenizer, skip_prompt=True, skip_special_tokens=True)
        self._on_text = on_text

    def on_finalized_text(self, text: str, stream_end: bool = False) -> None:
        self._on_text(text)


def load(path: Path, **options: Any) -> TextGeneration:
    folder = read_model_folder(path, name=options.pop("name", None))
    tokenizer = load_part(AutoTokenizer, folder)
    return TextGeneration(load_model(AutoModelForCausalLM, folder, LoadOptions(**options)), tokenizer)
