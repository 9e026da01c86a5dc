"""Authlib's grants, bound to our rows through `OAuthServer`, and held to what RFC 9700 asks for today."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from authlib.oauth2.rfc6749 import OAuth2Request, grants
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oidc.core import OpenIDCode

from openhearth.accounts.oauth.discovery import AUTH_METHODS
from openhearth.accounts.oauth.keys import ALGORITHM, SigningKeys
from openhearth.accounts.oauth.protocol import Client, IssuedCode, IssuedToken, ProtocolRequest
from openhearth.accounts.oauth.scopes import read_scopes
from openhearth.kit.clock import Clock
from openhearth.kit.ids import new_secret

if TYPE_CHECKING:
    from openhearth.accounts.oauth.server import ClaimsOf, OAuthServer

ID_TOKEN_LIFETIME = timedelta(hours=1)


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    server: "OAuthServer"

    def generate_authorization_code(self) -> str:
        return new_secret()

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        self.server.keep_code(code, request)

    def query_authorization_code(self, code: str, client: Any) -> IssuedCode | None:
        return self.server.find_code(code, client)

    def delete_authorization_code(self, authorization_code: Any) -> None:
        """Used up where the tokens were made; its row stays for a day to tell a second use."""

    def authenticate_user(self, authorization_code: IssuedCode) -> str:
        return authorization_code.code.user_id


class RefreshGrant(grants.RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True
    server: "OAuthServer"

    def authenticate_refresh_token(self, refresh_token: str) -> IssuedToken | None:  # type: ignore[override]
        return self.server.find_refreshable(refresh_token)

    def authenticate_user(self, refresh_token: IssuedToken) -> str:
        return refresh_token.found.user_id

    def revoke_old_credential(self, refresh_token: Any) -> None:
        """Used up where the tokens were made."""


class ProofKey(CodeChallenge):
    """PKCE by S256 alone, asked of every public app before anybody signs in (RFC 9700 section 2.1.1)."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]  # noqa: RUF012  (Authlib's own declaration)

    def validate_code_challenge(self, grant: Any, redirect_uri: Any) -> None:
        super().validate_code_challenge(grant, redirect_uri)
        request = cast(ProtocolRequest, grant.request)
        data, client = request.payload.data, cast(Client, request.client)
        if "code_challenge" not in data:
            if client.app.is_public:
                raise InvalidRequestError(
                    "code_challenge: is missing, and a public app must send one (PKCE)."
                )
        elif data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("code_challenge_method: must be S256.")


class IdTokens(OpenIDCode):
    """Says who signed in, signed by the hub (OpenID Connect Core section 2)."""

    def __init__(self, *, issuer: str, clock: Clock, keys: SigningKeys, claims_of: "ClaimsOf") -> None:
        super().__init__()
        self._issuer = issuer
        self._clock = clock
        self._keys = keys
        self._claims_of = claims_of

    def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
        """A nonce is the app's own affair: it compares what comes back with what it sent."""
        return False

    def resolve_client_private_key(self, client: Any) -> Any:
        return self._keys.current()

    def get_client_algorithm(self, client: Any) -> str:
        return ALGORITHM

    def get_encode_header(self, client: Any) -> dict[str, str]:
        return {"alg": ALGORITHM, "kid": str(self._keys.current().kid)}

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        now = self._clock()
        return {
            "iss": self._issuer,
            "aud": client.get_client_id(),
            "iat": int(now.timestamp()),
            "exp": int((now + ID_TOKEN_LIFETIME).timestamp()),
        }

    def generate_user_info(self, user: str, scope: str) -> Any:
        return dict(self._claims_of(user, read_scopes(scope)))


class Revocation(RevocationEndpoint):
    CLIENT_AUTH_METHODS = AUTH_METHODS
    server: "OAuthServer"

    def query_token(self, token_string: str, token_type_hint: str | None) -> IssuedToken | None:
        return self.server.find_issued(token_string)

    def revoke_token(self, token: IssuedToken, request: Any) -> None:
        self.server.end(token)


class Introspection(IntrospectionEndpoint):
    CLIENT_AUTH_METHODS = AUTH_METHODS
    server: "OAuthServer"

    def check_permission(self, token: IssuedToken, client: Any, request: Any) -> bool:
        return token.check_client(client)

    def query_token(self, token_string: str, token_type_hint: str | None) -> IssuedToken | None:
        return self.server.find_issued(token_string)

    def introspect_token(self, token: IssuedToken) -> Mapping[str, object]:
        found = token.found
        return {
            "active": True,
            "client_id": found.client_id,
            "sub": found.user_id,
            "scope": token.get_scope(),
            "iss": self.server.issuer,
            "exp": int(found.expires_at.timestamp()) if found.expires_at else None,
        }
