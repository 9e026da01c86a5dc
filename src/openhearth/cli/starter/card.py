"""Write the README of a starter repo: YAML for machines on top, what a person should know below."""

import re
from typing import Any

import yaml

from openhearth.cli.starter.recipe import Recipe

# Ours alone: how a later run recognises what it made. The other fields are the usual ones of cards.
STAMP_FIELD = "starter_recipe"

_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)


def render_card(recipe: Recipe) -> str:
    """The whole README.md of the recipe's repo."""
    front = yaml.safe_dump(_metadata(recipe), sort_keys=False, allow_unicode=True)
    return f"---\n{front}---\n\n{_body(recipe)}"


def stamp_of(card: str) -> str | None:
    """The recipe stamp that a card carries; None for a card that no recipe wrote."""
    found = _FRONT_MATTER.match(card)
    try:
        metadata = yaml.safe_load(found[1]) if found else None
    except yaml.YAMLError:
        return None
    stamp = metadata.get(STAMP_FIELD) if isinstance(metadata, dict) else None
    return stamp if isinstance(stamp, str) else None


def _metadata(recipe: Recipe) -> dict[str, Any]:
    card = recipe.card
    fields: dict[str, Any] = {
        "license": card.license,
        "pipeline_tag": card.pipeline_tag,
        "library_name": card.library_name,
        "language": list(card.language),
        "base_model": card.base_model,
        "base_model_relation": card.base_model_relation,
        "pretty_name": card.title if recipe.repo_type == "dataset" else None,
        "task_categories": list(card.task_categories),
        "configs": list(card.configs),
        "widget": list(card.widget),
        "tags": [*card.tags, "starter"],
    }
    return {name: value for name, value in fields.items() if value} | {STAMP_FIELD: recipe.stamp}


def _body(recipe: Recipe) -> str:
    card = recipe.card
    sections = {
        "Use it in one line": f"```python\n{card.high_level.strip()}\n```",
        "Open it": f"```python\n{card.low_level.strip()}\n```",
        "Measured": _list(card.measured),
        "Limits": _list(card.limits),
        "Where it comes from": "\n\n".join([card.origin, *_packages(recipe)]),
        "What was done to it": card.conversion,
        "Licence": card.rights,
    }
    parts = [f"# {card.title}", card.summary, *(f"## {title}\n\n{text}" for title, text in sections.items())]
    return "\n\n".join(parts) + "\n"


def _packages(recipe: Recipe) -> list[str]:
    """The table of its packages; none for what is taken from this machine."""
    head = "| package | version | file | sha256 |\n| --- | --- | --- | --- |"
    rows = [
        f"| `{each.name}` | {each.version} | `{each.filename}` | `{each.sha256}` |"
        for each in recipe.packages
    ]
    return ["\n".join([head, *rows])] if rows else []


def _list(lines: tuple[str, ...]) -> str:
    return "\n".join(f"- {line}" for line in lines)
