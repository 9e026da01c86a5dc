"""summarization by a chat model that is asked for it.

Of a long text it reads the sentences that say most of it, from every part; with `read_all` everything, in pieces that are
worked together, whose summaries it joins. What it then makes up is left out: see `faithfulness.py`.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from openhearth.pipelines.central_sentences import (
    Embed,
    central_text,
    choose_central,
    joined,
    read_sentences,
    remembering,
)
from openhearth.pipelines.embedder import find_embedder
from openhearth.pipelines.faithfulness import Tidied, tidied
from openhearth.pipelines.instruct import Instruct, Said
from openhearth.pipelines.lists import checked_texts
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.prompts import SUMMARY_SENTENCES, SUMMARY_TOKENS, conversation
from openhearth.pipelines.splitting import split
from openhearth.pipelines.summary_pieces import even_pieces, named, summarise_pieces, warn_of_unsupported
from openhearth.pipelines.word_vectors import by_words

# A small model loses the thread long before its context ends.
_PIECE_TOKENS = 1200
# What of a longer text is enough: given more, the smallest starter model keeps no more of it.
_CHOSEN_TOKENS = 600
_PROMPT_TOKENS = 96
# What is said of one part among many.
_PART_TOKENS = 96

log = logging.getLogger("openhearth.summarization")


@dataclass(frozen=True)
class Asked:
    """How the summaries of one call are wanted, in tokens and sentences."""

    most: int
    sentences: int
    read_all: bool
    truncation: bool
    repair: bool
    generate: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ends_after(self) -> int | None:
        """The sentences after which an answer is ended; one that must have a length goes on until it has."""
        return None if self.generate.get("min_new_tokens") else self.sentences


@dataclass(frozen=True)
class Answer:
    """What the model was asked at last, and what it said."""

    turns: list[dict[str, str]]
    said: Said


@dataclass(frozen=True)
class LastSaid:
    """For the low-level twin: what was asked and said, what was left out of it, and the summary that was given."""

    answer: Answer
    generate: Mapping[str, Any]
    left_out: tuple[str, ...]
    summary: str


class AskedSummary:
    """`model` and `tokenizer` are transformers' own. `last` is of the first text of the last call."""

    def __init__(self, worker: Instruct, options: PipelineOptions | None = None) -> None:
        self.worker = worker
        self.model, self.tokenizer = worker.model, worker.tokenizer
        self.last: LastSaid | None = None
        self._options = options

    def __call__(
        self,
        inputs: str | list[str],
        *,
        max_length: int | None = None,
        min_length: int | None = None,
        sentences: int = SUMMARY_SENTENCES,
        read_all: bool = False,
        repair: bool = True,
        truncation: bool = False,
        clean_up_tokenization_spaces: bool = False,
        **generate: Any,
    ) -> list[dict[str, str]]:
        """`[{"summary_text": …}]` for each text.

        Of a text that is too long for one prompt the sentences that say most of it are read; `read_all` reads everything,
        piece by piece, `truncation` only the beginning. Sentences with names, numbers or dates that the text does not hold
        are left out, unless `repair` is False.
        """
        texts = checked_texts(inputs)
        most = int(generate.pop("max_new_tokens", None) or max_length or SUMMARY_TOKENS)
        if min_length is not None:
            generate["min_new_tokens"] = min(min_length, most)
        asked = Asked(most, sentences, read_all, truncation, repair, generate)
        read = [self._read(text, asked) for text in texts]
        short = [pieces[0] for pieces in read if len(pieces) == 1]
        said = iter(self._say(short, asked, most=most))
        rows = []
        for text, pieces in zip(texts, read, strict=True):
            answer = next(said) if len(pieces) == 1 else self._merge(pieces, asked)
            kept = self._keep(answer, text, asked)
            rows.append({"summary_text": kept.text})
            if len(rows) == 1:
                self.last = LastSaid(answer, asked.generate, kept.left_out, kept.text)
        return rows

    def _read(self, text: str, asked: Asked) -> list[str]:
        """What the model is shown of `text`: one piece, or several to be joined."""
        room, tokens = self._room(asked), self.worker.count(text)
        if tokens <= room:
            return [text]
        if asked.truncation:
            return split(text, room, self.worker.count)[:1]
        if asked.read_all:
            return even_pieces(text, room, self.worker.count)
        room = min(room, _CHOSEN_TOKENS)
        wanted = max(asked.sentences, len(read_sentences(text)) * room // tokens)
        embed = remembering(self._embed)
        chosen = choose_central(text, wanted, embed)
        while len(chosen) > 1 and self.worker.count(joined(chosen)) > room:
            chosen = choose_central(text, len(chosen) * 9 // 10, embed)
        log.warning(
            "The text has %s words; the %d sentences nearest to its meaning were summarised.",
            f"{len(text.split()):,}", len(chosen),
        )  # fmt: skip
        return split(joined(chosen), room, self.worker.count)[:1]

    def _merge(self, pieces: list[str], asked: Asked) -> Answer:
        answers: list[Answer] = []

        def say(texts: list[str], is_merge: bool) -> list[str]:
            most = asked.most if len(texts) == 1 else min(asked.most, _PART_TOKENS)
            answers[:] = self._say(texts, asked, most=most, is_merge=is_merge)
            return [answer.said.text for answer in answers]

        summarise_pieces(pieces, say, self._room(asked), self.worker.count)
        return answers[0]

    def _say(self, texts: list[str], asked: Asked, *, most: int, is_merge: bool = False) -> list[Answer]:
        name = "summarization_merge" if is_merge else "summarization"
        turns = [conversation(name, text=text, sentences=asked.sentences) for text in texts]
        said = self.worker.say_all(
            turns, max_new_tokens=most, sentences=asked.ends_after, shown="summarising", **asked.generate
        )
        return [Answer(*pair) for pair in zip(turns, said, strict=True)]

    def _keep(self, answer: Answer, text: str, asked: Asked) -> Tidied:
        """What may stand of an answer; where nothing may, sentences of the text itself."""
        kept = tidied(answer.said.text, text, repair=asked.repair)
        if not asked.repair:
            warn_of_unsupported(kept.text, text)
        if kept.unsupported:
            log.warning(
                "The summary stated %s, which the text does not say in these words: the sentences were left out.",
                named(kept.unsupported),
            )
        return kept if kept.text else replace(kept, text=central_text(text, asked.sentences, self._embed))

    def _room(self, asked: Asked) -> int:
        return max(1, min(_PIECE_TOKENS, self.worker.context_tokens - asked.most - _PROMPT_TOKENS))

    @cached_property
    def _embed(self) -> Embed:
        embedder = find_embedder(self._options)
        return embedder.vectors if embedder else by_words
