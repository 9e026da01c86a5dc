"""Which token comes next, for one request: penalties, temperature, top-k, top-p, and log-probabilities.

Each request has a generator of its own and draws one number a token, so that a seed gives the same text whoever
shares the batch. Penalties follow the OpenAI reference (frequency, presence) and Keskar et al. 2019 (repetition).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from openhearth.engine.detokenizer import Decode
from openhearth.protocol.engine import Alternative, Sampling, Token

# A nucleus is nearly always within so many tokens; only beyond is the whole vocabulary sorted.
NUCLEUS_GUESS = 512
SEED_MAX = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class SamplingDefaults:
    """What the model's generation_config says of its own sampling."""

    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0


class Sampler:
    """Chooses the tokens of one request."""

    def __init__(self, sampling: Sampling, defaults: SamplingDefaults, prompt_ids: Sequence[int]) -> None:
        self.temperature = defaults.temperature if sampling.temperature is None else sampling.temperature
        self.top_p = defaults.top_p if sampling.top_p is None else sampling.top_p
        self.top_k = defaults.top_k if sampling.top_k is None else sampling.top_k
        self.repetition_penalty = sampling.repetition_penalty
        self.frequency_penalty = sampling.frequency_penalty
        self.presence_penalty = sampling.presence_penalty
        self._prompt_ids = prompt_ids
        self._counts: Counter[int] = Counter()
        self._generator = torch.Generator()
        self.seed = sampling.seed if sampling.seed is not None else self._generator.seed() & SEED_MAX
        self._generator.manual_seed(self.seed)

    @property
    def is_plain_greedy(self) -> bool:
        """Whether the choice is the largest logit and nothing else: the whole batch can be decided at once."""
        return self.temperature == 0 and not self._has_penalties

    @property
    def _has_penalties(self) -> bool:
        return bool(self.frequency_penalty or self.presence_penalty) or self.repetition_penalty != 1.0

    def choose(self, logits: torch.Tensor) -> int:
        """The next token from `logits` (V), float32. Counts it for the penalties to come."""
        if self._has_penalties:
            logits = self._penalised(logits)
        chosen = int(logits.argmax()) if self.temperature == 0 else self._draw(logits)
        self._counts[chosen] += 1
        return chosen

    def _penalised(self, logits: torch.Tensor) -> torch.Tensor:
        logits = logits.clone()
        if self.repetition_penalty != 1.0:
            seen = torch.tensor(sorted({*self._prompt_ids, *self._counts}))
            values = logits[seen]
            logits[seen] = torch.where(
                values > 0, values / self.repetition_penalty, values * self.repetition_penalty
            )
        if self._counts and (self.frequency_penalty or self.presence_penalty):
            ids = torch.tensor(list(self._counts))
            times = torch.tensor(list(self._counts.values()), dtype=logits.dtype)
            logits[ids] -= self.frequency_penalty * times + self.presence_penalty
        return logits

    def _draw(self, logits: torch.Tensor) -> int:
        """One draw by inverse transform over the candidates."""
        probabilities = torch.softmax(logits / self.temperature, dim=-1)
        values, ids = self._candidates(probabilities)
        sums = values.cumsum(0)
        point = torch.rand((), generator=self._generator) * sums[-1]
        return int(ids[min(int(torch.searchsorted(sums, point)), len(ids) - 1)])

    def _candidates(self, probabilities: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The tokens that top-k and top-p leave, the likeliest first if anything was left out."""
        size = probabilities.shape[0]
        limit = min(self.top_k, size) if self.top_k > 0 else size
        if self.top_p >= 1:
            return probabilities.topk(limit) if limit < size else (probabilities, torch.arange(size))
        values, ids = probabilities.topk(limit if limit < size else min(size, NUCLEUS_GUESS))
        total = float(values.sum()) if limit < size else 1.0
        if limit == size and float(values.sum()) < self.top_p:
            values, ids = probabilities.topk(size)
        # A token stays while what lies before it is less than top_p: the nucleus is never empty.
        keep = int((values.cumsum(0) - values < self.top_p * total).sum())
        return values[: max(keep, 1)], ids[: max(keep, 1)]


def describe_token(token_id: int, text: str, logits: torch.Tensor, top: int, texts: "TokenTexts") -> Token:
    """`token_id` with its natural log-probability under `logits` (V), before temperature, and the `top` likeliest."""
    logprobs = torch.log_softmax(logits, dim=-1)
    alternatives = []
    if top:
        values, ids = logprobs.topk(min(top, logprobs.shape[0]))
        alternatives = [
            Alternative(id=i, text=texts.text_of(i), logprob=value)
            for i, value in zip(ids.tolist(), values.tolist(), strict=True)
        ]
    return Token(id=token_id, text=text, logprob=float(logprobs[token_id]), top=alternatives)


class TokenTexts:
    """The text of single tokens. A token that is only a part of a character shows as U+FFFD."""

    def __init__(self, decode: Decode) -> None:
        self._decode = decode
        self._known: dict[int, str] = {}

    def text_of(self, token_id: int) -> str:
        if token_id not in self._known:
            self._known[token_id] = self._decode([token_id])
        return self._known[token_id]
