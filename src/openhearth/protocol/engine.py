"""What the hub and an engine (the process of one loaded model) say to each other over their Unix socket.

Reading this file shows everything that can ever cross that border. A frame is two lengths (unsigned 32-bit,
big-endian), then a JSON object, then raw bytes (an image, a sound, float32 vectors). Knows no I/O: `FrameReader`
is fed whatever arrived and gives back whole messages.
"""

import json
import struct
import types
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints

FRAME_MAX_BYTES = 256 << 20
_LENGTHS = struct.Struct("!II")


class ProtocolError(Exception):
    """The bytes are no frame of this protocol: the other end is broken, close the connection."""


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How the next token is chosen. None: as the model's own generation_config says, else the neutral value.

    `temperature` 0 means the likeliest token, always. `seed` None means a fresh one.
    """

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    seed: int | None = None
    repetition_penalty: float = 1.0
    frequency_penalty: float = 0.0
    presence_penalty: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Load:
    """The model to run: what a hub says first to a new engine. `name` is what messages call it.

    `folder` is "." for a task that is worked without a stored model.
    """

    folder: str
    name: str
    task: str


@dataclass(frozen=True, kw_only=True)
class Generate:
    """Continue a text: exactly one of `prompt` and `messages` is given. `stream` asks for a Delta a step.

    `max_tokens` must fit into the model's context; without it, `default_tokens` are made, or as many as fit.
    """

    request_id: int
    prompt: str | None = None
    messages: list[dict[str, Any]] | None = None
    max_tokens: int | None = None
    default_tokens: int = 1024
    stop: list[str] = field(default_factory=list)
    sampling: Sampling = Sampling()
    top_logprobs: int | None = None  # None: no log-probabilities; 0: of the chosen token alone
    stream: bool = False


@dataclass(frozen=True, kw_only=True)
class Run:
    """One call of any other task: `inputs` as JSON, or an image or sound as `payload`."""

    request_id: int
    inputs: Any = None
    parameters: dict[str, Any] = field(default_factory=dict)
    payload: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Cancel:
    """Nobody waits for this request any more. It gets no answer."""

    request_id: int


@dataclass(frozen=True, kw_only=True)
class AskStats:
    pass


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a library said while a model was loaded or called, or why that failed; `source` is the module that spoke.

    `kind` is "warning", "report" or "failure". `means` and `remedy` are ours, where the message is one we know.
    """

    kind: str
    message: str
    source: str = ""
    category: str = ""
    count: int = 1
    means: str | None = None
    remedy: str | None = None


@dataclass(frozen=True, kw_only=True)
class Ready:
    """The model is loaded; said once on each connection, before anything else."""

    task: str
    architecture: str
    parameters: int
    dtype: str
    device: str
    load_s: float
    context_length: int | None = None
    has_chat_template: bool = False
    notes: list[Said] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class LoadFailed:
    """The model cannot be loaded; the engine ends after saying so."""

    message: str
    status: int = 503
    notes: list[Said] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """A token that could have come, with its natural log-probability."""

    id: int
    text: str
    logprob: float


@dataclass(frozen=True, kw_only=True)
class Token:
    """A token that came. `logprob` is None unless asked for."""

    id: int
    text: str
    logprob: float | None = None
    top: list[Alternative] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Delta:
    """New text of a streamed request: whole characters only, so it may lag behind its tokens."""

    request_id: int
    text: str
    tokens: list[Token] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Usage:
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, kw_only=True)
class Generated:
    """A text is complete. `text` and `tokens` are whole, whether or not deltas went before."""

    request_id: int
    text: str
    finish_reason: str  # "stop": the model or a stop string ended it; "length": max_tokens did
    usage: Usage
    tokens: list[Token] = field(default_factory=list)
    seed: int | None = None
    notes: list[Said] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Result:
    """The answer to a Run. Vectors travel as float32 `payload`, their `shape` in `output`; files, with their `content_type`."""

    request_id: int
    output: Any = None
    usage: Usage = Usage()
    payload: bytes = b""
    notes: list[Said] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Failed:
    """A request was refused or broke; `status` and `param` are for the caller's dialect."""

    request_id: int
    message: str
    status: int = 500
    param: str | None = None
    notes: list[Said] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Stats:
    waiting: int
    running: int
    steps: int
    generated_tokens: int
    rss_bytes: int


Message: TypeAlias = (
    Load
    | Generate
    | Run
    | Cancel
    | AskStats
    | Ready
    | LoadFailed
    | Delta
    | Generated
    | Result
    | Failed
    | Stats
)
_KINDS: dict[str, type] = {kind.__name__: kind for kind in get_args(Message)}


def encode(message: Message) -> bytes:
    """`message` as one frame."""
    body = {f.name: _plain(getattr(message, f.name)) for f in fields(message) if f.name != "payload"}
    payload: bytes = getattr(message, "payload", b"")
    text = json.dumps({"kind": type(message).__name__, **body}, separators=(",", ":")).encode()
    return b"".join((_LENGTHS.pack(len(text), len(payload)), text, payload))


class FrameReader:
    """Turns a stream of bytes into messages. Raises ProtocolError from `feed` for what is no frame."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def feed(self, block: bytes) -> Iterator[Message]:
        """Yield every message that `block` completes."""
        self._pending += block
        while len(self._pending) >= _LENGTHS.size:
            text_bytes, payload_bytes = _LENGTHS.unpack_from(self._pending)
            end = _LENGTHS.size + text_bytes + payload_bytes
            if end > FRAME_MAX_BYTES:
                raise ProtocolError(f"a frame of {end} bytes is larger than {FRAME_MAX_BYTES}")
            if len(self._pending) < end:
                return
            text_end = _LENGTHS.size + text_bytes
            message = _decode(
                bytes(self._pending[_LENGTHS.size : text_end]), bytes(self._pending[text_end:end])
            )
            del self._pending[:end]
            yield message


def _decode(text: bytes, payload: bytes) -> Message:
    try:
        raw = json.loads(text)
        kind = _KINDS[raw.pop("kind")]
        if payload:
            raw["payload"] = payload
        message: Message = _build(kind, raw)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProtocolError(f"no message of this protocol: {text[:200]!r} ({error})") from None
    return message


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _build(kind: type, raw: dict[str, Any]) -> Any:
    """A dataclass from JSON, its nested dataclasses too."""
    hints = _hints(kind)
    return kind(**{name: _typed(hints[name], value) for name, value in raw.items()})


def _typed(hint: Any, value: Any) -> Any:
    if isinstance(hint, type) and is_dataclass(hint):
        return _build(hint, value)
    if get_origin(hint) is list and value is not None:
        return [_typed(get_args(hint)[0], item) for item in value]
    if get_origin(hint) in (Union, types.UnionType) and value is not None:
        return _typed(get_args(hint)[0], value)
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
