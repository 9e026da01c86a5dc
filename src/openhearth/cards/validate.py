"""What the metadata of a card must and should be, with a sentence for whatever is not.

Errors stop a commit (the stock client asks before each one that holds a README); warnings are only shown.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from openhearth.cards.card import CARD_MAX_BYTES, Card, parse_card
from openhearth.cards.front_matter import split_front_matter
from openhearth.cards.licenses import LICENSES
from openhearth.cards.tasks import TASK_NAMES
from openhearth.errors import Invalid
from openhearth.kit.names import RepoType

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*|code|multilingual|other")
_SDKS = ("gradio", "streamlit", "docker", "static")
_LISTS_OF_TEXT = (
    "tags",
    "datasets",
    "metrics",
    "language",
    "base_model",
    "task_categories",
    "size_categories",
)
_TEXTS = (
    "license_name",
    "license_link",
    "library_name",
    "pipeline_tag",
    "sdk",
    "sdk_version",
    "app_file",
    "title",
    "emoji",
)
_COLORS = ("red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray")


@dataclass(frozen=True)
class Findings:
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def validate(content: str, repo_type: RepoType) -> Findings:
    """Check the README text `content`."""
    if len(content.encode("utf-8", "surrogatepass")) > CARD_MAX_BYTES:
        return Findings(
            errors=[f"README.md: longer than {CARD_MAX_BYTES} bytes; move long parts into other files."]
        )
    if split_front_matter(content)[0] is None:
        return Findings(warnings=["empty or missing yaml metadata in repo card"])
    try:
        card = parse_card(content)
    except Invalid as error:
        return Findings(errors=[error.message])
    return Findings(
        errors=list(_find_errors(card, repo_type)), warnings=list(_find_warnings(card, repo_type))
    )


def _find_errors(card: Card, repo_type: RepoType) -> Iterator[str]:
    for name in _TEXTS:
        value = card.metadata.get(name)
        if value is not None and not isinstance(value, str | int | float):
            yield f'"{name}" must be a string'
    for name in _LISTS_OF_TEXT:
        yield from _find_errors_of_list(name, card.metadata.get(name))
    license_value = card.metadata.get("license")
    if license_value is not None and not card.texts("license"):
        yield '"license" must be a string or a list of strings'
    for identifier in card.texts("license"):
        if identifier not in LICENSES:
            yield (
                f'"license" must be one of [{", ".join(sorted(LICENSES))}]; {identifier[:60]!r} is not: '
                'write "other", and its name as "license_name"'
            )
    index = card.metadata.get("model-index")
    if index is not None and not (isinstance(index, list) and all(isinstance(item, dict) for item in index)):
        yield '"model-index" must be a list of mappings'
    if repo_type == "space":
        yield from _find_errors_of_space(card)


def _find_errors_of_list(name: str, value: object) -> Iterator[str]:
    items = value if isinstance(value, list) else [] if value is None else [value]
    for position, item in enumerate(items):
        if isinstance(item, dict | list) or (item is None and isinstance(value, list)):
            yield f'"{name}[{position}]" must be a string'


def _find_errors_of_space(card: Card) -> Iterator[str]:
    sdk = card.text("sdk")
    if sdk is not None and sdk not in _SDKS:
        yield f'"sdk" must be one of [{", ".join(_SDKS)}]'
    for name in ("colorFrom", "colorTo"):
        if card.metadata.get(name) is not None and card.metadata[name] not in _COLORS:
            yield f'"{name}" must be one of [{", ".join(_COLORS)}]'


def _find_warnings(card: Card, repo_type: RepoType) -> Iterator[str]:
    task = card.text("pipeline_tag")
    if repo_type == "model" and task is not None and task not in TASK_NAMES:
        yield f'"pipeline_tag" with value "{task[:60]}" is no known task; see /tasks for the list'
    if repo_type == "dataset":
        for value in card.texts("task_categories"):
            if value not in TASK_NAMES:
                yield f'The task_categories "{value[:60]}" is not in the official list'
    for code in card.texts("language"):
        if not _LANGUAGE.fullmatch(code):
            yield f'"language" with value "{code[:60]}" is no ISO 639 code; write "en" or "multilingual"'
    if repo_type != "space" and not card.texts("license"):
        yield '"license" is missing: say under which terms others may use this'
