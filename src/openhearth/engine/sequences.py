"""The noun that scheduler and generation share: one text in the making."""

from dataclasses import dataclass, field

from openhearth.engine.detokenizer import Detokenizer
from openhearth.engine.sampling import Sampler
from openhearth.protocol.engine import Token


@dataclass(kw_only=True, eq=False)
class Sequence:
    """A request on its way: `output_ids` grows by one a step until `max_tokens`, an end token or a stop string."""

    request_id: int
    prompt_ids: list[int]
    max_tokens: int
    sampler: Sampler
    detokenizer: Detokenizer
    top_logprobs: int | None = None
    stream: bool = False
    output_ids: list[int] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    reported_tokens: int = 0  # how many of `tokens` went out in deltas

    def __post_init__(self) -> None:
        assert self.prompt_ids and self.max_tokens > 0

    @property
    def longest(self) -> int:
        """How many tokens it may come to hold, prompt included."""
        return len(self.prompt_ids) + self.max_tokens

    @property
    def last_id(self) -> int:
        return self.output_ids[-1]
