"""Signed tokens and addresses: nothing in them can be changed, and they end."""

import pytest

from openhearth.errors import Forbidden, Unauthenticated
from openhearth.kit.ranges import ByteRange
from openhearth.storage.xet import XetGrant, XetScope, XetSigner
from tests.storage.xet.conftest import SettableClock

XORB = "ab" * 32


def _grant(scope: XetScope = "read") -> XetGrant:
    return XetGrant(uploader="ada", repo_key="repo", namespace="ada", is_public=False, scope=scope)


@pytest.fixture
def signer(clock: SettableClock) -> XetSigner:
    return XetSigner(key=b"s" * 32, clock=clock)


def test_a_token_permits_what_it_was_given_for(signer: XetSigner) -> None:
    reading, writing = signer.issue_token(_grant()).text, signer.issue_token(_grant("write")).text
    assert signer.read_token(reading, scope="read") == _grant()
    assert (
        signer.read_token(writing, scope="write")
        == signer.read_token(writing, scope="read")
        == _grant("write")
    )
    with pytest.raises(Forbidden, match="write token"):
        signer.read_token(reading, scope="write")


@pytest.mark.parametrize("text", ["", ".", "a.b", "no token", "ünïcode.x", "." * 1000])
def test_what_is_no_token_is_refused(signer: XetSigner, text: str) -> None:
    with pytest.raises(Unauthenticated):
        signer.read_token(text, scope="read")


def test_a_changed_token_is_refused(signer: XetSigner) -> None:
    text = signer.issue_token(_grant()).text
    for at in range(0, len(text), 7):
        changed = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
        with pytest.raises(Unauthenticated):
            signer.read_token(changed, scope="read")


def test_a_token_of_another_hub_is_refused(signer: XetSigner, clock: SettableClock) -> None:
    other = XetSigner(key=b"o" * 32, clock=clock).issue_token(_grant("write"))
    with pytest.raises(Unauthenticated):
        signer.read_token(other.text, scope="read")


def test_a_token_ends_a_minute_late(signer: XetSigner, clock: SettableClock) -> None:
    token = signer.issue_token(_grant(), lifetime_s=900)
    assert token.expires_at == int(clock().timestamp()) + 900
    clock.advance(seconds=959)
    signer.read_token(token.text, scope="read")
    clock.advance(seconds=2)
    with pytest.raises(Unauthenticated, match="expired"):
        signer.read_token(token.text, scope="read")


def _query(signer: XetSigner, span: ByteRange) -> dict[str, str]:
    return dict(pair.split("=") for pair in signer.sign_range(XORB, span).split("&"))


def test_an_address_is_good_for_one_range_of_one_xorb(signer: XetSigner) -> None:
    query = _query(signer, ByteRange(10, 20))
    assert signer.check_range(XORB, **query) == ByteRange(10, 20)
    changes = [
        {"start": "0"},
        {"end": "21"},
        {"expires": "99999999999"},
        {"signature": ""},
        {"start": "1\n0", "end": "2"},
    ]
    for change in changes:
        with pytest.raises(Forbidden):
            signer.check_range(XORB, **{**query, **change})
    with pytest.raises(Forbidden):
        signer.check_range("cd" * 32, **query)


def test_an_address_ends_after_an_hour(signer: XetSigner, clock: SettableClock) -> None:
    query = _query(signer, ByteRange(10, 20))
    clock.advance(seconds=3601)
    with pytest.raises(Forbidden, match="expired"):
        signer.check_range(XORB, **query)
