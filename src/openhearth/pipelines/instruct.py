"""An instruct model put to a task that it was not taught by name, by a stored prompt.

Knows no task. Greedy by default, so that the same input gives the same answer. Many conversations are worked in batches:
those of like length together, padded on the left, so that each gets the answer that it gets alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import StoppingCriteria, StoppingCriteriaList

from openhearth.errors import Invalid
from openhearth.pipelines.faithfulness import says_again
from openhearth.pipelines.feature_extraction import length_sorted_batches
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.lists import with_progress
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.splitting import sentences
from openhearth.pipelines.through_transformers import load as load_native

Turns = Sequence[Mapping[str, str]]
# Prompts and answers of a batch, padded: what a model keeps of them in memory grows with it.
BATCH_TOKENS = 8192
# What is followed word by word is worked alone: transformers streams one conversation at a time.
_ALONE = ("streamer", "num_beams", "num_return_sequences", "assistant_model")


@dataclass(frozen=True)
class Said:
    """An answer, and of how many tokens it was made."""

    text: str
    tokens: int


class Instruct:
    """A chat model. `model` and `tokenizer` are transformers' own."""

    def __init__(self, generator: Any) -> None:
        self.model = generator.model
        self.tokenizer = generator.tokenizer

    def count(self, text: str) -> int:
        """How many tokens `text` is."""
        return len(self.tokenizer(text, add_special_tokens=False, verbose=False).input_ids)

    @property
    def context_tokens(self) -> int:
        """How much the model can look at: prompt and answer together."""
        return int(getattr(self.model.config, "max_position_embeddings", 0) or 2048)

    def say(self, turns: Turns, *, max_new_tokens: int, **generate: Any) -> str:
        """The model's answer to `turns`. Raises Invalid if they are longer than its context."""
        return self.say_all([turns], max_new_tokens=max_new_tokens, **generate)[0].text

    @torch.inference_mode()
    def say_all(
        self,
        conversations: Sequence[Turns],
        *,
        max_new_tokens: int,
        sentences: int | None = None,
        shown: str = "",
        **generate: Any,
    ) -> list[Said]:
        """The answer to each of `conversations`, ended after so many `sentences`, or when it begins to say the same again.

        `shown` names the bar on the terminal. Raises Invalid if one is longer than the context.
        """
        encoded = [self._encode(turns, max_new_tokens) for turns in conversations]
        is_alone = any(generate.get(name) for name in _ALONE)
        batches = (
            [[index] for index in range(len(encoded))]
            if is_alone
            else list(length_sorted_batches([len(ids) + max_new_tokens for ids in encoded], BATCH_TOKENS))
        )
        said: dict[int, Said] = {}
        for batch in with_progress(batches, shown):
            made = self._generate([encoded[index] for index in batch], max_new_tokens, sentences, generate)
            said |= zip(batch, made, strict=True)
        return [said[index] for index in range(len(encoded))]

    def _generate(
        self, rows: Sequence[list[int]], most: int, sentences: int | None, generate: Mapping[str, Any]
    ) -> Iterable[Said]:
        settings = {"do_sample": False, "pad_token_id": self._pad_id, **generate}
        if not settings["do_sample"]:
            settings |= {"temperature": None, "top_p": None, "top_k": None}
        width = max(len(row) for row in rows)
        if sentences is not None:
            settings["stopping_criteria"] = StoppingCriteriaList(
                [*settings.get("stopping_criteria", ()), _Enough(self.tokenizer, width, sentences)]
            )
        padded = [[self._pad_id or 0] * (width - len(row)) + row for row in rows]
        mask = [[0] * (width - len(row)) + [1] * len(row) for row in rows]
        output = self.model.generate(
            input_ids=torch.tensor(padded).to(self.model.device),
            attention_mask=torch.tensor(mask).to(self.model.device),
            max_new_tokens=most,
            **settings,
        )
        return [self._said(made) for made in output[: len(rows), width:].tolist()]

    def _said(self, made: list[int]) -> Said:
        text = str(self.tokenizer.decode(made, skip_special_tokens=True)).strip()
        while made and made[-1] == self._pad_id:
            made = made[:-1]
        return Said(text, max(1, len(made)))

    def _encode(self, turns: Turns, max_new_tokens: int) -> list[int]:
        ids: list[int] = self.tokenizer.apply_chat_template(
            list(turns), add_generation_prompt=True, return_dict=True
        )["input_ids"]
        if len(ids) + max_new_tokens > self.context_tokens:
            raise Invalid(
                f"inputs: {len(ids)} tokens and an answer of {max_new_tokens} are more than the {self.context_tokens} "
                "this model can look at; shorten the input or ask for less."
            )
        return ids

    @property
    def _pad_id(self) -> int | None:
        pad: int | None = self.tokenizer.pad_token_id
        return pad if pad is not None else self.tokenizer.eos_token_id


class _Enough(StoppingCriteria):  # type: ignore[misc]  # transformers publishes no types
    """Ends a row that has its sentences, or has begun to say the same again."""

    def __init__(self, tokenizer: Any, prompt_tokens: int, most: int) -> None:
        self._tokenizer, self._from, self._most = tokenizer, prompt_tokens, most

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor, **_: Any) -> torch.Tensor:
        texts = self._tokenizer.batch_decode(input_ids[:, self._from :], skip_special_tokens=True)
        return torch.tensor([self._is_enough(text) for text in texts], device=input_ids.device)

    def _is_enough(self, text: str) -> bool:
        if not text.rstrip("\"'”’)\n ").endswith((".", "!", "?", "…", "。")):
            return False
        # A stop may stand inside a number or behind an initial: what follows it shows whether it ends a sentence.
        said = [text[start:end] for start, end in sentences(text.rstrip() + " X")][:-1]
        return len(said) >= self._most or (len(said) > 1 and says_again(said[-1], said[:-1]))


def load_instruct(found: FoundModel, options: PipelineOptions) -> Instruct:
    generator = load_native(found, "text-generation", options)
    if not generator.tokenizer.chat_template:
        raise Invalid(f"{found.name} has no chat template; choose an instruct model for this task.")
    return Instruct(generator)
