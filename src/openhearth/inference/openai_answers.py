"""Answers as OpenAI's clients read them, from what an engine says. Pure: records in, JSON values out."""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from openhearth.inference.records import ListedModel
from openhearth.protocol.engine import Delta, Generated, Token, Usage


@dataclass(frozen=True, kw_only=True)
class ChatAnswer:
    """The parts that every chunk of one chat answer repeats."""

    model: str
    id: str = field(default_factory=lambda: f"chatcmpl-{secrets.token_hex(12)}")
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self, generated: Generated, *, with_logprobs: bool) -> dict[str, Any]:
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": generated.text, "refusal": None},
            "logprobs": chat_logprobs(generated.tokens) if with_logprobs else None,
            "finish_reason": generated.finish_reason,
        }
        return {**self._head("chat.completion"), "choices": [choice], "usage": usage_of(generated.usage)}

    def opening(self) -> dict[str, Any]:
        return self._chunk({"role": "assistant", "content": ""}, None, None)

    def piece(self, delta: Delta, *, with_logprobs: bool) -> dict[str, Any]:
        return self._chunk(
            {"content": delta.text}, None, chat_logprobs(delta.tokens) if with_logprobs else None
        )

    def ending(self, generated: Generated) -> dict[str, Any]:
        return self._chunk({}, generated.finish_reason, None)

    def usage(self, usage: Usage) -> dict[str, Any]:
        """The last chunk of a stream whose caller set `stream_options.include_usage`."""
        return {**self._head("chat.completion.chunk"), "choices": [], "usage": usage_of(usage)}

    def _chunk(self, delta: dict[str, Any], reason: str | None, logprobs: Any) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "logprobs": logprobs, "finish_reason": reason}
        return {**self._head("chat.completion.chunk"), "choices": [choice]}

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}


@dataclass(frozen=True, kw_only=True)
class TextAnswer:
    """The same for a plain completion."""

    model: str
    id: str = field(default_factory=lambda: f"cmpl-{secrets.token_hex(12)}")
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(
        self, generated: Sequence[Generated], *, echoed: Sequence[str], with_logprobs: bool
    ) -> dict[str, Any]:
        """One choice a prompt; `echoed` is what each begins with."""
        choices = [
            self._choice(index, prefix + one.text, one.finish_reason, one.tokens if with_logprobs else None)
            for index, (prefix, one) in enumerate(zip(echoed, generated, strict=True))
        ]
        total = Usage(
            prompt_tokens=sum(one.usage.prompt_tokens for one in generated),
            completion_tokens=sum(one.usage.completion_tokens for one in generated),
        )
        return {**self._head(), "choices": choices, "usage": usage_of(total)}

    def piece(self, text: str, tokens: Sequence[Token] | None) -> dict[str, Any]:
        return {**self._head(), "choices": [self._choice(0, text, None, tokens)]}

    def ending(self, generated: Generated) -> dict[str, Any]:
        return {**self._head(), "choices": [self._choice(0, "", generated.finish_reason, None)]}

    def usage(self, usage: Usage) -> dict[str, Any]:
        return {**self._head(), "choices": [], "usage": usage_of(usage)}

    def _choice(
        self, index: int, text: str, reason: str | None, tokens: Sequence[Token] | None
    ) -> dict[str, Any]:
        logprobs = text_logprobs(tokens) if tokens is not None else None
        return {"index": index, "text": text, "logprobs": logprobs, "finish_reason": reason}

    def _head(self) -> dict[str, Any]:
        return {"id": self.id, "object": "text_completion", "created": self.created, "model": self.model}


def usage_of(usage: Usage) -> dict[str, int]:
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
    }


def chat_logprobs(tokens: Sequence[Token]) -> dict[str, Any]:
    content = [
        {
            **_chat_token(token.text, token.logprob),
            "top_logprobs": [_chat_token(other.text, other.logprob) for other in token.top],
        }
        for token in tokens
    ]
    return {"content": content, "refusal": None}


def _chat_token(text: str, logprob: float | None) -> dict[str, Any]:
    return {"token": text, "logprob": logprob, "bytes": list(text.encode())}


def text_logprobs(tokens: Sequence[Token]) -> dict[str, Any]:
    """The older shape of /v1/completions: four parallel lists."""
    offsets, at = [], 0
    for token in tokens:
        offsets.append(at)
        at += len(token.text)
    return {
        "tokens": [token.text for token in tokens],
        "token_logprobs": [token.logprob for token in tokens],
        "top_logprobs": [{other.text: other.logprob for other in token.top} for token in tokens],
        "text_offset": offsets,
    }


def model_of(model: ListedModel) -> dict[str, Any]:
    return {
        "id": model.repo_id,
        "object": "model",
        "created": int(model.created_at.timestamp()),
        "owned_by": model.repo_id.partition("/")[0],
    }
