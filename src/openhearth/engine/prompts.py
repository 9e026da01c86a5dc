"""From a request to prompt tokens: chat templates, encoding, and the check that it fits the model's context."""

from collections.abc import Sequence
from typing import Any

from jinja2 import TemplateError

from openhearth.errors import Invalid
from openhearth.protocol.engine import Generate


class Prompts:
    """A tokenizer's two directions. Knows no model."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    @property
    def has_chat_template(self) -> bool:
        return bool(getattr(self._tokenizer, "chat_template", None))

    def encode(self, request: Generate) -> list[int]:
        """The prompt's tokens. Raises Invalid if there is none to make, or the chat template refuses the messages."""
        rendered = self._render(request.messages) if request.messages is not None else None
        ids = self._tokenizer(request.prompt or "").input_ids if rendered is None else rendered
        if not ids and self._tokenizer.bos_token_id is not None:
            ids = [self._tokenizer.bos_token_id]
        if not ids:
            raise Invalid("prompt: is empty; give some text to continue.", param="prompt")
        return list(ids)

    def decode(self, ids: Sequence[int]) -> str:
        text: str = self._tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return text

    def check_length(self, request: Generate, prompt_tokens: int, longest: int) -> int:
        """How many tokens to make at most. Raises Invalid if prompt and answer do not fit into `longest` tokens."""
        field = "prompt" if request.messages is None else "messages"
        if prompt_tokens >= longest:
            raise Invalid(
                f"{field}: {prompt_tokens} tokens of input leave no room in the {longest} tokens this model can hold; "
                "shorten the input.",
                param=field,
            )
        room = longest - prompt_tokens
        if request.max_tokens is None:
            return min(room, request.default_tokens)
        if request.max_tokens > room:
            raise Invalid(
                f"max_tokens: {prompt_tokens} tokens of input and {request.max_tokens} to generate exceed the {longest} "
                f"tokens this model can hold; ask for at most {room}, or shorten the input.",
                param="max_tokens",
            )
        return request.max_tokens

    def _render(self, messages: list[dict[str, Any]]) -> list[int]:
        if not self.has_chat_template:
            raise Invalid(
                "messages: this model has no chat template, so it cannot read a conversation; "
                "use /v1/completions with a prompt, or an instruction-tuned model.",
                param="messages",
            )
        try:
            text = self._tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        except (TemplateError, TypeError, ValueError, LookupError, AttributeError) as error:
            raise Invalid(
                f"messages: the model's chat template refuses them ({error}).", param="messages"
            ) from error
        ids: list[int] = self._tokenizer(text, add_special_tokens=False).input_ids
        return ids
