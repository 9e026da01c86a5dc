"""How long a text may be for a model of transformers, said before the model is asked.

Beyond its context a model fails deep inside torch, or answers nonsense, or the text is cut without a word. Names are
looked for window by window instead (transformers' `stride`).
"""

import logging
from collections.abc import Mapping
from typing import Any

from openhearth.errors import Invalid
from openhearth.pipelines.reading.reader import is_chat

log = logging.getLogger(__name__)

_CHECKED = ("text-classification", "feature-extraction", "fill-mask", "text-generation")
_NAMES = "token-classification"
# A tokenizer that knows no limit says a number with thirty digits.
_NO_LIMIT = 10_000_000
_OVERLAP = 4


def context_tokens(worker: Any) -> int | None:
    """How many tokens the model of `worker` looks at; None if nothing says so."""
    config = worker.model.config.get_text_config()
    places = getattr(config, "max_position_embeddings", None) or getattr(config, "n_positions", None)
    if places and "roberta" in str(config.model_type):
        places -= (config.pad_token_id or 0) + 1  # its first places are taken by the padding
    stated = getattr(worker.tokenizer, "model_max_length", None)
    limits = [limit for limit in (places, stated) if limit and 0 < limit < _NO_LIMIT]
    return min(limits) if limits else None


def fitted(worker: Any, task: str, inputs: Any, parameters: dict[str, Any]) -> dict[str, Any]:
    """`parameters` with which `inputs` can be worked whole. Raises Invalid for a text that is longer than the context."""
    if task not in (*_CHECKED, _NAMES) or getattr(worker, "tokenizer", None) is None:
        return parameters
    limit = context_tokens(worker)
    lengths = [] if limit is None else [_count(worker.tokenizer, text, limit) for text in _texts(inputs)]
    longest = max(lengths, default=0)
    if limit is None or longest <= limit:
        return parameters
    if task == _NAMES:
        return _in_windows(parameters, longest, limit)
    if _is_cut(parameters):
        return parameters
    remedy = (
        "shorten it" if task == "text-generation" else "give it in parts, or pass truncation=True to cut it"
    )
    raise Invalid(f"inputs: a text has {longest} tokens and this model looks at {limit}; {remedy}.")


def fitted_to_all(worker: Any, task: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """As `fitted`, for texts that are not seen yet."""
    if task != _NAMES or parameters.get("aggregation_strategy", "none") == "none" or "stride" in parameters:
        return parameters
    limit = context_tokens(worker)
    return parameters if limit is None else {**parameters, "stride": limit // _OVERLAP}


def _in_windows(parameters: dict[str, Any], longest: int, limit: int) -> dict[str, Any]:
    if "stride" in parameters:
        return parameters
    if parameters.get("aggregation_strategy", "none") == "none":
        log.warning(
            "a text has %d tokens, and only the first %d are looked at; aggregation_strategy='simple' reads it all",
            longest, limit,
        )  # fmt: skip
        return parameters
    return {**parameters, "stride": limit // _OVERLAP}


def _is_cut(parameters: Mapping[str, Any]) -> bool:
    own = parameters.get("tokenize_kwargs") or parameters.get("tokenizer_encode_kwargs") or {}
    return bool(
        parameters.get("truncation") or own.get("truncation") or parameters.get("handle_long_generation")
    )


def _texts(inputs: Any) -> list[Any]:
    """The texts and conversations in `inputs`."""
    if isinstance(inputs, str):
        return [inputs]
    if isinstance(inputs, Mapping):
        return [" ".join(str(part) for part in (inputs.get("text"), inputs.get("text_pair")) if part)]
    if isinstance(inputs, list) and inputs:
        return [inputs] if is_chat(inputs) else [text for item in inputs for text in _texts(item)]
    return []


def _count(tokenizer: Any, text: Any, limit: int) -> int:
    """How many tokens `text` is; not counted where it is too short to matter (no token is shorter than a byte)."""
    if isinstance(text, str):
        if len(text.encode()) + 8 <= limit:
            return 0
        return len(tokenizer(text, truncation=False, verbose=False).input_ids)
    if not getattr(tokenizer, "chat_template", None) or sum(len(str(turn)) for turn in text) < limit:
        return 0
    return len(
        tokenizer.apply_chat_template(list(text), add_generation_prompt=True, return_dict=True).input_ids
    )
