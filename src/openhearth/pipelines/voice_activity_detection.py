"""voice-activity-detection: where in a sound somebody speaks.

A piece of speech begins with a frame above `threshold` and ends where frames stay below it (less a margin, so that a
voice that wavers is not cut) for `min_silence_s`; Silero's own rule and defaults.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openhearth.errors import Invalid
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.inputs import Sound, sound_of
from openhearth.pipelines.loading import first_line, set_threads
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.silero import FRAME, RATE_HZ, SileroVAD, load_network

FRAME_S = FRAME / RATE_HZ
_MARGIN = 0.15
_LOWEST = 0.01

Span = tuple[int, int]


class VoiceActivityDetection:
    rate_hz = RATE_HZ

    def __init__(self, network: SileroVAD) -> None:
        self.model = network

    def __call__(
        self,
        inputs: Any,
        *,
        threshold: float = 0.5,
        min_speech_s: float = 0.25,
        min_silence_s: float = 0.1,
        pad_s: float = 0.03,
    ) -> Any:
        """`[{"start", "end", "score"}]` in seconds for a sound, a list of these for a list of sounds.

        `score` is the mean probability in the piece. `pad_s` is added on both sides, never beyond a neighbour.
        """
        _check_share(threshold)
        for name, value in (
            ("min_speech_s", min_speech_s),
            ("min_silence_s", min_silence_s),
            ("pad_s", pad_s),
        ):
            _check_duration(name, value)
        sounds = inputs if isinstance(inputs, list) else [inputs]
        rows = []
        for given in sounds:
            sound = sound_of(given, rate_hz=RATE_HZ)
            likely = self.model.probabilities(sound)
            spans = find_spans(likely, threshold, min_silence_s=min_silence_s, min_speech_s=min_speech_s)
            rows.append(list(_timed(spans, likely, pad_s, len(sound) / RATE_HZ)))
        return rows if isinstance(inputs, list) else rows[0]

    def likeliest(self, sound: Sound) -> float:
        """The highest probability of speech in a sound of RATE_HZ samples a second."""
        return float(self.model.probabilities(sound).max(initial=0.0))


def find_spans(
    likely: NDArray[np.float32], threshold: float, *, min_silence_s: float, min_speech_s: float
) -> list[Span]:
    """Pieces of speech as frames `[start, end)`, from the probability of each frame."""
    lower = max(threshold - _MARGIN, _LOWEST)
    found: list[Span] = []
    start: int | None = None
    quiet: int | None = None
    for index, probability in enumerate(likely):
        if probability >= threshold:
            start, quiet = index if start is None else start, None
        elif start is not None and probability < lower:
            quiet = index if quiet is None else quiet
            if (index - quiet) * FRAME_S >= min_silence_s:
                found.append((start, quiet))
                start = quiet = None
    if start is not None:
        found.append((start, len(likely)))
    return [(start, end) for start, end in found if (end - start) * FRAME_S > min_speech_s]


def _timed(
    spans: list[Span], likely: NDArray[np.float32], pad_s: float, length_s: float
) -> Iterator[dict[str, float]]:
    for index, (start, end) in enumerate(spans):
        before = spans[index - 1][1] * FRAME_S if index else None
        after = spans[index + 1][0] * FRAME_S if index + 1 < len(spans) else None
        start_s, end_s = start * FRAME_S, end * FRAME_S
        earliest = 0.0 if before is None else (before + start_s) / 2
        latest = length_s if after is None else (end_s + after) / 2
        yield {
            "start": round(max(start_s - pad_s, earliest), 3),
            "end": round(min(end_s + pad_s, latest, length_s), 3),
            "score": round(float(likely[start:end].mean()), 4),
        }


def _check_share(threshold: Any) -> None:
    if not isinstance(threshold, int | float) or not 0 < threshold < 1:
        raise Invalid(f"threshold: {threshold!r} is no number between 0 and 1; 0.5 is usual.")


def _check_duration(name: str, value: Any) -> None:
    if not isinstance(value, int | float) or not 0 <= value <= 3600:
        raise Invalid(f"{name}: {value!r} is no duration; give seconds, from 0 up.")


def open_ear(found: FoundModel, device: Any = None) -> VoiceActivityDetection:
    """The network in the folder of `found`. Raises Invalid for one of another shape."""
    try:
        return VoiceActivityDetection(load_network(found.path, device))
    except (RuntimeError, OSError, ValueError, KeyError) as error:
        raise Invalid(f"{found.name} cannot be loaded: {first_line(error)}") from error


def load(found: FoundModel, task: str, options: PipelineOptions) -> VoiceActivityDetection:
    set_threads(options.threads)
    return open_ear(found, options.device)
