"""Long texts in pieces that a model can read: paragraphs together while they fit, else sentences, else words."""

import re
from collections.abc import Callable, Iterator

Count = Callable[[str], int]
_PARAGRAPH = re.compile(r"\n\s*\n")
# A full stop behind one of these, or behind a single letter, ends no sentence.
_SHORT = re.compile(
    r"(?:^|[\s(“—\"'.])(?:Mr|Mrs|Ms|Dr|St|Prof|Gen|Col|Capt|Rev|Hon|Sr|Jr|Gov|Sen|Rep|vs|etc|cf|ca|approx|Fig"
    r"|Jan|Feb|Aug|Sept|Oct|Nov|Dec|[A-Z]|z\.B|bzw)\.$"
)
# A full stop inside a number or an address ends none: white space follows one that does, but for signs of its own width.
_SENTENCE = re.compile(r"(?:(?<=[。！？])[\s\"'»”)]*|(?<=[.!?…])[\"'»”)]*\s+[\s\"'»”)]*)(?=\S)")


def split(text: str, most_tokens: int, count: Count) -> list[str]:
    """`text` in order, in pieces of at most `most_tokens` tokens as `count` counts them."""
    if count(text) <= most_tokens:
        return [text]
    pieces: list[str] = []
    held, held_tokens = "", 0
    for part, joint in _parts(text, most_tokens, count):
        tokens = count(part)
        if held and held_tokens + tokens + 1 > most_tokens:
            pieces.append(held)
            held, held_tokens = "", 0
        held, held_tokens = (f"{held}{joint}{part}", held_tokens + tokens + 1) if held else (part, tokens)
    return [*pieces, held] if held.strip() else pieces


def sentences(text: str) -> list[tuple[int, int]]:
    """Where the sentences of `text` begin and end, in characters."""
    found, start = [], 0
    for match in _SENTENCE.finditer(text):
        if _SHORT.search(text, max(start, match.start() - 12), match.start()):
            continue
        found.append((start, match.start()))
        start = match.end()
    found.append((start, len(text)))
    return [(a, b) for a, b in found if text[a:b].strip()]


def _parts(text: str, most_tokens: int, count: Count) -> Iterator[tuple[str, str]]:
    """Parts that fit, each with what joins it to the one before."""
    for paragraph in _PARAGRAPH.split(text):
        if not paragraph.strip():
            continue
        if count(paragraph) <= most_tokens:
            yield paragraph, "\n\n"
            continue
        joint = "\n\n"
        for start, end in sentences(paragraph):
            for piece in _cut(paragraph[start:end].strip(), most_tokens, count):
                yield piece, joint
                joint = " "


def _cut(sentence: str, most_tokens: int, count: Count) -> Iterator[str]:
    """A sentence that is too long for itself, halved at words until it fits."""
    if count(sentence) <= most_tokens or len(sentence) < 2:
        yield sentence
        return
    middle = sentence.rfind(" ", 0, len(sentence) // 2) + 1 or len(sentence) // 2
    yield from _cut(sentence[:middle].strip(), most_tokens, count)
    yield from _cut(sentence[middle:].strip(), most_tokens, count)
