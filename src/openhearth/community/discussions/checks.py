"""What people may write: titles, texts, names of reactions."""

from openhearth.community.discussions.records import REACTIONS
from openhearth.errors import Invalid, TooLarge
from openhearth.kit.text import is_storable

TITLE_MIN_LENGTH = 3  # huggingface_hub hf_api.py `create_discussion`
TITLE_MAX_LENGTH = 200
TEXT_MAX_LENGTH = 65_536


def check_title(title: str) -> str:
    """`title` on one line, without surrounding space. Raises Invalid."""
    title = " ".join(title.split())
    if not TITLE_MIN_LENGTH <= len(title) <= TITLE_MAX_LENGTH:
        raise Invalid(
            f"title: has {len(title)} characters; use {TITLE_MIN_LENGTH} to {TITLE_MAX_LENGTH} of them."
        )
    if not is_storable(title):
        raise Invalid("title: holds NUL or half a character; take it out.")
    return title


def check_text(text: str, field: str, *, required: bool = False) -> str:
    """`text` with plain line ends. Raises Invalid, TooLarge."""
    text = text.replace("\r\n", "\n").strip()
    if required and not text:
        raise Invalid(f"{field}: is empty; write something.")
    if len(text) > TEXT_MAX_LENGTH:
        raise TooLarge(f"{field}: has {len(text)} characters; use at most {TEXT_MAX_LENGTH}.")
    if not is_storable(text):
        raise Invalid(f"{field}: holds NUL or half a character; take it out.")
    return text


def check_reaction(name: str) -> str:
    """Raises Invalid unless `name` is one of the few reactions there are."""
    if name not in REACTIONS:
        raise Invalid(f"reaction: {name[:40]!r} is not offered; use one of {', '.join(REACTIONS)}.")
    return name


def shortened_title(summary: str) -> str:
    """A title made of the first line of a commit message, however long or short that is."""
    title = " ".join(summary.split())[:TITLE_MAX_LENGTH]
    return title if len(title) >= TITLE_MIN_LENGTH else f"Change: {title}"
