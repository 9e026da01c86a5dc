"""The lines that call a model of this hub for a task: at the top, below, and over HTTP.

Written from the names of its files and its config, without opening a weight.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openhearth.errors import HubError
from openhearth.kit.names import check_path
from openhearth.pipelines.libraries import LIBRARIES, TRANSFORMERS
from openhearth.pipelines.listed_folder import ListedFolder
from openhearth.pipelines.snippets import Snippets, write_snippets
from openhearth.pipelines.tasks import find_task
from openhearth.pipelines.ways import find_way
from openhearth.repos.content import Content
from openhearth.repos.records import Facts, Repo
from openhearth.urls import Urls

CONFIG_MAX_BYTES = 1 << 20
_WEIGHTS = ("model.safetensors", "model.safetensors.index.json", ".onnx")


def find_lines(
    content: Content, repo: Repo, facts: Facts, *, urls: Urls, task: str | None = None
) -> Snippets | None:
    """The lines for `repo` and `task`, or what its card says it is for; None where pipelines cannot."""
    wanted = find_task(task or facts.pipeline_tag or "")
    if wanted is None or facts.commit is None:
        return None
    folder = _folder(content, repo, facts)
    own = wanted.name == facts.pipeline_tag
    address = urls.absolute(f"/models/{repo.id}" + ("" if own else f"/pipeline/{wanted.name}"))
    return write_snippets(
        wanted,
        repo.id,
        folder,
        address=address,
        file=_sample_file(facts.card) if wanted.takes in ("image", "audio") else None,
        needs_token=repo.is_private or repo.gated is not None,
    )


def can_run(content: Content, repo: Repo, facts: Facts, task: str) -> bool:
    """Whether `repo` looks like a model that can be put to `task` here: weights that may be loaded, and a way to work it."""
    wanted = find_task(task)
    if wanted is None or facts.commit is None:
        return False
    folder = _folder(content, repo, facts)
    if folder.library == "diffusers":
        return (
            "model_index.json" in folder.names
        )  # which tasks its class can do is known from that file alone
    has_weights = any(name.endswith(_WEIGHTS) for name in folder.names)
    return (has_weights or folder.library != TRANSFORMERS) and find_way(wanted, folder) is not None


def _folder(content: Content, repo: Repo, facts: Facts) -> ListedFolder:
    assert facts.commit is not None
    config = _read_config(content, repo, facts.commit)
    shown = facts.config or {}
    library = (facts.library_name or "").lower()
    return ListedFolder(
        path=Path(repo.id), name=repo.id, config=config, architecture="", tensor_bytes=0,
        parameters=facts.parameters or 0, library=library if library in LIBRARIES else TRANSFORMERS,
        pipeline_tag=facts.pipeline_tag,
        names=frozenset(entry.name for entry in content.list_files(repo, facts.commit)),
        tokenizer_config=dict(shown.get("tokenizer_config") or {}),
    )  # fmt: skip


def _read_config(content: Content, repo: Repo, commit: str) -> dict[str, Any]:
    try:
        raw = content.read_file(repo, commit, "config.json", limit_bytes=CONFIG_MAX_BYTES)
        config = json.loads(raw)
    except (HubError, ValueError, RecursionError):  # none, or none that can be read: nothing is known of it
        return {}
    return config if isinstance(config, dict) else {}


def _sample_file(card: Mapping[str, Any]) -> str | None:
    """The first file of the repo that the card offers to try the model with."""
    examples = card.get("widget")
    for example in examples if isinstance(examples, list) else []:
        src = example.get("src") if isinstance(example, dict) else None
        if isinstance(src, str) and "://" not in src:
            try:
                return check_path(src)
            except HubError:
                continue
    return None
