"""What a model is made for follows from the name of its class, for every class that transformers lists."""

from __future__ import annotations

from typing import Any

import pytest

from openhearth.kit.architectures import infer_task

# Task → the part of transformers' table names for it.
LISTED = {
    "object-detection": ["OBJECT_DETECTION"],
    "zero-shot-object-detection": ["ZERO_SHOT_OBJECT_DETECTION"],
    "image-segmentation": ["IMAGE_SEGMENTATION", "SEMANTIC_SEGMENTATION", "INSTANCE_SEGMENTATION", "UNIVERSAL_SEGMENTATION"],
    "mask-generation": ["MASK_GENERATION"],
    "depth-estimation": ["DEPTH_ESTIMATION"],
    "keypoint-matching": ["KEYPOINT_MATCHING"],
    "document-question-answering": ["DOCUMENT_QUESTION_ANSWERING"],
    "visual-question-answering": ["VISUAL_QUESTION_ANSWERING"],
    "zero-shot-image-classification": ["ZERO_SHOT_IMAGE_CLASSIFICATION"],
    "image-classification": ["IMAGE_CLASSIFICATION"],
    "video-classification": ["VIDEO_CLASSIFICATION"],
    "table-question-answering": ["TABLE_QUESTION_ANSWERING"],
    "automatic-speech-recognition": ["SPEECH_SEQ_2_SEQ", "CTC"],
    "audio-classification": ["AUDIO_CLASSIFICATION"],
    "text-to-audio": ["TEXT_TO_WAVEFORM", "TEXT_TO_SPECTROGRAM"],
}  # fmt: skip
# Classes of several tasks, and those whose pipelines are for more than one kind of input.
ELSEWHERE = {
    "blip-2", "perceiver", "videoprism", "dia", "pop2piano", "qwen2_5_omni", "qwen3_omni_moe", "vibevoice", "voxtral",
    "voxtral_realtime",
}  # fmt: skip


@pytest.mark.parametrize("task", LISTED)
def test_every_class_that_transformers_lists_for_a_task_is_known_to_be_for_it(task: str) -> None:
    from transformers.models.auto import modeling_auto

    for part in LISTED[task]:
        table: dict[str, Any] = getattr(modeling_auto, f"MODEL_FOR_{part}_MAPPING_NAMES")
        for family, classes in table.items():
            for name in [classes] if isinstance(classes, str) else classes:
                if family not in ELSEWHERE:
                    assert infer_task({"architectures": [name], "model_type": family})[0] == task, name


@pytest.mark.parametrize(
    ("config", "task"),
    [
        ({"architectures": ["ViTModel"], "image_size": 224}, "image-feature-extraction"),
        ({"architectures": ["ResNetModel"], "num_channels": 3}, "image-feature-extraction"),
        ({"architectures": ["BertModel"], "vocab_size": 30_522}, "feature-extraction"),
        ({"architectures": ["GitForCausalLM"], "vision_config": {}}, "image-to-text"),
        ({"architectures": ["LlamaForCausalLM"]}, "text-generation"),
        ({"architectures": ["VisionEncoderDecoderModel"]}, "image-to-text"),
        ({"architectures": ["IdeficsForVisionText2Text"]}, "image-text-to-text"),
    ],
)  # fmt: skip
def test_what_looks_at_pictures_is_told_from_what_reads_texts(config: dict[str, Any], task: str) -> None:
    assert infer_task(config)[0] == task
