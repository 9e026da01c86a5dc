"""Pictures and sounds as requests carry them: raw bytes, or base64 text as huggingface_hub sends it with parameters."""

import base64
import binascii

from openhearth.errors import Invalid
from openhearth.protocol.engine import Run


def bytes_of(request: Run, what: str) -> bytes:
    """The picture or sound of a request. Raises Invalid."""
    if request.payload:
        return request.payload
    if not isinstance(request.inputs, str):
        raise Invalid(f'inputs: send the {what} as raw bytes, or as base64 text in "inputs".', param="inputs")
    return bytes_of_text(request.inputs, what)


def bytes_of_text(text: str, what: str) -> bytes:
    """What base64 `text` holds, with or without the head of a data address. Raises Invalid."""
    try:
        return base64.b64decode(text.partition("base64,")[2] or text, validate=True)
    except (binascii.Error, ValueError):
        way = "give the link to POST /api/pipeline" if "://" in text[:16] else f"send the {what} as raw bytes"
        raise Invalid(f"inputs: is no base64 text; {way} instead.", param="inputs") from None
