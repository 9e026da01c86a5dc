"""What lies in a folder of diffusers, read without loading anything: its class, its tasks, its weights.

A `model_index.json` names the pipeline's class and, for each component, `[library, class]`; a component lies in the
folder of its name. Components come from diffusers and transformers alone, weights from safetensors. diffusers would
take code from `None.py` and from `<component>/<library>.py` (pipelines/pipeline_loading_utils.py); such folders are refused.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from openhearth.errors import Invalid, Unsupported

MODEL_INDEX = "model_index.json"
_NAME = re.compile(r"[A-Za-z0-9_]+")
_WEIGHTS = re.compile(
    r"(?:diffusion_pytorch_model|model)(?:\.(?P<variant>\w+))?(?:-\d+-of-\d+)?\.safetensors"
)
_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")

# Parts of class names → tasks, the first that fits. No tasks: what such a pipeline needs is none of our inputs.
_TASKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"Audio|Music|AceStep|Modular|Prior|Decoder|Onnx|Protein|Gemma|LLaDA|ShapE|Inpaint|RePaint|Fill", ()),
    (r"ControlNet|ControlPipeline|Adapter|GLIGEN|VideoToVideo|Animate2|VACE|Marigold|VisualCloze|LatentUp", ()),
    (r"ImageToVideo|Image2Video|I2V|StableVideoDiffusion|ConsisID|PIA", ("image-to-video",)),
    (r"Video|AnimateDiff|LTX|Wan|Mochi|Latte|Allegro|SkyReels|T2V|EasyAnimate", ("text-to-video",)),
    (r"Kontext|Flux2", ("image-to-image", "text-to-image")),
    (r"Img2Img|I2I|Edit|Pix2Pix|Upscale|SuperResolution|SRPipeline|ImageVariation|Depth2Img", ("image-to-image",)),
    (r"^DD[PI]MPipeline|PNDM|ScoreSde|KarrasVe|ConsistencyModel|^LDMPipeline", ("unconditional-image-generation",)),
    # diffusers' AutoPipelineForImage2Image has a twin for these.
    (r"^StableDiffusion(XL|3)?(PAG)?Pipeline|^IFPipeline|^Kandinsky|LatentConsistency|^Flux|^QwenImage|^ZImage",
     ("text-to-image", "image-to-image")),
    (r"Pipeline$", ("text-to-image",)),
)  # fmt: skip


def tasks_of_class(name: str) -> tuple[str, ...]:
    """What the pipeline class `name` of diffusers is for, its own task first."""
    return next((tasks for pattern, tasks in _TASKS if re.search(pattern, name)), ())


def read_model_index(folder: Path, name: str) -> dict[str, Any]:
    """The `model_index.json` in `folder`. Raises Invalid for what is none, Unsupported for what would run other code."""
    try:
        index = json.loads((folder / MODEL_INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise Invalid(f"{MODEL_INDEX} of {name} cannot be read ({error}); mend and push it.") from None
    if not isinstance(index, dict) or "_class_name" not in index:
        raise Invalid(f"{MODEL_INDEX} of {name} names no _class_name; mend and push it.")
    if not isinstance(index["_class_name"], str) or (folder / "None.py").exists():
        raise Unsupported(f"{name} is a pipeline with code of its own, which is never run here.")
    for component, library, _ in components_of(index, name):
        if (code := next((folder / component).glob("*.py"), None)) is not None:
            raise Unsupported(
                f"{name} brings code of its own ({component}/{code.name}), which is never run here."
            )
        if not _NAME.fullmatch(library):
            raise Unsupported(
                f"{name} takes its {component} from {library[:80]!r}; components come from diffusers and transformers only."
            )
    return index


def component_weights(folder: Path, index: Mapping[str, Any], name: str) -> list[Path]:
    """The safetensors files that loading reads. Raises Unsupported for a component that has only pickles."""
    found: list[Path] = []
    for component, _, _ in components_of(index, name):
        found += _weights_in(folder / component, name)
    if not found:
        raise Unsupported(
            f"{name} holds no safetensors files; push the weights in that format to run them here."
        )
    return found


def find_variant(weights: list[Path]) -> str | None:
    """The variant that the files are stored as, such as `fp16`, where they are stored as nothing else."""
    return next((match["variant"] for file in weights if (match := _WEIGHTS.fullmatch(file.name))), None)


def components_of(index: Mapping[str, Any], name: str) -> Iterator[tuple[str, str, str]]:
    """Name, library and class of each component that there is. Raises Invalid for what is none."""
    for component, stated in index.items():
        if component.startswith("_") or not isinstance(stated, list):
            continue
        library, class_name = stated if len(stated) == 2 else ("", "")
        if library is None:
            continue
        if not (isinstance(library, str) and isinstance(class_name, str) and _NAME.fullmatch(component)):
            raise Invalid(
                f"{MODEL_INDEX} of {name}: {component[:80]!r} is no pair of library and class; mend and push it."
            )
        yield component, library, class_name


def _weights_in(folder: Path, name: str) -> list[Path]:
    matches = [
        (match, file)
        for file in sorted(folder.glob("*.safetensors"))
        if (match := _WEIGHTS.fullmatch(file.name))
    ]
    plain = [file for match, file in matches if match["variant"] is None]
    if matches:
        first = matches[0][0]["variant"]
        return plain or [file for match, file in matches if match["variant"] == first]
    if folder.is_dir() and any(file.suffix in _PICKLES for file in folder.iterdir()):
        raise Unsupported(
            f"{name} holds its {folder.name} as pickles only, and those can run code when they are loaded; "
            "load it where you trust it, call save_pretrained, and push the safetensors files it writes."
        )
    return []
