"""Real models of a few thousand numbers, made on the spot from a seed: every file a shipped model has, in a second."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CORPUS = [
    "The furnace melts iron and the smith makes steel.",
    "Steel is harder than iron because of carbon. Ünïcödé, 鋼鉄 and 🔥 too.",
    "user assistant system What is the capital of France? Paris is.",
] * 4
CHAT_TEMPLATE = (
    "{% for message in messages %}{% if message.role not in ['system', 'user', 'assistant'] %}"
    "{{ raise_exception('roles are system, user and assistant') }}{% endif %}"
    "<|{{ message.role }}|>{{ message.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SPECIAL_TOKENS = ["<|end|>", "<|user|>", "<|assistant|>", "<|system|>"]
CONTEXT_LENGTH = 160


def byte_tokenizer(chat_template: str | None = CHAT_TEMPLATE) -> Any:
    """A byte-level tokenizer: any text has tokens, and one character may need several."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=360, special_tokens=SPECIAL_TOKENS, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|end|>", pad_token="<|end|>", chat_template=chat_template
    )


def make_llama(folder: Path, *, seed: int = 0, chat: bool = True, **config: Any) -> Path:
    """A causal language model that answers with confident nonsense."""
    from transformers import LlamaConfig, LlamaForCausalLM

    return _make_causal(folder, LlamaConfig, LlamaForCausalLM, seed=seed, chat=chat, **config)


def make_mistral(folder: Path, *, seed: int = 1) -> Path:
    """One whose layers look back over eight tokens only."""
    from transformers import MistralConfig, MistralForCausalLM

    return _make_causal(folder, MistralConfig, MistralForCausalLM, seed=seed, chat=True, sliding_window=8)


def _make_causal(
    folder: Path, config_class: Any, model_class: Any, *, seed: int, chat: bool, **config: Any
) -> Path:
    import torch

    tokenizer = byte_tokenizer(CHAT_TEMPLATE if chat else None)
    torch.manual_seed(seed)
    settings = {
        "vocab_size": len(tokenizer),
        "hidden_size": 48,
        "intermediate_size": 96,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": CONTEXT_LENGTH,
        # Large weights keep logits apart, so that rounding never decides a token.
        "initializer_range": 0.4,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    model_class(config_class(**{**settings, **config})).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def make_encoder(folder: Path, *, seed: int = 2, pooling: str = "mean", normalise: bool = True) -> Path:
    """A sentence encoder with the module files of sentence-transformers."""
    import torch
    from transformers import BertConfig, BertModel

    tokenizer = byte_tokenizer(None)
    tokenizer.model_max_length = 64
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=64,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    kinds = ["Transformer", "Pooling", *(["Normalize"] if normalise else [])]
    paths = ["", "1_Pooling", "2_Normalize"]
    modules = [
        {"idx": i, "name": str(i), "path": paths[i], "type": f"sentence_transformers.models.{kind}"}
        for i, kind in enumerate(kinds)
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "1_Pooling").mkdir()
    modes = {
        f"pooling_mode_{name}": name.startswith(pooling)
        for name in ("cls_token", "mean_tokens", "max_tokens")
    }
    (folder / "1_Pooling/config.json").write_text(json.dumps({"word_embedding_dimension": 32, **modes}))
    return folder


def make_bert_for(folder: Path, what: str, labels: list[str], *, seed: int = 5) -> Path:
    """A reader of texts with a head: `what` ends a class of transformers, like `SequenceClassification`."""
    import torch
    import transformers

    tokenizer = byte_tokenizer(None)
    tokenizer.model_max_length = 64
    torch.manual_seed(seed)
    config = transformers.BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=64, initializer_range=0.4, id2label=dict(enumerate(labels)),
        label2id={label: i for i, label in enumerate(labels)},
    )  # fmt: skip
    getattr(transformers, f"BertFor{what}")(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def make_t5(folder: Path, *, seed: int = 6) -> Path:
    """An encoder-decoder model that was taught a prefix for summaries."""
    import torch
    from transformers import T5Config, T5ForConditionalGeneration

    tokenizer = byte_tokenizer(None)
    torch.manual_seed(seed)
    config = T5Config(
        vocab_size=len(tokenizer), d_model=32, d_kv=8, d_ff=64, num_layers=2, num_heads=4, initializer_factor=4.0,
        eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id, decoder_start_token_id=0,
        task_specific_params={"summarization": {"prefix": "summarize: "}},
    )  # fmt: skip
    T5ForConditionalGeneration(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def make_nllb(folder: Path, *, seed: int = 8) -> Path:
    """A translator of the two hundred languages that NLLB has codes for, reading letter by letter."""
    import string

    import torch
    from transformers import M2M100Config, M2M100ForConditionalGeneration, NllbTokenizer

    pieces = ["<s>", "<pad>", "</s>", "<unk>", "▁", *string.ascii_letters, *".,?!'áéíóú"]
    tokenizer = NllbTokenizer(vocab={piece: index for index, piece in enumerate(pieces)}, merges=[])
    torch.manual_seed(seed)
    config = M2M100Config(
        vocab_size=len(tokenizer), d_model=32, encoder_layers=1, decoder_layers=1, encoder_attention_heads=4,
        decoder_attention_heads=4, encoder_ffn_dim=64, decoder_ffn_dim=64, pad_token_id=1, bos_token_id=0,
        eos_token_id=2, decoder_start_token_id=2, max_position_embeddings=128, init_std=1.0,
    )  # fmt: skip
    model = M2M100ForConditionalGeneration(config)
    with torch.no_grad():  # otherwise it would write nothing but codes of languages
        model.model.shared.weight[len(pieces) :] *= 0.3
        model.model.shared.weight[:4] = 0
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def make_tapas(folder: Path, *, seed: int = 7) -> Path:
    """A reader of tables that points at cells."""
    import torch
    from transformers import TapasConfig, TapasForQuestionAnswering, TapasTokenizer

    folder.mkdir(parents=True, exist_ok=True)
    words = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        "[EMPTY]",
        *"abcdefghijklmnopqrstuvwxyz0123456789?",
    ]
    words += [f"##{letter}" for letter in words[6:]]
    (folder / "vocab.txt").write_text("\n".join(words))
    torch.manual_seed(seed)
    config = TapasConfig(
        vocab_size=len(words), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=256, initializer_range=0.4, num_aggregation_labels=4,
    )  # fmt: skip
    TapasForQuestionAnswering(config).save_pretrained(folder)
    TapasTokenizer(folder / "vocab.txt", model_max_length=256).save_pretrained(folder)
    return folder


def make_film_classifier(folder: Path, *, seed: int = 8) -> Path:
    """A watcher of eight frames with the labels forging, casting and resting."""
    import torch
    from transformers import VideoMAEConfig, VideoMAEForVideoClassification, VideoMAEImageProcessorPil

    torch.manual_seed(seed)
    labels = ["forging", "casting", "resting"]
    config = VideoMAEConfig(
        image_size=32, patch_size=8, num_frames=8, hidden_size=32, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=64, initializer_range=0.4, id2label=dict(enumerate(labels)),
        label2id={label: i for i, label in enumerate(labels)},
    )  # fmt: skip
    VideoMAEForVideoClassification(config).save_pretrained(folder)
    size = {"height": 32, "width": 32}
    VideoMAEImageProcessorPil(size={"shortest_edge": 32}, crop_size=size).save_pretrained(folder)
    return folder


def make_image_classifier(folder: Path, *, seed: int = 3) -> Path:
    """A picture classifier with the labels iron, steel and slag."""
    import torch
    from transformers import ViTConfig, ViTForImageClassification, ViTImageProcessorPil

    torch.manual_seed(seed)
    labels = ["iron", "steel", "slag"]
    config = ViTConfig(
        hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64, image_size=32, patch_size=8,
        id2label=dict(enumerate(labels)), label2id={label: i for i, label in enumerate(labels)},
    )  # fmt: skip
    ViTForImageClassification(config).save_pretrained(folder)
    ViTImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(folder)
    return folder


def make_speech_recogniser(folder: Path, *, seed: int = 4) -> Path:
    """A CTC model that spells some letters for any sound."""
    import torch
    from transformers import Wav2Vec2Config, Wav2Vec2CTCTokenizer, Wav2Vec2FeatureExtractor, Wav2Vec2ForCTC

    folder.mkdir(parents=True, exist_ok=True)
    letters = ["<pad>", "<s>", "</s>", "<unk>", "|", *"ABCDEFGHIJ"]
    (folder / "vocab.json").write_text(json.dumps({letter: i for i, letter in enumerate(letters)}))
    torch.manual_seed(seed)
    config = Wav2Vec2Config(
        vocab_size=len(letters), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64,
        conv_dim=(16, 16), conv_stride=(10, 32), conv_kernel=(10, 32), num_feat_extract_layers=2,
        num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=2, pad_token_id=0,
    )  # fmt: skip
    Wav2Vec2ForCTC(config).save_pretrained(folder)
    Wav2Vec2CTCTokenizer(folder / "vocab.json").save_pretrained(folder)
    Wav2Vec2FeatureExtractor().save_pretrained(folder)
    return folder


def png_bytes(colour: tuple[int, int, int] = (200, 80, 40), size: tuple[int, int] = (48, 40)) -> bytes:
    import io

    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


def wav_bytes(seconds: float = 1.0, rate_hz: int = 22_050, channels: int = 2) -> bytes:
    """A falling tone, at a rate and in channels that no model wants."""
    import io
    import wave

    import numpy as np

    t = np.arange(int(seconds * rate_hz)) / rate_hz
    tone = (np.sin(2 * np.pi * (600 - 150 * t) * t) * 12_000).astype(np.int16)
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.repeat(tone[:, None], channels, axis=1).tobytes())
    return buffer.getvalue()


def export_onnx(source: Path, target: Path, auto_class: str, inputs: dict[str, Any], output: str) -> Path:
    """The model in `source` as a folder that holds an ONNX graph and no other weights. `inputs` is an example of a call."""
    import shutil
    import warnings

    import torch
    import transformers

    shutil.copytree(source, target)
    (target / "model.safetensors").unlink()
    model = getattr(transformers, auto_class).from_pretrained(source, attn_implementation="eager").eval()
    outputs = output.split()

    class Named(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *given: Any) -> Any:
            made = self.model(**dict(zip(inputs, given, strict=True)))
            return tuple(made[name] for name in outputs)

    moving = {name: {0: "batch"} if name == "pixel_values" else {0: "batch", 1: "tokens"} for name in inputs}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Named(), tuple(inputs.values()), str(target / "model.onnx"), input_names=list(inputs),
            output_names=outputs, dynamic_axes=moving, dynamo=False, opset_version=17,
        )  # fmt: skip
    return target
