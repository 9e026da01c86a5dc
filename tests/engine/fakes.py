"""A model in twenty lines: its next token is the last one plus one. The logic around models needs no more."""

from __future__ import annotations

from collections.abc import Sequence as Ids
from typing import Any

import torch

from openhearth.engine.prompts import Prompts

VOCABULARY = 200
END = 199


class CountingDecoder:
    """Implements Decoder. `rows` shows what a real cache would hold."""

    def __init__(self) -> None:
        self.rows: list[list[int]] = []
        self.batch_sizes: list[int] = []

    def prefill(self, prompts: Ids[Ids[int]]) -> torch.Tensor:
        self.rows += [list(prompt) for prompt in prompts]
        return self._logits(self.rows[-len(prompts) :])

    def decode(self, token_ids: Ids[int]) -> torch.Tensor:
        self.batch_sizes.append(len(token_ids))
        for row, token in zip(self.rows, token_ids, strict=True):
            row.append(token)
        return self._logits(self.rows)

    def drop(self, row: int) -> None:
        self.rows[row] = self.rows[-1]
        self.rows.pop()

    def _logits(self, rows: list[list[int]]) -> torch.Tensor:
        logits = torch.zeros((len(rows), VOCABULARY))
        for at, row in enumerate(rows):
            logits[at, (row[-1] + 1) % VOCABULARY] = 10.0
        return logits


class LetterTokenizer:
    """A token is the code of a letter."""

    bos_token_id = None
    chat_template = None

    def __call__(self, text: str) -> Any:
        return type("Encoding", (), {"input_ids": [ord(letter) for letter in text]})

    def decode(self, ids: Ids[int], **_options: Any) -> str:
        return "".join(chr(i) for i in ids)


def letter_prompts() -> Prompts:
    return Prompts(LetterTokenizer())
