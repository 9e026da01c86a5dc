"""translation by Apertium: dictionaries and rules, no network of any kind; the shapes of the other translators.

Quick, offline and without invention: what it does not know stays as it is, and is named. Good between near relatives
(Spanish, Portuguese, Catalan, French), clumsy from and into English.
"""

import logging
import re
from collections.abc import Sequence
from itertools import islice
from typing import Any

from openhearth.errors import Invalid
from openhearth.pipelines.apertium.pairs import Pair, find_route, list_pairs, sources_of
from openhearth.pipelines.apertium.segments import Segments, cut, escape, unescape
from openhearth.pipelines.apertium.stages import END, Stage, read_stages, run_stage
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.language_detection import find_source
from openhearth.pipelines.languages import UNSAID, Tongues, get_language, name_of
from openhearth.pipelines.lists import checked_texts
from openhearth.pipelines.options import PipelineOptions

INPUT_MAX_LENGTH = 2_000_000
_NAMED_MAX = 20
# A word that the dictionaries lack, before the target's forms are made: `^*word$`, or `^@lemma<tags>$`.
_UNKNOWN = re.compile(r"\^[*@]((?:\\.|[^\\<$^])+)")
# A word that the target language does without leaves its space.
_SPACES = re.compile(" {2,}")
# What steers a network has no meaning here.
_IGNORED = {
    "max_length",
    "max_new_tokens",
    "clean_up_tokenization_spaces",
    "truncation",
    "batch_size",
    "num_workers",
}
log = logging.getLogger("openhearth.translation")


class Apertium:
    """`pairs` are the directions there are; `source` and `target` what a call uses that names none."""

    def __init__(self, found: FoundModel, tongues: Tongues) -> None:
        self.name, self.folder = found.name, found.path
        self.pairs = list_pairs(found.path)
        self.source, self.target = tongues.source, tongues.target
        if not self.pairs:
            raise Invalid(
                f"{found.name} holds no modes like modes/eng-spa.mode; push the folder as Apertium lays it out."
            )

    def __call__(
        self,
        inputs: str | list[str],
        *,
        src_lang: str | None = None,
        tgt_lang: str | None = None,
        **more: Any,
    ) -> list[dict[str, str]]:
        """`[{"translation_text": …}]` for each text, with its `src_lang` where that was found out."""
        if unknown := sorted(more.keys() - _IGNORED):
            raise Invalid(f"{unknown[0]}: is no parameter of translation by Apertium; leave it out.")
        target, variant = self._target(tgt_lang)
        said = get_language(src_lang, field="src_lang") if src_lang else self.source
        texts = [_checked(text) for text in checked_texts(inputs)]
        sources = [said or self._find_source(text, target) for text in texts]
        made = dict(enumerate(texts))
        for source in dict.fromkeys(sources):
            if source == target and not said:
                log.warning("The text is in %s already; it was left as it is.", name_of(target))
                continue
            places = [place for place, found in enumerate(sources) if found == source]
            route = self.route(source, target, variant)
            done = self._translate([texts[place] for place in places], route)
            made |= zip(places, done, strict=True)
        found = [{} if said else {"src_lang": source} for source in sources]
        return [{"translation_text": made[place], **found[place]} for place in range(len(texts))]

    def _target(self, said: str | None) -> tuple[str, str]:
        """The language to translate into, and how it is to be written. Raises Invalid."""
        if said is not None:
            return get_language(said, field="tgt_lang"), re.sub(r"^[^-_]*[-_]?", "", said)
        if self.target is not None:
            return self.target, ""
        targets = sorted({pair.target for pair in self.pairs})
        if len(targets) == 1:
            return targets[0], ""
        raise Invalid(
            'tgt_lang: say into which language, like tgt_lang="fr" or pipeline("translation_en_to_fr"); '
            f"{self.name} has {', '.join(map(name_of, targets))}."
        )

    def _find_source(self, text: str, target: str) -> str:
        return find_source(text, target, sources_of(self.pairs, target), by=self.name)

    def route_for(self, text: str, src_lang: str | None, tgt_lang: str | None) -> tuple[Pair, ...]:
        """The directions that a call with these goes; none for a text that is in its target language already."""
        target, variant = self._target(tgt_lang)
        source = get_language(src_lang, field="src_lang") if src_lang else self.source
        source = source or self._find_source(text, target)
        return () if source == target else self.route(source, target, variant)

    def route(self, source: str, target: str, variant: str = "") -> tuple[Pair, ...]:
        """The directions to go. Raises Invalid that lists those there are."""
        if source == target:
            raise Invalid(
                f"tgt_lang: the text is to be translated from {name_of(source)} into the same; name another language."
            )
        route = find_route(self.pairs, source, target, variant)
        if route is None:
            there = ", ".join(sorted({str(pair) for pair in self.pairs}))
            raise Invalid(
                f"tgt_lang: {self.name} does not translate {name_of(source)} to {name_of(target)}; it has {there}. "
                "Name another model with model=, or install the pair if Apertium has it (apt-cache search apertium)."
            )
        return route

    def stages(self, route: Sequence[Pair]) -> list[tuple[Stage, ...]]:
        """The programs of each direction."""
        return [read_stages(self.folder, pair.mode, name=self.name) for pair in route]

    def _translate(self, texts: Sequence[str], route: Sequence[Pair]) -> list[str]:
        """Each text by the same way, all in one run of its programs."""
        if len(route) > 1:
            log.warning("Translated by way of %s, where mistakes add up.", name_of(route[0].target))
        cuts = [cut(text) for text in texts]
        stream, unknown = "".join(map(to_stream, cuts)), dict[str, None]()
        for stage in (stage for stages in self.stages(route) for stage in stages):
            if stage.writes:
                found = map(unescape, _UNKNOWN.findall(stream))
                unknown |= dict.fromkeys(word for word in found if len(word) > 1)
            stream = run_stage(stage, stream, name=self.name) if stream else ""
        if unknown:
            _say_unknown(list(unknown))
        made = iter(from_stream(stream, sum(len(whole.texts) for whole in cuts)))
        return [whole.join(list(islice(made, len(whole.texts)))) for whole in cuts]


def _checked(text: str) -> str:
    if len(text) > INPUT_MAX_LENGTH:
        raise Invalid(
            f"inputs: {len(text)} characters are more than {INPUT_MAX_LENGTH}; give the text in parts."
        )
    return text


def to_stream(whole: Segments) -> str:
    """The segments as Apertium's programs read them, each with its end."""
    # What ends a sentence is lost if it is the last thing of a text: an empty piece of format comes after it.
    return "".join(f"{escape(text)}[]{END}" for text in whole.texts)


def from_stream(stream: str, count: int) -> list[str]:
    """The first `count` texts of a stream: programs add empty ones at its end. Raises Invalid if there are fewer."""
    texts = stream.split(END)[:count]
    if len(texts) < count:
        raise Invalid(
            f"inputs: of {count} lines Apertium gave back {len(texts)}; the files of the pair are broken."
        )
    return [_SPACES.sub(" ", unescape(text)).strip() for text in texts]


def _say_unknown(words: Sequence[str]) -> None:
    more = f" and {len(words) - _NAMED_MAX} more" if len(words) > _NAMED_MAX else ""
    log.warning(
        "Apertium does not know these words and left them as they are: %s%s.",
        ", ".join(words[:_NAMED_MAX]),
        more,
    )


def load(found: FoundModel, task: str, options: PipelineOptions, *, tongues: Tongues = UNSAID) -> Apertium:
    return Apertium(found, tongues)
