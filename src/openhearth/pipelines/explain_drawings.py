"""The low-level twins of what diffusers draws and films: its own lines, with the seed of the last call."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openhearth.errors import Unsupported
from openhearth.pipelines.explain_tables import Code

if TYPE_CHECKING:
    from openhearth.pipelines.explain import LastCall


def drawing(call: "LastCall", worker: Any) -> tuple[str, dict[str, Any]]:
    """Lines that make the picture or the film of the last call again."""
    name = "filming" if worker.task.endswith("-video") else "drawing"
    return name, {
        "loader": Code(type(worker.pipe).__name__),
        "dtype": str(worker.model.dtype).removeprefix("torch."),
        "device": str(worker.model.device),
        "given": Code(_given(call, worker.task, worker.settings)),
        "seed": worker.seed,
        "parameters": {key: worker.settings[key] for key in worker.settings if key not in _GIVEN},
    }


_GIVEN = ("generator", "prompt", "image")


def _given(call: "LastCall", task: str, settings: Mapping[str, Any]) -> str:
    """What the pipeline is given beside its parameters, as it stands in a call."""
    parts = [f"prompt={settings['prompt']!r}"] if "prompt" in settings else []
    if task.startswith("image-"):
        given = call.given[0] if isinstance(call.given, list) else call.given
        if not isinstance(given, str | Path):
            raise Unsupported("explain: give the picture as a path, so that the lines can open it.")
        opened = f"ImageOps.exif_transpose(Image.open({str(given)!r})).convert('RGB')"
        parts.append(f"image={opened}.resize({settings['image'].size})")
    return "".join(f"{part}, " for part in parts)
