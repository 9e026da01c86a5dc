"""Cards: what a README's metadata says, what is wrong with it, and the tags that follow."""

from openhearth.cards.bibtex import Citation, find_entry, read_entry
from openhearth.cards.card import CARD_MAX_BYTES, Card, parse_card, read_card
from openhearth.cards.front_matter import read_front_matter
from openhearth.cards.gguf import read_gguf_header
from openhearth.cards.safetensors import SafetensorsHeader, Tensor, count_parameters, read_safetensors_header
from openhearth.cards.tags import ShownByFiles, base_model_relation, library_of, pipeline_tag_of, tags_of
from openhearth.cards.tasks import (
    LIBRARIES,
    TASK_NAMES,
    TASKS,
    infer_library,
    infer_processor,
    list_frameworks,
)
from openhearth.cards.validate import Findings, validate

__all__ = [
    "CARD_MAX_BYTES",
    "LIBRARIES",
    "TASKS",
    "TASK_NAMES",
    "Card",
    "Citation",
    "Findings",
    "SafetensorsHeader",
    "ShownByFiles",
    "Tensor",
    "base_model_relation",
    "count_parameters",
    "find_entry",
    "infer_library",
    "infer_processor",
    "library_of",
    "list_frameworks",
    "parse_card",
    "pipeline_tag_of",
    "read_card",
    "read_entry",
    "read_front_matter",
    "read_gguf_header",
    "read_safetensors_header",
    "tags_of",
    "validate",
]
