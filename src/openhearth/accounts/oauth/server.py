"""The protocol, by Authlib: who asks is checked, codes and tokens change hands. Our own are the rows and the rules.

Whatever is used up (a code, a refresh token) is used up in the transaction that makes the tokens: of two
exchanges at once one succeeds.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, cast

from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Request
from authlib.oauth2.rfc6749.errors import InvalidGrantError

from openhearth.accounts.errors import OAuthCode, OAuthError, Redirected
from openhearth.accounts.oauth import queries
from openhearth.accounts.oauth.grants import (
    CodeGrant,
    IdTokens,
    Introspection,
    ProofKey,
    RefreshGrant,
    Revocation,
)
from openhearth.accounts.oauth.keys import SigningKeys
from openhearth.accounts.oauth.protocol import (
    Answer,
    Client,
    Fields,
    IssuedCode,
    IssuedToken,
    ProtocolRequest,
)
from openhearth.accounts.oauth.records import Approval, Code, OAuthApp
from openhearth.accounts.oauth.scopes import read_scopes, scope_text
from openhearth.accounts.oauth.tokens import OAuthTokens
from openhearth.accounts.records import TokenPair
from openhearth.accounts.secret_words import hash_secret
from openhearth.db import Database
from openhearth.kit.clock import Clock
from openhearth.kit.ids import new_id
from openhearth.kit.text import is_one_line, is_storable

CODE_LIFETIME = timedelta(minutes=1)
# A code that comes again within this time ends what it was exchanged for.
CODE_REMEMBERED = timedelta(days=1)
NONCE_MAX_LENGTH = 500
# The claims of an id token about a person: user id and scopes in.
ClaimsOf = Callable[[str, frozenset[str]], Mapping[str, Any]]


class OAuthServer(AuthorizationServer):
    def __init__(
        self,
        *,
        db: Database,
        clock: Clock,
        issuer: str,
        tokens: OAuthTokens,
        keys: SigningKeys,
        claims_of: ClaimsOf,
    ) -> None:
        super().__init__()
        self._db = db
        self._clock = clock
        self._tokens = tokens
        self.issuer = issuer
        id_tokens = IdTokens(issuer=issuer, clock=clock, keys=keys, claims_of=claims_of)
        self.register_grant(CodeGrant, [ProofKey(), id_tokens])
        self.register_grant(RefreshGrant)
        self.register_endpoint(Revocation)
        self.register_endpoint(Introspection)

    # what an app asks by sending a browser -----------------------------------------------------------------------
    def check(self, fields: Fields) -> OAuthApp:
        """The app that sends a browser with `fields`, if all of them hold.

        Raises OAuthError where nobody may be answered, and `Redirected` where the app is to hear of it.
        """
        request = ProtocolRequest("GET", fields)
        nonce = request.payload.data.get("nonce", "")
        if len(nonce) > NONCE_MAX_LENGTH or not is_storable(nonce):
            raise OAuthError(
                "invalid_request", f"nonce: is longer than {NONCE_MAX_LENGTH} characters or no text."
            )
        try:
            self.get_consent_grant(request, end_user="somebody")  # type: ignore[no-untyped-call]
        except OAuth2Error as error:
            raise self._refusal(error) from None
        return cast(Client, request.client).app

    def approve(self, fields: Fields, approval: Approval | None) -> str:
        """The address that carries the code, or for None the refusal, back to the app. Raises as `check` does."""
        request = ProtocolRequest("POST", fields)
        try:
            grant = self.get_authorization_grant(request)
        except OAuth2Error as error:
            raise self._refusal(error) from None
        answer = self.create_authorization_response(request, grant_user=approval, grant=grant)
        return self._with_issuer(str(cast(Answer, answer).location))

    def refuse(self, fields: Mapping[str, str], code: str, description: str) -> str:
        """The address that tells the app of a refusal. Only for fields that `check` has passed."""
        params = [("error", code), ("error_description", description)]
        if fields.get("state"):
            params.append(("state", fields["state"]))
        return self._with_issuer(add_params_to_uri(fields["redirect_uri"], params))

    # what a program asks itself ------------------------------------------------------------------------------------
    def exchange(self, fields: Fields, headers: Mapping[str, str]) -> Mapping[str, object]:
        """Answer a request for a token: of a code or of a refresh token. Raises OAuthError."""
        return self._answer(lambda: self.create_token_response(ProtocolRequest("POST", fields, headers)))

    def revoke(self, fields: Fields, headers: Mapping[str, str]) -> Mapping[str, object]:
        """End the authorization behind a token (RFC 7009). Raises OAuthError."""
        return self._endpoint(Revocation.ENDPOINT_NAME, fields, headers)

    def introspect(self, fields: Fields, headers: Mapping[str, str]) -> Mapping[str, object]:
        """What is behind a token of the app that asks (RFC 7662). Raises OAuthError."""
        return self._endpoint(Introspection.ENDPOINT_NAME, fields, headers)

    def authenticate(self, fields: Fields, headers: Mapping[str, str]) -> OAuthApp:
        """The app that proves to be itself. Raises OAuthError."""
        request = ProtocolRequest("POST", fields, headers)
        try:
            return cast(Client, self.authenticate_client(request, CodeGrant.TOKEN_ENDPOINT_AUTH_METHODS)).app
        except OAuth2Error as error:
            raise self._refusal(error) from None
        except UnicodeDecodeError:
            raise _undecodable() from None

    def find_app(self, client_id: str) -> OAuthApp | None:
        if not is_one_line(client_id):
            return None
        with self._db.read() as rows:
            return queries.find_app_of_client(rows, client_id)

    def _endpoint(self, name: str, fields: Fields, headers: Mapping[str, str]) -> Mapping[str, object]:
        request = ProtocolRequest("POST", fields, headers)
        return self._answer(lambda: self.create_endpoint_response(name, request))  # type: ignore[no-untyped-call]

    def _answer(self, ask: Callable[[], object]) -> Mapping[str, object]:
        try:
            return cast(Answer, ask()).body
        except UnicodeDecodeError:
            raise _undecodable() from None

    def _with_issuer(self, location: str) -> str:
        """Say which hub answers (RFC 9207): an app that knows several cannot be led to mix them up."""
        return str(add_params_to_uri(location, [("iss", self.issuer)]))

    def _refusal(self, error: OAuth2Error) -> OAuthError:
        if error.redirect_uri:
            _, _, answered = error()
            return Redirected(
                self._with_issuer(dict(answered)["Location"]), _code_of(error), _sentence(error)
            )
        status = error.status_code or 400
        headers = {"WWW-Authenticate": 'Basic realm="openhearth"'} if status == 401 else {}
        return OAuthError(_code_of(error), _sentence(error), status=status, headers=headers)

    # what Authlib asks of us ---------------------------------------------------------------------------------------
    def query_client(self, client_id: str) -> Client | None:  # type: ignore[override]
        app = self.find_app(client_id)
        if app is None:
            return None
        with self._db.read() as rows:
            return Client(app, queries.find_secret_hash(rows, app.id))

    def create_oauth2_request(self, request: Any) -> OAuth2Request:
        return cast(OAuth2Request, request)

    def handle_response(self, status: int, body: Any, headers: Any) -> Answer:
        return Answer(location=dict(headers).get("Location"), body=body if isinstance(body, dict) else {})

    def handle_error_response(self, request: OAuth2Request, error: OAuth2Error) -> Answer:
        if error.redirect_uri:
            return self.handle_response(*error())
        raise self._refusal(error)

    def send_signal(self, name: Any, *args: object, **kwargs: object) -> None:
        """Nobody listens."""

    def generate_token(self, grant_type: str, client: Any, **details: Any) -> dict[str, str | int]:  # type: ignore[override]
        """The part of the answer that needs no rows; `save_token` adds the rest."""
        return {"token_type": "bearer", "scope": details.get("scope") or ""}

    def save_token(self, token: dict[str, str | int], request: OAuth2Request) -> None:
        """Make the tokens of an answer, using up what they are exchanged for."""
        if request.refresh_token is not None:
            pair = self._tokens.refresh(cast(IssuedToken, request.refresh_token).found)
        else:
            pair = self._redeem(
                cast(IssuedCode, request.authorization_code).code, cast(Client, request.client)
            )
        token.update(
            access_token=pair.access_token,
            refresh_token=pair.refresh_token,
            expires_in=pair.expires_in_s,
            scope=scope_text(pair.scopes or ()),
        )

    def _redeem(self, code: Code, client: Client) -> TokenPair:
        with self._db.write() as rows:
            if not queries.use_code(rows, code.id, at=self._clock()):
                raise InvalidGrantError("This code was used in the meantime.")
            return self._tokens.authorize(
                rows,
                user_id=code.user_id,
                client_id=client.app.client_id,
                app_id=client.app.id,
                scopes=code.scopes,
                orgs=code.orgs,
                authorization_id=code.id,
            )

    # what the grants ask of us -------------------------------------------------------------------------------------
    def keep_code(self, value: str, request: OAuth2Request) -> None:
        now, approval = self._clock(), cast(Approval, request.user)
        data = cast(ProtocolRequest, request).payload.data
        code = Code(
            id=new_id(),
            app_id=cast(Client, request.client).app.id,
            user_id=approval.user_id,
            redirect_uri=data.get("redirect_uri", ""),
            scopes=read_scopes(request.scope),
            orgs=approval.orgs,
            nonce=data.get("nonce"),
            code_challenge=data.get("code_challenge"),
            signed_in_at=approval.signed_in_at,
            expires_at=now + CODE_LIFETIME,
            used_at=None,
        )
        with self._db.write() as rows:
            queries.delete_codes_before(rows, now - CODE_REMEMBERED)
            queries.insert_code(rows, code, code_hash=hash_secret(value))

    def find_code(self, value: str, client: Client) -> IssuedCode | None:
        """A code that `client` may exchange now. One that was used before ends what it was exchanged for."""
        with self._db.read() as rows:
            code = queries.find_code(rows, hash_secret(value))
        if code is None or code.app_id != client.app.id:
            return None
        if code.used_at is not None:
            self._tokens.end_authorization(code.id)
            return None
        return IssuedCode(code) if code.expires_at > self._clock() else None

    def find_refreshable(self, value: str) -> IssuedToken | None:
        found = self._tokens.find_refreshable(value)
        return IssuedToken(found, now=self._clock()) if found else None

    def find_issued(self, value: str) -> IssuedToken | None:
        found = self._tokens.find_behind(value)
        return IssuedToken(found, now=self._clock()) if found else None

    def end(self, token: IssuedToken) -> None:
        self._tokens.revoke(token.found)


def _code_of(error: OAuth2Error) -> OAuthCode:
    return cast(OAuthCode, error.error or "invalid_request")


def _sentence(error: OAuth2Error) -> str:
    return str(error.get_error_description() or f"The request was refused: {error.error}.")


def _undecodable() -> OAuthError:
    return OAuthError(
        "invalid_client", "Authorization: is not UTF-8 in base64; send client_id:secret.", status=401
    )
