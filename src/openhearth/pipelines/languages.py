"""Human languages as people name them: by code, by name in many languages, inside a request. Imports no torch.

A language is its code of ISO 639-1 where it has one, else of ISO 639-3 (`es`, `szl`); `languages.toml` names them.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from openhearth.errors import Invalid
from openhearth.pipelines.tasks import TRANSLATION
from openhearth.pipelines.words.ideas import plain

# Codes that mean one of those in the table.
_ALSO = {
    "no": "nb", "nor": "nb", "iw": "he", "cmn": "zh", "zlm": "ms", "arb": "ar", "pes": "fa", "ger": "de",
    "fre": "fr",
}  # fmt: skip
# Read as part of a word wherever it stands: these scripts put no space between words, or articles before them.
_UNSPACED = re.compile("[\u0600-\u06ff\u0900-\u097f\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_ARTICLES = r"(?: (?:the|l'|le|la|o|il|het|das|dem|plain|simple|american|british|modern))*\s*'?$"
# What stands before the language that is translated into, and before the one that is translated from. `plain` spelling.
_INTO = re.compile(
    r"(?:\b(?:(?:in)?to|ins?|auf|nach|en|al|alla|all'|au|vers|para|naar|na|на|w|po|till?|pa)|[成为為到]|به|إلى|الى)"
    + _ARTICLES
)
_FROM = re.compile(
    r"(?:\b(?:from|out of|aus|vom|von|de|du|des|del|dell'|dall?'?|dal|do|da|uit|van|z|с|depuis)|[从從由]|من)"
    + _ARTICLES
)
# What hangs on its name, or stands behind it.
_INTO_AFTER = re.compile(r"^(?:に|へ|로|으로|\s*में|'?y[ae]\b|\w*\s+(?:translation|version|ubersetzung)\b)")
_FROM_AFTER = re.compile(r"^(?:から|에서|\s*से|'?d[ae]n\b)")


@dataclass(frozen=True)
class Language:
    """`iso3` is its code of ISO 639-3, `words` how its name begins in other languages."""

    code: str
    iso3: str
    name: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Tongues:
    """From which language into which; None where nothing was said."""

    source: str | None = None
    target: str | None = None

    def __str__(self) -> str:
        said = [f" from {language_name(self.source)}"] if self.source else []
        return "".join([*said, f" into {language_name(self.target)}"] if self.target else said)


UNSAID = Tongues()


@cache
def languages() -> Mapping[str, Language]:
    """The languages that are known by name, by their codes."""
    raw = tomllib.loads(Path(__file__).with_name("languages.toml").read_text(encoding="utf-8"))
    return {
        code: Language(code, said["iso3"], said["name"], tuple(said["words"])) for code, said in raw.items()
    }


@cache
def _codes() -> Mapping[str, str]:
    known = languages().values()
    return _ALSO | {language.iso3: language.code for language in known} | {code: code for code in languages()}


@cache
def _named() -> re.Pattern[str]:
    words = sorted((word for known in languages().values() for word in known.words), key=len, reverse=True)
    spelled = (rf"{re.escape(w)}" if _UNSPACED.search(w) else rf"(?<!\w){re.escape(w)}\w*" for w in words)
    return re.compile("|".join(spelled))


@cache
def _by_word() -> Mapping[str, str]:
    return {word: known.code for known in languages().values() for word in known.words}


def find_language(said: str) -> str | None:
    """The code of what `said` means: `es`, `spa`, `es_XX`, `spa_Latn`, `pt-BR`, "Spanish", "español"; None if unknown."""
    head = re.split(r"[-_]", said.strip().lower(), maxsplit=1)[0]
    if code := _codes().get(head):
        return code
    text = plain(said).strip()
    match = _named().match(text)
    return _by_word()[_word_of(match)] if match and not text[match.end() :].strip(" ()") else None


def get_language(said: str, *, field: str) -> str:
    """As `find_language`. Raises Invalid."""
    code = find_language(said) if isinstance(said, str) else None
    if code is None:
        raise Invalid(
            f'{field}: {str(said)[:40]!r} is no language known here; give a code like "es" or a name.'
        )
    return code


def name_of(code: str) -> str:
    """What a language is called in English; the code itself where it is not in the table."""
    known = languages().get(code)
    return known.name if known else code


def language_name(said: str) -> str:
    """The English name of a language that somebody named; other words as they are."""
    code = find_language(said)
    return said if code is None else name_of(code)


def tongues_in(request: str) -> Tongues:
    """The languages that a request names: `translation_en_to_fr`, "from German into Spanish", "ins Französische"."""
    if match := TRANSLATION.fullmatch(request.strip().lower().replace(" ", "_")):
        return Tongues(find_language(match[1]) or match[1], find_language(match[2]) or match[2])
    text = plain(request)
    source = target = None
    for start, end, code in _mentions(text):
        before, after = text[:start], text[end:]
        if _INTO.search(before) or _INTO_AFTER.search(after):
            target = target or code
        elif _FROM.search(before) or _FROM_AFTER.search(after):
            source = source or code
        elif source is None:
            source = code
    return Tongues(None if source == target else source, target)


def _mentions(text: str) -> Iterator[tuple[int, int, str]]:
    """Where each language is named, without the ending of its name."""
    for match in _named().finditer(text):
        word = _word_of(match)
        yield match.start(), match.start() + len(word), _by_word()[word]


def _word_of(match: re.Match[str]) -> str:
    return max((word for word in _by_word() if match.group().startswith(word)), key=len)
