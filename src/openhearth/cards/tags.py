"""Tags: the words by which repos are filtered, derived from a card and from what the files show.

Spellings follow what clients send as `filter` (huggingface_hub hf_api.py `list_models`, `list_datasets`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from openhearth.cards.card import Card
from openhearth.kit.names import RepoType

TAG_MAX_LENGTH = 200
TAGS_MAX = 1000

_ARXIV = re.compile(r"arxiv\.org/(?:abs|pdf|html)/(\d{4}\.\d{4,5})", re.IGNORECASE)
_DATASET_FIELDS = (
    "task_categories", "task_ids", "annotations_creators", "language_creators", "multilinguality",
    "source_datasets", "size_categories", "language",
)  # fmt: skip
_RELATIONS = frozenset({"adapter", "finetune", "merge", "quantized"})


@dataclass(frozen=True, kw_only=True)
class ShownByFiles:
    """What the files of a repo say where its card is silent."""

    library: str | None = None
    pipeline_tag: str | None = None
    frameworks: tuple[str, ...] = ()
    model_type: str | None = None
    sdk: str | None = None


def library_of(card: Card, shown: ShownByFiles) -> str | None:
    return card.text("library_name") or shown.library


def pipeline_tag_of(card: Card, shown: ShownByFiles) -> str | None:
    return card.text("pipeline_tag") or shown.pipeline_tag


def tags_of(card: Card, repo_type: RepoType, shown: ShownByFiles) -> list[str]:
    """Every tag of a repo, without repeats, most telling first."""
    of_type = {"model": _model_tags, "dataset": _dataset_tags, "space": _space_tags, "kernel": _kernel_tags}[
        repo_type
    ]
    tags = (tag[:TAG_MAX_LENGTH] for tag in (*of_type(card, shown), *_shared_tags(card)))
    return list(dict.fromkeys(tags))[:TAGS_MAX]


def _shared_tags(card: Card) -> Iterator[str]:
    yield from (f"license:{name.lower()}" for name in card.texts("license"))
    yield from (f"arxiv:{paper}" for paper in dict.fromkeys(_ARXIV.findall(card.body)))


def _model_tags(card: Card, shown: ShownByFiles) -> Iterator[str]:
    if library := library_of(card, shown):
        yield library
    yield from shown.frameworks
    if shown.model_type:
        yield shown.model_type
    if task := pipeline_tag_of(card, shown):
        yield task
    yield from card.texts("tags")
    yield from card.texts("language")
    yield from (f"dataset:{name}" for name in card.texts("datasets"))
    relation = base_model_relation(card, shown)
    for base in card.texts("base_model"):
        yield f"base_model:{base}"
        if relation:
            yield f"base_model:{relation}:{base}"


def _dataset_tags(card: Card, shown: ShownByFiles) -> Iterator[str]:
    for name in _DATASET_FIELDS:
        yield from (f"{name}:{value}" for value in card.texts(name))
    yield from card.texts("tags")


def _space_tags(card: Card, shown: ShownByFiles) -> Iterator[str]:
    if sdk := card.text("sdk") or shown.sdk:
        yield sdk
    yield from card.texts("tags")


def _kernel_tags(card: Card, shown: ShownByFiles) -> Iterator[str]:
    if library := library_of(card, shown):
        yield library
    yield from card.texts("tags")


def base_model_relation(card: Card, shown: ShownByFiles) -> str | None:
    """How a model came from its base: said by the card, else seen in its files."""
    said = card.text("base_model_relation")
    if said in _RELATIONS:
        return said
    bases = card.texts("base_model")
    if not bases:
        return None
    if library_of(card, shown) == "peft":
        return "adapter"
    if len(bases) > 1:
        return "merge"
    return "quantized" if "gguf" in shown.frameworks else "finetune"
