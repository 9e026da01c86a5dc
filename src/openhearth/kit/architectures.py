"""What a model is made for, as its `config.json` says. Class-name endings are those of transformers' auto classes. Pure."""

from collections.abc import Collection, Mapping
from typing import Any

# Ending of an architecture's name → task. Longer endings stand first. The auto class is `AutoModel` + ending,
# except where _AUTO_MODELS says otherwise.
_ENDINGS: tuple[tuple[str, str], ...] = (
    ("ForZeroShotImageClassification", "zero-shot-image-classification"),
    ("ForZeroShotObjectDetection", "zero-shot-object-detection"),
    ("ForKeypointMatching", "keypoint-matching"),
    ("ForDocumentQuestionAnswering", "document-question-answering"),
    ("ForVisualQuestionAnswering", "visual-question-answering"),
    ("ForTableQuestionAnswering", "table-question-answering"),
    ("ForUniversalSegmentation", "image-segmentation"),
    ("ForInstanceSegmentation", "image-segmentation"),
    ("ForSemanticSegmentation", "image-segmentation"),
    ("ForImageSegmentation", "image-segmentation"),
    ("ForSegmentation", "image-segmentation"),
    ("ForImageSuperResolution", "image-to-image"),
    ("ForSequenceClassification", "text-classification"),
    ("ForTokenClassification", "token-classification"),
    ("ForVideoClassification", "video-classification"),
    ("ForImageClassification", "image-classification"),
    ("ForImageClassificationWithTeacher", "image-classification"),
    ("ForVisionText2Text", "image-text-to-text"),
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
# Classes whose names end as others' do: what they begin with, their ending → task and auto class.
_NAMED_ALIKE: tuple[tuple[str, str, str, str], ...] = (
    ("Tapas", "ForQuestionAnswering", "table-question-answering", "AutoModelForTableQuestionAnswering"),
    (
        "LayoutLM",
        "ForQuestionAnswering",
        "document-question-answering",
        "AutoModelForDocumentQuestionAnswering",
    ),
    ("Vilt", "ForQuestionAnswering", "visual-question-answering", "AutoModelForVisualQuestionAnswering"),
    ("Blip", "ForQuestionAnswering", "visual-question-answering", "AutoModelForVisualQuestionAnswering"),
    ("Git", "ForCausalLM", "image-to-text", "AutoModelForImageTextToText"),
    ("Fuyu", "ForCausalLM", "image-text-to-text", "AutoModelForImageTextToText"),
    ("BlipForConditionalGeneration", "", "image-to-text", "AutoModelForImageTextToText"),
    ("VisionEncoderDecoderModel", "", "image-to-text", "AutoModelForImageTextToText"),
    *(
        (name, "ForObjectDetection", "zero-shot-object-detection", "AutoModelForZeroShotObjectDetection")
        for name in ("OwlViT", "Owlv2", "GroundingDino", "MMGroundingDino", "OmDetTurbo")
    ),
    *(
        (name, "Model", "mask-generation", "AutoModelForMaskGeneration")
        for name in ("SamModel", "SamHQModel", "Sam2Model", "Sam3TrackerModel", "EdgeTamModel")
    ),
    ("ClapModel", "", "zero-shot-audio-classification", "AutoModel"),
    *(
        (name, "ForSequenceClassification", "audio-classification", "AutoModelForAudioClassification")
        for name in ("Data2VecAudio", "Hubert", "SEW", "UniSpeech", "Wav2Vec2", "WavLM")
    ),
    *(
        (name, "", "text-to-audio", "AutoModelForTextToWaveform")
        for name in (
            "BarkModel", "CsmFor", "FastSpeech2Conformer", "GradiumPhononTTS", "HiggsAudioV2", "Musicgen", "PocketTTS",
            "SeamlessM4TForTextToSpeech", "SeamlessM4Tv2ForTextToSpeech", "SpeechT5ForTextToSpeech", "VitsModel",
        )
    ),
    *(
        (name, "", "automatic-speech-recognition", "AutoModelForSpeechSeq2Seq")
        for name in (
            "CanaryFor", "CohereAsr", "FunAsr", "GraniteSpeechFor", "GraniteSpeechPlus", "KyutaiSpeechToText", "Moonshine",
            "Qwen3ASR", "SeamlessM4TForSpeechToText", "SeamlessM4Tv2ForSpeechToText", "SpeechEncoderDecoder", "Speech2Text",
            "SpeechT5ForSpeechToText", "VibeVoiceAsr", "WhisperForConditionalGeneration",
        )
    ),
)  # fmt: skip
_AUTO_MODELS = {
    "LMHeadModel": "AutoModelForCausalLM",
    "ForImageSuperResolution": "AutoModelForImageToImage",
    "ForVisionText2Text": "AutoModelForImageTextToText",
    "ForSegmentation": "AutoModelForImageSegmentation",
    "ForImageClassificationWithTeacher": "AutoModelForImageClassification",
}
_CONTRASTIVE = frozenset(
    {
        "clip",
        "siglip",
        "siglip2",
        "align",
        "altclip",
        "chinese_clip",
        "clipseg",
        "metaclip_2",
        "tipsv2",
        "blip",
    }
)
# What the configuration of a model that listens states: how sound becomes features.
_SOUND_KEYS = frozenset({"num_feat_extract_layers", "num_mel_bins"})
# What the configuration of a model that looks at pictures alone states, and no other does.
_PICTURE_KEYS = frozenset({"image_size", "num_channels"})


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
    for beginning, ending, task, auto_class in _NAMED_ALIKE:
        if name.startswith(beginning) and name.endswith(ending):
            return task, auto_class
    if name.endswith("ForSequenceClassification") and not _SOUND_KEYS.isdisjoint(config):
        return "audio-classification", "AutoModelForAudioClassification"
    for ending, task in _ENDINGS:
        if name.endswith(ending):
            return task, _AUTO_MODELS.get(ending, f"AutoModel{ending}")
    return _infer_from_family(name, config)


def _infer_from_family(name: str, config: Mapping[str, Any]) -> tuple[str | None, str | None]:
    family = config.get("model_type")
    if name.endswith("ForConditionalGeneration"):
        if "audio_config" in config:
            return "any-to-any", "AutoModelForMultimodalLM"
        if "vision_config" in config:
            return "image-text-to-text", "AutoModelForImageTextToText"
        return "text2text-generation", "AutoModelForSeq2SeqLM"
    if name.endswith("MTModel"):
        return "translation", "AutoModelForSeq2SeqLM"
    if family in _CONTRASTIVE and name.endswith("Model"):
        return "zero-shot-image-classification", "AutoModelForZeroShotImageClassification"
    if name.endswith("Model"):
        sees = not _PICTURE_KEYS.isdisjoint(config) and "vocab_size" not in config
        return "image-feature-extraction" if sees else "feature-extraction", "AutoModel"
    return None, None
