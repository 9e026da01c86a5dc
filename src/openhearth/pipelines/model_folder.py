"""What lies in a model's folder, read without loading anything: its task, its size, and whether it may be loaded.

Refuses what would run other people's code: pickled weights and classes that come with the repo. Imports no torch,
so that the hub can ask before it starts an engine. The safetensors header: an unsigned 64-bit little-endian
length, then JSON of `{name: {dtype, shape, data_offsets}}` (safetensors format, "Format").
"""

import json
import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openhearth.errors import Invalid, Unsupported
from openhearth.kit.architectures import infer_task
from openhearth.pipelines.card import read_card
from openhearth.pipelines.diffusion_folder import component_weights, read_model_index, tasks_of_class
from openhearth.pipelines.libraries import APERTIUM, TRANSFORMERS, library_of
from openhearth.pipelines.onnx_folder import find_graph, graph_bytes

HEADER_MAX_BYTES = 100 << 20
_DTYPES = {
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
}  # names in a header → names in a config.json
# What a library is for, whatever its folders say.
_ONLY_TASKS = {APERTIUM: "translation"}
_PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")


@dataclass(frozen=True, kw_only=True)
class ModelFolder:
    """A folder that `library` can load safely. `tensor_bytes` is what its weights weigh as stored.

    `parameters` counts the numbers in safetensors files; 0 where a library keeps them in a format of its own.
    `graph` is the ONNX file to run where there are no safetensors.
    """

    path: Path
    name: str
    config: dict[str, Any]
    architecture: str
    tensor_bytes: int
    parameters: int
    library: str = TRANSFORMERS
    pipeline_tag: str | None = None
    graph: Path | None = None

    @property
    def task(self) -> str | None:
        """The task that it is made for: of transformers by its architecture, else by its card. None if neither says."""
        if self.library != TRANSFORMERS and self.pipeline_tag:
            return self.pipeline_tag
        return infer_task(self.config, self.file_names if self.library != TRANSFORMERS else ())[0]

    @property
    def file_names(self) -> frozenset[str]:
        if self.path == Path():  # it is in memory alone
            return frozenset()
        return frozenset(path.name for path in self.path.iterdir())

    @property
    def is_embedder(self) -> bool:
        """Whether it makes one vector of a text, as sentence-transformers packs such models."""
        return "modules.json" in self.file_names

    @property
    def is_chat(self) -> bool:
        """Whether it takes a conversation."""
        if self.task != "text-generation":
            return False
        return "chat_template.jinja" in self.file_names or "chat_template" in self._tokenizer_config

    @property
    def _tokenizer_config(self) -> dict[str, Any]:
        try:
            found = json.loads((self.path / "tokenizer_config.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def labels(self) -> tuple[str, ...]:
        """What a classifier answers with."""
        stated = self.config.get("id2label")
        return tuple(str(label) for label in stated.values()) if isinstance(stated, dict) else ()


def read_model_folder(path: Path, *, name: str | None = None) -> ModelFolder:
    """Look into `path`; `name` is what messages call the model. Raises Invalid or Unsupported with the remedy."""
    name = name or path.name
    library = library_of(path)
    if library == "diffusers":
        return _read_diffusion(path, name)
    graph = find_graph(path) if library in (TRANSFORMERS, "onnx") else None
    if graph is not None and (path / "config.json").is_file() and not _has_safetensors(path):
        return _read_onnx(path, name, graph)
    if library != TRANSFORMERS:
        return _read_other(path, name, library)
    config = _read_config(path, name)
    sizes = [_tensor_sizes(file) for file in _weight_files(path, name)]
    architectures = config.get("architectures") or [""]
    return ModelFolder(
        path=path,
        name=name,
        config=config,
        architecture=str(architectures[0]),
        tensor_bytes=sum(size for size, _ in sizes),
        parameters=sum(count for _, count in sizes),
    )


def folder_of_loaded(model: Any, path: Path, name: str) -> ModelFolder:
    """What a model of transformers that is in memory says of itself. `path` is where it came from, or Path()."""
    architecture = type(getattr(model, "_orig_mod", model)).__name__  # torch.compile wraps what it compiled
    return ModelFolder(
        path=path,
        name=name,
        config={**model.config.to_dict(), "architectures": [architecture]},
        architecture=architecture,
        tensor_bytes=0,
        parameters=0,
    )


def _has_safetensors(path: Path) -> bool:
    return any((path / file).is_file() for file in ("model.safetensors", "model.safetensors.index.json"))


def _read_onnx(path: Path, name: str, graph: Path) -> ModelFolder:
    """A model of transformers whose weights are an ONNX graph."""
    config = _read_config(path, name)
    architectures = config.get("architectures") or [""]
    return ModelFolder(
        path=path,
        name=name,
        config=config,
        architecture=str(architectures[0]),
        tensor_bytes=graph_bytes(graph),
        parameters=0,
        graph=graph,
    )


def _read_other(path: Path, name: str, library: str) -> ModelFolder:
    """A folder of another library, which checks its own files when it loads them."""
    config = _read_config(path, name) if (path / "config.json").is_file() else {}
    architectures = config.get("architectures") or [library]
    return ModelFolder(
        path=path,
        name=name,
        config=config,
        architecture=str(architectures[0]),
        tensor_bytes=sum(file.stat().st_size for file in path.rglob("*") if file.is_file()),
        parameters=0,
        library=library,
        pipeline_tag=read_card(path).get("pipeline_tag") or _stated_task(config, library),
    )


def _stated_task(config: dict[str, Any], library: str) -> str | None:
    """The task that skops' hub_utils write beside a model of scikit-learn, or the only one of the library."""
    stated = config.get(library)
    task = stated.get("task") if isinstance(stated, dict) else None
    return task if isinstance(task, str) else _ONLY_TASKS.get(library)


def _read_diffusion(path: Path, name: str) -> ModelFolder:
    """A folder of diffusers. Its `config` is the `model_index.json`, with the `dtype` that its weights are stored in."""
    index = read_model_index(path, name)
    weights = component_weights(path, index, name)
    sizes = [_tensor_sizes(file) for file in weights]
    class_name = index["_class_name"]
    tasks, stated = tasks_of_class(class_name), read_card(path).get("pipeline_tag")
    return ModelFolder(
        path=path,
        name=name,
        config={**index, "dtype": _stored_dtype(weights[0])},
        architecture=class_name,
        tensor_bytes=sum(size for size, _ in sizes),
        parameters=sum(count for _, count in sizes),
        library="diffusers",
        pipeline_tag=stated if stated in tasks else next(iter(tasks), None),
    )


def _read_config(path: Path, name: str) -> dict[str, Any]:
    file = path / "config.json"
    if not file.is_file():
        if (path / "adapter_config.json").is_file():
            raise Unsupported(
                f"{name} is an adapter, not a whole model; merge it into its base model and push that."
            )
        raise Unsupported(
            f"{name} holds no config.json, and its card names no library that is run here; add library_name to its card."
        )
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Invalid(f"config.json of {name} cannot be read ({error}); mend and push it.") from None
    if not isinstance(config, dict):
        raise Invalid(f"config.json of {name} is no JSON object; mend and push it.")
    return config


def _weight_files(path: Path, name: str) -> list[Path]:
    index = path / "model.safetensors.index.json"
    if index.is_file():
        try:
            shards = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
        except (OSError, ValueError, KeyError, AttributeError) as error:
            raise Invalid(f"{index.name} of {name} cannot be read ({error}); mend and push it.") from None
        missing = [shard for shard in shards if "/" in shard or not (path / shard).is_file()]
        if missing:
            raise Invalid(f"{name} lacks {missing[0]}, which {index.name} names; push the missing file.")
        return [path / shard for shard in shards]
    if (path / "model.safetensors").is_file():
        return [path / "model.safetensors"]
    if any(file for pattern in _PICKLES for file in path.glob(pattern)):
        raise Unsupported(
            f"{name} holds its weights as pickles only, and those can run code when they are loaded; "
            "load them where you trust them, call save_pretrained, and push the model.safetensors it writes."
        )
    if any(path.glob("*.gguf")):
        raise Unsupported(
            f"{name} holds GGUF weights only; push them converted to safetensors to run them here."
        )
    raise Unsupported(f"{name} holds no model.safetensors; push the weights in that format to run them here.")


def _tensor_sizes(file: Path) -> tuple[int, int]:
    """Bytes and count of the numbers in `file`, by its header."""
    try:
        tensors = _tensors_in(file)
        size = max((t["data_offsets"][1] for t in tensors), default=0)
        return int(size), sum(math.prod(t["shape"]) for t in tensors)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
        raise Invalid(f"{file.name} is no safetensors file ({error}); push it again.") from None


def _tensors_in(file: Path) -> list[Any]:
    with file.open("rb") as stream:
        (length,) = struct.unpack("<Q", stream.read(8))
        if length > HEADER_MAX_BYTES:
            raise ValueError(f"a header of {length} bytes")
        header = json.loads(stream.read(length))
    return [value for key, value in header.items() if key != "__metadata__"]


def _stored_dtype(file: Path) -> str | None:
    """The number format of the first tensor in `file`, whose header was read before."""
    return next((_DTYPES.get(tensor["dtype"]) for tensor in _tensors_in(file)), None)
