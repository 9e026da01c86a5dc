"""More models of a few thousand numbers: one that fills gaps, one that reads pages, and those that hear and speak."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.pipelines.tiny_models import byte_tokenizer

# Every part is as small as its architecture lets it be.
SMALL = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}


def _seeded(seed: int) -> None:
    import torch

    torch.manual_seed(seed)


def make_gap_filler(folder: Path) -> Path:
    """A masked language model; its gap is written `[MASK]`."""
    from transformers import BertConfig, BertForMaskedLM

    tokenizer = byte_tokenizer(None)
    tokenizer.add_special_tokens({"mask_token": "[MASK]"})
    tokenizer.model_max_length = 64
    _seeded(11)
    config = BertConfig(vocab_size=len(tokenizer), max_position_embeddings=64, initializer_range=0.4, **SMALL)
    BertForMaskedLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def make_page_reader(folder: Path) -> Path:
    """A model that marks answers on a page, given its words and where they stand."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import LayoutLMConfig, LayoutLMForQuestionAnswering, PreTrainedTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "total", "what", "is", "the", "12", "eur", "invoice", "?"]
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        model_max_length=128,
    )  # fmt: skip
    _seeded(12)
    config = LayoutLMConfig(
        vocab_size=len(words), max_position_embeddings=128, initializer_range=0.4, **SMALL
    )
    LayoutLMForQuestionAnswering(config).save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder


def make_sound_classifier(folder: Path) -> Path:
    """One that calls any sound iron, steel or slag."""
    from transformers import Wav2Vec2Config, Wav2Vec2FeatureExtractor, Wav2Vec2ForSequenceClassification

    labels = ["iron", "steel", "slag"]
    _seeded(13)
    config = Wav2Vec2Config(
        conv_dim=(16, 16), conv_stride=(10, 32), conv_kernel=(10, 32), num_feat_extract_layers=2, num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=2, classifier_proj_size=16, initializer_range=0.4,
        id2label=dict(enumerate(labels)), label2id={label: i for i, label in enumerate(labels)}, **SMALL,
    )  # fmt: skip
    Wav2Vec2ForSequenceClassification(config).save_pretrained(folder)
    Wav2Vec2FeatureExtractor().save_pretrained(folder)
    return folder


def make_voice(folder: Path) -> Path:
    """A VITS voice that speaks noise of the right length."""
    import json

    from transformers import VitsConfig, VitsModel, VitsTokenizer

    folder.mkdir(parents=True, exist_ok=True)
    letters = [" ", *"abcdefghijklmnopqrstuvwxyz", "<unk>"]
    (folder / "vocab.json").write_text(json.dumps({letter: i for i, letter in enumerate(letters)}))
    _seeded(14)
    config = VitsConfig(
        vocab_size=len(letters), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, ffn_dim=32, flow_size=16,
        spectrogram_bins=17, prior_encoder_num_flows=1, posterior_encoder_num_wavenet_layers=1, prior_encoder_num_wavenet_layers=1,
        duration_predictor_num_flows=1, duration_predictor_filter_channels=16, depth_separable_num_layers=1,
        upsample_initial_channel=16, upsample_rates=[4, 4], upsample_kernel_sizes=[8, 8], resblock_kernel_sizes=[3],
        resblock_dilation_sizes=[[1]], noise_scale=0.0, noise_scale_duration=0.0, use_stochastic_duration_prediction=False,
    )  # fmt: skip
    VitsModel(config).save_pretrained(folder)
    VitsTokenizer(folder / "vocab.json", phonemize=False, is_uroman=False).save_pretrained(folder)
    return folder


def make_sound_matcher(folder: Path) -> Path:
    """A CLAP model: sounds and words in one space."""
    from transformers import ClapConfig, ClapFeatureExtractor, ClapModel

    tokenizer = byte_tokenizer(None)
    tokenizer.model_max_length = 64
    _seeded(15)
    text = {
        "vocab_size": len(tokenizer),
        "max_position_embeddings": 66,
        "pad_token_id": 1,
        "projection_dim": 16,
        **SMALL,
    }
    audio: dict[str, Any] = {
        "spec_size": 64, "num_mel_bins": 16, "patch_size": 4, "patch_stride": [4, 4], "patch_embeds_hidden_size": 16,
        "depths": [1, 1],
        "num_attention_heads": [2, 2], "window_size": 4, "hidden_size": 32, "num_hidden_layers": 2, "projection_dim": 16,
        "num_classes": 4, "enable_fusion": False,
    }  # fmt: skip
    ClapModel(ClapConfig(text_config=text, audio_config=audio, projection_dim=16)).save_pretrained(folder)
    ClapFeatureExtractor(
        feature_size=16,
        sampling_rate=16_000,
        frequency_max=8000,
        hop_length=160,
        max_length_s=2,
        fft_window_size=512,
        truncation="rand_trunc",
    ).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def make_seeing_chat(folder: Path) -> Path:
    """A LLaVA model: it is shown pictures and answers with confident nonsense."""
    from transformers import CLIPImageProcessorPil, LlavaConfig, LlavaForConditionalGeneration, LlavaProcessor

    template = (
        "{% for message in messages %}<|{{ message.role }}|>{% if message.content is string %}{{ message.content }}{% else %}"
        "{% for piece in message.content %}{% if piece.type == 'image' %}<image>{% else %}{{ piece.text }}{% endif %}{% endfor %}"
        "{% endif %}<|end|>{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
    )
    tokenizer = byte_tokenizer(template)
    tokenizer.add_special_tokens({"additional_special_tokens": ["<image>"]})
    tokenizer.model_max_length = 256
    _seeded(16)
    vision = {
        "model_type": "clip_vision_model",
        "image_size": 32,
        "patch_size": 8,
        "projection_dim": 32,
        **SMALL,
    }
    text = {
        "model_type": "llama", "vocab_size": len(tokenizer), "num_key_value_heads": 2, "max_position_embeddings": 256,
        "initializer_range": 0.4, "eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id, **SMALL,
    }  # fmt: skip
    config = LlavaConfig(
        vision_config=vision, text_config=text, image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        vision_feature_layer=-1, initializer_range=0.4,
    )  # fmt: skip
    LlavaForConditionalGeneration(config).save_pretrained(folder)
    pictures = CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    LlavaProcessor(
        pictures, tokenizer, patch_size=8, vision_feature_select_strategy="default", num_additional_image_tokens=1,
        chat_template=template,
    ).save_pretrained(folder)  # fmt: skip
    return folder
