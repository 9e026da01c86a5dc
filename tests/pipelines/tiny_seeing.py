"""Tiny models that look at pictures, of the true architectures with weights by chance: they show that files, keys, shapes and
parameters fit, not that anything is seen.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.pipelines.tiny_models import byte_tokenizer

LABELS = ["iron", "steel", "slag"]


def labelled(count: int = len(LABELS)) -> dict[str, Any]:
    names = [LABELS[i] if i < len(LABELS) else f"thing {i}" for i in range(count)]
    return {"id2label": dict(enumerate(names)), "label2id": {name: i for i, name in enumerate(names)}}


def save(folder: Path, seed: int, make: Any, *parts: Any) -> Path:
    """A model of a seed, and the processors beside it."""
    import torch

    torch.manual_seed(seed)
    make().eval().save_pretrained(folder)
    for part in parts:
        part.save_pretrained(folder)
    return folder


def make_detector(folder: Path) -> Path:
    from transformers import YolosConfig, YolosForObjectDetection, YolosImageProcessorPil

    config = YolosConfig(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=37, image_size=[30, 30],
        patch_size=2, num_detection_tokens=10, initializer_range=0.3, **labelled(),
    )  # fmt: skip
    return save(
        folder, 1, lambda: YolosForObjectDetection(config),
        YolosImageProcessorPil(size={"shortest_edge": 30, "longest_edge": 30}),
    )  # fmt: skip


def make_word_detector(folder: Path) -> Path:
    from transformers import OwlViTConfig, OwlViTForObjectDetection, OwlViTImageProcessorPil, OwlViTProcessor

    tokenizer = byte_tokenizer(None)
    tokenizer.model_max_length = 16
    text = {
        "vocab_size": len(tokenizer), "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2,
        "intermediate_size": 37, "max_position_embeddings": 16, "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }  # fmt: skip
    vision = {
        "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 37, "image_size": 32,
        "patch_size": 8,
    }  # fmt: skip
    config = OwlViTConfig(text_config=text, vision_config=vision, projection_dim=32)
    processor = OwlViTProcessor(
        image_processor=OwlViTImageProcessorPil(
            size={"height": 32, "width": 32}, crop_size={"height": 32, "width": 32}
        ),
        tokenizer=tokenizer,
    )
    return save(folder, 2, lambda: OwlViTForObjectDetection(config), processor)


def make_segmenter(folder: Path) -> Path:
    """Semantic: every pixel has a label."""
    from transformers import SegformerConfig, SegformerForSemanticSegmentation, SegformerImageProcessorPil

    config = SegformerConfig(
        depths=[1, 1, 1, 1], hidden_sizes=[8, 8, 16, 16], num_attention_heads=[1, 1, 2, 2], decoder_hidden_size=16, **labelled()
    )  # fmt: skip
    return save(
        folder, 3, lambda: SegformerForSemanticSegmentation(config),
        SegformerImageProcessorPil(size={"height": 64, "width": 64}),
    )  # fmt: skip


def make_instance_segmenter(folder: Path) -> Path:
    """Masks of single things."""
    from transformers import (
        DetrConfig,
        MaskFormerConfig,
        MaskFormerForInstanceSegmentation,
        MaskFormerImageProcessorPil,
        SwinConfig,
    )

    config = MaskFormerConfig(
        backbone_config=SwinConfig(
            image_size=32, embed_dim=8, depths=[1, 1, 1, 1], num_heads=[1, 1, 2, 2], window_size=2,
            out_features=["stage1", "stage2", "stage3", "stage4"],
        ),
        decoder_config=DetrConfig(
            d_model=32, decoder_layers=1, encoder_layers=1, decoder_ffn_dim=32, encoder_ffn_dim=32,
            decoder_attention_heads=2, encoder_attention_heads=2, num_queries=5, use_timm_backbone=False,
            use_pretrained_backbone=False,
        ),
        fpn_feature_size=32, mask_feature_size=32, **labelled(),
    )  # fmt: skip
    return save(
        folder, 4, lambda: MaskFormerForInstanceSegmentation(config),
        MaskFormerImageProcessorPil(size={"height": 64, "width": 64}, num_labels=len(LABELS)),
    )  # fmt: skip


def make_masker(folder: Path) -> Path:
    from transformers import SamConfig, SamImageProcessorPil, SamModel, SamProcessor

    config = SamConfig(
        vision_config={
            "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "mlp_dim": 16, "image_size": 64, "patch_size": 8,
            "output_channels": 16, "window_size": 2, "global_attn_indexes": [1], "num_pos_feats": 8,
        },
        prompt_encoder_config={"hidden_size": 16, "image_size": 64, "patch_size": 8, "mask_input_channels": 4},
        mask_decoder_config={
            "hidden_size": 16, "mlp_dim": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "iou_head_hidden_dim": 16,
            "iou_head_depth": 2, "attention_downsample_rate": 2,
        },
    )  # fmt: skip
    processor = SamProcessor(
        SamImageProcessorPil(
            size={"longest_edge": 64}, mask_size={"longest_edge": 32}, pad_size={"height": 64, "width": 64},
            mask_pad_size={"height": 32, "width": 32},
        )
    )  # fmt: skip
    return save(folder, 5, lambda: SamModel(config), processor)


def make_depth_estimator(folder: Path) -> Path:
    from transformers import GLPNConfig, GLPNForDepthEstimation, GLPNImageProcessorPil

    config = GLPNConfig(
        depths=[1, 1, 1, 1],
        hidden_sizes=[8, 8, 16, 16],
        num_attention_heads=[1, 1, 2, 2],
        decoder_hidden_size=16,
    )
    return save(folder, 6, lambda: GLPNForDepthEstimation(config), GLPNImageProcessorPil())


def make_matcher(folder: Path) -> Path:
    from transformers import (
        SuperGlueConfig,
        SuperGlueForKeypointMatching,
        SuperGlueImageProcessorPil,
        SuperPointConfig,
    )

    config = SuperGlueConfig(
        keypoint_detector_config=SuperPointConfig(
            encoder_hidden_sizes=[16, 16, 16, 16], decoder_hidden_size=16, descriptor_decoder_dim=32,
            keypoint_detector_decoder_dim=65,
            max_keypoints=40, keypoint_threshold=0.001, border_removal_distance=2,
        ),
        hidden_size=32, keypoint_encoder_sizes=[16, 16], gnn_layers_types=["self", "cross"], sinkhorn_iterations=5,
        num_attention_heads=4, matching_threshold=0.0,
    )  # fmt: skip
    return save(
        folder, 7, lambda: SuperGlueForKeypointMatching(config),
        SuperGlueImageProcessorPil(size={"height": 48, "width": 64}),
    )  # fmt: skip


def make_clip(folder: Path) -> Path:
    from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel, CLIPProcessor

    tokenizer = byte_tokenizer(None)
    tokenizer.model_max_length = 32
    common = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 37}
    config = CLIPConfig(
        text_config={
            **common, "vocab_size": len(tokenizer), "max_position_embeddings": 32, "eos_token_id": tokenizer.eos_token_id,
            "pad_token_id": tokenizer.pad_token_id,
        },
        vision_config={**common, "image_size": 32, "patch_size": 8}, projection_dim=32,
    )  # fmt: skip
    processor = CLIPProcessor(
        image_processor=CLIPImageProcessorPil(
            size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}
        ),
        tokenizer=tokenizer,
    )
    return save(folder, 8, lambda: CLIPModel(config), processor)


def make_encoder(folder: Path) -> Path:
    from transformers import ViTConfig, ViTImageProcessorPil, ViTModel

    config = ViTConfig(
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        image_size=32,
        patch_size=8,
    )
    return save(folder, 9, lambda: ViTModel(config), ViTImageProcessorPil(size={"height": 32, "width": 32}))


def word_tokenizer() -> Any:
    """A tokenizer of pieces of words between `[CLS]` and `[SEP]`, as BERT's."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    letters = [chr(code) for code in range(33, 127)]
    trainer = trainers.WordPieceTrainer(
        vocab_size=400, special_tokens=special, initial_alphabet=letters, show_progress=False
    )
    tokenizer.train_from_iterator(["Invoice number total EUR pay by November"], trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        model_max_length=96,
    )  # fmt: skip


def make_captioner(folder: Path) -> Path:
    from transformers import BlipConfig, BlipForConditionalGeneration, BlipImageProcessorPil, BlipProcessor

    tokenizer = word_tokenizer()
    common = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 37}
    config = BlipConfig(
        text_config={
            **common, "vocab_size": len(tokenizer), "max_position_embeddings": 64, "bos_token_id": tokenizer.cls_token_id,
            "eos_token_id": tokenizer.sep_token_id, "sep_token_id": tokenizer.sep_token_id, "pad_token_id": tokenizer.pad_token_id,
            "encoder_hidden_size": 32,
        },
        vision_config={**common, "image_size": 32, "patch_size": 8}, projection_dim=32,
    )  # fmt: skip
    processor = BlipProcessor(BlipImageProcessorPil(size={"height": 32, "width": 32}), tokenizer)
    return save(folder, 11, lambda: BlipForConditionalGeneration(config), processor)


def make_asked_about_pictures(folder: Path) -> Path:
    """It writes an answer to a question about a picture."""
    from transformers import BlipConfig, BlipForQuestionAnswering, BlipImageProcessorPil, BlipProcessor

    tokenizer = word_tokenizer()
    common = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 37}
    ends = {
        "bos_token_id": tokenizer.cls_token_id,
        "eos_token_id": tokenizer.sep_token_id,
        "sep_token_id": tokenizer.sep_token_id,
    }
    text = {
        **common,
        **ends,
        "vocab_size": len(tokenizer),
        "pad_token_id": tokenizer.pad_token_id,
        "encoder_hidden_size": 32,
    }
    vision = {**common, "image_size": 32, "patch_size": 8}
    config = BlipConfig(text_config=text, vision_config=vision, projection_dim=32)
    processor = BlipProcessor(BlipImageProcessorPil(size={"height": 32, "width": 32}), tokenizer)
    return save(folder, 13, lambda: BlipForQuestionAnswering(config), processor)


def make_watcher(folder: Path) -> Path:
    """Of films."""
    from transformers import VideoMAEConfig, VideoMAEForVideoClassification, VideoMAEImageProcessorPil

    config = VideoMAEConfig(
        image_size=32, patch_size=8, num_frames=4, tubelet_size=2, hidden_size=32, num_hidden_layers=1,
        num_attention_heads=2, intermediate_size=37, **labelled(),
    )  # fmt: skip
    processor = VideoMAEImageProcessorPil(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    return save(folder, 10, lambda: VideoMAEForVideoClassification(config), processor)
