"""From what a person calls a model to its folder on this machine: a path, an id with revision, a GGUF file, an adapter.

Looks at the given path, at what the starter converted, at huggingface_hub's cache, and then asks the hub that
HF_ENDPOINT names, if there is one. Imports no torch.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openhearth.errors import Gated, HubError, Invalid, NotFound, RepoNotFound, Unauthenticated, Unsupported
from openhearth.pipelines.model_folder import ModelFolder, check_adapter, folder_of_loaded, read_model_folder
from openhearth.pipelines.shelf import list_shelf


@dataclass(frozen=True, kw_only=True)
class FoundModel:
    """A model on this disk. `adapter` is laid over it after loading; `gguf` is the file in `path` to load.

    `is_stored` False: there is none, and `path` means nothing; what is asked for is worked without a stored model.
    `loaded` is a model of transformers that the caller holds in memory; `path` is then Path() or where it came from.
    """

    name: str
    path: Path
    adapter: Path | None = None
    gguf: str | None = None
    is_stored: bool = True
    loaded: Any = None

    @classmethod
    def none(cls) -> "FoundModel":
        """No model: the task is worked from what is given alone."""
        return cls(name="no stored model", path=Path(), is_stored=False)

    @property
    def folder(self) -> ModelFolder:
        """Raises Invalid or Unsupported for what cannot be loaded safely."""
        if self.loaded is not None:
            return folder_of_loaded(self.loaded, self.path, self.name)
        return read_model_folder(self.path, name=self.name)


def find_model(model: Any, *, revision: str | None = None, token: str | bool | None = None) -> FoundModel:
    """The model called `model`, or the loaded one that it is. Raises NotFound, Gated, Unauthenticated, Invalid."""
    if not isinstance(model, str | os.PathLike):
        return _loaded(model)
    if not str(model).strip():
        raise Invalid("model: the name is empty; give a folder or an id, or leave it out to have one chosen.")
    name, gguf = _split_gguf(str(model))
    path = find_folder(name, revision, token=token)
    if gguf is not None and not (path / gguf).is_file():
        raise NotFound(f"model: {name} holds no file {gguf!r}; look at its files for the right name.")
    config = _adapter_config(path, name)
    if config is None:
        return FoundModel(name=name, path=path, gguf=gguf)
    check_adapter(path, name)
    base = config["base_model_name_or_path"]
    return FoundModel(
        name=name, path=_folder_of_base(name, base, config.get("revision"), token), adapter=path
    )


def _folder_of_base(name: str, base: str, revision: Any, token: str | bool | None) -> Path:
    """The folder of the model that an adapter was made for, at the revision that the adapter names."""
    try:
        folder = find_folder(base, revision if isinstance(revision, str) else None, token=token)
    except HubError as error:
        error.message = f"{name} is an adapter made for {base!r}. {error.message}"
        error.args = (error.message,)
        raise
    if _is_adapter(folder):
        raise Unsupported(
            f"model: {name} is an adapter made for {base!r}, which is an adapter itself; merge that one into its own "
            "base model, and name the merged model in adapter_config.json."
        )
    return folder


def is_folder(name: str | Path) -> bool:
    """Whether `name` is a folder here; one too long for the disk, or with a zero byte, is none."""
    try:
        return Path(name).expanduser().is_dir()
    except (OSError, ValueError, RuntimeError):
        return False


def find_folder(model: str | Path, revision: str | None = None, *, token: str | bool | None = None) -> Path:
    """The local folder of `model`, fetched from the hub of HF_ENDPOINT if it is not here yet."""
    if is_folder(model):
        return Path(model).expanduser()
    if revision is None:
        for known in list_shelf():
            if known.id.lower() == str(model).lower():
                return known.path
    return _from_hub(str(model), revision, token)


def _loaded(model: Any) -> FoundModel:
    """A model that is in memory; what else it needs (a tokenizer) lies where it came from, if that is on this machine."""
    config = getattr(model, "config", None)
    if not hasattr(config, "to_dict") or not callable(getattr(model, "forward", None)):
        raise Invalid(
            f"model: {type(model).__name__} is no model; give a folder, an id, or a model of transformers that is loaded."
        )
    origin = str(getattr(config, "name_or_path", "") or "")
    known = next((known.path for known in list_shelf() if known.id == origin), None)
    if known is None and origin and is_folder(origin):
        known = Path(origin)
    return FoundModel(
        name=origin or type(model).__name__, path=known or Path(), is_stored=False, loaded=model
    )


def _from_hub(model: str, revision: str | None, token: str | bool | None) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        HFValidationError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
    )

    # Without a hub of one's own, nothing is asked over the network: models here are the ones that are here.
    offline = not os.environ.get("HF_ENDPOINT")
    try:
        return Path(snapshot_download(model, revision=revision, token=token, local_files_only=offline))
    except GatedRepoError:
        raise Gated(
            f"model: {model} asks for permission first; open its page, ask for access, then sign in here."
        ) from None
    except RepositoryNotFoundError:
        raise RepoNotFound(model) from None
    except HFValidationError:
        raise NotFound(
            f"model: {model[:200]!r} is no folder here, and no id of a model (owner/name); mend it."
        ) from None
    except LocalEntryNotFoundError:
        raise NotFound(
            f"model: {model!r} is no folder and not in the local cache; "
            f"fetch it first with `hf download {model}`, or give the path of its folder."
        ) from None
    except HfHubHTTPError as error:
        raise Unauthenticated(
            f"model: {model} cannot be fetched ({error}); check the token and the address."
        ) from None


def _split_gguf(name: str) -> tuple[str, str | None]:
    """`repo:file.gguf`, or the path of such a file."""
    if not name.lower().endswith(".gguf"):
        return name, None
    if Path(name).is_file():
        return str(Path(name).parent), Path(name).name
    repo, colon, file = name.rpartition(":")
    if not colon:
        raise NotFound(f"model: there is no file {name!r}; give its path, or repo:file.gguf.")
    return repo, file


def _is_adapter(path: Path) -> bool:
    return (path / "adapter_config.json").is_file() and not (path / "config.json").is_file()


def _adapter_config(path: Path, name: str) -> dict[str, Any] | None:
    """What an adapter in `path` says of itself, its base named; None for a whole model."""
    if not _is_adapter(path):
        return None
    try:
        config = json.loads((path / "adapter_config.json").read_text(encoding="utf-8"))
        base = config.get("base_model_name_or_path")
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise Invalid(f"adapter_config.json of {name} cannot be read ({error}); mend it.") from None
    if not isinstance(base, str) or not base:
        raise Invalid(f"adapter_config.json of {name} names no base_model_name_or_path; add it.")
    return dict(config)
