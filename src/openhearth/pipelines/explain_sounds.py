"""What the low-level twins of sounds are filled with. Asked of loaded workers, and of what stands for one on a page."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openhearth.errors import Unsupported

if TYPE_CHECKING:
    from openhearth.pipelines.explain import Fill, LastCall

_WHISPER, _SPELLS = "seq2seq_whisper", "ctc"
_WINDOW_S = 30
_RATE_HZ = 16_000
# What transformers' pipeline asks of generate where nobody says otherwise.
_GENERATION = {"max_new_tokens": 256, "num_beams": 5}
_OURS = (
    "return_timestamps",
    "return_language",
    "generate_kwargs",
    "check_speech",
    "batch_size",
    "chunk_length_s",
)


def written_down(call: "LastCall", worker: Any) -> tuple[str, dict[str, Any]]:
    """automatic-speech-recognition."""
    times = call.parameters.get("return_timestamps")
    kind = getattr(worker, "type", _WHISPER)
    if times == "word" or (times and kind != _WHISPER):
        raise Unsupported(
            "explain: the times of words have no low-level lines; call with return_timestamps=True."
        )
    values: dict[str, Any] = {"inputs": _sound_file(call)}
    if kind == _SPELLS:
        return "automatic-speech-recognition.ctc", values
    own = {name: value for name, value in call.parameters.items() if name not in _OURS}
    generation = {**_GENERATION, **own, **(call.parameters.get("generate_kwargs") or {})}
    if kind == _WHISPER and (times or _is_long(call.inputs)):
        generation["return_timestamps"] = True
        return "automatic-speech-recognition.long", {
            **values,
            "generation": generation,
            "offsets": bool(times),
        }
    return "automatic-speech-recognition", {**values, "generation": generation}


def spoken(call: "LastCall", worker: Any) -> tuple[str, dict[str, Any]]:
    """text-to-speech by an ONNX voice."""
    text = call.inputs[0] if isinstance(call.inputs, list) else call.inputs
    parameters = {**call.parameters, **(call.parameters.get("forward_params") or {})}
    name = str(parameters.get("voice") or getattr(worker, "default_voice", "heart"))
    voices: Mapping[str, Any] = getattr(worker, "voices", {})
    file = voices.get(name, {}).get("file", f"voices/{name}.onnx")
    return "text-to-speech", {
        "inputs": text, "voice": worker.known_as(name) if voices else name, "file": file, "speed": parameters.get("speed", 1.0),
        "seed": getattr(worker, "seed", 0),
    }  # fmt: skip


def voices(call: "LastCall", worker: Any) -> tuple[str, dict[str, Any]]:
    """voice-activity-detection."""
    usual = {"threshold": 0.5, "min_speech_s": 0.25, "min_silence_s": 0.1, "pad_s": 0.03}
    return "voice-activity-detection", {"inputs": _sound_file(call), **usual, **call.parameters}


def _sound_file(call: "LastCall") -> Any:
    given = call.given[0] if isinstance(call.given, list) and call.given else call.given
    if not isinstance(given, str | Path):
        raise Unsupported("explain: give the picture or sound as a path, so that the lines can open it.")
    return str(given)


def _is_long(inputs: Any) -> bool:
    sound = inputs[0] if isinstance(inputs, list) and inputs else inputs
    return hasattr(sound, "shape") and len(sound) > _WINDOW_S * _RATE_HZ


SOUND_TWINS: "Mapping[tuple[str, str], Fill]" = {
    ("automatic-speech-recognition", "speech_to_text"): written_down,
    ("text-to-speech", "text_to_speech"): spoken,
    ("voice-activity-detection", "voice_activity_detection"): voices,
}
