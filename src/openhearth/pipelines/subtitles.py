"""Subtitles from what was written down with times: SubRip (`.srt`) and WebVTT (`.vtt`, W3C).

Segments become cues as they are; single words are gathered into lines that can be read.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openhearth.errors import Invalid

CUE_MAX_CHARACTERS = 84  # two lines on a screen
CUE_MAX_S = 7.0
_PAUSE_S = 0.8
_SHOWN_S = 2.0  # how long a cue stands whose end nobody knows


@dataclass(frozen=True)
class Cue:
    start_s: float
    end_s: float
    text: str


def write_subtitles(answer: Any, suffix: str) -> str:
    """The subtitles of an answer with `chunks`, in the format of `suffix`. Raises Invalid for one without times."""
    chunks = answer.get("chunks") if isinstance(answer, Mapping) else None
    if chunks is None:
        raise Invalid("subtitles need times: call again with return_timestamps=True.")
    return FORMATS[suffix](list(cues_of(chunks)))


def cues_of(chunks: Sequence[Mapping[str, Any]]) -> Iterator[Cue]:
    """What is shown and when. Segments are taken as they are, words are joined."""
    cues = list(_timed(chunks))
    are_words = len(cues) > 1 and all(len(cue.text.split()) == 1 for cue in cues)
    for cue in _gathered(cues) if are_words else cues:
        yield Cue(cue.start_s, cue.end_s, " ".join(cue.text.split()))


def _timed(chunks: Sequence[Mapping[str, Any]]) -> Iterator[Cue]:
    """A chunk may lack an end, where a recognition was cut off, or a start."""
    last_s = 0.0
    for index, chunk in enumerate(chunks):
        text = str(chunk["text"])
        start, end = chunk["timestamp"]
        start_s = last_s if start is None else max(float(start), 0.0)
        following = next(
            (c["timestamp"][0] for c in chunks[index + 1 :] if c["timestamp"][0] is not None), None
        )
        if end is None:
            end = start_s + _SHOWN_S if following is None else following
        last_s = max(float(end), start_s)
        if text.strip():
            yield Cue(start_s, last_s, text)


def _gathered(words: Sequence[Cue]) -> Iterator[Cue]:
    # Whisper's words bring the space before them, and parts of a word (" ill", "-disposed") bring none.
    if not any(word.text.startswith(" ") for word in words):
        words = [Cue(word.start_s, word.end_s, f" {word.text}") for word in words]
    line: list[Cue] = []
    for word in words:
        if line and word.text.startswith(" ") and _ends(line, word):
            yield _joined(line)
            line = []
        line.append(word)
    if line:
        yield _joined(line)


def _ends(line: Sequence[Cue], word: Cue) -> bool:
    length = sum(len(each.text) for each in line) + len(word.text)
    is_sentence_end = line[-1].text.endswith((".", "?", "!", "…", "。"))
    return (
        length > CUE_MAX_CHARACTERS
        or word.end_s - line[0].start_s > CUE_MAX_S
        or word.start_s - line[-1].end_s > _PAUSE_S
        or (is_sentence_end and length > CUE_MAX_CHARACTERS / 3)
    )


def _joined(line: Sequence[Cue]) -> Cue:
    return Cue(line[0].start_s, line[-1].end_s, "".join(word.text for word in line))


def _srt(cues: Sequence[Cue]) -> str:
    blocks = (
        f"{number}\n{_clock(cue.start_s, ',')} --> {_clock(cue.end_s, ',')}\n{_unmarked(cue.text)}\n"
        for number, cue in enumerate(cues, 1)
    )
    return "\n".join(blocks)


def _vtt(cues: Sequence[Cue]) -> str:
    blocks = (
        f"\n{_clock(cue.start_s, '.')} --> {_clock(cue.end_s, '.')}\n{_escaped(cue.text)}\n" for cue in cues
    )
    return "WEBVTT\n" + "".join(blocks)


def _clock(seconds: float, point: str) -> str:
    whole_ms = round(seconds * 1000)
    minutes, left_ms = divmod(whole_ms, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{left_ms // 1000:02}{point}{left_ms % 1000:03}"


def _unmarked(text: str) -> str:
    """Without the arrow that would begin another cue."""
    return text.replace("-->", "→")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


FORMATS: Mapping[str, Callable[[Sequence[Cue]], str]] = {".srt": _srt, ".vtt": _vtt}
