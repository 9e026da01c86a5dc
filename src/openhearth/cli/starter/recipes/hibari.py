"""Hibari: an English voice as one small ONNX graph. Its rules for reading text are those of the library hibari-tts."""

import json
import shutil
from pathlib import Path

from openhearth.cli.starter.recipe import Card, ConversionFailed, Package, Recipe

PACKAGE = Package(
    name="hibari-tts",
    version="0.2.1",
    filename="hibari_tts-0.2.1-py3-none-any.whl",
    sha256="49f2abbbe451c988e7448b5afa08c8a56410535ebb855c0e7d174275df5ca1f3",
)
_VOICE = "heart"
_TEXT = "The furnace melts iron, and the smith makes steel."


def convert(src: Path, out: Path) -> None:
    """Lay the voice and the notes about its rights out, say in config.json what is there, and let it speak."""
    package = src / PACKAGE.name
    assets = package / "hibari" / "assets"
    known = json.loads((assets / "voices.json").read_text(encoding="utf-8"))[_VOICE]
    (out / "voices").mkdir()
    shutil.copy(assets / known["file"], out / "voices" / f"{_VOICE}.onnx")
    for name in ("LICENSE", "NOTICE"):
        shutil.copy(next(package.glob(f"*.dist-info/licenses/{name}")), out / name)
    voices = {_VOICE: {"file": f"voices/{_VOICE}.onnx", "language": known["language"]}}
    config = {"model_type": "hibari", "sampling_rate": 24_000, "default_voice": _VOICE, "voices": voices}
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    check(out)


def check(folder: Path) -> None:
    """Raise ConversionFailed unless the voice speaks a sentence at a human pace and loudness."""
    import numpy as np
    from hibari import Hibari

    voice = Hibari(_VOICE, model=str(folder / "voices" / f"{_VOICE}.onnx"))
    audio = voice(_TEXT, seed=0)
    words_per_s = len(_TEXT.split()) / (len(audio) / voice.sample_rate)
    loudness = float(np.sqrt(np.mean(audio**2)))
    if not (1.5 < words_per_s < 5 and 0.01 < loudness < 0.5):
        raise ConversionFailed(
            f"The voice said {words_per_s:.1f} words a second at a loudness of {loudness:.3f}, which is no speech."
        )


RECIPE = Recipe(
    name="hibari-heart",
    repo_type="model",
    version=1,
    packages=(PACKAGE,),
    convert=convert,
    card=Card(
        title="Hibari heart",
        summary="Reads English aloud in one American voice, a hundred times quicker than it is spoken. 6.2 million parameters.",
        license="apache-2.0",
        tags=("onnx", "audio", "speech", "text-to-speech"),
        language=("en",),
        pipeline_tag="text-to-speech",
        library_name="hibari",
        widget=(
            {"text": "The furnace melts iron, and the smith makes steel.", "example_title": "A sentence"},
        ),
        base_model="hexgrad/Kokoro-82M",
        base_model_relation="quantized",
        origin=(
            "The voice “heart” of hibari by Maureese Williams: a small network that learned from the recordings "
            "that Kokoro-82M (hexgrad) makes."
        ),
        rights="Apache-2.0 for the voice and for the library; the NOTICE of the package lies in this repo.",
        conversion=(
            "The ONNX file byte for byte, as `voices/heart.onnx`; `config.json` names what is here. How a text "
            "is pronounced (numbers, dates, abbreviations, unknown words) is decided by the installed library "
            "`hibari-tts`, not by anything in this repo. At every conversion the voice speaks one sentence."
        ),
        measured=(
            "6 seconds of speech in about 0.1 seconds on one core, after a second of loading.",
            "Whisper tiny.en writes its sentences down word for word (in our tests).",
        ),
        limits=(
            "English only: letters of other scripts are left out, and foreign words are read as English.",
            "One voice; the other voices of hibari are no part of this repo.",
            "Dates are read as Americans say them. No emotions, and no music.",
        ),
        high_level="""
from openhearth import pipeline

speak = pipeline("read this aloud", model="starter/hibari-heart")
speech = speak("The furnace melts iron, and the smith makes steel.")
speak.save("speech.wav")
""",
        low_level="""
import numpy as np
import onnxruntime
from hibari import Hibari, dsp                                    # pip install hibari-tts
from huggingface_hub import hf_hub_download

voice = Hibari("heart", model=hf_hub_download("starter/hibari-heart", "voices/heart.onnx"))
(phonemes,) = voice.phonemize("The furnace melts iron.")
print(phonemes)
outputs = voice.sess.run(None, {"ids": np.array([voice.ids(phonemes)]), "speed": np.array([1.0], np.float32)})
audio = dsp.synth(*(output[0] for output in outputs), np.random.default_rng(0))  # float32, 24,000 samples a second
""",
    ),
)
