"""translation: a text in one language in, the same in another out; the shapes that transformers had before version 5.

Languages are codes (`en`, `fr`, `fra_Latn`) or names. What a model wants of them differs by family: a prefix (T5), its
own codes (NLLB, M2M100, mBART), nothing (Marian, one pair each), or plain words (an instruct model). The language of a
text that nobody named is found out where a model needs it.
"""

import logging
from collections.abc import Mapping
from typing import Any

from openhearth.errors import Invalid
from openhearth.pipelines.apertium.packages import remedy_for
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.instruct import Instruct, load_instruct
from openhearth.pipelines.language_detection import SURE, detect
from openhearth.pipelines.languages import UNSAID, Tongues, find_language, language_name, name_of
from openhearth.pipelines.lists import checked_texts, with_progress
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.prompts import TRANSLATION_TOKENS, conversation
from openhearth.pipelines.seq2seq import Seq2Seq
from openhearth.pipelines.splitting import split

_PIECE_TOKENS = 300
log = logging.getLogger("openhearth.translation")


class Translation:
    """`source` and `target` are what a call uses that names none."""

    def __init__(self, worker: Instruct | Seq2Seq, tongues: Tongues = UNSAID) -> None:
        self.worker = worker
        self.model, self.tokenizer = worker.model, worker.tokenizer
        self.source, self.target = tongues.source, tongues.target

    def __call__(
        self,
        inputs: str | list[str],
        *,
        src_lang: str | None = None,
        tgt_lang: str | None = None,
        max_length: int | None = None,
        clean_up_tokenization_spaces: bool = False,
        **generate: Any,
    ) -> list[dict[str, str]]:
        """`[{"translation_text": …}]` for each text; long ones are translated piece by piece, in order.

        A row has its `src_lang` where that was found out.
        """
        source, target = src_lang or self.source, tgt_lang or self.target
        most = int(generate.pop("max_new_tokens", None) or max_length or TRANSLATION_TOKENS)
        texts = checked_texts(inputs)
        self._require_target(source, target)
        return [self._row(text, source, target, most, generate) for text in texts]

    def _row(
        self, text: str, source: str | None, target: str | None, most: int, generate: Mapping[str, Any]
    ) -> dict[str, str]:
        found = {} if source or not self._asks_for_source else {"src_lang": self._find_source(text)}
        if found and target and find_language(target) == find_language(found["src_lang"]):
            log.warning("The text is in %s already; it was left as it is.", language_name(target))
            return {"translation_text": text, **found}
        source = source or found.get("src_lang")
        more = {**generate, **self._prepare(source, target)}
        pieces = with_progress(split(text, self.room(most), self.worker.count), "translating")
        done = [self._one(piece, source, target, most, more) for piece in pieces]
        return {"translation_text": "\n\n".join(done), **found}

    @property
    def _asks_for_source(self) -> bool:
        return isinstance(self.worker, Instruct) or hasattr(self.tokenizer, "src_lang")

    def _find_source(self, text: str) -> str:
        """The language of `text`. Raises Invalid where a model must be told and the text does not show it."""
        found = detect(text)
        if found.share < SURE and not isinstance(self.worker, Instruct):
            log.warning(
                "The text was taken for %s, which is not sure: name src_lang.", name_of(found.language)
            )
        return found.language

    def _require_target(self, source: str | None, target: str | None) -> None:
        if isinstance(self.worker, Instruct):
            log.warning(
                "An instruct model was asked to translate, which it was not taught: do not rely on the result without "
                "reading it.%s", remedy_for(source, target),
            )  # fmt: skip
        if target is None and self._asks_for_source:
            raise Invalid(
                'tgt_lang: say into which language, like tgt_lang="fr" or pipeline("translation_en_to_fr").'
            )

    def room(self, most: int) -> int:
        """How many tokens of a text are translated at once."""
        return _PIECE_TOKENS

    def _prepare(self, source: str | None, target: str | None) -> dict[str, Any]:
        """Set the languages where the tokenizer carries them, and what `generate` must be told for it."""
        if not hasattr(self.tokenizer, "src_lang") or source is None or target is None:
            return {}
        self.tokenizer.src_lang = self._own_code(source, "src_lang")
        return {"forced_bos_token_id": self._token_of(self._own_code(target, "tgt_lang"))}

    def _own_code(self, said: str, field: str) -> str:
        """What the model calls a language: its code as it is, else the first of its own that means the same."""
        if self._token_of(said) is not None:
            return said
        meant = find_language(said)
        specials = [str(token) for token in self.tokenizer.all_special_tokens]
        own = next((token for token in specials if meant and find_language(token.strip("_")) == meant), None)
        if own is None:
            raise Invalid(f"{field}: {said!r} is no language of this model; use one of its own codes.")
        return own.strip("_")

    def _token_of(self, code: str) -> int | None:
        for spelled in (code, f"__{code}__"):
            token = self.tokenizer.convert_tokens_to_ids(spelled)
            if token is not None and token != self.tokenizer.unk_token_id:
                return int(token)
        return None

    def _one(
        self, text: str, source: str | None, target: str | None, most: int, generate: Mapping[str, Any]
    ) -> str:
        if isinstance(self.worker, Seq2Seq):
            return self.worker.rewrite(text, max_new_tokens=most, **generate)
        asked = conversation(
            "translation",
            source=language_name(source or "the language it is in"),
            target=language_name(target or ""),
            text=text,
        )
        return self.worker.say(asked, max_new_tokens=most, **generate)


def load(found: FoundModel, task: str, options: PipelineOptions, *, tongues: Tongues = UNSAID) -> Translation:
    if found.gguf is not None or found.folder.is_chat:
        return Translation(load_instruct(found, options), tongues)
    named = tongues.source and tongues.target
    prefixed = f"translation_{tongues.source}_to_{tongues.target}" if named else task
    return Translation(Seq2Seq.of(found, options, prefixed), tongues)
