"""An answer as JSON that a person can look through: long lists and texts are cut, and say so."""

import json
from typing import Any

from openhearth.inference.box.asking import Answer

ITEMS_MAX = 40
TEXT_MAX = 2000
DEPTH_MAX = 12


def to_json(answer: Answer) -> str:
    if answer.content_type:
        value: Any = {"content_type": answer.content_type, "size_bytes": len(answer.content)}
    else:
        value = _cut(answer.value)
    return json.dumps(value, ensure_ascii=False, indent=2)


def _cut(value: Any, depth: int = 0) -> Any:
    if isinstance(value, str) and len(value) > TEXT_MAX:
        return f"{value[:80]}… ({len(value):,} characters)"
    if depth >= DEPTH_MAX:
        return "…"
    if isinstance(value, dict):
        return {key: _cut(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        # Vectors and masks nest: the deeper, the fewer.
        most = max(3, ITEMS_MAX >> (2 * max(0, depth - 1)))
        shown = [_cut(item, depth + 1) for item in value[:most]]
        return shown if len(value) <= most else [*shown, f"… {len(value) - most:,} more"]
    return value
