"""The low-level twin of a call: the tokenizer, model and generate lines that give the same answer, ready to run.

The lines of each way are files in `twins/`; here they are filled with what the last call was given.
"""

import pprint
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from openhearth.errors import Invalid, Unsupported
from openhearth.pipelines.choice import Choice
from openhearth.pipelines.explain_apertium import by_rules
from openhearth.pipelines.explain_drawings import drawing
from openhearth.pipelines.explain_more import answering, deciding
from openhearth.pipelines.explain_sounds import SOUND_TWINS
from openhearth.pipelines.explain_summaries import choosing_sentences, summarising
from openhearth.pipelines.explain_tables import forecast, learnt, saved
from openhearth.pipelines.language_detection import detect
from openhearth.pipelines.languages import language_name
from openhearth.pipelines.lists import LABEL_TEMPLATE, labels_of
from openhearth.pipelines.prompts import TRANSLATION_TOKENS, conversation
from openhearth.pipelines.reading import Read
from openhearth.pipelines.reading.reader import is_chat
from openhearth.pipelines.tasks import Task
from openhearth.pipelines.ways import Way

TWINS = Path(__file__).with_name("twins")
_TEXT_NEW_TOKENS = 256


@dataclass(frozen=True)
class LastCall:
    """What a pipe was last called with: `given` by the person, `inputs` as the task got them."""

    given: Any
    inputs: Any
    parameters: Mapping[str, Any]
    read: tuple[Read, ...]


@dataclass(frozen=True)
class Twin:
    """Python that uses the libraries alone which do the work. Printing it shows it; `run()` runs it in this process."""

    code: str

    def __str__(self) -> str:
        return self.code

    def run(self) -> None:
        """Run the lines as if they were typed; they print their answer."""
        exec(compile(self.code, "<twin>", "exec"), {"__name__": "__twin__"})  # noqa: S102 - our own lines, filled by repr


def explain(choice: Choice, call: LastCall | None, worker: Any) -> Twin:
    """The twin of `call`. Raises Invalid if nothing was called yet, Unsupported for a task without one."""
    if call is None:
        raise Invalid("explain: call the pipeline first; the lines are those of the last call.")
    if choice.model.loaded is not None and choice.model.path == Path():
        raise Unsupported(
            "explain: the model is in memory alone; save it to a folder and give that, so that the lines can load it."
        )
    lines = write_lines(choice.task, choice.way, call, worker, model=str(choice.model.path))
    return Twin(_heading(choice, call) + lines)


def write_lines(task: Task, way: Way, call: LastCall, worker: Any, *, model: str) -> str:
    """The lines that equal `call` with `model`, a folder or an id. Raises Unsupported for a task without a twin."""
    key = (task.name, way.module)
    if key not in _TWINS:
        raise Unsupported(f"explain: {task.name} by {way.how} has no low-level twin yet.")
    name, values = _TWINS[key](call, worker)
    shown = {place: _spell(value) for place, value in {"model": model, **values}.items()}
    lines = Template((TWINS / f"{name}.txt").read_text(encoding="utf-8")).substitute(shown)
    return lines + _ending(task, way)


def _heading(choice: Choice, call: LastCall) -> str:
    said = [f"# {choice.task.name} with {choice.model.name}, by {choice.way.how}"]
    if isinstance(call.inputs, list) and len(call.inputs) > 1 and not is_chat(call.inputs):
        said.append(f"# the first of {len(call.inputs)} inputs")
    said += [f"# read: {' '.join(str(read).split())}" for read in call.read]
    return "\n".join(said) + "\n"


def _spell(value: Any) -> str:
    return pprint.pformat(value, width=110, sort_dicts=False)


def _one(inputs: Any) -> Any:
    return inputs[0] if isinstance(inputs, list) and inputs and not isinstance(inputs[0], Mapping) else inputs


def _path(call: LastCall) -> str:
    given = _one(call.given)
    if not isinstance(given, str | Path):
        raise Unsupported("explain: give the picture or sound as a path, so that the lines can open it.")
    return str(given)


def _generating(call: LastCall, worker: Any) -> tuple[str, dict[str, Any]]:
    inputs = _one(call.inputs)
    parameters = {"max_new_tokens": _TEXT_NEW_TOKENS, **call.parameters}
    name = "text-generation" if isinstance(inputs, str) else "text-generation.chat"
    return name, {"inputs": inputs, "parameters": parameters}


def _translating(call: LastCall, worker: Any) -> tuple[str, dict[str, Any]]:
    text = _one(call.inputs)
    source = call.parameters.get("src_lang") or worker.source or detect(text).language
    target = call.parameters.get("tgt_lang") or worker.target or ""
    most = call.parameters.get("max_new_tokens") or call.parameters.get("max_length") or TRANSLATION_TOKENS
    asked = conversation("translation", source=language_name(source), target=language_name(target), text=text)
    return _rewriting(worker, text, asked, most)


def _rewriting(worker: Any, text: str, asked: list[dict[str, str]], most: int) -> tuple[str, dict[str, Any]]:
    parameters = {"max_new_tokens": most}
    if hasattr(worker.worker, "prefix"):
        return "seq2seq", {"prefix": worker.worker.prefix, "inputs": text, "parameters": parameters}
    return "asked", {"conversation": asked, "parameters": parameters}


def _plain(name: str) -> "Fill":
    return lambda call, worker: (name, {"inputs": _one(call.inputs)})


def _opened(name: str) -> "Fill":
    return lambda call, worker: (name, {"inputs": _path(call)})


def _finding_faces(call: LastCall, worker: Any) -> tuple[str, dict[str, Any]]:
    from openhearth.pipelines.faces.finder import margin_of

    margin = margin_of(call.parameters.get("threshold", 0.5))
    return "face-detection", {"inputs": _path(call), "margin": margin}


def _comparing_faces(call: LastCall, worker: Any) -> tuple[str, dict[str, Any]]:
    if any(tag.get("is_refused") for tag in worker.tags):
        raise Unsupported(
            "explain: an album with corrections has no low-level twin; the lines know tags alone."
        )
    photos = [str(path) for path in worker.photos_of(_path(call))]
    tagged = [(tag["name"], tag["photo"], list(tag["box"].values())) for tag in worker.tags]
    return "face-recognition", {"tagged": tagged, "photos": photos}


def _reading(call: LastCall, worker: Any) -> tuple[str, dict[str, Any]]:
    threshold = call.parameters.get("threshold", 0.5)
    return "optical-character-recognition", {"inputs": _path(call), "threshold": threshold}


def _near(call: LastCall, worker: Any) -> tuple[str, dict[str, Any]]:
    """One text and others, however the task names them."""
    if worker.embedder is None:
        raise Unsupported("explain: a model that reads query and text together has no low-level twin yet.")
    inputs, parameters = call.inputs, call.parameters
    if isinstance(inputs, Mapping):
        parameters = {**inputs, **parameters}
        inputs = inputs.get("source_sentence") or inputs.get("query")
    others = parameters.get("sentences") or parameters.get("documents") or parameters.get("texts")
    if others is None:
        template = parameters.get("hypothesis_template", LABEL_TEMPLATE)
        others = [template.replace("{}", label) for label in labels_of(parameters["candidate_labels"])]
    return "nearness", {
        "texts": [_one(inputs), *others],
        "longest": worker.embedder.extraction.recipe.longest_tokens,
    }


def _ending(task: Task, way: Way) -> str:
    """What the nearness of texts is made into."""
    return {
        "sentence-similarity": "print([round(cosine, 4) for cosine in cosines.tolist()])\n",
        "text-ranking": "print([int(index) for index in cosines.argsort(descending=True)])\n",
        "zero-shot-classification": (
            "print([round(share, 4) for share in (12 * cosines).softmax(-1).tolist()])\n"
            if way.module == "zero_shot_classification" else ""
        ),
    }.get(task.name, "")  # fmt: skip


Fill = Callable[[LastCall, Any], tuple[str, dict[str, Any]]]
_TWINS: Mapping[tuple[str, str], Fill] = {
    ("text-generation", "through_transformers"): _generating,
    ("summarization", "summarization"): summarising,
    ("summarization", "extractive_summary"): choosing_sentences,
    ("translation", "translation"): _translating,
    ("translation", "apertium.translating"): by_rules,
    ("text-classification", "through_transformers"): _plain("text-classification"),
    ("token-classification", "through_transformers"): _plain("token-classification"),
    ("token-classification", "spacy_entities"): _plain("token-classification.spacy"),
    ("feature-extraction", "through_transformers"): _plain("feature-extraction"),
    ("sentence-similarity", "sentence_similarity"): _near,
    ("text-ranking", "text_ranking"): _near,
    ("zero-shot-classification", "zero_shot_classification"): _near,
    ("image-classification", "through_transformers"): _opened("image-classification"),
    ("image-feature-extraction", "through_transformers"): _opened("image-feature-extraction"),
    **SOUND_TWINS,
    ("face-detection", "face_detection"): _finding_faces,
    ("face-recognition", "face_recognition"): _comparing_faces,
    ("optical-character-recognition", "optical_character_recognition"): _reading,
    ("image-to-text", "optical_character_recognition"): _reading,
    ("decision", "through_transformers"): deciding,
    ("question-answering", "question_answering"): answering,
    **{
        (task, "diffusion"): drawing
        for task in (
            "text-to-image",
            "image-to-image",
            "text-to-video",
            "image-to-video",
            "unconditional-image-generation",
        )
    },
    ("tabular-classification", "tables.learning"): learnt,
    ("tabular-regression", "tables.learning"): learnt,
    ("tabular-classification", "tables.saved"): saved,
    ("tabular-regression", "tables.saved"): saved,
    ("time-series-forecasting", "tables.forecasting"): forecast,
}
