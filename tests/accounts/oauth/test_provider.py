"""What the hub says of itself as a provider, and the key it signs with."""

import stat
from pathlib import Path

from starlette.testclient import TestClient

from openhearth.accounts.oauth.keys import SigningKeys


def test_discovery_names_addresses_that_answer(web: TestClient) -> None:
    told = web.get("/.well-known/openid-configuration").json()
    assert told["issuer"] == "http://hub.test"
    assert web.get("/.well-known/oauth-authorization-server").json() == told
    for name, address in told.items():
        if name.endswith(("_endpoint", "_uri")):
            path = address.removeprefix("http://hub.test")
            assert {web.get(path).status_code, web.post(path).status_code} & {200, 303, 400, 401, 403}, name
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert {"openid", "read-repos", "inference-api"} <= set(told["scopes_supported"])


def test_the_published_keys_hold_no_secret(web: TestClient) -> None:
    [key] = web.get("/oauth/jwks").json()["keys"]
    assert (key["kty"], key["alg"], key["use"]) == ("RSA", "RS256", "sig")
    assert set(key) == {"kty", "n", "e", "alg", "use", "kid"}


def test_the_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "signing-keys.json"
    kid = SigningKeys(path).current().kid
    assert SigningKeys(path).current().kid == kid
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_key_signs_at_once_and_the_old_ones_are_still_published(tmp_path: Path) -> None:
    path = tmp_path / "signing-keys.json"
    running, command = SigningKeys(path), SigningKeys(path)
    first = running.current().kid
    kids = [command.rotate() for _ in range(3)]
    assert running.current().kid == kids[-1]
    published = [key["kid"] for key in running.public()["keys"]]
    assert published == kids[::-1]
    assert first not in published
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
