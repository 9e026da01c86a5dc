"""Reading public keys as OpenSSH writes them (RFC 4253 section 6.6): which are accepted, and their fingerprints."""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from openhearth.errors import Invalid

RSA_LEAST_BITS = 2048
_TEXT_MOST_CHARACTERS = 8192
_KINDS = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa")


@dataclass(frozen=True)
class PublicKey:
    kind: str
    text: str  # one line, without its comment
    comment: str
    fingerprint: str


def read_public_key(text: str) -> PublicKey:
    """The key on the line that `ssh-keygen` wrote to `….pub`. Raises Invalid."""
    line = text.strip()
    if "PRIVATE KEY" in line:
        raise Invalid(
            "key: this is a private key, which nobody should be given; paste the file that ends in .pub, "
            "and make a new pair, for this one has been shown."
        )
    parts = line.split(None, 2)
    if len(line) > _TEXT_MOST_CHARACTERS or "\n" in line or len(parts) < 2:
        raise Invalid("key: is no public key; paste the one line of the file that ends in .pub.")
    kind, encoded = parts[0], parts[1]
    if kind not in _KINDS:
        raise Invalid(
            f"key: {kind[:40]!r} is not accepted; use ed25519, ecdsa or rsa (ssh-keygen -t ed25519)."
        )
    try:
        blob = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid(
            "key: is cut off or changed; paste the whole line of the file that ends in .pub."
        ) from None
    _check_content(kind, f"{kind} {encoded}")
    comment = parts[2].strip() if len(parts) > 2 else ""
    return PublicKey(kind, f"{kind} {encoded}", comment, fingerprint_of(blob))


def fingerprint_of(blob: bytes) -> str:
    """As `ssh-keygen -l` prints it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def _check_content(kind: str, line: str) -> None:
    # Imported late: a server that nobody adds a key to need not load it.
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_ssh_public_key

    try:
        key = load_ssh_public_key(line.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise Invalid(
            "key: is cut off or changed; paste the whole line of the file that ends in .pub."
        ) from None
    if isinstance(key, RSAPublicKey) and key.key_size < RSA_LEAST_BITS:
        raise Invalid(
            f"key: RSA with {key.key_size} bits is too weak; use at least {RSA_LEAST_BITS} bits, or ed25519."
        )
