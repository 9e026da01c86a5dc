"""Tasks and libraries: their names, and how they show in the files of a model.

Class-name endings are those of transformers' auto classes; knows no weights and loads no model.
"""

from collections.abc import Collection, Mapping
from typing import Any

TASKS: dict[str, tuple[str, ...]] = {
    "multimodal": (
        "audio-text-to-text", "image-text-to-text", "image-text-to-image", "image-text-to-video",
        "visual-question-answering", "document-question-answering", "video-text-to-text",
        "visual-document-retrieval", "any-to-any",
    ),
    "cv": (
        "depth-estimation", "image-classification", "object-detection", "image-segmentation",
        "text-to-image", "image-to-text", "image-to-image", "image-to-video",
        "unconditional-image-generation", "video-classification", "text-to-video",
        "zero-shot-image-classification", "mask-generation", "zero-shot-object-detection", "text-to-3d",
        "image-to-3d", "image-feature-extraction", "keypoint-detection", "keypoint-matching",
        "video-to-video", "face-detection", "face-recognition", "optical-character-recognition",
    ),
    "nlp": (
        "text-classification", "token-classification", "table-question-answering", "question-answering",
        "zero-shot-classification", "translation", "summarization", "feature-extraction",
        "text-generation", "text2text-generation", "fill-mask", "sentence-similarity", "text-ranking",
        "table-to-text", "multiple-choice", "text-retrieval", "question-generation", "decision",
    ),
    "audio": (
        "text-to-speech", "text-to-audio", "automatic-speech-recognition", "audio-to-audio",
        "audio-classification", "zero-shot-audio-classification", "voice-activity-detection",
    ),
    "tabular": (
        "tabular-classification", "tabular-regression", "tabular-to-text", "time-series-forecasting",
    ),
    "rl": ("reinforcement-learning", "robotics"),
    "other": ("graph-ml", "other"),
}  # fmt: skip
TASK_NAMES: frozenset[str] = frozenset(task for tasks in TASKS.values() for task in tasks)

LIBRARIES: frozenset[str] = frozenset((
    "transformers", "peft", "diffusers", "sentence-transformers", "setfit", "adapters", "timm",
    "open_clip", "spacy", "flair", "fastai", "keras", "sklearn", "stable-baselines3", "ml-agents",
    "pytorch", "tf", "jax", "safetensors", "gguf", "onnx", "tflite", "mlx", "transformers.js",
    "openvino", "paddlenlp", "speechbrain", "nemo", "espnet", "coreml", "llamafile", "datasets",
    "pandas", "polars", "dask", "webdataset", "dlib", "rapidocr", "silero-vad", "hibari", "apertium",
))  # fmt: skip

_FRAMEWORK_ENDINGS = {
    ".safetensors": "safetensors",
    ".gguf": "gguf",
    ".onnx": "onnx",
    "pytorch_model.bin": "pytorch",
    "tf_model.h5": "tf",
    "flax_model.msgpack": "jax",
    ".tflite": "tflite",
    ".keras": "keras",
}


def infer_library(config: Mapping[str, Any], files: Collection[str]) -> str | None:
    """The library that loads these files; None if they do not tell."""
    if "adapter_config.json" in files:
        return "peft"
    if "modules.json" in files:
        return "sentence-transformers"
    if "model_index.json" in files:
        return "diffusers"
    if "model_type" in config or "architectures" in config:
        return "transformers"
    return None


def list_frameworks(files: Collection[str]) -> list[str]:
    """The weight formats among `files`, as the tags that name them."""
    names = {path.rpartition("/")[2] for path in files}
    found = {tag for ending, tag in _FRAMEWORK_ENDINGS.items() if any(n.endswith(ending) for n in names)}
    return sorted(found)


def infer_processor(files: Collection[str]) -> str | None:
    """The auto class that prepares a transformers model's inputs."""
    if "processor_config.json" in files:
        return "AutoProcessor"
    if "tokenizer_config.json" in files or "tokenizer.json" in files:
        return "AutoTokenizer"
    if "preprocessor_config.json" in files:
        return "AutoImageProcessor"
    return None
