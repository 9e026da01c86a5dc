"""Answers about sounds, and sounds that were made, drawn: the wave with a player, stretches of speech, transcripts."""

import base64
from collections.abc import Sequence
from typing import Any

from openhearth.inference.box.asking import Answer
from openhearth.inference.box.drawings.files import WAVE_WIDTH, data_href, media_href, read_wave, wave_path
from openhearth.inference.box.drawings.records import Drawing, Film, Image, Line, Sound, Stretch, Transcript
from openhearth.inference.box.given import Given

# Words are gathered into lines of about so long, as subtitles are.
_LINE_S = 6.0


def draw_media(given: Given, answer: Answer) -> Drawing:
    """A picture, film or sound that was made."""
    kind, _, form = answer.content_type.partition("/")
    href = data_href(answer.content, answer.content_type)
    name = f"{given.box.task}.{form}"
    if kind == "image":
        return Image(
            href=href, alt=str(given.fields.get("prompt", "The picture that was made")), file_name=name
        )
    if kind == "video":
        return Film(href=href, file_name=name)
    read = read_wave(answer.content)
    return Sound(
        href=href, wave=wave_path(read[0]) if read else "", length_s=read[1] if read else 0.0, file_name=name
    )


def draw_voices(given: Given, answer: Answer) -> Drawing:
    """`[{"start", "end", "score"}]` in seconds, marked on the wave of the sound."""
    file = given.files["sound"]
    read = read_wave(file.content)
    length_s = read[1] if read else max((row["end"] for row in answer.value), default=0.0)
    scale = WAVE_WIDTH / (length_s or 1.0)
    return Sound(
        href=media_href(file, "sound"),
        wave=wave_path(read[0]) if read else "",
        length_s=length_s,
        stretches=[
            Stretch(
                start=row["start"],
                end=row["end"],
                x=row["start"] * scale,
                width=(row["end"] - row["start"]) * scale,
                score=row.get("score"),
            )
            for row in answer.value
        ],
    )


def draw_transcript(_given: Given, answer: Answer) -> Drawing:
    """What was said, line by line where the model told the times."""
    lines = gather(answer.value.get("chunks", ()))
    subtitles = to_srt(lines)
    href = (
        f"data:application/x-subrip;base64,{base64.b64encode(subtitles.encode()).decode()}" if lines else ""
    )
    return Transcript(text=answer.value["text"], lines=lines, srt_href=href)


def gather(chunks: Sequence[Any]) -> list[Line]:
    """Chunks with times as lines; single words are put together. A chunk that never ends, ends where it began."""
    lines: list[Line] = []
    for chunk in chunks:
        start, end = chunk["timestamp"]
        text = chunk["text"]
        end = start if end is None else end
        is_word = len(text.split()) == 1
        if (
            is_word
            and lines
            and end - lines[-1].start <= _LINE_S
            and not lines[-1].text.rstrip().endswith((".", "?", "!"))
        ):
            joint = "" if text.startswith(" ") else " "
            lines[-1] = Line(start=lines[-1].start, end=end, text=lines[-1].text + joint + text)
        else:
            lines.append(Line(start=start, end=end, text=text.strip()))
    return lines


def to_srt(lines: Sequence[Line]) -> str:
    """Subtitles in SubRip's form."""
    return "\n".join(
        f"{number}\n{_clock(line.start)} --> {_clock(line.end)}\n{line.text}\n"
        for number, line in enumerate(lines, 1)
    )


def _clock(moment_s: float) -> str:
    whole_ms = round(moment_s * 1000)
    hours, rest = divmod(whole_ms, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02},{rest % 1000:03}"
