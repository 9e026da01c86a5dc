"""Tiny models of random numbers that hear or make sounds: every file a shipped one has, in a second or two."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.pipelines.tiny_models import byte_tokenizer

LABELS = ["hammer", "bellows", "quench"]


def _labelled() -> dict[str, Any]:
    return {"id2label": dict(enumerate(LABELS)), "label2id": {label: i for i, label in enumerate(LABELS)}}


def make_wav2vec2_classifier(folder: Path) -> Path:
    """A classifier whose class ends as those of texts do."""
    import torch
    from transformers import Wav2Vec2Config, Wav2Vec2FeatureExtractor, Wav2Vec2ForSequenceClassification

    torch.manual_seed(0)
    config = Wav2Vec2Config(
        hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64, conv_dim=(16, 16),
        conv_stride=(10, 32), conv_kernel=(10, 32), num_feat_extract_layers=2, num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=2, initializer_range=0.4, **_labelled(),
    )  # fmt: skip
    Wav2Vec2ForSequenceClassification(config).save_pretrained(folder)
    Wav2Vec2FeatureExtractor().save_pretrained(folder)
    return folder


def make_spectrogram_transformer(folder: Path) -> Path:
    import torch
    from transformers import ASTConfig, ASTFeatureExtractor, ASTForAudioClassification

    torch.manual_seed(0)
    config = ASTConfig(
        hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64, max_length=128,
        num_mel_bins=32, initializer_range=0.4, **_labelled(),
    )  # fmt: skip
    ASTForAudioClassification(config).save_pretrained(folder)
    ASTFeatureExtractor(max_length=128, num_mel_bins=32).save_pretrained(folder)
    return folder


def make_clap(folder: Path) -> Path:
    """One that puts sounds and words side by side; it listens at 48,000 samples a second."""
    import torch
    from transformers import ClapConfig, ClapFeatureExtractor, ClapModel

    tokenizer = byte_tokenizer(None)
    torch.manual_seed(0)
    text = {
        "vocab_size": len(tokenizer), "hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2,
        "intermediate_size": 64, "max_position_embeddings": 96, "pad_token_id": tokenizer.pad_token_id,
    }  # fmt: skip
    audio = {
        "spec_size": 64, "hidden_size": 32, "patch_embeds_hidden_size": 16, "depths": [1, 1], "num_attention_heads": [2, 2],
        "window_size": 4, "num_mel_bins": 16, "projection_dim": 32, "patch_size": 4, "patch_stride": [4, 4],
    }  # fmt: skip
    config = ClapConfig(text_config=text, audio_config=audio, projection_dim=32)
    ClapModel(config).save_pretrained(folder)
    ClapFeatureExtractor(
        feature_size=16, max_length_s=1, padding="repeatpad", truncation="rand_trunc"
    ).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def make_vits(folder: Path) -> Path:
    """A speaker that spells letters."""
    import torch
    from transformers import VitsConfig, VitsModel, VitsTokenizer

    folder.mkdir(parents=True)
    letters = ["<pad>", "<unk>", *" abcdefghijklmnopqrstuvwxyz"]
    (folder / "vocab.json").write_text(json.dumps({letter: i for i, letter in enumerate(letters)}))
    tokenizer = VitsTokenizer(folder / "vocab.json", phonemize=False, is_uroman=False)
    torch.manual_seed(0)
    config = VitsConfig(
        vocab_size=len(letters), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, ffn_dim=32, flow_size=16,
        spectrogram_bins=9, duration_predictor_filter_channels=16, prior_encoder_num_flows=1,
        duration_predictor_num_flows=1, posterior_encoder_num_wavenet_layers=1, prior_encoder_num_wavenet_layers=1,
        upsample_initial_channel=16, upsample_rates=[4, 4], upsample_kernel_sizes=[8, 8], resblock_kernel_sizes=[3],
        resblock_dilation_sizes=[[1]], depth_separable_num_layers=1, sampling_rate=16_000, use_stochastic_duration_prediction=False,
        noise_scale=0.0,
    )  # fmt: skip
    VitsModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def make_musicgen(folder: Path) -> Path:
    """A composer: a reader of texts, a writer of codes, and the codec that makes them sound."""
    import torch
    from transformers import (
        EncodecConfig,
        MusicgenConfig,
        MusicgenDecoderConfig,
        MusicgenForConditionalGeneration,
        T5Config,
    )

    tokenizer = byte_tokenizer(None)
    torch.manual_seed(0)
    reader = T5Config(
        vocab_size=len(tokenizer), d_model=16, d_kv=8, d_ff=32, num_layers=1, num_heads=2,
        pad_token_id=tokenizer.pad_token_id, eos_token_id=tokenizer.eos_token_id, decoder_start_token_id=0,
    )  # fmt: skip
    codec = EncodecConfig(
        sampling_rate=8_000, hidden_size=16, num_filters=4, upsampling_ratios=[4, 4], codebook_size=32,
        target_bandwidths=[5.0], num_lstm_layers=1,
    )  # fmt: skip
    writer = MusicgenDecoderConfig(
        vocab_size=32, hidden_size=16, ffn_dim=32, num_hidden_layers=1, num_attention_heads=2, num_codebooks=2,
        pad_token_id=32, bos_token_id=32, max_position_embeddings=64,
    )  # fmt: skip
    config = MusicgenConfig(
        text_encoder=reader.to_dict(), audio_encoder=codec.to_dict(), decoder=writer.to_dict()
    )
    model = MusicgenForConditionalGeneration(config)
    model.generation_config.pad_token_id = 32
    model.generation_config.decoder_start_token_id = 32
    model.generation_config.guidance_scale = 1
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
