"""What a request speaks of: its language, and the ideas of `lexicon.toml` that its words name.

Knows no tasks. A hundred-odd lines of words, compiled once; no model, no network.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LEXICON = Path(__file__).with_name("lexicon.toml")
REQUEST_MAX_LENGTH = 1000
_FUNCTION_WORDS = "_function_words"
# Scripts that one of our languages has to itself. Kana before Han: Japanese writes both.
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
)
# Up to six words between the parts of what people pull apart: "boil a long report down".
_GAP = r"\w*(?:\W+\w+){0,6}?\W+"
# Words there begin with articles or run together: their beginnings are looked for anywhere.
_UNSPACED = frozenset({"ar", "hi", "ja", "ko", "zh"})


@dataclass(frozen=True)
class Understood:
    """The language of a request, and idea → the words that named it."""

    language: str
    ideas: Mapping[str, str]


def plain(text: str) -> str:
    """`text` as the lexicon spells: one case, no accents, single spaces, one at each end."""
    folded = unicodedata.normalize("NFKD", text[:REQUEST_MAX_LENGTH].casefold())
    bare = unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", folded)).replace("ı", "i")
    return f" {' '.join(bare.replace('’', chr(39)).split())} "


@cache
def _lexicon() -> Mapping[str, Mapping[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = tomllib.loads(LEXICON.read_text(encoding="utf-8"))
    return found


def idea_names() -> tuple[str, ...]:
    """What words can name, in the order of the lexicon."""
    return tuple(idea for idea in _lexicon() if idea != _FUNCTION_WORDS)


@cache
def _patterns(language: str) -> Mapping[str, re.Pattern[str]]:
    """Idea → what names it in `language`. Compiled when a request first needs that language."""
    return {
        idea: _pattern(languages[language], language)
        for idea, languages in _lexicon().items()
        if idea != _FUNCTION_WORDS and language in languages
    }


def understand(request: str) -> Understood:
    """The ideas that `request` names. English words count in every language: people borrow them."""
    text = plain(request)
    language = language_of(text)
    found = _ideas(text, language)
    if language != "en":
        found = {**_ideas(text, "en"), **found}
    return Understood(language, found)


def language_of(text: str) -> str:
    """The language of a `plain` text: by its script, else by its little words and what it speaks of."""
    for language, script in _SCRIPTS:
        if script.search(text):
            return language
    words = set(re.findall(r"\w+", text))
    shares = {
        language: len(words.intersection(little)) for language, little in _lexicon()[_FUNCTION_WORDS].items()
    }
    # A little word alone may be another language's ("et", "of"): where few speak, what is spoken of decides.
    most = max(shares.values())
    likely = [language for language, share in shares.items() if share >= most - 1]
    if len(likely) == 1:
        return likely[0]
    # English stands first and wins where nothing else decides.
    return max(likely, key=lambda language: shares[language] + 1.1 * len(_ideas(text, language)))


def _ideas(text: str, language: str) -> dict[str, str]:
    named = ((idea, pattern.search(text)) for idea, pattern in _patterns(language).items())
    return {idea: match.group().strip() for idea, match in named if match is not None}


def _pattern(beginnings: Iterable[str], language: str) -> re.Pattern[str]:
    return re.compile("|".join(_one(beginning, language) for beginning in beginnings))


def _one(beginning: str, language: str) -> str:
    if beginning.startswith("="):
        return rf"(?<!\w){re.escape(plain(beginning[1:]).strip())}(?!\w)"
    # The end of the word belongs to what is shown to people, not to what is matched.
    parts = [re.escape(plain(part).strip()) for part in beginning.split("…")]
    spelled = _GAP.join(parts) + (r"(?!\w)" if beginning.endswith(" ") else r"\w*")
    return spelled if language in _UNSPACED else rf"(?<!\w){spelled}"
