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
        "video-to-video",
    ),
    "nlp": (
        "text-classification", "token-classification", "table-question-answering", "question-answering",
        "zero-shot-classification", "translation", "summarization", "feature-extraction",
        "text-generation", "text2text-generation", "fill-mask", "sentence-similarity", "text-ranking",
        "table-to-text", "multiple-choice", "text-retrieval",
    ),
    "audio": (
        "text-to-speech", "text-to-audio", "automatic-speech-recognition", "audio-to-audio",
        "audio-classification", "voice-activity-detection",
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
    "pandas", "polars", "dask", "webdataset",
))  # fmt: skip

# Ending of an architecture's name → task. Longer endings stand first. The auto class is `AutoModel` + ending,
# except where _AUTO_MODELS says otherwise.
_ENDINGS: tuple[tuple[str, str], ...] = (
    ("ForZeroShotImageClassification", "zero-shot-image-classification"),
    ("ForZeroShotObjectDetection", "zero-shot-object-detection"),
    ("ForDocumentQuestionAnswering", "document-question-answering"),
    ("ForVisualQuestionAnswering", "visual-question-answering"),
    ("ForTableQuestionAnswering", "table-question-answering"),
    ("ForUniversalSegmentation", "image-segmentation"),
    ("ForInstanceSegmentation", "image-segmentation"),
    ("ForSemanticSegmentation", "image-segmentation"),
    ("ForImageSegmentation", "image-segmentation"),
    ("ForSequenceClassification", "text-classification"),
    ("ForTokenClassification", "token-classification"),
    ("ForVideoClassification", "video-classification"),
    ("ForImageClassification", "image-classification"),
    ("ForAudioClassification", "audio-classification"),
    ("ForQuestionAnswering", "question-answering"),
    ("ForDepthEstimation", "depth-estimation"),
    ("ForObjectDetection", "object-detection"),
    ("ForMultipleChoice", "multiple-choice"),
    ("ForMaskGeneration", "mask-generation"),
    ("ForTextToWaveform", "text-to-audio"),
    ("ForMaskedLM", "fill-mask"),
    ("ForCausalLM", "text-generation"),
    ("LMHeadModel", "text-generation"),
    ("ForCTC", "automatic-speech-recognition"),
)
_AUTO_MODELS = {"LMHeadModel": "AutoModelForCausalLM"}
_SPEECH_TO_TEXT = frozenset({"whisper", "speech_to_text", "speecht5", "moonshine", "seamless_m4t"})
_CONTRASTIVE = frozenset({"clip", "siglip", "siglip2", "align", "altclip", "chinese_clip"})
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


def infer_task(config: Mapping[str, Any], files: Collection[str] = ()) -> tuple[str | None, str | None]:
    """The task and the auto class that `config.json` speaks of; None for what it does not say."""
    if "modules.json" in files:
        return "sentence-similarity", "AutoModel"
    if "model_index.json" in files:
        return "text-to-image", None
    architectures = config.get("architectures")
    name = architectures[0] if isinstance(architectures, list) and architectures else None
    if not isinstance(name, str):
        return None, None
    for ending, task in _ENDINGS:
        if name.endswith(ending):
            return task, _AUTO_MODELS.get(ending, f"AutoModel{ending}")
    return _infer_from_family(name, config)


def _infer_from_family(name: str, config: Mapping[str, Any]) -> tuple[str | None, str | None]:
    family = config.get("model_type")
    if name.endswith("ForConditionalGeneration"):
        if family in _SPEECH_TO_TEXT:
            return "automatic-speech-recognition", "AutoModelForSpeechSeq2Seq"
        if "vision_config" in config:
            return "image-text-to-text", "AutoModelForImageTextToText"
        return "text2text-generation", "AutoModelForSeq2SeqLM"
    if name.endswith("MTModel"):
        return "translation", "AutoModelForSeq2SeqLM"
    if family in _CONTRASTIVE and name.endswith("Model"):
        return "zero-shot-image-classification", "AutoModelForZeroShotImageClassification"
    if family == "vits":
        return "text-to-audio", "AutoModelForTextToWaveform"
    if name.endswith("Model"):
        return "feature-extraction", "AutoModel"
    return None, None


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
