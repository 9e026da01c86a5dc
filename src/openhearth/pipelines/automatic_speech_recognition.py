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
from openhearth.pipelines.ear import holds_speech, is_silent, no_speech
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

    def transcribe(
        self,
        sounds: Sequence[Sound],
        *,
        return_timestamps: bool | str = False,
        return_language: bool = False,
        with_duration: bool = False,
        check_speech: bool = True,
        **parameters: Any,
    ) -> list[dict[str, Any]]:
        """The text of each sound. Sounds that fit into one window are read together; in silence nothing is read.

        `return_language` adds the language that was heard, where the model tells languages apart; `with_duration`
        the length in seconds.
        """
        generation = self._generation(parameters)
        timestamps = self._timestamps(return_timestamps)
        language = {"return_language": True} if return_language and self._tells_languages else {}
        spoken = [not check_speech or self._may_speak(sound) for sound in sounds]
        kept = [sound for sound, is_spoken in zip(sounds, spoken, strict=True) if is_spoken]
        outputs = iter(self._write_down(kept, timestamps, {**generation}, language) if kept else [])
        answers = [
            _answer(next(outputs), with_times=bool(return_timestamps))
            if is_spoken
            else no_speech(with_times=bool(return_timestamps))
            for is_spoken in spoken
        ]
        if with_duration:
            for answer, sound in zip(answers, sounds, strict=True):
                answer["duration"] = round(len(sound) / self.rate_hz, 3)
        return answers

    @property
    def _tells_languages(self) -> bool:
        return bool(getattr(getattr(self.model, "generation_config", None), "lang_to_id", None))

    def _may_speak(self, sound: Sound) -> bool:
        whisper = self._pipeline.type == "seq2seq_whisper"
        return holds_speech(sound, self.rate_hz) if whisper else not is_silent(sound)

    def _generation(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """What `parameters` ask of generate. Raises Invalid for what is none of them."""
        generation = {
            **(parameters.pop("generate_kwargs", parameters.pop("generation_parameters", None)) or {})
        }
        generation |= {name: parameters.pop(name) for name in GENERATION_NAMES if name in parameters}
        prompt = parameters.pop("prompt", None)
        if parameters:
            raise Invalid(f"parameters: {min(parameters)!r} is not one of this task; leave it out.")
        if prompt:
            if self._pipeline.type != "seq2seq_whisper":
                raise Invalid("prompt: this model takes none; leave it out.")
            generation["prompt_ids"] = self._pipeline.tokenizer.get_prompt_ids(prompt, return_tensors="pt")
        return generation if self._tells_languages else _in_english(generation)

    @torch.inference_mode()
    def _write_down(
        self,
        sounds: Sequence[Sound],
        timestamps: bool | str,
        generation: dict[str, Any],
        language: dict[str, Any],
    ) -> list[dict[str, Any]]:
        is_short = all(len(sound) <= WINDOW_S * self.rate_hz for sound in sounds)
        if self._pipeline.type == "seq2seq_whisper":
            # Whisper reads longer sounds window by window, which needs the times that it writes itself.
            timestamps = timestamps or not is_short
        options: dict[str, Any] = dict(language)
        if not is_short and self._pipeline.type != "seq2seq_whisper":
            options["chunk_length_s"] = WINDOW_S
        if timestamps:
            options["return_timestamps"] = timestamps
        if generation:
            options["generate_kwargs"] = generation
        batch_size = len(sounds) if is_short else 1
        return list(self._pipeline(list(sounds), batch_size=batch_size, **options))

    def _timestamps(self, wanted: bool | str) -> bool | str:
        if wanted not in (True, False, "word", "char"):
            raise Invalid(f'return_timestamps: {wanted!r} is not offered; use true, false, "word" or "char".')
        whisper = self._pipeline.type == "seq2seq_whisper"
        if whisper and wanted == "char":
            raise Invalid('return_timestamps: this model offers true or "word".')
        if wanted and self._pipeline.type == "seq2seq":
            raise Invalid("return_timestamps: this model tells no times; leave it out.")
        return "word" if wanted is True and not whisper else wanted


def _in_english(generation: dict[str, Any]) -> dict[str, Any]:
    """Without language and task, which a model of one language has no tokens for. Raises Invalid for another language."""
    rest = {name: value for name, value in generation.items() if name not in ("language", "task")}
    language, task = generation.get("language"), generation.get("task")
    if language is not None and str(language).lower() not in ("en", "english", "<|en|>"):
        raise Invalid(
            f"language: this model does not choose among languages, so not {language!r} either.",
            param="language",
        )
    if task not in (None, "transcribe"):
        raise Invalid(
            f"task: this model writes down what is said and cannot {task}; choose a multilingual one.",
            param="task",
        )
    return rest


def _answer(output: dict[str, Any], *, with_times: bool) -> dict[str, Any]:
    answer: dict[str, Any] = {"text": output["text"].strip()}
    if with_times:
        chunks = output.get("chunks", [])
        answer["chunks"] = [{"text": c["text"], "timestamp": list(c["timestamp"])} for c in chunks]
    language = next((c["language"] for c in output.get("chunks", []) if c.get("language")), None)
    return answer if language is None else {**answer, "language": language}


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
