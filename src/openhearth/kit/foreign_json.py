"""JSON that strangers wrote, read into values that rows, pages and answers can hold.

Python reads more than others write: NaN, numbers without end, halves of characters. One such value in a file
would otherwise break every list that shows it.
"""

import json
import math
from typing import Any


def load_json(content: bytes | str) -> Any:
    """The value of `content`; what is no number becomes None, what is no character is replaced.

    Raises ValueError, also for what is nested too deep.
    """
    try:
        value = json.loads(content, parse_constant=lambda _name: None, parse_float=_finite)
        if not _may_hold_halves(content):
            return value
        # Only escapes bring them in, so few files pay for the second reading.
        whole = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
        return json.loads(whole.replace(b"\\u0000", b"\\ufffd"))
    except RecursionError:
        raise ValueError("nested too deep") from None


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _may_hold_halves(content: bytes | str) -> bool:
    text = content.lower()
    if isinstance(text, str):
        return "\\ud" in text or "\\u0000" in text
    return b"\\ud" in text or b"\\u0000" in text
