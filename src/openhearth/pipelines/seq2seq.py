"""An encoder-decoder model: a text in, another one out (T5, BART, Marian, NLLB, M2M100 …)."""

from typing import Any, Self

import torch

from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.through_transformers import load_seq2seq


class Seq2Seq:
    """`model` and `tokenizer` are transformers' own. `prefix` is what the model was taught to see before a text of its task."""

    def __init__(self, model: Any, tokenizer: Any, prefix: str = "") -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.prefix = prefix

    @classmethod
    def of(cls, found: FoundModel, options: PipelineOptions, task: str) -> Self:
        model, tokenizer = load_seq2seq(found, options)
        return cls(model, tokenizer, task_prefix(model.config, task))

    def count(self, text: str) -> int:
        return len(self.tokenizer(text, add_special_tokens=False, verbose=False).input_ids)

    @property
    def longest_tokens(self) -> int:
        """How much of a text the encoder looks at."""
        config = self.model.config
        stated = getattr(config, "max_position_embeddings", None) or getattr(config, "n_positions", None)
        limit = self.tokenizer.model_max_length
        return int(min(stated or 512, limit if limit < 1_000_000 else stated or 512))

    @property
    def context_tokens(self) -> int:
        return self.longest_tokens + 256

    def rewrite(self, text: str, *, max_new_tokens: int, **generate: Any) -> str:
        """What the model makes of `text`; what is beyond its context is left out."""
        return self.rewrite_all(text, max_new_tokens=max_new_tokens, **generate)[0]

    @torch.inference_mode()
    def rewrite_all(self, text: str, *, max_new_tokens: int, **generate: Any) -> list[str]:
        """As `rewrite`, all that `num_return_sequences` asks for."""
        encoded = self.tokenizer(self.prefix + text, return_tensors="pt", truncation=True).to(
            self.model.device
        )
        output = self.model.generate(**encoded, max_new_tokens=max_new_tokens, **generate)
        return [text.strip() for text in self.tokenizer.batch_decode(output, skip_special_tokens=True)]


def task_prefix(config: Any, task: str) -> str:
    """The words that T5-like models were taught to see first (config.json: `task_specific_params`)."""
    said = (getattr(config, "task_specific_params", None) or {}).get(task) or {}
    return str(said.get("prefix") or "")
