"""Signatures of commits: which kind there is, and for SSH ones whether it holds.

Knows no people: a signature that holds names the key that made it, by its fingerprint. OpenPGP and X.509 signatures are seen
and not checked. Format: OpenSSH PROTOCOL.sshsig; git gitformat-signature(5).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass
from typing import Literal

from openhearth.storage.git.repositories import Repository

SignatureKind = Literal["ssh", "openpgp", "x509"]
_NAMESPACE = b"git"
_MAGIC = b"SSHSIG"
_HEADER = b"\ngpgsig "
_ARMOUR_MOST_BYTES = 64 << 10
_KINDS: dict[bytes, SignatureKind] = {
    b"-----BEGIN SSH SIGNATURE-----": "ssh",
    b"-----BEGIN PGP SIGNATURE-----": "openpgp",
    b"-----BEGIN PGP MESSAGE-----": "openpgp",
    b"-----BEGIN SIGNED MESSAGE-----": "x509",
}


@dataclass(frozen=True, slots=True)
class Signature:
    """`fingerprint` is that of the SSH key whose signature holds; None where it does not, or was not checked."""

    kind: SignatureKind
    fingerprint: str | None = None


def read_signature(repository: Repository, commit: str) -> Signature | None:
    """The signature of a commit, None if it has none."""
    raw: bytes = repository.odb.read(commit)[1]
    head, blank, message = raw.partition(b"\n\n")
    before, found, rest = head.partition(_HEADER)
    if not found:
        return None
    lines = rest.split(b"\n")
    armour: list[bytes] = []
    while lines and (not armour or lines[0].startswith(b" ")):
        armour.append(lines.pop(0).removeprefix(b" " if armour else b""))
    kind = _KINDS.get(armour[0].strip())
    if kind is None or sum(map(len, armour)) > _ARMOUR_MOST_BYTES:
        return None
    if kind != "ssh":
        return Signature(kind)
    payload = b"\n".join([before, *lines]) + blank + message
    return Signature(
        "ssh", _check_ssh(b"".join(line.strip() for line in armour[1:-1] if line.strip()), payload)
    )


def _check_ssh(encoded: bytes, payload: bytes) -> str | None:
    """The fingerprint of the key if its signature of `payload` holds."""
    # Imported late: most hubs hold no signed commit.
    from asyncssh import KeyImportError
    from asyncssh.public_key import decode_ssh_public_key

    try:
        blob = base64.b64decode(encoded, validate=True)
        (version,) = struct.unpack(">I", blob[6:10])
        public_key, namespace, reserved, algorithm, signature = _strings(blob[10:])
        key = decode_ssh_public_key(public_key)
    except (binascii.Error, struct.error, ValueError, KeyImportError):
        return None
    scheme = signature[4 : 4 + int.from_bytes(signature[:4])]
    hashing = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}.get(algorithm)
    if (
        blob[:6] != _MAGIC
        or version != 1
        or namespace != _NAMESPACE
        or hashing is None
        or scheme == b"ssh-rsa"
    ):
        return None  # also: RSA over SHA-1, which OpenSSH accepts no more
    signed = _MAGIC + b"".join(
        struct.pack(">I", len(part)) + part
        for part in (namespace, reserved, algorithm, hashing(payload).digest())
    )
    if not key.verify(signed, signature):
        return None
    return "SHA256:" + base64.b64encode(hashlib.sha256(public_key).digest()).decode().rstrip("=")


def _strings(content: bytes) -> list[bytes]:
    """The length-prefixed strings that make up `content`. Raises ValueError unless they do so exactly."""
    found, place = [], 0
    while place < len(content):
        end = place + 4 + int.from_bytes(content[place : place + 4])
        if end > len(content):
            raise ValueError("a string runs over the end")
        found.append(content[place + 4 : end])
        place = end
    return found
