"""automatic-speech-recognition: speech in, text out, with times where asked for.

Wraps transformers' pipeline of that name, which knows the decoding of each family (Whisper, CTC): sound longer
than 30 seconds is read window by window. We decode the file ourselves, so no ffmpeg program is needed.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoFeatureExtractor,
    AutomaticSpeechRecognitionPipeline,
    AutoModelForCTC,
    AutoModelForSpeechSeq2Seq,
    AutoTokenizer,
)

from openhearth.errors import Invalid
from openhearth.pipelines.inputs import Sound, read_sound
from openhearth.pipelines.loading import LoadOptions, load_model, load_part
from openhearth.pipelines.model_folder import read_model_folder

WINDOW_S = 30
GENERATION_NAMES = (
    "language",
    "task",
    "temperature",
    "max_new_tokens",
    "num_beams",
    "do_sample",
    "top_p",
    "top_k",
)


class SpeechRecognition:
    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline

    @property
    def model(self) -> Any:
        return self._pipeline.model

    @property
    def rate_hz(self) -> int:
        return int(self._pipeline.feature_extractor.sampling_rate)

    def __call__(self, inputs: Any, **parameters: Any) -> Any:
        """The text of a sound, or of each sound of a list: paths, bytes or samples at `rate_hz`."""
        many = isinstance(inputs, list)
        sounds = [read_sound(item, rate_hz=self.rate_hz) for item in (inputs if many else [inputs])]
        rows = self.transcribe(sounds, **parameters)
        return rows if many else rows[0]

    @torch.inference_mode()
    def transcribe(
        self, sounds: Sequence[Sound], *, return_timestamps: bool | str = False, **parameters: Any
    ) -> list[dict[str, Any]]:
        """The text of each sound. Sounds that fit into one window are read together."""
        generation = {
            **parameters.pop("generate_kwargs", parameters.pop("generation_parameters", None) or {})
        }
        generation |= {name: parameters.pop(name) for name in GENERATION_NAMES if name in parameters}
        if parameters:
            raise Invalid(f"parameters: {min(parameters)!r} is not one of this task; leave it out.")
        timestamps = self._timestamps(return_timestamps)
        is_short = all(len(sound) <= WINDOW_S * self.rate_hz for sound in sounds)
        if self._pipeline.type == "seq2seq_whisper":
            # Whisper reads longer sounds window by window, which needs the times that it writes itself.
            timestamps = timestamps or not is_short
        options: dict[str, Any] = {}
        if not is_short and self._pipeline.type != "seq2seq_whisper":
            options["chunk_length_s"] = WINDOW_S
        if timestamps:
            options["return_timestamps"] = timestamps
        if generation:
            options["generate_kwargs"] = generation
        batch_size = len(sounds) if is_short else 1
        outputs = self._pipeline(list(sounds), batch_size=batch_size, **options)
        return [_answer(output, with_times=bool(return_timestamps)) for output in outputs]

    def _timestamps(self, wanted: bool | str) -> bool | str:
        if wanted not in (True, False, "word", "char"):
            raise Invalid(f'return_timestamps: {wanted!r} is not offered; use true, false, "word" or "char".')
        whisper = self._pipeline.type == "seq2seq_whisper"
        if (whisper and wanted == "char") or (not whisper and wanted is True):
            offered = 'true or "word"' if whisper else '"word" or "char"'
            raise Invalid(f"return_timestamps: this model offers {offered}.")
        return wanted


def _answer(output: dict[str, Any], *, with_times: bool) -> dict[str, Any]:
    answer: dict[str, Any] = {"text": output["text"].strip()}
    if with_times:
        chunks = output.get("chunks", [])
        answer["chunks"] = [{"text": c["text"], "timestamp": list(c["timestamp"])} for c in chunks]
    return answer


def load(path: Path, **options: Any) -> SpeechRecognition:
    folder = read_model_folder(path, name=options.pop("name", None))
    auto_class = AutoModelForCTC if folder.architecture.endswith("CTC") else AutoModelForSpeechSeq2Seq
    model = load_model(auto_class, folder, LoadOptions(**options), stored="float32")
    pipeline = AutomaticSpeechRecognitionPipeline(
        model=model,
        tokenizer=load_part(AutoTokenizer, folder),
        feature_extractor=load_part(AutoFeatureExtractor, folder),
    )
    return SpeechRecognition(pipeline)
