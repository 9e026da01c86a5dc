"""What a call of `pipeline` was understood as: the task, the model, the way to work it, and why each.

Imports no torch: nothing is loaded before everything is decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psutil

from openhearth.errors import Invalid, NotFound, TooLarge, Unsupported
from openhearth.pipelines.apertium.packages import remedy_for
from openhearth.pipelines.finding import FoundModel, find_model, is_folder
from openhearth.pipelines.languages import UNSAID, Tongues, tongues_in
from openhearth.pipelines.machine import bytes_per_parameter
from openhearth.pipelines.shelf import STARTER, OnShelf, list_shelf
from openhearth.pipelines.tasks import Task, find_registered, find_task
from openhearth.pipelines.translators import route_of, speaks
from openhearth.pipelines.ways import Way, find_chat_way, find_way, find_way_without_model, tasks_of, ways_of
from openhearth.pipelines.words import choose
from openhearth.pipelines.words.ideas import understand

# What a loaded model takes beside its weights, and what the machine keeps for itself.
_OVERHEAD = 1.2
# The starter model that brings a task where nothing is installed for it.
_BROUGHT_BY = {
    "token-classification": "en_core_web_sm", "text-classification": "MiniLM-sentiment",
    "text-to-speech": "hibari-heart", "voice-activity-detection": "silero-vad",
    "automatic-speech-recognition": "whisper-tiny.en", "image-classification": "efficientnet-lite0",
    "image-feature-extraction": "efficientnet-lite0", "feature-extraction": "all-MiniLM-L6-v2",
    "sentence-similarity": "all-MiniLM-L6-v2", "text-ranking": "all-MiniLM-L6-v2",
    "zero-shot-classification": "all-MiniLM-L6-v2", "text-generation": "SmolLM2-135M-Instruct",
    "summarization": "all-MiniLM-L6-v2", "translation": "SmolLM2-135M-Instruct",
    "question-answering": "SmolLM2-135M-Instruct", "question-generation": "all-MiniLM-L6-v2",
    "decision": "SmolLM2-135M-Instruct",
    "face-detection": "faces", "face-recognition": "faces", "optical-character-recognition": "rapidocr",
    "document-question-answering": "rapidocr",
}  # fmt: skip
# What is asked of a GGUF file, of whose model nothing else is known.
_BY_GGUF = ("text-generation", "summarization", "translation", "question-answering")
# Task and idea of a request → the starter model made for just that; it goes before all others.
_MADE_FOR = {("token-classification", "personal"): "rampart-pii"}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The task, the model and the way, each with its reason. `takes` is the kind of input that was asked for.

    `tongues` are the languages that were named, where the task is translation.
    """

    task: Task
    takes: str
    model: FoundModel
    way: Way
    task_reason: str
    model_reason: str
    others: tuple[str, ...] = ()
    tongues: Tongues = UNSAID

    def __str__(self) -> str:
        also = f"\nalso possible: {', '.join(self.others)}" if self.others else ""
        return (
            f"task:  {self.task.name}{self.tongues}, because {self.task_reason}\n"
            f"model: {self.model.name}, {self.model_reason}\n"
            f"way:   by {self.way.how}{also}"
        )


def decide(
    request: str | None,
    model: Any,
    *,
    revision: str | None = None,
    token: str | bool | None = None,
    shelf: Sequence[OnShelf] | None = None,
) -> Choice:
    """The choice for a task or plain words, a model, or both. `shelf`: what is here, for who looked already.

    Raises NotUnderstood for words that fit nothing, NotFound where no model is here, TooLarge for one that does not fit.
    """
    if request is None and model is None:
        raise Invalid("task: name a task, say in plain words what you want, or name a model.")
    if request is None:
        assert model is not None
        return _by_model(find_model(model, revision=revision, token=token))
    if model is None and _is_model(request):
        raise Invalid(f"task: {request!r} is a model of this machine; give it as model=.")
    task, takes, reason, others = understand_request(request)
    named = tuple(way for way in ways_of(task) if model is not None and way.name == model)
    tongues = tongues_in(request) if task.name == "translation" else UNSAID
    if model is None:
        found, way, why = _from_shelf(task, _specialist(task, request), tongues, shelf=shelf)
    elif named:
        found, way, _ = _from_shelf(task, None, tongues, named)
        why = "because you asked for this way"
    else:
        found = find_model(model, revision=revision, token=token)
        way, why = _way_with(task, found), "because you named it"
    require_room(found)
    return Choice(
        task=task,
        takes=takes,
        model=found,
        way=way,
        task_reason=reason,
        model_reason=why,
        others=others,
        tongues=tongues,
    )


def _is_model(request: str) -> bool:
    """Whether a model was given where the task is asked for."""
    return "/" in request and (any(known.id == request for known in list_shelf()) or is_folder(request))


def understand_request(request: str) -> tuple[Task, str, str, tuple[str, ...]]:
    """The task of a name or of plain words, the kind of input, the reason, and other tasks. Raises NotUnderstood."""
    task = find_task(request) or find_registered(request)
    if task is not None:
        return task, task.takes, "you named it", ()
    said = choose(request)
    found = find_task(said.task)
    assert found is not None, f"clues.toml names {said.task}, which tasks.toml does not"
    return found, said.takes, said.reason, said.others


def _by_model(found: FoundModel) -> Choice:
    possible = tasks_of(found.folder)
    task = find_task(possible[0]) if possible else None
    if task is None:
        raise Unsupported(
            f"model: {found.name} ({found.folder.architecture}) is made for no task that can be run here."
        )
    require_room(found)
    return Choice(
        task=task, takes=task.takes, model=found, way=_way_with(task, found), task_reason=f"{found.name} is made for it",
        model_reason="because you named it", others=tuple(possible[1:4]),
    )  # fmt: skip


def _way_with(task: Task, found: FoundModel) -> Way:
    if found.gguf is not None and task.name in _BY_GGUF:
        return find_chat_way(task) or ways_of(task)[-1]
    way = find_way(task, found.folder)
    if way is None:
        made_for = ", ".join(tasks_of(found.folder)[:4]) or "nothing that can be run here"
        raise Invalid(
            f"task: {found.name} ({found.folder.architecture}) cannot do {task.name}; it is made for {made_for}. "
            "Choose another model, or leave it out to have one chosen."
        )
    return way


def brought_by(task: Task, request: str) -> str | None:
    """The starter model that does best what `request` asks of `task`; None where the starter set holds none."""
    return _specialist(task, request) or _BROUGHT_BY.get(task.name)


def _specialist(task: Task, request: str) -> str | None:
    made = {idea: name for (made_task, idea), name in _MADE_FOR.items() if made_task == task.name}
    ideas = understand(request).ideas if made and find_task(request) is None else ()
    return next((name for idea, name in made.items() if idea in ideas), None)


def _from_shelf(
    task: Task,
    specialist: str | None,
    tongues: Tongues,
    ways: tuple[Way, ...] | None = None,
    *,
    shelf: Sequence[OnShelf] | None = None,
) -> tuple[FoundModel, Way, str]:
    """The first model on this machine for the best of `ways` (all there are) there is one for. Raises NotFound."""
    # What one table taught a model says nothing about another: none on the shelf is chosen unasked.
    if (without := find_way_without_model(task)) is not None:
        return FoundModel.none(), without, "none is needed"
    shelf = list(list_shelf()) if shelf is None else shelf
    for known in (known for known in shelf if specialist and known.id == f"{STARTER}/{specialist}"):
        if known.folder is not None and (made := find_way(task, known.folder)):
            return FoundModel(name=known.id, path=known.path), made, "made for what you ask"
    too_large: list[FoundModel] = []
    for way in (way for way in ways or ways_of(task) if way.is_offered):
        fitting = [known for known in shelf if known.folder is not None and way.works(known.folder)]
        if task.name == "translation":
            fitting = [known for known in fitting if known.folder and speaks(known.folder, tongues)]
        for known in sorted(fitting, key=lambda known: _preference(task, known)):
            found = FoundModel(name=known.id, path=known.path)
            if _needed_bytes(found) <= _free_bytes():
                return found, way, f"the first one here that does it{route_of(found.folder, tongues)}"
            too_large.append(found)
    if (at_last := find_way_without_model(task, at_last=True)) is not None:
        lacking = (
            "no model for it fits the free memory"
            if too_large
            else f"no model for it is here; {_remedy(task)}"
        )
        return FoundModel.none(), at_last, lacking
    if too_large:
        require_room(min(too_large, key=_needed_bytes))
    raise NotFound(_nothing_here(task, tongues))


def _preference(task: Task, known: OnShelf) -> tuple[bool, bool]:
    brought = _BROUGHT_BY.get(task.name)
    return (brought is None or not known.id.endswith(f"/{brought}"), known.pipeline_tag != task.name)


def _nothing_here(task: Task, tongues: Tongues) -> str:
    rules = remedy_for(tongues.source, tongues.target) if task.name == "translation" else ""
    return f"model: no model for {task.name} is on this machine; {_remedy(task)}.{rules}"


def _remedy(task: Task) -> str:
    brought = _BROUGHT_BY.get(task.name)
    return f"run `openhearth starter {brought}` to bring one" if brought else "name one with model="


def require_room(found: FoundModel) -> None:
    """Raise TooLarge if the weights of `found` do not fit into the memory that is free."""
    needed, free = _needed_bytes(found), _free_bytes()
    if needed > free:
        raise TooLarge(
            f"model: {found.name} needs about {needed / 1e9:.1f} GB of memory and {free / 1e9:.1f} GB are free; "
            "close other programs, or choose a smaller model or one with fewer bits."
        )


def _needed_bytes(found: FoundModel) -> int:
    if not found.is_stored:
        return 0
    if found.gguf is not None:
        return int((found.path / found.gguf).stat().st_size * 8 * _OVERHEAD)  # from about four bits to 32
    folder = found.folder
    if not folder.parameters:
        return int(folder.tensor_bytes * _OVERHEAD)
    stored = folder.config.get("dtype") or folder.config.get("torch_dtype")
    return int(folder.parameters * bytes_per_parameter(stored) * _OVERHEAD)


def _free_bytes() -> int:
    return int(psutil.virtual_memory().available)
