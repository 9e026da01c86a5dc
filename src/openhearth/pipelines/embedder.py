"""Texts as vectors whose nearness is nearness of meaning."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray

from openhearth.errors import Unsupported
from openhearth.pipelines.feature_extraction import load as load_embedder
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.lists import with_progress
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.shelf import list_shelf

_BATCH = 128


class Embedder:
    """`model` and `tokenizer` are transformers' own."""

    def __init__(self, extraction: Any) -> None:
        self.extraction = extraction
        self.model, self.tokenizer = extraction.model, extraction.tokenizer

    @classmethod
    def of(cls, found: FoundModel, options: PipelineOptions) -> Self:
        if found.loaded is not None:
            raise Unsupported(
                f"model: {found.name} is given loaded, and nearness of meaning loads its own; give its folder or id."
            )
        device = str(options.device) if options.device is not None else "auto"
        return cls(
            load_embedder(
                found.path, name=found.name, threads=options.threads, device=device, dtype="float32"
            )
        )

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A vector of length one for each text (N, D), with a bar on the terminal where there are many."""
        batches = [list(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH)]
        rows = [self.extraction(batch, normalize=True) for batch in with_progress(batches, "reading")]
        return np.asarray([vector for batch in rows for vector in batch], np.float32)

    def near(self, one: str, others: Sequence[str]) -> list[float]:
        """The cosine of `one` with each of `others`, -1 to 1."""
        vectors = torch.tensor(self.extraction([one, *others], normalize=True))
        cosines: list[float] = (vectors[1:] @ vectors[0]).tolist()
        return cosines

    def centrality(self, texts: Sequence[str]) -> list[float]:
        """The cosine of each text with the mean of all: how much it speaks of what they speak of together."""
        vectors = torch.tensor(self.extraction(list(texts), normalize=True))
        centre = torch.nn.functional.normalize(vectors.mean(0), dim=0)
        cosines: list[float] = (vectors @ centre).tolist()
        return cosines


def find_embedder(options: PipelineOptions | None = None) -> Embedder | None:
    """The first embedder that is on this machine."""
    near = next(
        (known for known in list_shelf() if known.folder is not None and known.folder.is_embedder), None
    )
    return (
        Embedder.of(FoundModel(name=near.id, path=near.path), options or PipelineOptions()) if near else None
    )
