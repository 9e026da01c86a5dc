"""The twins of summaries: made by a model that was taught it, by one that is asked, or of the text's own sentences."""

from typing import Any

from openhearth.errors import Unsupported
from openhearth.pipelines.explain_texts import shortening

Twinned = tuple[str, dict[str, Any]]


def summarising(call: Any, worker: Any) -> Twinned:
    """By an encoder-decoder model, or by the question that a chat model answered at last."""
    last = getattr(worker, "last", None)
    if last is None:
        return shortening(call, worker)
    return "asked-summary", {
        "conversation": last.answer.turns,
        "parameters": {**last.generate, "max_new_tokens": last.answer.said.tokens},
        "left_out": list(last.left_out),
        "instead": last.summary,
    }


def choosing_sentences(call: Any, worker: Any) -> Twinned:
    """By nearness of meaning."""
    if worker.embedder is None:
        raise Unsupported("explain: no model was asked; the sentences were chosen by the words they share.")
    # Its numpy would cost the start of the server a tenth of a second.
    from openhearth.pipelines.central_sentences import REPEATS_COST, plan, sentences_for

    text = _first(call.inputs)
    count = getattr(worker, "last_count", None) or call.parameters.get("sentences") or sentences_for(text)
    planned = plan(text, count)
    return "own-sentences", {
        "sentences": [each.text for each in planned.sentences],
        "worth": [round(worth, 4) for worth in planned.worth],
        "parts": list(planned.parts),
        "repeats": REPEATS_COST,
        "longest": worker.embedder.extraction.recipe.longest_tokens,
    }


def _first(inputs: Any) -> Any:
    return inputs[0] if isinstance(inputs, list) and inputs else inputs
