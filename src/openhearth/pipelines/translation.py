"""translation: a text in one language in, the same in another out; the shapes that transformers had before version 5.

Languages are codes (`en`, `fr`, `fra_Latn`) or names. What a model wants of them differs by family: a prefix (T5), its
own codes (NLLB, M2M100, mBART), nothing (Marian, one pair each), or plain words (an instruct model).
"""

import logging
from collections.abc import Mapping
from typing import Any

from openhearth.errors import Invalid
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.instruct import Instruct, load_instruct
from openhearth.pipelines.lists import checked_texts, with_progress
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.prompts import TRANSLATION_TOKENS, conversation, language_name
from openhearth.pipelines.seq2seq import Seq2Seq
from openhearth.pipelines.splitting import split

_PIECE_TOKENS = 300
log = logging.getLogger("openhearth.translation")


class Translation:
    """`source` and `target` are what a call uses that names none."""

    def __init__(
        self, worker: Instruct | Seq2Seq, source: str | None = None, target: str | None = None
    ) -> None:
        self.worker = worker
        self.model, self.tokenizer = worker.model, worker.tokenizer
        self.source, self.target = source, target

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
        """`[{"translation_text": …}]` for each text; long ones are translated piece by piece, in order."""
        source, target = src_lang or self.source, tgt_lang or self.target
        most = int(generate.pop("max_new_tokens", None) or max_length or TRANSLATION_TOKENS)
        texts = checked_texts(inputs)
        generate |= self._prepare(source, target)
        rows = []
        for text in texts:
            pieces = split(text, self.room(most), self.worker.count)
            done = [
                self._one(piece, source, target, most, generate)
                for piece in with_progress(pieces, "translating")
            ]
            rows.append({"translation_text": "\n\n".join(done)})
        return rows

    def room(self, most: int) -> int:
        """How many tokens of a text are translated at once."""
        return _PIECE_TOKENS

    def _prepare(self, source: str | None, target: str | None) -> dict[str, Any]:
        """Set the languages where the tokenizer carries them, and what `generate` must be told for it."""
        if isinstance(self.worker, Instruct):
            log.warning(
                "An instruct model was asked to translate, which it was not taught: do not rely on the result without reading it."
            )
            if target is None:
                raise Invalid(
                    'tgt_lang: say into which language, like tgt_lang="fr" or pipeline("translation_en_to_fr").'
                )
            return {}
        if not hasattr(self.tokenizer, "src_lang"):
            return {}
        if source is None or target is None:
            raise Invalid("src_lang, tgt_lang: this model translates between many languages; name both.")
        self.tokenizer.src_lang = source
        token = self.tokenizer.convert_tokens_to_ids(target)
        if token == self.tokenizer.unk_token_id and hasattr(self.tokenizer, "get_lang_id"):
            token = self.tokenizer.get_lang_id(target)
        if token == self.tokenizer.unk_token_id:
            raise Invalid(f"tgt_lang: {target!r} is no language of this model; use one of its own codes.")
        return {"forced_bos_token_id": token}

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


def load(
    found: FoundModel, task: str, options: PipelineOptions, *, languages: tuple[str, str] | None = None
) -> Translation:
    source, target = languages or (None, None)
    if found.gguf is not None or found.folder.is_chat:
        return Translation(load_instruct(found, options), source, target)
    worker = Seq2Seq.of(found, options, f"translation_{source}_to_{target}" if languages else task)
    return Translation(worker, source, target)
