"""Random identifiers: 24 hex digits for things with an address, URL-safe words for secrets."""

import secrets


def new_id() -> str:
    """A fresh 24-digit hex id, the shape clients expect of `_id` fields."""
    return secrets.token_hex(12)


def new_secret(length_bytes: int = 32) -> str:
    return secrets.token_urlsafe(length_bytes)
