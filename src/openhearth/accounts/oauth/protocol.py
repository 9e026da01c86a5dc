"""Our nouns as Authlib wants to see them: requests, clients, codes and tokens."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from authlib.oauth2.rfc6749 import ClientMixin, OAuth2Payload, OAuth2Request, TokenMixin

from openhearth.accounts.oauth.records import Code, OAuthApp, RefreshedToken
from openhearth.accounts.oauth.redirects import allows
from openhearth.accounts.oauth.scopes import ALWAYS, read_scopes, scope_text
from openhearth.accounts.secret_words import hash_secret

Fields = Iterable[tuple[str, str]]


class _Payload(OAuth2Payload):
    def __init__(self, fields: Fields) -> None:
        self._lists: dict[str, list[str]] = {}
        for name, value in fields:
            self._lists.setdefault(name, []).append(value)

    @property
    def data(self) -> dict[str, str]:
        return {name: values[0] for name, values in self._lists.items()}

    @property
    def datalist(self) -> dict[str, list[str]]:
        return self._lists


class ProtocolRequest(OAuth2Request):
    """A request of the protocol. Authlib refuses plain http; here TLS is the business of whoever runs the hub."""

    payload: OAuth2Payload

    def __init__(self, method: str, fields: Fields, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(method, "https://hub.invalid/oauth", headers=headers)
        self.payload = _Payload(fields)

    @property
    def args(self) -> dict[str, str | None]:
        return {**self.payload.data}

    @property
    def form(self) -> dict[str, str]:
        return self.payload.data


class Client(ClientMixin):
    """A registered app."""

    def __init__(self, app: OAuthApp, secret_hash: str | None) -> None:
        self.app = app
        self._secret_hash = secret_hash

    def get_client_id(self) -> str:
        return self.app.client_id

    def get_default_redirect_uri(self) -> None:  # type: ignore[override]
        """None: every request names its own (OpenID Connect Core section 3.1.2.1)."""

    def get_allowed_scope(self, scope: object) -> str:
        """What of the scopes asked for the app may have; all of them if it asks for none."""
        asked = read_scopes(str(scope)) if scope else self.app.scopes | ALWAYS
        return scope_text(asked & (self.app.scopes | ALWAYS))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return allows(self.app.redirect_uris, redirect_uri)

    def check_client_secret(self, client_secret: str) -> bool:
        return self._secret_hash is not None and compare_digest(self._secret_hash, hash_secret(client_secret))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return (method == "none") == self.app.is_public

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return True


class IssuedCode:
    """A code as the grant, the proof key and the id token read it."""

    code_challenge_method = "S256"

    def __init__(self, code: Code) -> None:
        self.code = code
        self.code_challenge = code.code_challenge

    def get_redirect_uri(self) -> str:
        return self.code.redirect_uri

    def get_scope(self) -> str:
        return scope_text(self.code.scopes)

    def get_nonce(self) -> str | None:
        return self.code.nonce

    def get_auth_time(self) -> int:
        return int(self.code.signed_in_at.timestamp())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class IssuedToken(TokenMixin):
    """What stands behind a token, as refreshing, revoking and introspecting read it."""

    def __init__(self, found: RefreshedToken, *, now: datetime) -> None:
        self.found = found
        self._now = now

    def check_client(self, client: Client) -> bool:
        return client.app.id == self.found.app_id

    def get_scope(self) -> str:
        return scope_text(self.found.scopes or ())

    def is_expired(self) -> bool:
        return self.found.expires_at is None or self.found.expires_at <= self._now

    def is_revoked(self) -> bool:
        return self.found.refreshed_at is not None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the protocol answers: an address to send the browser to, or a JSON body."""

    location: str | None
    body: Mapping[str, object]
