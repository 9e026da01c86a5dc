"""`pipeline("what I want to do")`: understands, chooses a model of this machine, loads it."""

import importlib
from pathlib import Path
from typing import Any, overload

from openhearth.config import load_settings
from openhearth.errors import Forbidden, Invalid
from openhearth.kit.names import is_commit_id
from openhearth.pipelines.choice import Choice, decide
from openhearth.pipelines.libraries import TRANSFORMERS
from openhearth.pipelines.machine import require_torch
from openhearth.pipelines.notes import Run
from openhearth.pipelines.on_hub import HubPipe, connect
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.pipe import Pipe
from openhearth.pipelines.reading import Reader


@overload
def pipeline(task: str | None = None, model: Any = None, *, endpoint: None = None, **more: Any) -> Pipe: ...
@overload
def pipeline(task: str | None = None, model: str | None = None, *, endpoint: str, **more: Any) -> HubPipe: ...
def pipeline(
    task: str | None = None,
    model: Any = None,
    *,
    endpoint: str | None = None,
    revision: str | None = None,
    token: str | bool | None = None,
    device: Any = None,
    dtype: Any = "auto",
    threads: int = 0,
    trust_remote_code: bool = False,
    **more: Any,
) -> Pipe | HubPipe:
    """Load a model for `task`: a task's name, or plain words in many languages.

    Without `model`, one that is on this machine and fits its memory. `model` is a folder, an id (of the starter, the
    local cache, or the hub that HF_ENDPOINT names), `repo:file.gguf`, an adapter, or a model of transformers that is
    loaded, with its `tokenizer=`. `more` is handed to transformers, or said to each call.
    With `endpoint`, the address of a hub, the model is chosen and run there, and no torch is needed here.
    Raises NotUnderstood, NotFound, TooLarge, Invalid, Unsupported, each with the remedy.
    """
    if endpoint is not None:
        local = {
            "device": device is not None,
            "dtype": dtype != "auto",
            "threads": bool(threads),
            **dict.fromkeys(more, True),
        }
        return _on_hub(
            task, model, endpoint, token, revision, [name for name, given in local.items() if given]
        )
    if not isinstance(task, str | None):
        raise Invalid(
            f"task: {type(task).__name__} is no task; give its name, or say in words what you want."
        )
    choice = decide(task, model, revision=revision, token=token)
    if trust_remote_code and not (revision and is_commit_id(revision)):
        raise Forbidden(
            "trust_remote_code: code that comes with a model is run only at a commit you have read; "
            "give revision= the 40 digits of that commit."
        )
    former = more.pop("torch_dtype", None)  # what `dtype` was called before version 5
    options = PipelineOptions(
        device=device,
        dtype=former if former is not None and dtype == "auto" else dtype,
        threads=threads,
        trust_remote_code=trust_remote_code,
        more=more,
    )
    said: dict[str, Any] = {}
    if not choice.way.is_transformers:
        options, said = options.apart()
    run = Run(task=choice.task.name, model=choice.model.name)
    with run.watched():
        worker = _load(choice, options)
    return Pipe(choice, worker, _reader(choice, worker), run, said)


def _on_hub(
    task: str | None,
    model: Any,
    endpoint: str,
    token: str | bool | None,
    revision: str | None,
    local: list[str],
) -> HubPipe:
    if local:
        raise Invalid(
            f"{local[0]}: says how a model is loaded here, and the hub loads its own; leave it out."
        )
    if not isinstance(model, str | None):
        what = f"{model} is a folder" if isinstance(model, Path) else f"{type(model).__name__} is"
        raise Invalid(f"model: {what} here, and the hub runs its own; push it there and give its id.")
    settings = load_settings()
    # A token goes to the hub that it was set for, and to nobody else.
    own = settings.token if endpoint.rstrip("/") == settings.endpoint.rstrip("/") else ""
    given = token if isinstance(token, str) else ""
    return connect(
        task, model, endpoint=endpoint, token=given or ("" if token is False else own), revision=revision
    )


def _load(choice: Choice, options: PipelineOptions) -> Any:
    if choice.way.library in (TRANSFORMERS, "diffusers"):
        require_torch()
    module = importlib.import_module(f"openhearth.pipelines.{choice.way.module}")
    extra = {"tongues": choice.tongues} if choice.task.name == "translation" else {}
    worker = module.load(choice.model, choice.task.name, options, **extra)
    if choice.model.adapter is not None:
        adapters = importlib.import_module("openhearth.pipelines.through_transformers")  # brings torch
        adapters.lay_adapter(getattr(worker, "model", None), choice.model)
    return worker


def _reader(choice: Choice, worker: Any) -> Reader:
    extractor = getattr(worker, "feature_extractor", None)
    # The picture of `any-to-any` is named (`images=`); what comes first is its text.
    return Reader(
        "text" if choice.task.name == "any-to-any" else getattr(worker, "takes", choice.task.takes),
        allow_private=load_settings().fetch_allow_private,
        rate_hz=getattr(extractor, "sampling_rate", None),
    )
