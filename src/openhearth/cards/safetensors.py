"""The header of a safetensors file: names, dtypes and shapes of its tensors, without their bytes.

Format: https://github.com/huggingface/safetensors#format
8 bytes of little-endian length, then JSON. Written by strangers: the length is checked before it is believed.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeGuard

from openhearth.errors import Invalid
from openhearth.kit.foreign_json import load_json

# The client reads at most this much too (huggingface_hub constants SAFETENSORS_MAX_HEADER_LENGTH).
HEADER_MAX_BYTES = 25_000_000
TENSORS_MAX = 500_000
Read = Callable[[int, int], bytes]  # (start, length) → at most so many bytes


@dataclass(frozen=True)
class Tensor:
    name: str
    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]

    @property
    def parameters(self) -> int:
        return math.prod(self.shape)


@dataclass(frozen=True)
class SafetensorsHeader:
    """`raw` is the JSON as written; clients are given it unchanged."""

    tensors: tuple[Tensor, ...]
    raw: dict[str, Any]

    @property
    def parameters(self) -> dict[str, int]:
        return count_parameters([self])


def count_parameters(headers: Iterable[SafetensorsHeader]) -> dict[str, int]:
    """Parameters by dtype, over all `headers` (the shards of one model)."""
    totals: Counter[str] = Counter()
    for header in headers:
        for tensor in header.tensors:
            totals[tensor.dtype] += tensor.parameters
    return dict(totals)


def read_safetensors_header(read: Read) -> SafetensorsHeader:
    """Read the header through `read(start, length)`. Raises Invalid for what is no safetensors file."""
    prefix = read(0, 8)
    length = int.from_bytes(prefix, "little") if len(prefix) == 8 else 0
    if not 2 <= length <= HEADER_MAX_BYTES:
        raise Invalid(
            f"safetensors: the header claims {length} bytes; between 2 and {HEADER_MAX_BYTES} are allowed."
        )
    text = read(8, length)
    if len(text) != length:
        raise Invalid(f"safetensors: the header claims {length} bytes, the file holds {len(text)} of them.")
    try:
        raw = load_json(text)
    except ValueError:
        raise Invalid("safetensors: the header is not valid JSON.") from None
    if not isinstance(raw, dict) or len(raw) > TENSORS_MAX:
        raise Invalid(f"safetensors: the header must be a mapping of at most {TENSORS_MAX} tensors.")
    return SafetensorsHeader(tuple(_read_tensor(n, v) for n, v in raw.items() if n != "__metadata__"), raw)


def _read_tensor(name: str, value: object) -> Tensor:
    fields = value if isinstance(value, dict) else {}
    dtype, shape, offsets = fields.get("dtype"), fields.get("shape"), fields.get("data_offsets")
    if not isinstance(dtype, str) or not _are_sizes(shape) or not _are_sizes(offsets) or len(offsets) != 2:
        raise Invalid(f"safetensors: tensor {name[:80]!r} lacks a dtype, a shape or its data_offsets.")
    tensor = Tensor(name, dtype[:16], tuple(shape), (offsets[0], offsets[1]))
    if tensor.parameters >= 1 << 62:
        raise Invalid(f"safetensors: tensor {name[:80]!r} claims an impossible shape.")
    return tensor


def _are_sizes(value: object) -> TypeGuard[list[int]]:
    return isinstance(value, list) and len(value) <= 32 and all(map(_is_size, value))


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 62
