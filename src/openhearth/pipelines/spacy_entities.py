"""token-classification by spaCy: whole names with their places, in the shape of transformers' pipeline for the task.

spaCy decides and gives no number; the score is the share that the readings with this very span hold among the likeliest
ones its parser weighs (beam search, as in `EntityRecognizer.scored_ents`). Of a spaCy folder only the name finder is
loaded, and only by functions that spaCy brings: nothing in the folder is run.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, Self

from openhearth.errors import Invalid
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.lists import checked_texts, with_progress
from openhearth.pipelines.machine import require_library
from openhearth.pipelines.options import PipelineOptions

STRATEGIES = ("none", "simple", "first", "average", "max")
FINDER = "ner"
# Where a finder listens to one of these, it is nothing without it.
_SHARED = {"tok2vec", "transformer"}
_READINGS = 16
_LEAST_SHARE = 1e-4
# A book is worked in windows that end where a paragraph, a line or a sentence does.
WINDOW_LENGTH = 20_000
_ENDS = tuple(re.compile(end) for end in (r"\n\s*\n", r"\n", r"(?<=[.!?…])\s", r"\s"))
_CONFIG_MAX_BYTES = 1 << 20


class SpacyEntities:
    """`nlp` is spaCy's own object. An answer is `[{"entity_group", "score", "word", "start", "end"}]`."""

    def __init__(self, nlp: Any) -> None:
        self.nlp = nlp
        self.model = self.finder = nlp.get_pipe(FINDER)

    @classmethod
    def of(cls, found: FoundModel) -> Self:
        """The name finder in the folder of `found`. Raises Invalid for a folder without one that spaCy can read."""
        require_library("spacy", "Finding names by spaCy", extra="run")
        import spacy

        others = _parts_unused(found)
        try:
            return cls(spacy.load(found.path, exclude=sorted(others)))
        except (OSError, ValueError, KeyError, TypeError) as error:
            said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise Invalid(f"{found.name} cannot be loaded by spaCy: {said}") from error

    def __call__(
        self,
        inputs: Any,
        *,
        aggregation_strategy: str = "simple",
        ignore_labels: Collection[str] = (),
        **unknown: Any,
    ) -> Any:
        """The names in a text, a list of them for each of several. `aggregation_strategy="none"` gives word by word.

        spaCy marks whole words only, so that the other strategies are one and the same here.
        """
        strategy = str(getattr(aggregation_strategy, "value", aggregation_strategy)).lower()
        if strategy not in STRATEGIES:
            raise Invalid(
                f"aggregation_strategy: {aggregation_strategy!r} is none of {', '.join(STRATEGIES)}."
            )
        # What steers pieces of words and windows of tokens has no meaning here.
        if left := sorted(unknown.keys() - {"stride", "batch_size", "num_workers"}):
            raise Invalid(f"{left[0]}: is no parameter of token-classification by spaCy; leave it out.")
        shape = _words if strategy == "none" else _spans
        answers = [
            shape(found for found in self._find(text) if found[0].label_ not in ignore_labels)
            for text in with_progress(checked_texts(inputs), "token-classification")
        ]
        return answers[0] if isinstance(inputs, str) else answers

    def _find(self, text: str) -> Iterator[tuple[Any, float, int]]:
        """spaCy's spans with their scores, and where the window begins that each lies in."""
        for start, end in windows(text):
            read = self.nlp(text[start:end])
            if not read.ents:
                continue
            # Of a text read anew: names that are marked already would bind the search.
            again = self.nlp.make_doc(text[start:end])
            beams = self.finder.beam_parse([again], beam_width=_READINGS, beam_density=_LEAST_SHARE)
            (shares,) = self.finder.scored_ents(beams)
            for span in read.ents:
                yield span, float(shares.get((span.start, span.end, span.label_), 0.0)), start


def windows(text: str, length: int = WINDOW_LENGTH) -> Iterator[tuple[int, int]]:
    """Where to cut `text` so that no part is longer than `length` and no word is cut, nor a sentence if it can be helped."""
    start = 0
    while len(text) - start > length:
        end = _cut(text, start + length // 2, start + length)
        yield start, end
        start = end
    yield start, len(text)


def _cut(text: str, least: int, most: int) -> int:
    for end in _ENDS:
        places = [match.end() for match in end.finditer(text, least, most)]
        if places:
            return places[-1]
    return most


def _spans(found: Iterable[tuple[Any, float, int]]) -> list[dict[str, Any]]:
    return [
        {
            "entity_group": span.label_,
            "score": round(score, 4),
            "word": span.text,
            "start": offset + span.start_char,
            "end": offset + span.end_char,
        }
        for span, score, offset in found
    ]


def _words(found: Iterable[tuple[Any, float, int]]) -> list[dict[str, Any]]:
    return [
        {
            "entity": f"{word.ent_iob_}-{span.label_}",
            "score": round(score, 4),
            "index": word.i + 1,
            "word": word.text,
            "start": offset + word.idx,
            "end": offset + word.idx + len(word),
        }
        for span, score, offset in found
        for word in span
    ]


def _parts_unused(found: FoundModel) -> set[str]:
    """The parts that the name finder can do without, by `config.cfg`: an INI file with JSON values."""
    config = _read(found.path / "config.cfg", found.name)
    stated = re.search(r"^pipeline\s*=\s*\[([^\]]*)\]", config, re.MULTILINE)
    parts = set(re.findall(r'"([^"]+)"', stated[1])) if stated else set()
    if FINDER not in parts:
        raise Invalid(
            f"{found.name}: its config.cfg names no {FINDER!r}; choose a spaCy model that finds names."
        )
    return parts - {FINDER} - (_SHARED if "Listener" in config else set())


def _read(config: Path, name: str) -> str:
    try:
        with config.open(encoding="utf-8") as stream:
            return stream.read(_CONFIG_MAX_BYTES)
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(
            f"config.cfg of {name} cannot be read ({error}); push the folder as spaCy writes it."
        ) from None


def load(found: FoundModel, task: str, options: PipelineOptions) -> SpacyEntities:
    return SpacyEntities.of(found)
