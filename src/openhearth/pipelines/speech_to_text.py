"""automatic-speech-recognition in Python: transformers' own pipeline and answers, for any sound of any length.

What is added: sounds longer than a model's window need nothing said about them and show how far they are; other
sampling rates are converted; and a sound without speech is answered by an empty text and a note, not by invented words.
"""

import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from openhearth.errors import Invalid
from openhearth.pipelines.ear import NO_SPEECH, holds_speech, is_silent, no_speech
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.inputs import Sound, sound_of
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.through_transformers import load as load_native

WINDOW_S = 30
WHISPER = "seq2seq_whisper"
Progress = Callable[[Any], None]


class SpeechToText:
    """All that is not said here is transformers' own pipeline."""

    def __init__(self, native: Any) -> None:
        self._native = native

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_native"], name)

    @property
    def rate_hz(self) -> int:
        return int(self._native.feature_extractor.sampling_rate)

    def __call__(self, inputs: Any, *, check_speech: bool = True, **parameters: Any) -> Any:
        """`{"text"}` of a sound, with `chunks` where `return_timestamps` asks for them; a list of these for a list.

        `check_speech=False` writes down whatever the model hears in a sound without speech.
        """
        if _is_stream(inputs) or (isinstance(inputs, Mapping) and "stride" in inputs):
            return self._native(inputs, **parameters)
        sounds = [
            sound_of(given, rate_hz=self.rate_hz)
            for given in (inputs if isinstance(inputs, list) else [inputs])
        ]
        spoken = [not check_speech or self._holds_speech(sound) for sound in sounds]
        if not all(spoken):
            warnings.warn(f"{NO_SPEECH}; nothing was written down", stacklevel=2)
        if parameters.get("return_timestamps") is True and self._native.type == "ctc":
            parameters["return_timestamps"] = "word"  # a spelling model knows no segments
        kept = [sound for sound, is_spoken in zip(sounds, spoken, strict=True) if is_spoken]
        answers = iter(self._write_down(kept, parameters) if kept else [])
        with_times = bool(parameters.get("return_timestamps"))
        rows = [next(answers) if is_spoken else no_speech(with_times=with_times) for is_spoken in spoken]
        return rows if isinstance(inputs, list) else rows[0]

    def _holds_speech(self, sound: Sound) -> bool:
        # Only a Whisper makes words up; models that spell what they hear stay silent by themselves.
        return holds_speech(sound, self.rate_hz) if self._native.type == WHISPER else not is_silent(sound)

    def _write_down(self, sounds: list[Sound], parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        if all(len(sound) <= WINDOW_S * self.rate_hz for sound in sounds):
            return list(self._native(sounds, **parameters))
        if self._native.type != WHISPER:
            return list(self._native(sounds, **{"chunk_length_s": WINDOW_S, **parameters}))
        return [self._write_down_long(sound, parameters) for sound in sounds]

    def _write_down_long(self, sound: Sound, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Window by window: Whisper finds its way through a long sound by the times that it writes itself."""
        wanted = parameters.get("return_timestamps")
        generate = dict(parameters.get("generate_kwargs") or {})
        with _shown(len(sound) / self.rate_hz) as show:
            given = {**parameters, "return_timestamps": wanted or True}
            if "chunk_length_s" not in parameters:
                given["generate_kwargs"] = {"monitor_progress": show, **generate}
            answer: dict[str, Any] = self._native(sound, **given)
        if not wanted:
            answer.pop("chunks", None)
        return answer


def _is_stream(inputs: Any) -> bool:
    """Whether `inputs` is a generator or a data set, which transformers answers one by one."""
    return not isinstance(inputs, str | bytes | Path | np.ndarray | list | Mapping)


@contextmanager
def _shown(length_s: float) -> Iterator[Progress]:
    """What Whisper is to be given to report how far it is: (batch, 2) of frames done and frames in all."""
    from tqdm.auto import tqdm

    with tqdm(
        total=round(length_s), unit="s", desc="speech", leave=False, disable=not sys.stderr.isatty()
    ) as bar:

        def show(frames: Any) -> None:
            done, whole = frames[0].tolist()
            bar.n = round(length_s * done / whole)
            bar.refresh()

        yield show


def load(found: FoundModel, task: str, options: PipelineOptions) -> SpeechToText:
    """Raises Invalid for a model that writes no text."""
    native = load_native(found, task, options)
    if getattr(native, "feature_extractor", None) is None:
        raise Invalid(f"{found.name} brings no feature extractor; add its preprocessor_config.json.")
    tokenizer = native.tokenizer
    if native.type == WHISPER and tokenizer.pad_token_id is None:
        tokenizer.pad_token = (
            tokenizer.eos_token
        )  # as Whisper itself pads; without one, sounds come in no batches
    return SpeechToText(native)
