"""A causal language model run over a batch whose rows join and leave. Knows no requests and no text.

Shapes: B prompts in a prefill, R rows running, T tokens of the longest prompt, V the vocabulary.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import torch

from openhearth.engine.kv_cache import BatchCache, plain_cache


class Decoder(Protocol):
    """What generation needs of a model."""

    def prefill(self, prompts: Sequence[Sequence[int]]) -> torch.Tensor:
        """Read `prompts`, which become the last rows of the batch; returns their next-token logits (B, V)."""
        ...

    def decode(self, token_ids: Sequence[int]) -> torch.Tensor:
        """Give each running row its next token; returns the logits after it (R, V)."""
        ...

    def drop(self, row: int) -> None:
        """Forget `row`; the last row takes its place."""
        ...


class ModelDecoder:
    """The Decoder over a transformers model with keys and values for a state."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._cache = BatchCache()

    @torch.inference_mode()
    def prefill(self, prompts: Sequence[Sequence[int]]) -> torch.Tensor:
        lengths = [len(prompt) for prompt in prompts]
        width = max(lengths)
        ids = torch.zeros((len(prompts), width), dtype=torch.long)
        for row, prompt in enumerate(prompts):
            ids[row, width - len(prompt) :] = torch.tensor(prompt)
        starts = width - torch.tensor(lengths)[:, None]
        columns = torch.arange(width)[None, :]
        mask = None if min(lengths) == width else columns >= starts
        cache = plain_cache()
        logits = self._forward(ids, (columns - starts).clamp(min=0), mask, cache)
        self._cache.admit(cache, lengths)
        return logits

    @torch.inference_mode()
    def decode(self, token_ids: Sequence[int]) -> torch.Tensor:
        assert len(token_ids) == len(self._cache.lengths)
        mask = self._cache.prepare_step()
        positions = torch.tensor(self._cache.lengths)[:, None]
        logits = self._forward(torch.tensor(token_ids)[:, None], positions, mask, self._cache)
        self._cache.finish_step()
        return logits

    @torch.inference_mode()
    def drop(self, row: int) -> None:
        self._cache.drop(row)

    def _forward(
        self, ids: torch.Tensor, positions: torch.Tensor, mask: torch.Tensor | None, cache: Any
    ) -> torch.Tensor:
        """The logits after the last column (B, V) as float32 on the CPU, where tokens are chosen."""
        device = self._model.device
        output = self._model(
            input_ids=ids.to(device),
            position_ids=positions.to(device),
            attention_mask=None if mask is None else mask.to(device),
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        )
        logits: torch.Tensor = output.logits[:, -1]
        return logits.float().cpu()
