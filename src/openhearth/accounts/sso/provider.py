"""The company's provider, asked over HTTP by Authlib: where it is, what its keys are, who somebody is.

Every call blocks its thread for at most `TIMEOUT_S`, and only `CALLS_MOST` at once: a provider that hangs takes
no more of the hub than that. Nothing here knows rows.
"""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import httpx2
from authlib.integrations.base_client import OAuthError as ProviderRefusal
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet, import_key
from joserfc.jws import JWSRegistry

from openhearth.accounts.sso.errors import ProviderFailed, SignInBroken, SignInRefused
from openhearth.accounts.sso.policy import Policy
from openhearth.accounts.sso.records import Statement
from openhearth.errors import Busy
from openhearth.kit.clock import Clock
from openhearth.urls import with_query

TIMEOUT_S = 10.0
CALLS_MOST = 8
METADATA_KEPT_S = 3600.0
KEYS_ASKED_EVERY_S = 10.0
LEEWAY_S = 60
# Signed with a key that the provider alone holds: never with our shared secret, never with none.
ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
)


class Provider:
    def __init__(self, policy: Policy, *, clock: Clock, redirect_uri: str) -> None:
        self._policy = policy
        self._clock = clock
        self._redirect_uri = redirect_uri
        self._slots = threading.BoundedSemaphore(CALLS_MOST)
        self._metadata: tuple[float, Mapping[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def address(self, *, state: str, nonce: str, verifier: str, prompt: str = "") -> str:
        """Where to send a browser. Raises ProviderFailed, Busy."""
        with self._client() as client:
            endpoint = self._endpoint(client, "authorization_endpoint")
            url, _ = client.create_authorization_url(
                endpoint,
                state=state,
                nonce=nonce,
                code_verifier=verifier,
                **({"prompt": prompt} if prompt else {}),
            )
        return str(url)

    def redeem(self, code: str, *, nonce: str, verifier: str) -> Statement:
        """Who came back with `code`. Raises SignInBroken, SignInRefused, ProviderFailed, Busy."""
        with self._client() as client:
            try:
                token = client.fetch_token(
                    self._endpoint(client, "token_endpoint"),
                    grant_type="authorization_code",
                    code=code,
                    redirect_uri=self._redirect_uri,
                    code_verifier=verifier,
                )
            except ProviderRefusal as error:
                raise SignInRefused(
                    f"The provider takes this sign-in for spent or wrong ({error.error}); begin again."
                ) from None
            claims = self._verify(client, token, nonce=nonce)
            return self._state(claims, self._userinfo(client, claims), id_token=str(token["id_token"]))

    def sign_out_address(self, id_token: str, *, back: str) -> str | None:
        """Where the person ends their session at the provider, None if it offers no such place."""
        try:
            with self._client() as client:
                endpoint = self._describe(client).get("end_session_endpoint")
        except (ProviderFailed, Busy):
            return None
        if not isinstance(endpoint, str):
            return None
        joined = "&" if "?" in endpoint else "?"
        query = with_query(
            "", client_id=self._policy.client_id, id_token_hint=id_token, post_logout_redirect_uri=back
        )
        return endpoint + joined + query.removeprefix("?")

    @contextmanager
    def _client(self) -> Iterator[OAuth2Client]:
        if not self._slots.acquire(timeout=1):
            raise Busy("The sign-in provider is slow and many wait for it; try again in a minute.")
        try:
            with OAuth2Client(
                client_id=self._policy.client_id,
                client_secret=self._policy.client_secret or None,
                scope=self._policy.scopes,
                redirect_uri=self._redirect_uri,
                code_challenge_method="S256",
                timeout=TIMEOUT_S,
            ) as client:
                yield client
        except (httpx2.HTTPError, ValueError) as error:
            raise ProviderFailed(
                f"The sign-in provider {self._policy.issuer} cannot be asked now ({_reason(error)}); try again in a minute."
            ) from error
        finally:
            self._slots.release()

    def _describe(self, client: OAuth2Client) -> Mapping[str, Any]:
        """What the provider says of itself (OpenID Connect Discovery section 4), asked once an hour."""
        if self._metadata is not None and self._metadata[0] > time.monotonic():
            return self._metadata[1]
        address = self._policy.issuer.rstrip("/") + "/.well-known/openid-configuration"
        found = _get_json(client, address)
        if str(found.get("issuer", "")).rstrip("/") != self._policy.issuer.rstrip("/"):
            raise ProviderFailed(
                f"sso_issuer: {self._policy.issuer} calls itself {str(found.get('issuer'))[:200]!r}; set exactly that."
            )
        methods = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if self._policy.client_secret and "client_secret_basic" not in methods:
            client.token_endpoint_auth_method = "client_secret_post"  # noqa: S105  (a name, no secret)
        self._metadata = (time.monotonic() + METADATA_KEPT_S, found)
        return found

    def _endpoint(self, client: OAuth2Client, name: str) -> str:
        endpoint = self._describe(client).get(name)
        if not isinstance(endpoint, str):
            raise ProviderFailed(f"The sign-in provider {self._policy.issuer} names no {name}.")
        return endpoint

    def _verify(self, client: OAuth2Client, token: Mapping[str, Any], *, nonce: str) -> Mapping[str, Any]:
        """The claims of the id token (OpenID Connect Core section 3.1.3.7). Raises SignInBroken."""
        if not isinstance(token.get("id_token"), str):
            raise SignInBroken(
                "The provider gave no id token, so nobody knows who signed in; check sso_scopes."
            )
        metadata = self._describe(client)
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        registry = JWSRegistry(
            algorithms=[name for name in ALGORITHMS if name in offered], strict_check_header=False
        )
        try:
            try:
                decoded = jwt.decode(token["id_token"], self._key_set(client), registry=registry)
            except (InvalidKeyIdError, BadSignatureError):  # the provider may have changed its keys
                decoded = jwt.decode(token["id_token"], self._key_set(client, fresh=True), registry=registry)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {
                    "iss": {"essential": True, "value": metadata["issuer"]},
                    "aud": {"essential": True, "value": self._policy.client_id},
                },
                {
                    "nonce": nonce,
                    "client_id": self._policy.client_id,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(now=int(self._clock().timestamp()), leeway=LEEWAY_S)
        except (JoseError, ValueError) as error:
            raise SignInBroken(
                f"The provider's statement about you cannot be trusted ({_reason(error)}); begin again, and tell "
                "whoever runs this hub if it happens again."
            ) from None
        if not claims.get("nonce"):
            raise SignInBroken(
                "The provider's statement about you answers no request of this hub (nonce); begin again."
            )
        return cast(Mapping[str, Any], claims)

    def _key_set(self, client: OAuth2Client, *, fresh: bool = False) -> KeySet:
        """The provider's keys, asked again for a token that none of them fits."""
        asked_lately = self._keys is not None and self._keys[0] + KEYS_ASKED_EVERY_S > time.monotonic()
        if self._keys is not None and (not fresh or asked_lately):
            return self._keys[1]
        found = _get_json(client, self._endpoint(client, "jwks_uri"))
        keys = []
        for key in found.get("keys", []):
            try:
                keys.append(import_key(key))
            except (JoseError, ValueError, TypeError):
                continue  # of a kind that we do not know
        self._keys = (time.monotonic(), KeySet(keys))
        return self._keys[1]

    def _userinfo(self, client: OAuth2Client, claims: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the provider tells beside the id token; nothing if it offers none."""
        endpoint = self._describe(client).get("userinfo_endpoint")
        if not isinstance(endpoint, str):
            return {}
        found = _get_json(client, endpoint, withhold_token=False)
        if found.get("sub") != claims["sub"]:
            raise SignInBroken("The provider speaks of somebody else than who signed in (sub); begin again.")
        return found

    def _state(self, claims: Mapping[str, Any], more: Mapping[str, Any], *, id_token: str) -> Statement:
        told = {**more, **claims}
        subject = str(claims["sub"])
        if not subject or len(subject) > 255 or not subject.isascii():
            raise SignInBroken("The provider's name for you (sub) has no 1 to 255 plain characters.")
        return Statement(
            issuer=str(claims["iss"]),
            subject=subject,
            name=_text(told, self._policy.name_claim),
            fullname=_text(told, "name"),
            email=_text(told, "email"),
            email_verified=told.get("email_verified") in (True, "true"),
            groups=_texts(told, self._policy.groups_claim),
            id_token=id_token,
        )


def _get_json(client: OAuth2Client, address: str, *, withhold_token: bool = True) -> Mapping[str, Any]:
    answer = client.request(
        "GET", address, withhold_token=withhold_token, headers={"Accept": "application/json"}
    )
    answer.raise_for_status()
    body = answer.json()
    if not isinstance(body, dict):
        raise ValueError("its answer is no JSON object")
    return body


def _find(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name; where there is none, by a path through objects as `realm_access.roles`."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _text(claims: Mapping[str, Any], name: str) -> str:
    found = _find(claims, name)
    return found[:200] if isinstance(found, str) else ""


def _texts(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = _find(claims, name)
    listed = found if isinstance(found, list) else str(found or "").replace(",", " ").split()
    return tuple(str(group).removeprefix("/") for group in listed)[:1000]


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
