"""Answers about sounds, and sounds that were made, drawn: the wave with a player, stretches of speech, transcripts."""

import base64

from openhearth.inference.box.asking import Answer
from openhearth.inference.box.drawings.files import WAVE_WIDTH, data_href, media_href, read_wave, wave_path
from openhearth.inference.box.drawings.records import Drawing, Film, Image, Line, Sound, Stretch, Transcript
from openhearth.inference.box.given import Given
from openhearth.pipelines.subtitles import cues_of, write_subtitles


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
    lines = [
        Line(start=cue.start_s, end=cue.end_s, text=cue.text)
        for cue in cues_of(answer.value.get("chunks", ()))
    ]
    href = ""
    if lines:
        subtitles = write_subtitles(answer.value, ".srt").encode()
        href = f"data:application/x-subrip;base64,{base64.b64encode(subtitles).decode()}"
    return Transcript(text=answer.value["text"], lines=lines, srt_href=href)
