"""text-to-speech by an ONNX voice: the installed library reads the text, the model's folder brings the voices.

A folder of `library_name: hibari` says in config.json which voices lie in it:
`{"sampling_rate", "default_voice", "voices": {name: {"file", "language"}}}`. Long texts are spoken piece by piece.
"""

import json
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from openhearth.errors import Invalid, NotFound
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.lists import checked_texts, with_progress
from openhearth.pipelines.machine import require_library
from openhearth.pipelines.options import PipelineOptions

TEXT_MAX_CHARACTERS = 50_000  # about an hour of speech
PHONEMES_MAX = 400  # what the voices were trained to say in one breath
SPEED_MIN, SPEED_MAX = 0.25, 4.0
NO_WORD = "inputs: holds no word that this voice can read; give it English text."


class TextToSpeech:
    """Speaks with the voices of one folder, each loaded when it is first asked for."""

    def __init__(self, folder: Path, name: str, threads: int) -> None:
        self.name = name
        self._folder = folder
        self._threads = threads or 1
        config = _read_config(folder, name)
        self.sampling_rate = int(config.get("sampling_rate", 24_000))
        self.voices: Mapping[str, Mapping[str, Any]] = config["voices"]
        self.default_voice = str(config.get("default_voice") or next(iter(self.voices)))
        self.seed = 0
        self._loaded: dict[str, Any] = {}
        self.model = self._voice(None)

    def __call__(
        self,
        inputs: Any,
        *,
        voice: str | None = None,
        speed: float = 1.0,
        seed: int | None = None,
        forward_params: Mapping[str, Any] | None = None,
    ) -> Any:
        """`{"audio": float32 samples, "sampling_rate"}` for a text, a list of these for a list of texts.

        The same `seed` makes the same sound again; it decides the breath of the voice alone. `forward_params` may
        carry the parameters, as transformers' pipeline has them.
        """
        if forward_params:
            return self(inputs, **{"voice": voice, "speed": speed, "seed": seed, **forward_params})
        speed = _checked_speed(speed)
        speaker = self._voice(voice)
        # Kept so that the low-level lines can make the same sound again.
        self.seed = int(np.random.default_rng().integers(2**31)) if seed is None else seed
        rows = [self._say(text, speaker, speed, self.seed) for text in checked_texts(inputs)]
        return rows[0] if isinstance(inputs, str) else rows

    def _say(self, text: str, speaker: Any, speed: float, seed: int) -> dict[str, Any]:
        if len(text) > TEXT_MAX_CHARACTERS:
            raise Invalid(
                f"inputs: {len(text):,} characters are more than an hour of speech; give it in parts of "
                f"{TEXT_MAX_CHARACTERS:,} at most."
            )
        left_out = sorted({letter for letter in text if letter.isalpha() and not _is_latin(letter)})
        if left_out:
            warnings.warn(
                f"{self.name} reads Latin letters only; left out: {''.join(left_out[:20])}", stacklevel=2
            )
        pieces = list(split_phonemes(speaker.phonemize(text)))
        noise = np.random.default_rng(seed)
        said = [
            speaker.from_ids(speaker.ids(piece), speed, noise) for piece in with_progress(pieces, "speech")
        ]
        if not sum(len(part) for part in said):
            raise Invalid(NO_WORD)
        return {"audio": np.concatenate(said), "sampling_rate": self.sampling_rate}

    def known_as(self, name: str) -> str:
        """What the library calls the voice `name`: that decides how words are pronounced."""
        return str(self._voice(name).voice)

    def _voice(self, name: str | None) -> Any:
        """The voice called `name`, loaded. Raises NotFound for one that is not here."""
        name = name or self.default_voice
        if name not in self.voices:
            raise NotFound(f"voice: {name!r} is not here; {self.name} has {', '.join(self.voices)}.")
        if name not in self._loaded:
            self._loaded[name] = _open_voice(self._folder, self.name, name, self.voices[name], self._threads)
        return self._loaded[name]


def split_phonemes(sentences: list[str]) -> Iterator[str]:
    """Phonemes of at most PHONEMES_MAX signs at once, cut between words where a sentence is longer."""
    for sentence in sentences:
        rest = sentence.strip()
        while len(rest) > PHONEMES_MAX:
            cut = rest.rfind(" ", 1, PHONEMES_MAX)
            cut = cut if cut > 0 else PHONEMES_MAX
            yield rest[:cut]
            rest = rest[cut:].lstrip()
        if rest:
            yield rest


def _open_voice(folder: Path, model: str, name: str, said: Mapping[str, Any], threads: int) -> Any:
    from hibari import Hibari
    from hibari.voices import VOICES

    place = PurePosixPath(str(said.get("file", "")))
    file = folder / place
    if place.is_absolute() or ".." in place.parts or not file.is_file():
        raise Invalid(
            f"config.json of {model} names no file of this folder for the voice {name}; mend and push it."
        )
    british = str(said.get("language", "")).lower().endswith("gb")
    # The library pronounces by the voice's name; one it does not know is pronounced as its language says.
    known = name if name in VOICES else "emma" if british else "heart"
    try:
        return Hibari(known, model=str(file), threads=threads)
    except Exception as error:  # onnxruntime raises classes of its own, all below Exception
        raise Invalid(f"{model}: the voice {name} cannot be loaded: {str(error)[:200]}") from error


def _read_config(folder: Path, name: str) -> Mapping[str, Any]:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Invalid(f"config.json of {name} cannot be read ({error}); mend and push it.") from None
    voices = config.get("voices") if isinstance(config, dict) else None
    if (
        not isinstance(voices, dict)
        or not all(isinstance(said, dict) for said in voices.values())
        or not voices
    ):
        raise Invalid(
            f'config.json of {name} names no voices; write "voices": {{name: {{"file": …}}}} into it.'
        )
    return dict(config)


def _is_latin(letter: str) -> bool:
    return ord(letter) < 0x250


def _checked_speed(speed: Any) -> float:
    if not isinstance(speed, int | float) or not SPEED_MIN <= speed <= SPEED_MAX:
        raise Invalid(
            f"speed: {speed!r} is no number from {SPEED_MIN} to {SPEED_MAX:g}; 1 is the usual pace."
        )
    return float(speed)


def load(found: FoundModel, task: str, options: PipelineOptions) -> TextToSpeech:
    require_library("hibari", task, extra="sound")
    return TextToSpeech(found.path, found.name, options.threads)
