"""The key that signs who somebody is (RS256), for apps to check against `/oauth/jwks`.

Made when it is first needed, in a file that its owner alone may read. Rotating puts a new key first and goes on
publishing the ones before, so that what they signed can still be checked.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # brings the cryptography that only signing needs
    from joserfc.jwk import KeySetSerialization, RSAKey

ALGORITHM = "RS256"
KEY_BITS = 2048
KEPT_MOST = 3


class SigningKeys:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._read_at_ns = 0
        self._keys: list[RSAKey] = []

    def current(self) -> RSAKey:
        """The key that signs now."""
        return self._read()[0]

    def public(self) -> KeySetSerialization:
        """All keys that something may still be signed with, as a JWK set without their secret parts."""
        from joserfc.jwk import KeySet

        return KeySet(list(self._read())).as_dict(private=False)

    def rotate(self) -> str:
        """Sign with a new key from now on, in every process; its id."""
        with self._lock:
            fresh = _new_key()
            self._write([fresh, *self._read_unlocked()][:KEPT_MOST])
            return str(fresh.kid)

    def _read(self) -> list[RSAKey]:
        with self._lock:
            return self._read_unlocked()

    def _read_unlocked(self) -> list[RSAKey]:
        """The keys of the file, read again when it changed: another process may have rotated them."""
        try:
            changed_at_ns = self._path.stat().st_mtime_ns
        except FileNotFoundError:
            self._write([_new_key()], only_first=True)
            changed_at_ns = self._path.stat().st_mtime_ns
        if changed_at_ns != self._read_at_ns:
            from joserfc.jwk import RSAKey

            self._keys = [RSAKey.import_key(key) for key in json.loads(self._path.read_text())["keys"]]
            self._read_at_ns = changed_at_ns
        return self._keys

    def _write(self, keys: list[RSAKey], *, only_first: bool = False) -> None:
        """Replace the file at once. `only_first`: keep one that another process has made in the meantime."""
        partial = self._path.with_suffix(f".{secrets.token_hex(4)}")
        partial.touch(mode=0o600)
        partial.write_text(json.dumps({"keys": [key.as_dict(private=True) for key in keys]}))
        if not only_first:
            partial.replace(self._path)
            return
        with contextlib.suppress(FileExistsError):
            self._path.hardlink_to(partial)
        partial.unlink()


def _new_key() -> RSAKey:
    from joserfc.jwk import RSAKey

    return RSAKey.generate_key(KEY_BITS, {"use": "sig", "alg": ALGORITHM, "kid": secrets.token_hex(8)})
