"""Whether anybody speaks in a sound: asked before it is written down, because a Whisper invents words for silence.

A sound without any signal is silent for sure. Where a model for voice-activity-detection is on this machine, it is
asked about the rest, and only believed when it hears next to nothing in the whole sound.
"""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from openhearth.errors import HubError
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.inputs import Sound

NO_SPEECH = "no speech was found in this sound"
# Three steps of a 16-bit sound: what a muted microphone gives.
_SIGNAL_MIN = 1e-4
_LIKELY_MIN = 0.2
_TASK = "voice-activity-detection"


def no_speech(*, with_times: bool) -> dict[str, Any]:
    """The answer of a recogniser to a sound in which nobody speaks."""
    return {"text": "", **({"chunks": []} if with_times else {}), "note": NO_SPEECH}


def is_silent(sound: Sound) -> bool:
    """Whether there is no signal in `sound`."""
    return float(np.abs(sound).max(initial=0.0)) < _SIGNAL_MIN


def holds_speech(sound: Sound, rate_hz: int) -> bool:
    """Whether somebody may speak in `sound`: False only where that is sure."""
    if is_silent(sound):
        return False
    ear = find_ear()
    if ear is None or ear.rate_hz != rate_hz:
        return True
    # A quiet recording is made as loud as others first: recognisers do so too.
    return bool(ear.likeliest(sound / np.abs(sound).max()) >= _LIKELY_MIN)


def find_ear() -> Any:
    """The first model of this machine that finds speech, loaded; None if there is none."""
    from openhearth.pipelines.choice import decide

    try:
        found = decide(_TASK, None).model
        return _load(found.name, found.path)
    except HubError:
        return None


@cache
def _load(name: str, path: Path) -> Any:
    from openhearth.pipelines.voice_activity_detection import open_ear

    return open_ear(FoundModel(name=name, path=path))
