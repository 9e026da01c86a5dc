"""What this room refuses.

openhearth.errors
├── NotFound         UserNotFound · OrganisationNotFound · LinkNotFound
├── Conflict         NameTaken · LastAdmin
├── Unauthenticated  SignInFailed · TokenInvalid
├── Busy             TooManyAttempts
└── Invalid          OAuthError, in the words of RFC 6749 and RFC 8628; Redirected, which the app hears of
"""

from collections.abc import Mapping
from typing import Literal

from openhearth.errors import Busy, Conflict, Invalid, NotFound, Unauthenticated

OAuthCode = Literal[
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "invalid_scope",
    "invalid_token",
    "insufficient_scope",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
    "unsupported_token_type",
    "authorization_pending",
    "slow_down",
    "expired_token",
    "access_denied",
]


class UserNotFound(NotFound):
    def __init__(self, name: str) -> None:
        super().__init__(f"User not found: there is no account called {name!r}.")


class OrganisationNotFound(NotFound):
    def __init__(self, name: str) -> None:
        super().__init__(f"Organisation not found: none is called {name!r}.")


class LinkNotFound(NotFound):
    def __init__(self, kind: str) -> None:
        super().__init__(f"This {kind} link is used up, expired or mistyped; ask for a new one.")


class NameTaken(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(f"name: {name!r} is taken by a user or an organisation; choose another.")


class LastAdmin(Conflict):
    def __init__(self, organisation: str) -> None:
        super().__init__(
            f"{organisation} would be left without an admin; give another member that role first."
        )


class SignInFailed(Unauthenticated):
    """One sentence for an unknown name, a wrong password and an account without one."""

    def __init__(self) -> None:
        super().__init__("The name or the password is wrong; check both and try again.")


class TokenInvalid(Unauthenticated):
    """huggingface_hub reads exactly this sentence (utils/_http.py `hf_raise_for_status`)."""

    def __init__(self) -> None:
        super().__init__("Invalid credentials in Authorization header")


class TooManyAttempts(Busy):
    def __init__(self, wait_s: int) -> None:
        super().__init__(
            f"Too many attempts to sign in; wait {wait_s} seconds and try again.",
            headers={"Retry-After": str(wait_s)},
        )


class OAuthError(Invalid):
    """A refusal to an OAuth client, which reads the `error` field of the body (RFC 6749 section 5.2)."""

    def __init__(
        self,
        code: OAuthCode,
        message: str,
        *,
        status: int = 400,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, headers=headers, error=code, error_description=message)
        self.oauth_code = code
        self.status = status


class Redirected(OAuthError):
    """A refusal that the app hears of: the browser goes to `location`."""

    def __init__(self, location: str, code: OAuthCode, message: str) -> None:
        super().__init__(code, message)
        self.location = location
