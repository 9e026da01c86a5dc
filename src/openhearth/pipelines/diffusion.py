"""What diffusers draws and films: a text, a picture or nothing in, pictures or films out.

The same seed gives the same picture as diffusers alone. Without one, a seed is drawn and kept in `image.info["seed"]`.
"""

import inspect
import sys
from typing import Any

import torch
import transformers

from openhearth.errors import Invalid, Unsupported
from openhearth.pipelines.diffusion_folder import (
    component_weights,
    components_of,
    find_variant,
    read_model_index,
)
from openhearth.pipelines.diffusion_limits import (
    DRAWN_HERE,
    checked_fps,
    checked_image,
    checked_numbers,
    checked_prompt,
    checked_seed,
)
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.lists import with_progress
from openhearth.pipelines.loading import choose_device, choose_dtype, first_line, set_threads
from openhearth.pipelines.machine import require_library
from openhearth.pipelines.media import Film
from openhearth.pipelines.options import PipelineOptions

_FAULTS = (ValueError, TypeError, AttributeError, OSError, KeyError, RuntimeError, ImportError)


class Diffusion:
    """A loaded pipeline of diffusers. `seed` and `settings` are those that the last picture or film was made with."""

    def __init__(self, pipe: Any, task: str) -> None:
        self.pipe, self.task = pipe, task
        self.seed: int | None = None
        self.settings: dict[str, Any] = {}
        self.model = getattr(pipe, "transformer", None) or getattr(pipe, "unet", None) or _first_network(pipe)
        self.tokenizer = getattr(pipe, "tokenizer", None)
        self._accepts = inspect.signature(pipe.__call__).parameters

    def __call__(
        self, inputs: Any = None, *, prompt: Any = None, image: Any = None, **parameters: Any
    ) -> Any:
        """A picture, or a `Film` for tasks that film; a list of them for a list of inputs.

        Parameters are those of the pipeline's own call; `seed`, `fps` and `target_size` are understood for all.
        """
        given = inputs if inputs is not None else (prompt if self._from_text else image)
        rest = {"prompt": prompt} if not self._from_text and prompt is not None else {}
        if isinstance(given, list | tuple):
            return [self._make(one, {**rest, **parameters}) for one in with_progress(list(given), self.task)]
        return self._make(given, {**rest, **parameters})

    @property
    def _from_text(self) -> bool:
        return self.task.startswith("text-")

    def _make(self, given: Any, parameters: dict[str, Any]) -> Any:
        settings, fps = self._settings(given, dict(parameters))
        self.settings = settings
        try:
            with torch.inference_mode():
                made = self.pipe(**settings, output_type="pil")
        except (ValueError, TypeError) as error:
            raise Invalid(f"{self.task}: {first_line(error).rstrip('.')}.", param="parameters") from error
        except RuntimeError as error:  # layers that do not meet, for a size that the model was not made for
            said = first_line(error).rstrip(".")
            raise Invalid(f"{self.task}: the model cannot work so ({said}); try another size.") from error
        if self.task.endswith("-video"):
            return Film(frames=made.frames[0], fps=fps)
        for image in made.images:
            image.info["seed"] = self.seed
        return made.images[0] if len(made.images) == 1 else made.images

    def _settings(self, given: Any, parameters: dict[str, Any]) -> tuple[dict[str, Any], float]:
        """What the pipeline is called with, and the rate of the film. Raises Invalid that names the bad parameter."""
        fps = checked_fps(parameters.pop("fps", None) or self._usual_fps())
        self.seed, generator = checked_seed(parameters.pop("seed", None), parameters.pop("generator", None))
        size = parameters.pop("target_size", None)
        numbers = checked_numbers({**parameters, **(size if isinstance(size, dict) else {})})
        settings = {"generator": generator, **numbers}
        if "fps" in self._accepts:
            settings["fps"] = round(fps)
        if isinstance(settings.get("negative_prompt"), list):  # as InferenceClient.text_to_video has it
            settings["negative_prompt"] = ", ".join(map(str, settings["negative_prompt"]))
        if self._from_text:
            settings["prompt"] = checked_prompt(given)
        elif self.task.startswith("image-"):
            settings["image"] = checked_image(given, numbers.get("width"), numbers.get("height"))
            if "prompt" in settings:
                settings["prompt"] = checked_prompt(settings["prompt"])
            if "width" not in self._accepts:  # then the picture's own size decides
                settings = {
                    name: value for name, value in settings.items() if name not in ("width", "height")
                }
        self._check_names(settings)
        return settings, fps

    def _check_names(self, settings: dict[str, Any]) -> None:
        for name in settings:
            if name not in self._accepts or name in DRAWN_HERE:
                offered = ", ".join(sorted(set(self._accepts) - DRAWN_HERE - {"self", "kwargs"}))
                raise Invalid(f"{name}: is no parameter of {type(self.pipe).__name__}; those are {offered}.")
        needed = self._accepts.get("prompt")
        if needed is not None and needed.default is inspect.Parameter.empty and "prompt" not in settings:
            raise Invalid("prompt: is missing; say what is to be made of the picture.")

    def _usual_fps(self) -> float:
        stated = (self._accepts[name].default for name in ("frame_rate", "fps") if name in self._accepts)
        return next((float(fps) for fps in stated if isinstance(fps, int | float)), 8.0)


def load(found: FoundModel, task: str, options: PipelineOptions) -> Diffusion:
    """The pipeline in the folder of `found`. Raises Invalid or Unsupported with a sentence."""
    require_library("diffusers", f"{task} with {found.name}", extra="drawing")
    import diffusers

    set_threads(options.threads)
    index = read_model_index(found.path, found.name)
    _check_classes(index, found.name)
    weights = component_weights(found.path, index, found.name)
    device = choose_device("auto") if options.device is None else torch.device(options.device)
    dtype = options.dtype
    if not isinstance(dtype, torch.dtype):
        dtype = choose_dtype(dtype, found.folder.config.get("dtype"), device)
    if not sys.stderr.isatty():
        diffusers.utils.logging.disable_progress_bar()
    try:
        pipe = _loader(index["_class_name"], task).from_pretrained(
            str(found.path), dtype=dtype, variant=find_variant(weights), use_safetensors=True,
            trust_remote_code=False, local_files_only=True,
        )  # fmt: skip
    except _FAULTS as error:
        raise Invalid(f"{found.name} cannot be loaded for {task}: {first_line(error)}") from error
    pipe.set_progress_bar_config(disable=not sys.stderr.isatty())
    return Diffusion(pipe.to(device), task)


def _loader(class_name: str, task: str) -> Any:
    """The class that loads a pipeline of `class_name` for `task`."""
    import diffusers

    if task == "image-to-image" and not any(
        part in class_name for part in ("Img2Img", "Edit", "Pix2Pix", "Upscale")
    ):
        return diffusers.AutoPipelineForImage2Image
    return getattr(diffusers, class_name)


def _check_classes(index: dict[str, Any], name: str) -> None:
    """Raise Unsupported for a pipeline or a component that diffusers and transformers do not bring."""
    import diffusers
    from diffusers import pipelines

    class_name = index["_class_name"]
    found = getattr(diffusers, class_name, None)
    if not (isinstance(found, type) and issubclass(found, diffusers.DiffusionPipeline)):
        raise Unsupported(f"{name}: diffusers {diffusers.__version__} has no pipeline {class_name}.")
    for component, library, kind in components_of(index, name):
        own = {"diffusers": diffusers, "transformers": transformers}
        module = own.get(library) or getattr(pipelines, library, None)
        if library not in own and not hasattr(
            module, "__path__"
        ):  # a part of diffusers, such as its safety checkers
            raise Unsupported(
                f"{name} takes its {component} from {library!r}; components come from diffusers and transformers only."
            )
        made = getattr(
            module, kind, None
        )  # None: a name of old, which diffusers knows to replace or to refuse
        if made is not None and not (isinstance(made, type) and issubclass(made, _component_kinds())):
            raise Unsupported(
                f"{name}: its {component}, {library}.{kind}, is no component that is loaded here."
            )


def _component_kinds() -> tuple[type, ...]:
    import diffusers

    return (
        torch.nn.Module, diffusers.SchedulerMixin, transformers.PreTrainedTokenizerBase, transformers.ProcessorMixin,
        transformers.FeatureExtractionMixin, transformers.ImageProcessingMixin,
    )  # fmt: skip


def _first_network(pipe: Any) -> Any:
    return next(part for part in pipe.components.values() if isinstance(part, torch.nn.Module))
