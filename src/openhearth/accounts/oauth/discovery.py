"""What the hub says of itself as a provider (OpenID Connect Discovery section 3, RFC 8414)."""

from typing import Any

from openhearth.accounts.oauth.keys import ALGORITHM
from openhearth.accounts.oauth.scopes import SCOPES
from openhearth.urls import Urls

AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")
DEVICE_CODE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
TOKEN_EXCHANGE_GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105  (a name, no secret)
_CLAIMS = (
    "sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "at_hash",
    "name", "preferred_username", "profile", "picture", "email", "email_verified", "orgs", "isPro", "canPay",
)  # fmt: skip


def provider_metadata(urls: Urls) -> dict[str, Any]:
    return {
        "issuer": urls.base,
        "authorization_endpoint": urls.absolute("/oauth/authorize"),
        "token_endpoint": urls.absolute("/oauth/token"),
        "device_authorization_endpoint": urls.absolute("/oauth/device"),
        "userinfo_endpoint": urls.absolute("/oauth/userinfo"),
        "jwks_uri": urls.absolute("/oauth/jwks"),
        "revocation_endpoint": urls.absolute("/oauth/revoke"),
        "introspection_endpoint": urls.absolute("/oauth/introspect"),
        "end_session_endpoint": urls.absolute("/oauth/logout"),
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", DEVICE_CODE_GRANT],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "token_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "revocation_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "introspection_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": list(_CLAIMS),
        "authorization_response_iss_parameter_supported": True,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "service_documentation": urls.absolute("/docs/guide/people"),
    }
