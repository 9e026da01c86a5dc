"""Where an app may be answered: its redirect URIs, compared exactly (RFC 9700 section 2.1).

Two freedoms only: the port of a loopback address, which programs on the person's own machine choose anew each
time (RFC 8252 section 7.3); and the path on the host of a Space, which is the app's alone and where
huggingface_hub puts the page to come back to into the address (_oauth.py `_generate_redirect_uri`).
"""

import re
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from openhearth.errors import Invalid

URI_MAX_LENGTH = 2000
URIS_MOST = 20
WHOLE_HOST = "/*"  # ends what the hub registers for a Space; nobody can register it by hand
_SAFE = re.compile(r"[!$%&()*+./0-9:=?@A-Z\[\]_a-z~-]+")
_AUTHORITY = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?")
# A scheme of a program's own has a dot, as a reversed domain (RFC 8252 section 7.1).
_OWN_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")


def check_redirect_uris(uris: Iterable[str]) -> tuple[str, ...]:
    """Return `uris` without blanks and repetitions. Raises Invalid."""
    kept = tuple(dict.fromkeys(uri.strip() for uri in uris if uri.strip()))
    if not kept:
        raise Invalid("redirect_uris: none is given; name the address where the app takes the answer.")
    if len(kept) > URIS_MOST:
        raise Invalid(f"redirect_uris: {len(kept)} are too many; give at most {URIS_MOST}.")
    for uri in kept:
        _check(uri)
    return kept


def _check(uri: str) -> None:
    parts, shown = _split(uri), f"redirect_uris: {uri[:80]!r}"
    if parts is None:
        raise Invalid(f"{shown} is no absolute address without a fragment; write it in full.")
    if uri.endswith(WHOLE_HOST):
        raise Invalid(f"{shown} names a whole host; name the one address where the app takes the answer.")
    if parts.scheme == "http" and not _is_loopback(parts):
        raise Invalid(f"{shown} would carry the answer in the open; use https.")
    if parts.scheme not in ("http", "https") and not _OWN_SCHEME.fullmatch(parts.scheme):
        raise Invalid(
            f"{shown} is neither https, nor loopback, nor a scheme of its own as org.example.app:/path."
        )


def allows(registered: Iterable[str], asked: str) -> bool:
    """Whether `asked` is one of the `registered` URIs."""
    theirs = _split(asked)
    return theirs is not None and any(asked == uri or _matches(uri, theirs) for uri in registered)


def _matches(registered: str, theirs: SplitResult) -> bool:
    ours = _split(registered)
    if ours is None or ours.scheme != theirs.scheme:
        return False
    if registered.endswith(WHOLE_HOST):
        return ours.netloc == theirs.netloc
    if ours.scheme != "http" or not _is_loopback(ours):
        return False
    return (ours.hostname, ours.path, ours.query) == (theirs.hostname, theirs.path, theirs.query)


def is_claimed(uri: str) -> bool:
    """Whether nobody but the app can take the answer: it owns the host, and no other program listens there."""
    return urlsplit(uri).scheme == "https"


def form_target(uri: str) -> str:
    """`uri` as a source of the policy `form-action`: Chromium follows it through the redirect after a form."""
    parts = urlsplit(uri)
    spelled = parts.scheme in ("http", "https") and "[" not in parts.netloc  # the policy knows no IPv6
    return f"{parts.scheme}://{parts.netloc}" if spelled else f"{parts.scheme}:"


def _is_loopback(parts: SplitResult) -> bool:
    try:
        return parts.hostname == "localhost" or ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def _split(uri: str) -> SplitResult | None:
    """The parts of an absolute URI of plain characters and without a fragment, None for anything else."""
    if len(uri) > URI_MAX_LENGTH or not _SAFE.fullmatch(uri):
        return None
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme in ("http", "https"):
        return parts if _AUTHORITY.fullmatch(parts.netloc) else None
    return parts if parts.scheme else None
