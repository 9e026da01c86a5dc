"""Speech as OpenAI's clients send and expect it (OpenAI API reference, audio: speech, transcriptions, translations).

Fields that would change the answer and are not offered are refused, never ignored in silence. Of a segment's facts
those that are not known here (log-probabilities, tokens …) are null.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from openhearth.errors import Unsupported
from openhearth.pipelines.subtitles import Cue, cues_of, write_subtitles

SPEECH_MAX_CHARACTERS = 50_000
# The clients' own voices; a model that has none of this name speaks with its own.
FOREIGN_VOICES = frozenset(
    [
        "alloy",
        "ash",
        "ballad",
        "cedar",
        "coral",
        "echo",
        "fable",
        "marin",
        "nova",
        "onyx",
        "sage",
        "shimmer",
        "verse",
    ]
)
_NOT_OFFERED = {"instructions": (None, ""), "stream_format": (None, "audio")}
_TEXT_ONLY = {
    "chunking_strategy",
    "include",
    "include[]",
    "keywords[]",
    "known_speaker_names[]",
    "known_speaker_references[]",
}


_UNKNOWN = ("seek", "tokens", "temperature", "avg_logprob", "compression_ratio", "no_speech_prob")


class Voice(BaseModel):
    id: str


class SpeechRequest(BaseModel):
    """A body of `/v1/audio/speech`."""

    model_config = ConfigDict(extra="allow")
    model: str = ""
    input: Annotated[str, Field(min_length=1, max_length=SPEECH_MAX_CHARACTERS)]
    voice: str | Voice | None = None
    response_format: Literal["mp3", "opus", "aac", "flac", "wav", "pcm"] = "mp3"
    speed: Annotated[float, Field(ge=0.25, le=4)] = 1.0

    @model_validator(mode="after")
    def _refuse_what_is_not_offered(self) -> Self:
        _refuse(self.model_extra or {}, _NOT_OFFERED)
        return self

    @property
    def voice_name(self) -> str | None:
        return self.voice.id if isinstance(self.voice, Voice) else self.voice

    def parameters(self) -> dict[str, Any]:
        """Without the voice."""
        speed = {} if self.speed == 1 else {"speed": self.speed}
        return {"response_format": self.response_format, **speed}


class TranscriptionRequest(BaseModel):
    """The fields of `/v1/audio/transcriptions` and `/v1/audio/translations` beside the file."""

    model_config = ConfigDict(extra="allow")
    model: str = ""
    language: str | None = None
    prompt: str | None = None
    response_format: Literal["json", "text", "srt", "verbose_json", "vtt"] = "json"
    temperature: Annotated[float, Field(ge=0, le=1)] | None = None
    timestamp_granularities: Annotated[
        list[Literal["word", "segment"]], Field(alias="timestamp_granularities[]")
    ] = []
    stream: bool = False

    @model_validator(mode="after")
    def _refuse_what_is_not_offered(self) -> Self:
        _refuse(self.model_extra or {}, dict.fromkeys(_TEXT_ONLY, (None, "")))
        return self

    @property
    def wants_words(self) -> bool:
        return self.response_format == "verbose_json" and "word" in self.timestamp_granularities

    def parameters(self, *, translates: bool) -> dict[str, Any]:
        """What the engine is asked."""
        asked: dict[str, Any] = {"with_duration": True}
        if self.response_format in ("srt", "vtt", "verbose_json"):
            asked["return_timestamps"] = "word" if self.wants_words else True
            asked["return_language"] = True
        if translates:
            asked["task"] = "translate"
        if self.temperature:
            asked |= {"temperature": self.temperature, "do_sample": True}
        given = {"language": self.language or None, "prompt": self.prompt or None}
        return {**asked, **{name: value for name, value in given.items() if value is not None}}


def verbose_answer(asked: TranscriptionRequest, said: Mapping[str, Any], *, task: str) -> dict[str, Any]:
    """`response_format=verbose_json`."""
    cues = list(cues_of(said["chunks"]))
    answer: dict[str, Any] = {
        "task": task,
        "language": said.get("language") or "english",
        "duration": said["duration"],
        "text": said["text"],
        "usage": usage_of(said),
    }
    if asked.wants_words:
        answer["words"] = [
            {"word": chunk["text"].strip(), "start": chunk["timestamp"][0], "end": chunk["timestamp"][1]}
            for chunk in said["chunks"]
        ]
    if not asked.wants_words or "segment" in asked.timestamp_granularities:
        answer["segments"] = _segments(cues)
    return answer


def plain_answer(asked: TranscriptionRequest, said: Mapping[str, Any]) -> str:
    """`response_format` text, srt or vtt."""
    if asked.response_format == "text":
        return f"{said['text']}\n"
    return write_subtitles(said, f".{asked.response_format}")


def usage_of(said: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "duration", "seconds": said["duration"]}


def stream_events(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The text as a stream of one piece: it is known when all of it is."""
    return [
        {"type": "transcript.text.delta", "delta": said["text"]},
        {"type": "transcript.text.done", "text": said["text"]},
    ]


def _segments(cues: Sequence[Cue]) -> list[dict[str, Any]]:
    unknown: dict[str, Any] = dict.fromkeys(_UNKNOWN)
    return [
        {"id": index, "start": cue.start_s, "end": cue.end_s, "text": cue.text, **unknown}
        for index, cue in enumerate(cues)
    ]


def _refuse(given: Mapping[str, Any], without: Mapping[str, tuple[Any, ...]]) -> None:
    for name, value in given.items():
        if name in without and value not in without[name]:
            raise Unsupported(f"{name}: is not offered here; leave it out.", param=name)
