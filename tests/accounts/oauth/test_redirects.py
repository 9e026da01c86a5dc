"""Redirect URIs: which can be registered, and which are the same."""

import pytest

from openhearth.accounts.oauth.redirects import allows, check_redirect_uris, form_target
from openhearth.errors import Invalid


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.test/callback?tenant=1",
        "https://app.test:8443",
        "http://127.0.0.1/cb",
        "http://localhost:3000/cb",
        "http://[::1]/cb",
        "org.example.app:/callback",
    ],
)
def test_what_can_be_registered(uri: str) -> None:
    assert check_redirect_uris([f" {uri} ", uri, ""]) == (uri,)
    assert allows([uri], uri)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/callback",
        "app.test/callback",
        "http://app.test/callback",
        "http://127.0.0.1.evil.test/cb",
        "https://app.test/cb#part",
        "https://app.test/*",
        "https://user@app.test/cb",
        "https://app.test\\@evil.test/cb",
        "https://app.test/a b",
        "https://app.test/;form-action",
        "https://app.test/'x",
        "https://[fe80::1%25eth0]/cb",
        "https://app.test:99999/",
        "javascript:alert(1)",
        "data:text/html,x",
        "myapp:/cb",
        "https://" + "a" * 2000,
    ],
)
def test_what_cannot_be_registered(uri: str) -> None:
    with pytest.raises(Invalid, match="redirect_uris"):
        check_redirect_uris([uri])


@pytest.mark.parametrize(
    ("registered", "asked", "same"),
    [
        ("http://127.0.0.1/cb", "http://127.0.0.1:51234/cb", True),
        ("http://[::1]:1/cb", "http://[::1]:2/cb", True),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51234/cb?x=1", False),
        ("http://127.0.0.1/cb", "http://localhost:51234/cb", False),
        ("http://127.0.0.1/cb", "http://x@127.0.0.1:5/cb", False),
        ("http://127.0.0.1/cb", "https://127.0.0.1/cb", False),
        ("https://app.test/cb", "https://app.test:444/cb", False),
        ("https://app.test/cb", "https://APP.test/cb", False),
        ("https://app.test/cb", "https://app.test/cb/", False),
        ("https://space.test/*", "https://space.test/oauth/cb?_target_url=%2F", True),
        ("https://space.test/*", "https://space.test.evil.test/cb", False),
        ("https://space.test/*", "https://x@space.test/cb", False),
        ("https://space.test/*", "https://space.test/cb#part", False),
    ],
)
def test_compared_exactly_but_for_loopback_ports_and_spaces(registered: str, asked: str, same: bool) -> None:
    assert allows([registered], asked) is same


def test_the_target_of_a_form_is_an_origin_or_a_scheme() -> None:
    assert form_target("https://app.test:8443/cb?x=1") == "https://app.test:8443"
    assert form_target("org.example.app:/cb") == "org.example.app:"
    assert form_target("http://[::1]:3/cb") == "http:"
