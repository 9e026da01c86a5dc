"""The low-level twin of a call: the tokenizer, model and generate lines that give the same answer, ready to run.

The lines of each way are files in `twins/`; here they are filled with what the last call was given.
"""

import ast
import pprint
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
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
from openhearth.pipelines.explain_texts import (
    Lines,
    classifying,
    generating,
    naming,
    one_of,
    rewriting,
    scoring,
    settled,
    translating,
)
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.lists import LABEL_TEMPLATE, labels_of
from openhearth.pipelines.notes.known import plain
from openhearth.pipelines.reading import Read
from openhearth.pipelines.reading.reader import is_chat
from openhearth.pipelines.tasks import Task
from openhearth.pipelines.ways import Way

TWINS = Path(__file__).with_name("twins")


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
    lines = write_lines(
        choice.task, choice.way, call, worker, model=str(choice.model.path), laid=partial(_laid, choice.model, worker)
    )  # fmt: skip
    return Twin(_heading(choice, call) + lines)


def write_lines(
    task: Task, way: Way, call: LastCall, worker: Any, *, model: str, laid: Callable[[str], str] = str
) -> str:
    """The lines that equal `call` with `model`, a folder or an id. Raises Unsupported for a task without a twin.

    `laid` says in them how this very model is loaded, where that is more than its name.
    """
    key = (task.name, way.module)
    if key not in _TWINS:
        raise Unsupported(f"explain: {task.name} by {way.how} has no low-level twin yet.")
    name, values = _TWINS[key](call, worker)
    said = "".join(f"# {sentence}\n" for sentence in values.pop("said", ()))
    if "parameters" in values:
        values["parameters"] = {
            key: value for key, value in values["parameters"].items() if _is_spellable(value)
        }
    shown = {place: _spell(value) for place, value in {"model": model, **values}.items()}
    lines = Template(laid((TWINS / f"{name}.txt").read_text(encoding="utf-8"))).substitute(shown)
    return said + lines + _ending(task, way, call)


def _laid(found: FoundModel, worker: Any, lines: str) -> str:
    """`lines` of a template, loading `found` as it was loaded: out of a GGUF file, below an adapter, in its number format."""
    if found.is_stored and found.gguf is None and found.folder.graph is not None:
        raise Unsupported("explain: a model of ONNX graphs has no low-level twin yet.")
    dtype = getattr(getattr(worker, "model", None), "dtype", None)
    if dtype is not None:
        lines = lines.replace('dtype="auto"', f'dtype="{str(dtype).removeprefix("torch.")}"')
    if found.gguf is not None:
        file = repr(found.gguf).replace("$", "$$")
        lines = lines.replace("from_pretrained($model", f"from_pretrained($model, gguf_file={file}")
    if found.adapter is not None:
        adapter = repr(str(found.adapter)).replace("$", "$$")
        lines = re.sub(
            r"^model = .*$", lambda loaded: f"{loaded[0]}\nmodel.load_adapter({adapter})", lines, flags=re.MULTILINE
        )  # fmt: skip
    return lines


def _is_spellable(value: Any) -> bool:
    """Whether Python's own spelling of it can be read back: not so of streamers, and of what else lives in a process."""
    try:
        ast.literal_eval(repr(value))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False
    return True


def _heading(choice: Choice, call: LastCall) -> str:
    name = " ".join(plain(choice.model.name).split())
    said = [f"# {choice.task.name} with {name}, by {choice.way.how}"]
    if left := sorted(name for name, value in call.parameters.items() if not _is_spellable(value)):
        said.append(f"# without {', '.join(left)}, which cannot be spelled out")
    if isinstance(call.inputs, list) and len(call.inputs) > 1 and not is_chat(call.inputs):
        said.append(f"# the first of {len(call.inputs)} inputs")
    said += [f"# read: {' '.join(str(read).split())}" for read in call.read]
    return "\n".join(said) + "\n"


def _spell(value: Any) -> str:
    if isinstance(value, Lines):
        return value
    return pprint.pformat(value, width=110, sort_dicts=False)


def _path(call: LastCall) -> str:
    given = one_of(call.given)
    if not isinstance(given, str | Path):
        raise Unsupported("explain: give the picture or sound as a path, so that the lines can open it.")
    return str(given)


def _plain(name: str) -> "Fill":
    return lambda call, worker: (name, {"inputs": one_of(call.inputs)})


def _seeing(call: LastCall, worker: Any) -> tuple[str, dict[str, Any]]:
    _, _, after = settled(worker, call.parameters)
    return "image-classification", {"inputs": _path(call), **scoring(worker, after, shown=5)}


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
        "texts": [one_of(inputs), *others],
        "longest": worker.embedder.extraction.recipe.longest_tokens,
    }


def _ending(task: Task, way: Way, call: LastCall) -> str:
    """What the nearness of texts is made into."""
    shares = (
        "((cosines + 1) / 2).clamp(0, 1)"
        if call.parameters.get("multi_label")
        else "(12 * cosines).softmax(-1)"
    )
    return {
        "sentence-similarity": "print([round(cosine, 4) for cosine in cosines.tolist()])\n",
        "text-ranking": "print([int(index) for index in cosines.argsort(descending=True)])\n",
        "zero-shot-classification": (
            f"print([round(share, 4) for share in {shares}.tolist()])\n"
            if way.module == "zero_shot_classification" else ""
        ),
    }.get(task.name, "")  # fmt: skip


Fill = Callable[[LastCall, Any], tuple[str, dict[str, Any]]]
_TWINS: Mapping[tuple[str, str], Fill] = {
    ("text-generation", "through_transformers"): generating,
    ("summarization", "summarization"): summarising,
    ("summarization", "extractive_summary"): choosing_sentences,
    ("translation", "translation"): translating,
    ("translation", "apertium.translating"): by_rules,
    ("text2text-generation", "text2text_generation"): rewriting,
    ("text-classification", "through_transformers"): classifying,
    ("token-classification", "through_transformers"): naming,
    ("token-classification", "spacy_entities"): _plain("token-classification.spacy"),
    ("feature-extraction", "through_transformers"): _plain("feature-extraction"),
    ("sentence-similarity", "sentence_similarity"): _near,
    ("text-ranking", "text_ranking"): _near,
    ("zero-shot-classification", "zero_shot_classification"): _near,
    ("image-classification", "through_transformers"): _seeing,
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
