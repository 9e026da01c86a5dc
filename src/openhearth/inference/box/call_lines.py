"""The lines that make one try again from somebody's own code: `curl` and Python, over the task API."""

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openhearth.inference.box.asking import to_call
from openhearth.inference.box.given import Given
from openhearth.pipelines.tasks import TASKS

# A longer input is its own file; lines that hold it would be no lines.
INPUTS_MAX_CHARS = 4000
_FILES = {"picture": "picture.jpg", "sound": "sound.wav", "film": "film.mp4"}
_ANSWERS = {"image": "answer.png", "audio": "answer.wav", "video": "answer.mp4"}
_TOKEN = "HF_TOKEN"  # noqa: S105 - the name of the variable


@dataclass(frozen=True, kw_only=True)
class CallLines:
    """One way to make the call."""

    title: str
    code: str


def write_call(given: Given, *, address: str, needs_token: bool) -> Sequence[CallLines]:
    """The lines for `given` at `address`; none for conversations, several files, or more text than lines can hold.

    A file of the person's own stands in them by a name of ours.
    """
    if given.box.task == "text-generation" or len(given.files) > 1:
        return ()
    call, payload = to_call(given)
    names = [_FILES[known.kind] for known in given.box.files if known.name in given.files]
    body = {"inputs": call.inputs, **({"parameters": call.parameters} if call.parameters else {})}
    if names and not payload:
        return ()  # the file stands inside the inputs, as base64
    if len(_json(body)) > INPUTS_MAX_CHARS:
        return ()
    name = names[0] if names else None
    made = _ANSWERS.get(TASKS[given.box.task].gives)
    python = CallLines(title="Python", code=_python(address, body, name, made, needs_token))
    if name and call.parameters:
        return (python,)
    return CallLines(title="curl", code=_curl(address, body, name, made, needs_token)), python


def _curl(address: str, body: dict[str, Any], name: str | None, made: str | None, needs_token: bool) -> str:
    lines = [f"curl {address}"]
    if needs_token:
        lines.append(f'-H "Authorization: Bearer ${_TOKEN}"')
    if name:
        lines.append(f"--data-binary @{name} -H 'Content-Type: application/octet-stream'")
    else:
        lines += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(_json(body))}"]
    if made:
        lines.append(f"-o {made}")
    return " \\\n  ".join(lines)


def _python(address: str, body: dict[str, Any], name: str | None, made: str | None, needs_token: bool) -> str:
    given = f'base64.b64encode(Path("{name}").read_bytes()).decode()' if name else repr(body["inputs"])
    header = f", headers={{'Authorization': 'Bearer ' + os.environ['{_TOKEN}']}}" if needs_token else ""
    imports = [
        *(["import base64"] if name else []),
        *(["import os"] if needs_token else []),
        *(["from pathlib import Path"] if name or made else []),
        *(["", "import requests", ""]),
    ]
    sent = [f'    "inputs": {given},']
    if "parameters" in body:
        sent.append(f'    "parameters": {body["parameters"]!r},')
    return "\n".join(
        [
            *(imports if len(imports) > 3 else imports[1:]),
            *("body = {", *sent, "}"),
            f"answer = requests.post({address!r}, json=body{header})",
            "answer.raise_for_status()",
            f'Path("{made}").write_bytes(answer.content)' if made else "print(answer.json())",
        ]
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
