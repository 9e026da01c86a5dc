"""The routes of OpenAI's clients for speech: /v1/audio/speech, /v1/audio/transcriptions, /v1/audio/translations."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from openhearth.errors import Invalid, NotFound
from openhearth.inference import calls
from openhearth.inference.bodies import event_stream, parse, read_body, refuse_field, unless_gone
from openhearth.inference.engine_process import EngineProcess
from openhearth.inference.openai_audio_shapes import (
    FOREIGN_VOICES,
    SpeechRequest,
    TranscriptionRequest,
    plain_answer,
    stream_events,
    usage_of,
    verbose_answer,
)
from openhearth.inference.openai_engine import engine_of
from openhearth.inference.service import Inference
from openhearth.inference.task_shapes import media_type
from openhearth.protocol.engine import Result, Run

FIELDS_MAX = 32
SPEECH, TEXT = "text-to-speech", "automatic-speech-recognition"


@dataclass(frozen=True)
class _Recording:
    asked: TranscriptionRequest
    sound: bytes


class OpenAIAudio:
    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def routes(self) -> list[BaseRoute]:
        return [
            Route(f"{prefix}/audio/{name}", handle, methods=["POST"])
            for prefix in ("/v1", "/models/{ns}/{name}/v1")
            for name, handle in (
                ("speech", self.speak),
                ("transcriptions", self.transcribe),
                ("translations", self.translate),
            )
        ]

    async def speak(self, request: Request) -> Response:
        asked = parse(SpeechRequest, await read_body(request))
        engine, _ = await engine_of(self._inference, request, asked.model, SPEECH)
        result = await unless_gone(request, _spoken(engine, asked))
        return Response(result.payload, media_type=media_type(result))

    async def transcribe(self, request: Request) -> Response:
        return await self._write_down(request, translates=False)

    async def translate(self, request: Request) -> Response:
        """To English, the one language that recognisers translate to."""
        return await self._write_down(request, translates=True)

    async def _write_down(self, request: Request, *, translates: bool) -> Response:
        form = await _read_form(request)
        try:
            given = _read_recording(form)
        finally:
            await form.close()
        asked = given.asked
        engine, _ = await engine_of(self._inference, request, asked.model, TEXT)
        run = Run(request_id=0, payload=given.sound, parameters=asked.parameters(translates=translates))
        said = (await unless_gone(request, calls.run(engine, run))).output
        if asked.stream:
            return await event_stream(_each(stream_events(said)))
        if asked.response_format == "json":
            return JSONResponse({"text": said["text"], "usage": usage_of(said)})
        if asked.response_format == "verbose_json":
            task = "translate" if translates else "transcribe"
            return JSONResponse(verbose_answer(asked, said, task=task))
        return PlainTextResponse(plain_answer(asked, said))


async def _spoken(engine: EngineProcess, asked: SpeechRequest) -> Result:
    """The sound; by the model's own voice where a client names one of its vendor's that the model lacks."""
    voice = {} if asked.voice_name is None else {"voice": asked.voice_name}
    try:
        return await calls.run(
            engine, Run(request_id=0, inputs=asked.input, parameters={**asked.parameters(), **voice})
        )
    except (NotFound, Invalid):
        if asked.voice_name not in FOREIGN_VOICES:
            raise
    return await calls.run(engine, Run(request_id=0, inputs=asked.input, parameters=asked.parameters()))


async def _read_form(request: Request) -> FormData:
    """The fields of a multipart body. Raises Invalid, TooLarge."""
    body = await read_body(request)

    async def whole() -> AsyncGenerator[bytes]:
        yield body

    try:
        return await MultiPartParser(request.headers, whole(), max_files=1, max_fields=FIELDS_MAX).parse()
    except (MultiPartException, KeyError, AttributeError, ValueError):
        raise Invalid(
            "body: is no form; send multipart/form-data with the fields file and model.", param="file"
        ) from None


def _read_recording(form: FormData) -> _Recording:
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise Invalid("file: is missing; send the sound as the field file of the form.", param="file")
    fields: dict[str, Any] = {name: form.get(name) for name in form if name != "file"}
    granularities = "timestamp_granularities[]"
    if granularities in form:
        fields[granularities] = form.getlist(granularities)
    try:
        asked = TranscriptionRequest.model_validate(fields)
    except ValidationError as error:
        raise refuse_field(error) from None
    sound = file.file.read()
    if not sound:
        raise Invalid("file: is empty; send one that holds a sound.", param="file")
    return _Recording(asked, sound)


async def _each(events: list[dict[str, Any]]) -> AsyncGenerator[dict[str, Any]]:
    for event in events:
        yield event
