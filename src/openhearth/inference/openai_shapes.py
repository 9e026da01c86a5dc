"""What OpenAI's clients send and expect (OpenAI API reference, chat, completions, embeddings, models).

Fields that would change the answer and are not offered are refused, never ignored in silence; fields that only
inform the server (`user`, `metadata`, `store`, …) are accepted. `top_k` and `repetition_penalty` are the additions
that vLLM and TGI made.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from openhearth.errors import Invalid, Unsupported
from openhearth.protocol.engine import Generate, Sampling

STOP_MAX = 16
COMPLETION_DEFAULT_TOKENS = 16  # as the reference says of /v1/completions
_NOT_OFFERED: dict[str, tuple[Any, ...]] = {
    # field → the values that mean "without it"
    "tools": (None, []),
    "functions": (None, []),
    "tool_choice": (None, "none", "auto"),
    "response_format": (None, {"type": "text"}),
    "logit_bias": (None, {}),
    "modalities": (None, ["text"]),
    "audio": (None,),
    "suffix": (None, ""),
    "best_of": (None, 1),
    "n": (None, 1),
}


class ChatMessage(BaseModel):
    """One turn. Content parts are joined; only text can be read by a language model."""

    model_config = ConfigDict(extra="allow")
    role: str
    content: str | list[dict[str, Any]] | None = None

    def plain(self) -> dict[str, Any]:
        """As a chat template wants it. Raises Unsupported for pictures and sounds."""
        return {"role": self.role, "content": self._text()}

    def _text(self) -> str:
        if not isinstance(self.content, list):
            return self.content or ""
        other = [part.get("type") for part in self.content if part.get("type") != "text"]
        if other:
            raise Unsupported(
                f"messages: a part of type {other[0]!r} cannot be read; send text.", param="messages"
            )
        return "".join(str(part.get("text", "")) for part in self.content)


class StreamOptions(BaseModel):
    include_usage: bool = False


class _Generation(BaseModel):
    """What chat and plain completion share."""

    model_config = ConfigDict(extra="allow")
    model: str = ""
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    top_k: Annotated[int, Field(ge=0)] | None = None
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None
    frequency_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    presence_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    repetition_penalty: Annotated[float, Field(gt=0)] | None = None
    stop: str | Annotated[list[str], Field(max_length=STOP_MAX)] | None = None
    stream: bool | None = False
    stream_options: StreamOptions | None = None

    @model_validator(mode="after")
    def _refuse_what_is_not_offered(self) -> Self:
        for name, value in (self.model_extra or {}).items():
            if name in _NOT_OFFERED and value not in _NOT_OFFERED[name]:
                raise Unsupported(f"{name}: is not offered here; leave it out.", param=name)
        return self

    @property
    def includes_usage(self) -> bool:
        return self.stream_options is not None and self.stream_options.include_usage

    def sampling(self) -> Sampling:
        return Sampling(
            temperature=self.temperature,
            top_p=self.top_p,
            top_k=self.top_k,
            seed=None if self.seed is None else self.seed & (2**63 - 1),
            repetition_penalty=self.repetition_penalty or 1.0,
            frequency_penalty=self.frequency_penalty or 0.0,
            presence_penalty=self.presence_penalty or 0.0,
        )

    def stop_words(self) -> list[str]:
        return [self.stop] if isinstance(self.stop, str) else self.stop or []


class ChatRequest(_Generation):
    messages: Annotated[list[ChatMessage], Field(min_length=1)]
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    logprobs: bool | None = False
    top_logprobs: Annotated[int, Field(ge=0, le=20)] | None = None

    def to_generate(self) -> Generate:
        """Raises Invalid for log-probabilities asked for by halves."""
        if self.top_logprobs and not self.logprobs:
            raise Invalid("top_logprobs: needs logprobs to be true.", param="top_logprobs")
        return Generate(
            request_id=0,
            messages=[message.plain() for message in self.messages],
            max_tokens=self.max_completion_tokens or self.max_tokens,
            stop=self.stop_words(),
            sampling=self.sampling(),
            top_logprobs=(self.top_logprobs or 0) if self.logprobs else None,
            stream=bool(self.stream),
        )


class CompletionRequest(_Generation):
    prompt: str | Annotated[list[str], Field(min_length=1, max_length=64)]
    echo: bool | None = False
    logprobs: Annotated[int, Field(ge=0, le=20)] | None = None

    @property
    def prompts(self) -> list[str]:
        return [self.prompt] if isinstance(self.prompt, str) else self.prompt

    def to_generate(self, prompt: str) -> Generate:
        return Generate(
            request_id=0,
            prompt=prompt,
            max_tokens=self.max_tokens,
            default_tokens=COMPLETION_DEFAULT_TOKENS,
            stop=self.stop_words(),
            sampling=self.sampling(),
            top_logprobs=self.logprobs,
            stream=bool(self.stream),
        )


class EmbeddingRequest(BaseModel):
    model: str = ""
    input: str | Annotated[list[str], Field(min_length=1, max_length=2048)]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = None
