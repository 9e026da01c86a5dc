"""An answer as a file, in the format that the file's name asks for: a sound, a picture, a film, subtitles, text, JSON."""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openhearth.errors import Invalid
from openhearth.pipelines.media import Media, media_of
from openhearth.pipelines.sound_files import SOUND_FORMATS, encode_sound, read_wave
from openhearth.pipelines.subtitles import FORMATS as SUBTITLES
from openhearth.pipelines.subtitles import write_subtitles

_TEXTS = ("text", "summary_text", "translation_text", "generated_text")
_PICTURES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}


def save(answer: Any, path: str | Path) -> Path:
    """Write `answer` to `path`, whole or not at all; its ending says how. Raises Invalid for one that does not fit."""
    target = Path(path).expanduser()
    content = content_of(answer, target.suffix.lower())
    try:
        handle, partial = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            Path(partial).chmod(0o666 & ~_umask())
            Path(partial).replace(target)
        except OSError:
            Path(partial).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise Invalid(
            f"output: {target} cannot be written ({error.strerror}); choose another place."
        ) from None
    return target


def content_of(answer: Any, suffix: str) -> bytes:
    """`answer` as a file with the ending `suffix`."""
    if isinstance(answer, list) and len(answer) == 1:
        answer = answer[0]
    if isinstance(answer, Media) or _is_made(answer):
        return _made(answer, suffix)
    if suffix in SUBTITLES:
        return write_subtitles(answer, suffix).encode()
    if suffix == ".txt":
        return _text(answer).encode()
    if suffix == ".json":
        return (json.dumps(answer, ensure_ascii=False, indent=2, default=_plain) + "\n").encode()
    raise Invalid(f"output: this answer is no file of the kind {suffix!r}; use {_offered(answer)}.")


def _made(answer: Any, suffix: str) -> bytes:
    """A sound, picture or film, converted where that is another format of the same kind."""
    media = answer if isinstance(answer, Media) else None
    if media is not None and media.suffix == suffix:
        return media.content
    if (media is None or media.content_type == "audio/wav") and suffix.removeprefix(".") in SOUND_FORMATS:
        if media is not None:
            return encode_sound(*read_wave(media.content), suffix.removeprefix(".")).content
        if isinstance(answer, Mapping):
            return encode_sound(answer["audio"], answer["sampling_rate"], suffix.removeprefix(".")).content
    media = media or media_of(answer)
    if suffix == media.suffix:
        return media.content
    if media.content_type == "image/png" and suffix in _PICTURES:
        return _picture(media.content, _PICTURES[suffix])
    offered = {"audio": "." + ", .".join(SOUND_FORMATS), "image": ", ".join(_PICTURES)}
    kind = media.content_type.partition("/")[0]
    raise Invalid(
        f"output: {suffix or 'no ending'} is no format for this; use {offered.get(kind, media.suffix)}."
    )


def _picture(content: bytes, form: str) -> bytes:
    import io

    from PIL import Image

    stream = io.BytesIO()
    Image.open(io.BytesIO(content)).convert("RGB").save(stream, form)
    return stream.getvalue()


def _is_made(answer: Any) -> bool:
    return (
        hasattr(answer, "getbands")
        or hasattr(answer, "frames")
        or (isinstance(answer, Mapping) and "audio" in answer)
    )


def _text(answer: Any) -> str:
    rows = answer if isinstance(answer, list) else [answer]
    found = [
        row[name]
        for row in rows
        if isinstance(row, Mapping)
        for name in _TEXTS
        if isinstance(row.get(name), str)
    ]
    if not found:
        raise Invalid("output: this answer is no text; use .json.")
    return "\n".join(text.strip() for text in found) + "\n"


def _offered(answer: Any) -> str:
    is_transcript = isinstance(answer, Mapping) and "text" in answer
    return ".txt, .json, .srt or .vtt" if is_transcript else ".json or .txt"


def _plain(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else str(value)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
