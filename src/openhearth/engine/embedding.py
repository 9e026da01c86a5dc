"""Texts to vectors, batched text by text: callers share batches, and texts of like length run together.

Sorting alone is worth a factor of three on mixed lengths. A batch begins with the text that has waited longest,
so that nobody starves, and is filled with those nearest to it in length up to a budget of padded tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from openhearth.engine.batching import failed, wrong_kind
from openhearth.engine.loop import Report
from openhearth.errors import HubError, Invalid
from openhearth.pipelines.feature_extraction import BATCH_TOKENS, FeatureExtraction
from openhearth.protocol.engine import Failed, Message, Result, Run, Stats, Usage

MAX_TEXTS = 2048


@dataclass(kw_only=True, eq=False)
class _Call:
    """One request: its vectors fill up as its texts are computed."""

    request_id: int
    is_single: bool
    normalise: bool | None
    prompt_tokens: int
    missing: int
    vectors: torch.Tensor


@dataclass(kw_only=True, eq=False)
class _Text:
    call: _Call
    row: int
    ids: list[int] = field(repr=False)


class EmbeddingLoop:
    def __init__(
        self, features: FeatureExtraction, report: Report, *, budget_tokens: int = BATCH_TOKENS
    ) -> None:
        self._features = features
        self._report = report
        self._budget_tokens = budget_tokens
        self._waiting: list[_Text] = []
        self._steps = 0

    def add(self, request: Message) -> None:
        if not isinstance(request, Run):
            self._report(wrong_kind(request))
            return
        try:
            self._waiting += self._texts(request)
        except HubError as error:
            self._report(failed(request.request_id, error))

    def cancel(self, request_id: int) -> None:
        self._waiting = [text for text in self._waiting if text.call.request_id != request_id]

    def step(self) -> bool:
        if not self._waiting:
            return False
        batch = next_batch(self._waiting, self._budget_tokens)
        vectors = self._features.embed([text.ids for text in batch], normalise=batch[0].call.normalise)
        for text, vector in zip(batch, vectors, strict=True):
            text.call.vectors[text.row] = vector
            text.call.missing -= 1
            if text.call.missing == 0:
                self._report(_result(text.call))
        taken = set(map(id, batch))
        self._waiting = [text for text in self._waiting if id(text) not in taken]
        self._steps += 1
        return True

    def fail_all(self, message: str) -> None:
        for request_id in dict.fromkeys(text.call.request_id for text in self._waiting):
            self._report(Failed(request_id=request_id, message=message))
        self._waiting.clear()

    def stats(self, rss_bytes: int) -> Stats:
        return Stats(
            waiting=len(self._waiting), running=0, steps=self._steps, generated_tokens=0, rss_bytes=rss_bytes
        )

    def _texts(self, request: Run) -> list[_Text]:
        texts = read_texts(request.inputs)
        truncate = request.parameters.get("truncate")
        encoded = [self._features.encode(text, truncate=truncate is not False) for text in texts]
        normalise = request.parameters.get("normalize")
        call = _Call(
            request_id=request.request_id,
            is_single=isinstance(request.inputs, str),
            normalise=normalise if isinstance(normalise, bool) else None,
            prompt_tokens=sum(map(len, encoded)),
            missing=len(texts),
            vectors=torch.zeros((len(texts), self._features.dimensions)),
        )
        return [_Text(call=call, row=row, ids=ids) for row, ids in enumerate(encoded)]


def read_texts(inputs: Any) -> list[str]:
    """The texts of `inputs`: one, or a list of them. Raises Invalid."""
    texts = [inputs] if isinstance(inputs, str) else inputs
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise Invalid("inputs: give a text or a list of texts.", param="inputs")
    if len(texts) > MAX_TEXTS:
        raise Invalid(
            f"inputs: {len(texts)} texts are too many; send at most {MAX_TEXTS} at once.", param="inputs"
        )
    return texts


def next_batch(waiting: Sequence[_Text], budget_tokens: int) -> list[_Text]:
    """The oldest text and those nearest to it in length, alike in normalisation, within the padded budget."""
    oldest = waiting[0]
    alike = [text for text in waiting if text.call.normalise == oldest.call.normalise]
    alike.sort(key=lambda text: abs(len(text.ids) - len(oldest.ids)))
    batch: list[_Text] = []
    width = 0
    for text in alike:
        width = max(width, len(text.ids))
        if batch and (len(batch) + 1) * width > budget_tokens:
            break
        batch.append(text)
    return batch


def _result(call: _Call) -> Result:
    vectors = call.vectors.numpy().astype(np.float32)
    return Result(
        request_id=call.request_id,
        output={"shape": list(vectors.shape), "is_single": call.is_single},
        usage=Usage(prompt_tokens=call.prompt_tokens),
        payload=vectors.tobytes(),
    )
