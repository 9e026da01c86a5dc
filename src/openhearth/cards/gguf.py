"""The header of a GGUF file: what the model is, without loading it. Pure; reads through a callable, in bounds.

Source: the GGUF specification, version 2 and 3 (little endian): magic, version, counts, then key-value pairs, then
one entry for each tensor.
"""

import struct
from collections.abc import Callable, Mapping
from typing import Any, Final

from openhearth.errors import Invalid

READ_BLOCK_BYTES = 1 << 20
HEADER_MAX_BYTES = 32 << 20
PAIRS_MAX = 10_000
TENSORS_MAX = 100_000
TEXT_MAX_BYTES = 1 << 20
TEXTS_MAX = 1_000_000  # of all lists: vocabularies have a quarter of that
ELEMENTS_MAX = 10**18
_SHOWN_TEXT_MAX = 64 << 10
_MAGIC = b"GGUF"
_STRING, _ARRAY = 8, 9
_NUMBERS: Final[Mapping[int, str]] = {
    0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d",
}  # fmt: skip
# What clients show (huggingface_hub ModelInfo.gguf), and the key in the file it comes from.
_SHOWN: Final[Mapping[str, str]] = {
    "tokenizer.chat_template": "chat_template",
    "tokenizer.ggml.bos_token_id": "bos_token_id",
    "tokenizer.ggml.eos_token_id": "eos_token_id",
    "general.quantized_by": "quantized_by",
}

ReadAt = Callable[[int, int], bytes]


def read_gguf_header(read: ReadAt) -> dict[str, Any]:
    """`architecture`, `context_length`, `total` parameters and what else is known. Raises Invalid if it is no GGUF file.

    `read(start, length)` gives bytes of the file, fewer at its end.
    """
    reader = _Reader(read)
    if reader.take(4) != _MAGIC:
        raise Invalid("gguf: the file does not begin with GGUF.")
    version = reader.number("<I")
    if version not in (2, 3):
        raise Invalid(f"gguf: version {version} is not known here; 2 and 3 are.")
    tensors, pairs = reader.number("<Q"), reader.number("<Q")
    if tensors > TENSORS_MAX or pairs > PAIRS_MAX:
        raise Invalid(f"gguf: the header claims {tensors} tensors and {pairs} keys.")
    said = _read_pairs(reader, pairs)
    total = sum(_read_tensor(reader) for _ in range(tensors))
    return _shown(said, min(total, ELEMENTS_MAX))


def _shown(said: Mapping[str, Any], total: int) -> dict[str, Any]:
    found: dict[str, Any] = {"total": total}
    architecture = said.get("general.architecture")
    if isinstance(architecture, str):
        found["architecture"] = architecture[:200]
        length = said.get(f"{architecture}.context_length")
        if isinstance(length, int):
            found["context_length"] = length
    for key, name in _SHOWN.items():
        value = said.get(key)
        if isinstance(value, str):
            found[name] = value[:_SHOWN_TEXT_MAX]
        elif isinstance(value, int):
            found[name] = value
    tokens = said.get("tokenizer.ggml.tokens")
    for name in ("bos", "eos"):
        position = found.pop(f"{name}_token_id", None)
        if isinstance(tokens, list) and isinstance(position, int) and 0 <= position < len(tokens):
            found[f"{name}_token"] = tokens[position]
    return found


def _read_pairs(reader: "_Reader", count: int) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for _ in range(count):
        key = reader.text()
        kind = reader.number("<I")
        said[key] = reader.value(kind)
    return said


def _read_tensor(reader: "_Reader") -> int:
    """The number of elements of the next tensor."""
    reader.text()
    dimensions = reader.number("<I")
    if dimensions > 8:
        raise Invalid(f"gguf: a tensor of {dimensions} dimensions.")
    elements = 1
    for _ in range(dimensions):
        elements *= reader.number("<Q")
    reader.number("<I")
    reader.number("<Q")
    return min(elements, ELEMENTS_MAX)


class _Reader:
    """Takes a header piece by piece, and no more than HEADER_MAX_BYTES of the file."""

    def __init__(self, read: ReadAt) -> None:
        self._read = read
        self._buffer = b""
        self._at = 0  # in the buffer
        self._start = 0  # of the buffer in the file
        self._texts = 0

    def take(self, length: int) -> bytes:
        if self._at + length > len(self._buffer):
            self._fill(length)
        piece = self._buffer[self._at : self._at + length]
        self._at += length
        return piece

    def _fill(self, length: int) -> None:
        self._start += self._at
        if self._start + length > HEADER_MAX_BYTES:
            raise Invalid(f"gguf: the header is longer than {HEADER_MAX_BYTES} bytes.")
        self._buffer, self._at = self._read(self._start, max(length, READ_BLOCK_BYTES)), 0
        if len(self._buffer) < length:
            raise Invalid("gguf: the file ends within its header.")

    def number(self, layout: str) -> Any:
        return struct.unpack(layout, self.take(struct.calcsize(layout)))[0]

    def text(self) -> str:
        length = self.number("<Q")
        if length > TEXT_MAX_BYTES:
            raise Invalid(f"gguf: a text of {length} bytes in the header.")
        return self.take(length).decode("utf-8", "replace").replace("\0", "�")

    def value(self, kind: int) -> Any:
        if kind == _STRING:
            return self.text()
        if kind in _NUMBERS:
            return self.number(_NUMBERS[kind])
        if kind != _ARRAY:
            raise Invalid(f"gguf: a value of the unknown type {kind}.")
        return self._array()

    def _array(self) -> Any:
        """Texts as a list (a vocabulary); numbers are passed over."""
        kind, count = self.number("<I"), self.number("<Q")
        if kind == _STRING:
            self._texts += count
            if self._texts > TEXTS_MAX:
                raise Invalid(f"gguf: lists of {self._texts} texts in the header.")
            return [self.text() for _ in range(count)]
        if kind not in _NUMBERS:
            raise Invalid(f"gguf: a list of the type {kind}, which is not read here.")
        self._skip(count * struct.calcsize(_NUMBERS[kind]))
        return None

    def _skip(self, length: int) -> None:
        self._at += length
        if self._start + self._at > HEADER_MAX_BYTES:
            raise Invalid(f"gguf: the header is longer than {HEADER_MAX_BYTES} bytes.")
        if self._at > len(self._buffer):
            self._start += self._at
            self._buffer, self._at = b"", 0
