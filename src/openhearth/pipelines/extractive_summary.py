"""summarization without a word made up: sentences of the text itself, those that say most of what it says.

By nearness of meaning where there is an embedder, else by words: no model is needed then.
"""

from typing import TYPE_CHECKING, Any

from openhearth.errors import Invalid
from openhearth.pipelines.central_sentences import Embed, central_text, remembering, sentences_for
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.lists import checked_texts, with_progress
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.word_vectors import by_words

if TYPE_CHECKING:  # torch is imported where there is a model, and not to count words
    from openhearth.pipelines.embedder import Embedder

# What models that write are told beside; callers hand it on whoever does it.
_OF_WRITERS = frozenset([
    "truncation", "clean_up_tokenization_spaces", "return_text", "return_tensors", "read_all", "repair", "do_sample", "num_beams",
    "temperature", "top_k", "top_p", "early_stopping", "length_penalty", "repetition_penalty", "no_repeat_ngram_size",
    "num_return_sequences",
])  # fmt: skip
_TOKENS_A_WORD = 4 / 3


class ExtractiveSummary:
    """`model` and `tokenizer` are transformers' own; None where words are counted and no model is asked.

    `last_count`: of how many sentences the summary of the first text of the last call was made at most.
    """

    def __init__(self, embedder: "Embedder | None") -> None:
        self.embedder = embedder
        self.model = embedder.model if embedder else None
        self.tokenizer = embedder.tokenizer if embedder else None
        self.last_count: int | None = None
        self.embed: Embed = embedder.vectors if embedder else by_words

    def __call__(
        self,
        inputs: str | list[str],
        *,
        sentences: int | None = None,
        max_length: int | None = None,
        min_length: int | None = None,
        max_new_tokens: int | None = None,
        min_new_tokens: int | None = None,
        **of_writers: Any,
    ) -> list[dict[str, str]]:
        """`[{"summary_text": …}]` for each text, in `sentences` of its own sentences; without it, more for longer texts.

        Lengths are in tokens: whole sentences up to `max_length`, and further ones until `min_length` is reached. What
        only says how a model writes (`num_beams`, `temperature` …) has no meaning here.
        """
        texts = checked_texts(inputs)
        if unknown := next((name for name in of_writers if name not in _OF_WRITERS), None):
            raise Invalid(f"{unknown}: summarization has no such parameter here; look at what it takes.")
        if sentences is not None and sentences < 1:
            raise Invalid("sentences: give at least one.")
        self.last_count = None
        most, least = max_new_tokens or max_length, min_new_tokens or min_length or 0
        return [
            {"summary_text": self._summarise(text, sentences, most, least)}
            for text in with_progress(texts, "summarising")
        ]

    def _summarise(self, text: str, wanted: int | None, most: int | None, least: int) -> str:
        count, embed = wanted or sentences_for(text), remembering(self.embed)
        said = central_text(text, count, embed)
        while self._tokens(said) < least and len(said) < len(text.strip()):
            longer = central_text(text, count := count + 1, embed)
            if len(longer) <= len(said):
                break
            said = longer
        while most is not None and count > 1 and self._tokens(said) > most:
            said = central_text(text, count := count - 1, embed)
        self.last_count = self.last_count or count
        return said

    def _tokens(self, text: str) -> int:
        if self.tokenizer is None:
            return round(len(text.split()) * _TOKENS_A_WORD)
        tokens: list[int] = self.tokenizer(text, add_special_tokens=False, verbose=False).input_ids
        return len(tokens)


def load(found: FoundModel, task: str, options: PipelineOptions) -> ExtractiveSummary:
    if not found.is_stored:
        return ExtractiveSummary(None)
    from openhearth.pipelines.embedder import Embedder

    return ExtractiveSummary(Embedder.of(found, options))
