"""`pipeline(task, model)`: finds the model on this machine and loads it for the task."""

from pathlib import Path

from openhearth.errors import Invalid, NotFound
from openhearth.pipelines.model_folder import read_model_folder
from openhearth.pipelines.tasks import Pipeline, get_task, load_task


def pipeline(
    task: str | None = None,
    *,
    model: str | Path,
    revision: str | None = None,
    dtype: str = "auto",
    device: str = "auto",
    threads: int = 0,
) -> Pipeline:
    """Load `model`, a folder or the id of a model in the local cache of huggingface_hub, for `task`.

    Without `task`, the one that the model's architecture is made for. Raises NotFound, Invalid or Unsupported.
    """
    folder = find_folder(model, revision)
    name = task or read_model_folder(folder, name=str(model)).task
    if name is None:
        raise Invalid(f"task: {model} does not say what it is made for; name the task.")
    return load_task(get_task(name), folder, name=str(model), dtype=dtype, device=device, threads=threads)


def find_folder(model: str | Path, revision: str | None = None) -> Path:
    """The local folder of `model`. Raises NotFound if it is neither a folder nor in the cache."""
    if Path(model).is_dir():
        return Path(model)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(str(model), revision=revision, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError):
        raise NotFound(
            f"model: {str(model)!r} is no folder and not in the local cache; "
            f"fetch it first with `hf download {model}`, or give the path of its folder."
        ) from None
