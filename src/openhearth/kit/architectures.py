"""What a model is made for, as its `config.json` says. Class-name endings are those of transformers' auto classes. Pure."""

from collections.abc import Collection, Mapping
from typing import Any

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
    ("ForImageSuperResolution", "image-to-image"),
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
    ("ForSpeechSeq2Seq", "automatic-speech-recognition"),
)
_AUTO_MODELS = {
    "LMHeadModel": "AutoModelForCausalLM",
    "ForImageSuperResolution": "AutoModelForImageToImage",
}
_SPEECH_TO_TEXT = frozenset({"whisper", "speech_to_text", "speecht5", "moonshine", "seamless_m4t"})
_CONTRASTIVE = frozenset({"clip", "siglip", "siglip2", "align", "altclip", "chinese_clip"})


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
    if config.get("model_type") == "tapas" and name.endswith("ForQuestionAnswering"):
        return "table-question-answering", "AutoModelForTableQuestionAnswering"
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
