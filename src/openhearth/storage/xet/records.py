"""The nouns of the chunk store that other rooms meet."""

from dataclasses import dataclass

from openhearth.storage.xet.hashes import to_hex


@dataclass(frozen=True, kw_only=True)
class XetFile:
    """A stored file: its Xet hash (what clients call X-Xet-Hash), its sha256 and its size."""

    file_hash_hex: str
    sha256: str
    size_bytes: int

    @classmethod
    def of(cls, file_hash: bytes, sha256: str, size_bytes: int) -> "XetFile":
        return cls(file_hash_hex=to_hex(file_hash), sha256=sha256, size_bytes=size_bytes)


@dataclass(frozen=True)
class Claim:
    """What a repo's uploaders say the content of a sha256 is."""

    file_hash: bytes
    is_verified: bool


@dataclass(frozen=True, kw_only=True)
class Collected:
    """What a collection removed, or would remove."""

    xorbs: int
    size_bytes: int
