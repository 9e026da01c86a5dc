"""feature-extraction: texts in, vectors out.

A repo of sentence-transformers says in `modules.json` and `1_Pooling/config.json` how token vectors become one
vector for each text (sentence_transformers.models.Pooling), and whether it is normalised. Without them the mean
over the tokens is taken.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModel, AutoTokenizer

from openhearth.errors import Invalid, Unsupported
from openhearth.pipelines.loading import LoadOptions, load_model, load_part
from openhearth.pipelines.model_folder import ModelFolder, read_model_folder

BATCH_TOKENS = 4096
_POOLINGS = {
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_lasttoken": "last",
}


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How the token vectors of a text become one."""

    pooling: str = "mean"
    normalise: bool = False
    longest_tokens: int = 512


class FeatureExtraction:
    """Shapes: B texts, T tokens of the longest, D dimensions."""

    def __init__(self, model: Any, tokenizer: Any, recipe: Recipe) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.recipe = recipe

    def __call__(self, inputs: str | Sequence[str], *, normalize: bool | None = None) -> list[Any]:
        """The vector of a text, or one for each text of a list."""
        texts = [inputs] if isinstance(inputs, str) else list(inputs)
        encoded = [self.encode(text) for text in texts]
        vectors = torch.zeros((len(texts), self.dimensions))
        for batch in length_sorted_batches([len(ids) for ids in encoded], BATCH_TOKENS):
            vectors[batch] = self.embed([encoded[i] for i in batch], normalise=normalize)
        rows: list[Any] = vectors.tolist()
        return rows[0] if isinstance(inputs, str) else rows

    @property
    def dimensions(self) -> int:
        return int(self.model.config.hidden_size)

    def encode(self, text: str, *, truncate: bool = True) -> list[int]:
        """The tokens of `text`. Raises Invalid if they are too many and may not be cut."""
        ids: list[int] = self.tokenizer(
            text, truncation=truncate, max_length=self.recipe.longest_tokens if truncate else None
        ).input_ids
        if len(ids) > self.recipe.longest_tokens:
            raise Invalid(
                f"inputs: a text has {len(ids)} tokens, and this model reads {self.recipe.longest_tokens}; shorten it."
            )
        return ids

    @torch.inference_mode()
    def embed(self, encoded: Sequence[Sequence[int]], *, normalise: bool | None = None) -> torch.Tensor:
        """The vectors (B, D) of texts given by their tokens, float32 on the CPU."""
        width = max(len(ids) for ids in encoded)
        ids = torch.full((len(encoded), width), self.tokenizer.pad_token_id or 0)
        mask = torch.zeros((len(encoded), width), dtype=torch.long)
        for row, tokens in enumerate(encoded):
            ids[row, : len(tokens)] = torch.tensor(tokens)
            mask[row, : len(tokens)] = 1
        device = self.model.device
        hidden = self.model(
            input_ids=ids.to(device), attention_mask=mask.to(device)
        ).last_hidden_state  # (B, T, D)
        vectors = _pool(hidden.float().cpu(), mask, self.recipe.pooling)
        wanted = self.recipe.normalise if normalise is None else normalise
        return torch.nn.functional.normalize(vectors, dim=-1) if wanted else vectors


def _pool(hidden: torch.Tensor, mask: torch.Tensor, pooling: str) -> torch.Tensor:
    shown = mask[..., None].to(hidden.dtype)
    if pooling == "cls":
        return hidden[:, 0]
    if pooling == "last":
        return hidden[torch.arange(len(hidden)), mask.sum(1) - 1]
    if pooling == "max":
        return hidden.masked_fill(shown == 0, -torch.inf).amax(1)
    return (hidden * shown).sum(1) / shown.sum(1)


def length_sorted_batches(lengths: Sequence[int], budget_tokens: int) -> Iterable[list[int]]:
    """Indices of texts, those of like length together, each batch of at most `budget_tokens` padded tokens."""
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if batch and (len(batch) + 1) * lengths[batch[0]] > budget_tokens:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def read_recipe(folder: ModelFolder, tokenizer: Any) -> Recipe:
    """How `folder` says its vectors are made. Raises Unsupported for modules that are not offered."""
    modules = _read_json(folder.path / "modules.json") or []
    kinds = [str(module.get("type", "")).rsplit(".", 1)[-1] for module in modules]
    unknown = set(kinds) - {"Transformer", "Pooling", "Normalize"}
    if unknown:
        raise Unsupported(
            f"{folder.name} uses the sentence-transformers module {unknown.pop()}, which is not offered here."
        )
    places = [
        module.get("path", "") for module, kind in zip(modules, kinds, strict=True) if kind == "Pooling"
    ]
    pooling = _read_pooling(folder, places[0]) if places else "mean"
    stated = (_read_json(folder.path / "sentence_bert_config.json") or {}).get("max_seq_length")
    limits = [stated, tokenizer.model_max_length, folder.config.get("max_position_embeddings")]
    longest = min((int(n) for n in limits if n), default=512)
    return Recipe(pooling=pooling, normalise="Normalize" in kinds, longest_tokens=longest)


def _read_pooling(folder: ModelFolder, place: str) -> str:
    config = _read_json(folder.path / Path(place).name / "config.json") or {}
    if "pooling_mode" in config:
        modes = [str(config["pooling_mode"]).removesuffix("token")]
    else:
        modes = [
            _POOLINGS.get(key, key)
            for key, on in config.items()
            if key.startswith("pooling_mode_") and on is True
        ]
    if len(modes) != 1 or modes[0] not in _POOLINGS.values():
        raise Unsupported(
            f"{folder.name} pools by {', '.join(modes) or 'nothing'}; offered here: mean, cls, max or last token."
        )
    return modes[0]


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def load(path: Path, **options: Any) -> FeatureExtraction:
    folder = read_model_folder(path, name=options.pop("name", None))
    tokenizer = load_part(AutoTokenizer, folder)
    recipe = read_recipe(folder, tokenizer)
    return FeatureExtraction(load_model(AutoModel, folder, LoadOptions(**options)), tokenizer, recipe)
