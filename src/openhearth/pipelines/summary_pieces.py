"""One summary of a long text from those of its pieces, by joining them and summarising again until one is left."""

import logging
from collections.abc import Callable

from openhearth.pipelines.faithfulness import unsupported_facts
from openhearth.pipelines.splitting import Count, split

# A summary for each text; whether the texts are summaries of parts themselves.
SayAll = Callable[[list[str], bool], list[str]]

log = logging.getLogger("openhearth.summarization")


def summarise_pieces(pieces: list[str], say: SayAll, room: int, count: Count) -> str:
    """The summary of `pieces`, none of which is more than `room` tokens; nor is what they are joined to."""
    is_merge = False
    while True:
        said = say(pieces, is_merge)
        if len(said) == 1:
            return said[0]
        joined = split("\n\n".join(said), room, count)
        while len(joined) >= len(pieces):
            # Summaries that do not get shorter: the end of each is left out, so that every part is still spoken of.
            said = [summary[: len(summary) // 2 or 1] for summary in said]
            joined = split("\n\n".join(said), room, count)
        pieces, is_merge = joined, True


def even_pieces(text: str, room: int, count: Count) -> list[str]:
    """As `split`, in pieces of about the same size: those are worked together without much padding."""
    tokens = count(text)
    pieces = -(-tokens // room)
    return split(text, min(room, tokens // pieces + room // 8), count)


def warn_of_unsupported(summary: str, text: str) -> None:
    """Leave a note where the summary states what the text does not: small models invent."""
    missing = unsupported_facts(summary, text)
    if missing:
        log.warning(
            "The summary states %s, which the text does not say in these words: check it.", named(missing)
        )


def named(facts: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f"“{fact}”" for fact in facts)
