"""Secrets and how they are kept: random values, their sha256, and argon2 for what people choose themselves.

A random secret needs no slow hash: its 160 bits and more cannot be searched. A password does.
"""

import hashlib
import re
import secrets
import string
from threading import BoundedSemaphore

import argon2
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from openhearth.errors import Invalid

_ALPHANUMERICS = string.ascii_letters + string.digits
_IMPORTED = re.compile(r"hf_[A-Za-z0-9_-]{8,200}")
# No vowels, no digits: a code spells no word and none of its letters is misread (RFC 8628 section 6.1).
_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"

PASSWORD_MIN_LENGTH = 8
PASSWORD_MAX_LENGTH = 512


def hash_secret(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def new_token_value() -> str:
    """`hf_` and 34 alphanumerics: the shape that clients and secret scanners know."""
    return "hf_" + "".join(secrets.choice(_ALPHANUMERICS) for _ in range(34))


def new_oauth_value() -> str:
    return "hf_oauth_" + "".join(secrets.choice(_ALPHANUMERICS) for _ in range(40))


def new_user_code() -> str:
    """Eight letters as `ABCD-EFGH`, to be typed by a person."""
    letters = "".join(secrets.choice(_CODE_LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def read_user_code(text: str) -> str:
    """A code as people type it: in any case, with or without the dash and spaces."""
    letters = re.sub(r"[^A-Z]", "", text.upper())
    return f"{letters[:4]}-{letters[4:]}"


def check_token_value(value: str) -> str:
    """Return `value` if it may be imported as a token. Raises Invalid, without repeating the secret."""
    if not _IMPORTED.fullmatch(value):
        raise Invalid(
            "value: a token is 'hf_' and at least 8 letters, digits, '-' or '_'; give one of that form."
        )
    return value


def check_password(password: str) -> str:
    """Return `password` if it is acceptable. Length only (NIST SP 800-63B section 5.1.1). Raises Invalid."""
    if len(password) < PASSWORD_MIN_LENGTH:
        raise Invalid(f"password: has {len(password)} characters; use at least {PASSWORD_MIN_LENGTH}.")
    if len(password) > PASSWORD_MAX_LENGTH:
        raise Invalid(f"password: has {len(password)} characters; use at most {PASSWORD_MAX_LENGTH}.")
    return password


class PasswordHashing:
    """argon2id with the OWASP minimum (19 MiB, two passes): about 50 ms of one core.

    At most four hashes run at once, so that a flood of sign-ins costs no more than 76 MiB.
    """

    def __init__(self) -> None:
        self._hasher = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._slots = BoundedSemaphore(4)
        self._decoy = ""

    def hash(self, password: str) -> str:
        with self._slots:
            return self._hasher.hash(password)

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether `password` is the one behind `stored`. Takes as long if there is none."""
        with self._slots:
            try:
                return self._hasher.verify(stored or self._get_decoy(), password) and stored is not None
            except (VerifyMismatchError, InvalidHashError):
                return False

    def _get_decoy(self) -> str:
        if not self._decoy:
            self._decoy = self._hasher.hash(secrets.token_hex(16))
        return self._decoy
