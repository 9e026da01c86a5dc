"""Diffusion models of a few thousand numbers, made on the spot from a seed: they draw noise, with every file of a real one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SIDE = 32  # pixels of what they draw, unless told otherwise


def make_drawer(folder: Path, *, seed: int = 0) -> Path:
    """Stable Diffusion: a CLIP text model, a UNet, a VAE and a scheduler."""
    import torch
    from diffusers import DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel

    torch.manual_seed(seed)
    unet = UNet2DConditionModel(
        block_out_channels=(8, 16), layers_per_block=1, sample_size=SIDE // 2, norm_num_groups=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=16, attention_head_dim=4,
    )  # fmt: skip
    made = StableDiffusionPipeline(
        unet=unet, scheduler=DDIMScheduler(clip_sample=False, steps_offset=1), vae=_vae(), **_text_parts(),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip
    made.save_pretrained(folder)
    return folder


def make_filmer(folder: Path, *, seed: int = 1) -> Path:
    """AnimateDiff: the same with a UNet that knows motion."""
    import torch
    from diffusers import AnimateDiffPipeline, DDIMScheduler, MotionAdapter, UNet2DConditionModel

    torch.manual_seed(seed)
    channels = (8, 16)
    unet = UNet2DConditionModel(
        block_out_channels=channels, layers_per_block=1, sample_size=SIDE // 2, norm_num_groups=4,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=16, attention_head_dim=4,
    )  # fmt: skip
    motion = MotionAdapter(
        block_out_channels=channels, motion_layers_per_block=1, motion_norm_num_groups=2, motion_num_attention_heads=2,
        motion_max_seq_length=8,
    )  # fmt: skip
    made = AnimateDiffPipeline(
        unet=unet, motion_adapter=motion, scheduler=DDIMScheduler(clip_sample=False, steps_offset=1), vae=_vae(), **_text_parts()
    )  # fmt: skip
    made.save_pretrained(folder)
    return folder


def make_animator(folder: Path, *, seed: int = 2) -> Path:
    """Stable Video Diffusion: sets a picture in motion."""
    import torch
    from diffusers import (
        AutoencoderKLTemporalDecoder,
        EulerDiscreteScheduler,
        StableVideoDiffusionPipeline,
        UNetSpatioTemporalConditionModel,
    )
    from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModelWithProjection

    torch.manual_seed(seed)
    unet = UNetSpatioTemporalConditionModel(
        block_out_channels=(32, 64), layers_per_block=1, sample_size=SIDE // 2, in_channels=8, out_channels=4,
        down_block_types=("CrossAttnDownBlockSpatioTemporal", "DownBlockSpatioTemporal"),
        up_block_types=("UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal"),
        cross_attention_dim=32, num_attention_heads=8, projection_class_embeddings_input_dim=96, addition_time_embed_dim=32,
    )  # fmt: skip
    seeing = CLIPVisionConfig(
        hidden_size=32, projection_dim=32, num_hidden_layers=1, num_attention_heads=2, image_size=224,
        intermediate_size=37, patch_size=32,
    )  # fmt: skip
    made = StableVideoDiffusionPipeline(
        unet=unet,
        image_encoder=CLIPVisionModelWithProjection(seeing).eval(),
        scheduler=EulerDiscreteScheduler(interpolation_type="linear", prediction_type="v_prediction", use_karras_sigmas=True),
        vae=AutoencoderKLTemporalDecoder(
            block_out_channels=[32, 64], down_block_types=["DownEncoderBlock2D", "DownEncoderBlock2D"], latent_channels=4
        ),
        feature_extractor=CLIPImageProcessor(crop_size=32, size={"shortest_edge": 32}),
    )  # fmt: skip
    made.save_pretrained(folder)
    return folder


def make_dreamer(folder: Path, *, seed: int = 3) -> Path:
    """DDPM: pictures without being told of what."""
    import torch
    from diffusers import DDPMPipeline, DDPMScheduler, UNet2DModel

    torch.manual_seed(seed)
    unet = UNet2DModel(
        block_out_channels=(8, 16), layers_per_block=1, sample_size=16, in_channels=3, out_channels=3, norm_num_groups=4,
        down_block_types=("DownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "UpBlock2D"),
    )  # fmt: skip
    DDPMPipeline(unet=unet, scheduler=DDPMScheduler()).save_pretrained(folder)
    return folder


def _vae() -> Any:
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=[8, 16], norm_num_groups=4, latent_channels=4,
        down_block_types=["DownEncoderBlock2D"] * 2, up_block_types=["UpDecoderBlock2D"] * 2,
    )  # fmt: skip


def _text_parts() -> dict[str, Any]:
    from tokenizers import pre_tokenizers
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = [*letters, *(letter + "</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    tokenizer = CLIPTokenizer(vocab={word: i for i, word in enumerate(words)}, merges=[], model_max_length=16)
    config = CLIPTextConfig(
        vocab_size=len(words), hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=16, bos_token_id=len(words) - 2, eos_token_id=len(words) - 1, pad_token_id=len(words) - 1,
        initializer_range=0.5,
    )  # fmt: skip
    return {"text_encoder": CLIPTextModel(config).eval(), "tokenizer": tokenizer}


def make_enlarger(folder: Path, *, seed: int = 4) -> Path:
    """Swin2SR, a model of transformers that doubles pictures."""
    import torch
    from transformers import Swin2SRConfig, Swin2SRForImageSuperResolution
    from transformers.models.swin2sr.image_processing_pil_swin2sr import Swin2SRImageProcessorPil

    torch.manual_seed(seed)
    config = Swin2SRConfig(
        image_size=16,
        embed_dim=8,
        depths=[1],
        num_heads=[2],
        window_size=4,
        upscale=2,
        upsampler="pixelshuffledirect",
    )
    Swin2SRForImageSuperResolution(config).save_pretrained(folder)
    Swin2SRImageProcessorPil(size_divisor=4).save_pretrained(folder)
    return folder
