"""The twins of texts: made, rewritten and sorted, with the parameters that the pipeline was opened and called with."""

from collections.abc import Mapping, Sequence
from typing import Any

from openhearth.errors import Unsupported
from openhearth.pipelines.language_detection import detect
from openhearth.pipelines.languages import language_name
from openhearth.pipelines.prompts import (
    SUMMARY_SENTENCES,
    SUMMARY_TOKENS,
    TRANSLATION_TOKENS,
    conversation,
)
from openhearth.pipelines.splitting import split

Twinned = tuple[str, dict[str, Any]]
_TEXT_NEW_TOKENS = 256
_REWRITTEN_TOKENS = 128
# What transformers' pipelines take that says how they work and not what they answer.
_HOW = frozenset(("batch_size", "num_workers", "timeout", "streamer"))
# What our own tasks read beside what they hand to `generate`.
_OWN = frozenset((
    "max_length", "max_new_tokens", "min_length", "sentences", "truncation", "src_lang", "tgt_lang",
    "clean_up_tokenization_spaces",
))  # fmt: skip
_DRAWN = "each word is drawn by chance: call torch.manual_seed before both to draw the same"


class Lines(str):
    """Python as it is to stand in a twin, made of what was spelled before."""


def one_of(inputs: Any) -> Any:
    """The first of a list; a conversation is one."""
    return inputs[0] if isinstance(inputs, list) and inputs and not isinstance(inputs[0], Mapping) else inputs


def settled(
    worker: Any, parameters: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """What transformers' own pipeline makes of `parameters`: for what goes in, for the model, for what comes out.

    Those it was opened with are among them. Of a model that is not loaded, nothing is known but what was given.
    """
    given = {name: value for name, value in parameters.items() if name not in _HOW}
    if not hasattr(worker, "_sanitize_parameters"):
        return {}, given, {}
    before, during, after = worker._sanitize_parameters(**given)
    return (
        {**worker._preprocess_params, **before},
        {**worker._forward_params, **during},
        {**worker._postprocess_params, **after},
    )


def generating(call: Any, worker: Any) -> Twinned:
    inputs = one_of(call.inputs)
    before, during, after = settled(worker, call.parameters)
    during, said = _generation(worker, during)
    stops = Lines(", tokenizer=tokenizer" if during.pop("tokenizer", None) is not None else "")
    inside = {
        name: value for name, value in before.items() if name in ("truncation", "padding", "max_length")
    }
    inside |= before.get("tokenizer_encode_kwargs") or {}
    if before.get("prefix") or before.get("handle_long_generation"):
        raise Unsupported(
            "explain: prefix and handle_long_generation have no low-level twin; leave them out."
        )
    name, values = "text-generation", {"inputs": inputs, "tokenizing": _keywords(inside)}
    if not isinstance(inputs, str):
        continued = before.get("continue_final_message")
        if continued is None:
            continued = bool(inputs) and inputs[-1].get("role") == "assistant"
        begun = {"continue_final_message": True} if continued else {"add_generation_prompt": True}
        begun |= {name: before[name] for name in ("tools", "documents") if before.get(name)}
        name, values = f"{name}.chat", {"inputs": inputs, "tokenizing": _keywords({**begun, **inside})}
    is_whole = (
        isinstance(inputs, str) and getattr(after.get("return_type"), "name", "FULL_TEXT") == "FULL_TEXT"
    )
    values |= {"parameters": during, "stops": stops, "said": said}
    return name, {**values, "before": Lines("prompt + " if is_whole else "")}


def _generation(worker: Any, during: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What `generate` is told, and a word if it draws by chance."""
    if not hasattr(worker, "_prepare_generate_kwargs"):
        return {"max_new_tokens": _TEXT_NEW_TOKENS, **during}, []
    settings = worker._prepare_generate_kwargs(during)
    stated = settings.get("do_sample")
    draws = worker.model.generation_config.do_sample if stated is None else stated
    return settings, [_DRAWN] if draws else []


def classifying(call: Any, worker: Any) -> Twinned:
    inputs = one_of(call.inputs)
    before, _, after = settled(worker, call.parameters)
    if isinstance(inputs, Mapping):
        spelled = _keywords(dict(inputs)).removeprefix(", ")
    elif isinstance(inputs, str):
        spelled = repr(inputs)
    else:
        raise Unsupported('explain: give two texts as {"text": …, "text_pair": …} to see their lines.')
    return "text-classification", {
        "inputs": Lines(spelled), "tokenizing": _keywords(before), **scoring(worker, after),
    }  # fmt: skip


def scoring(worker: Any, after: Mapping[str, Any], *, shown: int = 1) -> dict[str, Any]:
    """How logits become scores, and how many are shown (transformers: `function_to_apply`, `top_k`)."""
    chosen = getattr(after.get("function_to_apply"), "value", None) or _usual_function(worker)
    function = {"softmax": ".softmax(-1)", "sigmoid": ".sigmoid()"}.get(chosen, "")
    return {"function": Lines(function), "top_k": after.get("top_k", shown)}


def _usual_function(worker: Any) -> str:
    config = getattr(getattr(worker, "model", None), "config", None)
    problem = getattr(config, "problem_type", None)
    if problem == "regression":
        return "none"
    is_alone = problem == "multi_label_classification" or getattr(config, "num_labels", 2) == 1
    return "sigmoid" if is_alone else "softmax"


def naming(call: Any, worker: Any) -> Twinned:
    before, _, after = settled(worker, call.parameters)
    strategy = getattr(after.get("aggregation_strategy"), "name", "NONE")
    if strategy not in ("NONE", "SIMPLE"):
        raise Unsupported(
            f"explain: aggregation_strategy={strategy.lower()!r} has no low-level twin; see that of 'simple' or 'none'."
        )
    if before.get("stride") or before.get("is_split_into_words"):
        raise Unsupported(
            "explain: a text in windows or in words has no low-level twin; give a shorter text whole."
        )
    ignored = list(after.get("ignore_labels") or ["O"] if after.get("ignore_labels") != [] else [])
    name = "token-classification" + (".simple" if strategy == "SIMPLE" else "")
    return name, {"inputs": one_of(call.inputs), "ignored": ignored}


def shortening(call: Any, worker: Any) -> Twinned:
    text = one_of(call.inputs)
    most = _most(call, SUMMARY_TOKENS)
    sentences = call.parameters.get("sentences", SUMMARY_SENTENCES)
    least = call.parameters.get("min_length")
    is_seq2seq = hasattr(worker.worker, "prefix")
    more = {} if least is None else {"min_length" if is_seq2seq else "min_new_tokens": min(least, most)}
    text, said = _first_piece(worker, text, most)
    asked = conversation("summarization", text=text, sentences=sentences)
    return _rewriting(call, worker, text, asked, {"max_new_tokens": most, **more}, said=said)


def _first_piece(worker: Any, text: str, most: int) -> tuple[str, list[str]]:
    """What the model is given first of a text that is too long for one call, and a word on the rest."""
    pieces = split(text, worker.room(most), worker.worker.count) if hasattr(worker, "room") else [text]
    if len(pieces) < 2:
        return text, []
    return pieces[0], [f"the first of the {len(pieces)} pieces in which the model was given the text"]


def translating(call: Any, worker: Any) -> Twinned:
    text = one_of(call.inputs)
    source = call.parameters.get("src_lang") or worker.source or detect(text).language
    target = call.parameters.get("tgt_lang") or worker.target
    most = _most(call, TRANSLATION_TOKENS)
    text, said = _first_piece(worker, text, most)
    asked = conversation(
        "translation", source=language_name(source), target=language_name(target or ""), text=text
    )  # fmt: skip
    more: dict[str, Any] = {"max_new_tokens": most}
    languages = {}
    if hasattr(worker, "_prepare") and hasattr(worker.worker, "prefix"):
        more |= worker._prepare(source, target)
        languages = {"src_lang": source} if hasattr(worker.tokenizer, "src_lang") else {}
    return _rewriting(call, worker, text, asked, more, languages=languages, said=said)


def rewriting(call: Any, worker: Any) -> Twinned:
    text = one_of(call.inputs)
    return _rewriting(call, worker, text, [], {"max_new_tokens": _most(call, _REWRITTEN_TOKENS)})


def _rewriting(
    call: Any, worker: Any, text: str, asked: Sequence[Any], more: Mapping[str, Any], *,
    languages: Mapping[str, Any] | None = None, said: Sequence[str] = (),
) -> Twinned:  # fmt: skip
    parameters = {**more, **{name: value for name, value in call.parameters.items() if name not in _OWN}}
    values: dict[str, Any] = {"said": said}
    if hasattr(worker.worker, "prefix"):
        values |= {"prefix": worker.worker.prefix, "inputs": text, "languages": _keywords(languages or {})}
        return "seq2seq", {**values, "parameters": parameters}
    return "asked", {**values, "conversation": list(asked), "parameters": {"do_sample": False, **parameters}}


def _most(call: Any, usual: int) -> int:
    return int(call.parameters.get("max_new_tokens") or call.parameters.get("max_length") or usual)


def _keywords(given: Mapping[str, Any]) -> Lines:
    """`given` as they follow other arguments of a call."""
    return Lines("".join(f", {name}={value!r}" for name, value in given.items()))
