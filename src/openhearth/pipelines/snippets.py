"""Lines to copy for a task and a model: `pipeline` at the top, its low-level twin, and the same over HTTP. Imports no torch.

The twin is written from the files of `twins/`, as `explain` writes it after a call; the examples are in `snippets.toml`.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from openhearth.errors import Unsupported
from openhearth.pipelines.explain import LastCall, write_lines
from openhearth.pipelines.model_folder import ModelFolder
from openhearth.pipelines.tasks import Task
from openhearth.pipelines.ways import Way, find_way

_LONGEST_TOKENS = 256
_VARIABLES = {"audio": "sound", "image": "picture", "video": "film"}


@dataclass(frozen=True)
class Snippets:
    """`low` is None where a task has no twin, `client` where huggingface_hub has no method."""

    high: str
    low: str | None
    client: str | None
    curl: str


@dataclass(frozen=True, kw_only=True)
class _Example:
    """`names`: the keyword that `inputs` is given by, where it is not the first argument.

    `together`: its name over HTTP, where it travels in one object with the parameters.
    """

    inputs: Any = None
    file: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    prints: str = "print(answer)"
    client: str | None = None
    names: str | None = None
    together: str | None = None


class _Variable(str):
    """Spelled as it stands, and not as a text in quotes."""

    def __repr__(self) -> str:
        return str.__str__(self)

    def __str__(self) -> str:
        return self


@dataclass(frozen=True)
class _Given:
    """What the call is given, and the lines that bring it, of which `imports` is a name of huggingface_hub."""

    value: Any
    imports: str = ""
    line: str = ""


@cache
def _examples() -> Mapping[str, _Example]:
    raw = tomllib.loads(Path(__file__).with_name("snippets.toml").read_text(encoding="utf-8"))
    chat = raw["text-generation"].pop("chat")
    return {name: _Example(**said) for name, said in {**raw, "text-generation.chat": chat}.items()}


def write_snippets(
    task: Task,
    model: str,
    folder: ModelFolder,
    *,
    address: str,
    file: str | None = None,
    needs_token: bool = False,
) -> Snippets | None:
    """The lines for `task` with `model`, which `folder` tells of; `address` is where the model answers over HTTP.

    `file` is a picture or sound of the model's own repo. None for a task without an example, or one that it cannot do.
    """
    way = find_way(task, folder)
    is_chat = task.name == "text-generation" and folder.is_chat
    example = _examples().get(f"{task.name}.chat" if is_chat else task.name)
    if way is None or example is None:
        return None
    given = _give(task, model, example, file)
    call = LastCall(given.value, given.value, example.parameters, ())
    try:
        twin = write_lines(task, way, call, _unloaded(task, way, folder), model=model)
    except Unsupported:
        twin = None
    return Snippets(
        high=_high(task, model, example, given),
        low=None if twin is None else _low(twin, given),
        client=_client(example, address, given, needs_token=needs_token) if example.client else None,
        curl=_curl(example, address, needs_token=needs_token),
    )


def _give(task: Task, model: str, example: _Example, file: str | None) -> _Given:
    if example.file is None:
        return _Given(example.inputs)
    name = _VARIABLES[task.takes]
    if file is None:
        return _Given(_Variable(name), line=f'{name} = "{example.file}"\n')
    line = f"{name} = hf_hub_download({_spell(model)}, {_spell(file)})\n"
    return _Given(_Variable(name), "hf_hub_download", line)


def _imported(given: _Given, *names: str) -> str:
    wanted = [*names, *([given.imports] if given.imports else [])]
    return f"from huggingface_hub import {', '.join(wanted)}\n" if wanted else ""


def _high(task: Task, model: str, example: _Example, given: _Given) -> str:
    first = f"{example.names}={_spell(given.value)}" if example.names else _spell(given.value)
    arguments = [first, *(f"{name}={_spell(value)}" for name, value in example.parameters.items())]
    return (
        f"{_imported(given)}from openhearth import pipeline\n\n{given.line}"
        f'pipe = pipeline("{task.name}", model="{model}")\n'
        f"answer = pipe({', '.join(arguments)})\n{example.prints.strip()}"
    )


def _low(twin: str, given: _Given) -> str:
    """The twin, with the line that brings its file below its imports."""
    imports, _, rest = twin.partition("\n\n")
    return f"{_imported(given)}{imports}\n\n{given.line}{rest}".strip()


def _client(example: _Example, address: str, given: _Given, *, needs_token: bool) -> str:
    token = ', token="hf_…"' if needs_token else ""
    return (
        f"{_imported(given, 'InferenceClient')}\n{given.line}"
        f'client = InferenceClient(model="{address}"{token})\nprint(client.{example.client})'
    )


def _curl(example: _Example, address: str, *, needs_token: bool) -> str:
    token = ' -H "Authorization: Bearer $HF_TOKEN"' if needs_token else ""
    if example.file is not None:
        return f"curl {address}{token} --data-binary @{example.file}"
    body: dict[str, Any] = {"inputs": example.inputs}
    if example.together:
        body = {"inputs": {example.together: example.inputs, **example.parameters}}
    elif example.parameters:
        body |= {"parameters": dict(example.parameters)}
    # An apostrophe would end the shell's own quotes.
    spelled = json.dumps(body, ensure_ascii=False).replace("'", "’")
    return f"curl {address}{token} -H 'Content-Type: application/json' -d '{spelled}'"


class _NotLoaded(Unsupported, AttributeError):
    """Asked of a model that is not loaded; for `getattr` and `hasattr`, an attribute that is not there."""


class _Unloaded(SimpleNamespace):
    def __getattr__(self, name: str) -> Any:
        raise _NotLoaded(f"{name}: is known of a loaded model alone.")


def _unloaded(task: Task, way: Way, folder: ModelFolder) -> Any:
    """What twins ask of a loaded model, answered by its configuration; without low-level lines where that says too little."""
    is_seq2seq = "encoder-decoder" in way.how
    worker = SimpleNamespace(prefix=_prefix(folder.config, task)) if is_seq2seq else SimpleNamespace()
    stated = folder.config.get("max_position_embeddings")
    longest = min(_LONGEST_TOKENS, stated) if isinstance(stated, int) else _LONGEST_TOKENS
    extraction = SimpleNamespace(recipe=SimpleNamespace(longest_tokens=longest))
    embedder = SimpleNamespace(extraction=extraction) if folder.is_embedder else None
    classes = folder.config.get("architectures") or [folder.architecture]
    kind = "ctc" if str(classes[0]).endswith("CTC") else "seq2seq_whisper"
    return _Unloaded(worker=worker, embedder=embedder, source=None, target=None, type=kind)


def _prefix(config: Mapping[str, Any], task: Task) -> str:
    """What T5-like models were taught to see before a text (config.json: `task_specific_params`)."""
    stated = config.get("task_specific_params")
    said = stated.get(task.name) if isinstance(stated, dict) else None
    return str(said.get("prefix") or "") if isinstance(said, dict) else ""


def _spell(value: Any) -> str:
    if isinstance(value, str) and not isinstance(value, _Variable):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)
