"""The words of a text in the making, handed on as they come."""

from collections.abc import Callable
from typing import Any

from transformers import TextStreamer


class Pieces(TextStreamer):  # type: ignore[misc]  # transformers publishes no types
    """A streamer that calls `on_text` with each new piece."""

    def __init__(self, tokenizer: Any, on_text: Callable[[str], None]) -> None:
        super().__init__(tokenizer, skip_prompt=True, skip_special_tokens=True)
        self._on_text = on_text

    def on_finalized_text(self, text: str, stream_end: bool = False) -> None:
        self._on_text(text)
