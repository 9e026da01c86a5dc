"""What may be said of collections and items. Each check gives the text to keep, or raises Invalid."""

from openhearth.community.collections.records import THEMES, Changes
from openhearth.errors import Invalid
from openhearth.kit.text import is_one_line, is_storable

TITLE_MAX_LENGTH = 120
DESCRIPTION_MAX_LENGTH = 150  # as `hf collections create --help` says
NOTE_MAX_LENGTH = 500  # as `hf collections add-item --help` says
POSITION_MAX = (1 << 31) - 1


def check_title(title: str) -> str:
    title = " ".join(title.split())
    if not title:
        raise Invalid("title: is empty; give the collection a title.")
    if len(title) > TITLE_MAX_LENGTH:
        raise Invalid(f"title: has {len(title)} characters; use at most {TITLE_MAX_LENGTH}.")
    if not is_one_line(title):
        raise Invalid("title: holds characters that cannot be shown; take them out.")
    return title


def check_description(description: str) -> str:
    return _check_text("description", description, DESCRIPTION_MAX_LENGTH)


def check_note(note: str) -> str:
    return _check_text("note", note, NOTE_MAX_LENGTH)


def check_position(position: int) -> int:
    if not 0 <= position <= POSITION_MAX:
        raise Invalid(f"position: {position} is no place in a list; count from 0.")
    return position


def check_new(title: str, description: str) -> tuple[str, str]:
    return check_title(title), check_description(description)


def check_changes(changes: Changes) -> dict[str, object]:
    """The columns to change."""
    values: dict[str, object] = {}
    if changes.title is not None:
        values["title"] = check_title(changes.title)
    if changes.description is not None:
        values["description"] = check_description(changes.description)
    if changes.private is not None:
        values["private"] = changes.private
    if changes.theme is not None:
        if changes.theme not in THEMES:
            raise Invalid(f"theme: {changes.theme[:40]!r} is none; use one of {', '.join(THEMES)}.")
        values["theme"] = changes.theme
    if changes.position is not None:
        values["position"] = check_position(changes.position)
    return values


def _check_text(field: str, text: str, most: int) -> str:
    text = text.strip()
    if len(text) > most:
        raise Invalid(f"{field}: has {len(text)} characters; use at most {most}.")
    if not is_storable(text):
        raise Invalid(f"{field}: holds NUL or half a character; take it out.")
    return text
