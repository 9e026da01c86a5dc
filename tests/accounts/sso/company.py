"""A company's provider on a port of its own, over real HTTP: it can be told to lie, to change its keys, or to be down."""

from __future__ import annotations

import functools
import json
import secrets
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT_ID, CLIENT_SECRET = "the-hub", "of the company"


def _new_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


@functools.cache
def _first_key() -> RSAKey:
    return _new_key("one")


@dataclass
class Company:
    """`person`: who sits at the browser. `lie`: claims to state instead; None leaves one out."""

    address: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    lie: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)  # told by userinfo alone
    issuer: str | None = None
    is_down: bool = False
    thinks_s: float = 0.0
    forges: bool = False
    signs_with_secret: bool = False
    key: RSAKey = field(default_factory=_first_key)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def change_key(self) -> None:
        self.key = _new_key(secrets.token_hex(4))

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer or self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/jwks",
            "end_session_endpoint": f"{self.address}/bye",
            "id_token_signing_alg_values_supported": ["RS256", "HS256"],
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Nobody is asked here: whoever comes is `person`."""
        if "error" in self.lie:
            return (
                f"{asked['redirect_uri']}?{urlencode({'error': self.lie['error'], 'state': asked['state']})}"
            )
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        client_id, _, secret = b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        if (unquote(client_id), unquote(secret)) != (CLIENT_ID, CLIENT_SECRET):
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form["code"], None)
        challenge = create_s256_code_challenge(form["code_verifier"])  # type: ignore[no-untyped-call]
        if (
            asked is None
            or asked["redirect_uri"] != form["redirect_uri"]
            or asked["code_challenge"] != challenge
        ):
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "t", "token_type": "Bearer", "id_token": self.id_token(asked["nonce"])}

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        stated: dict[str, Any] = {
            "iss": self.issuer or self.address, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": nonce,
            **self.person, **self.lie,
        }  # fmt: skip
        claims = {name: value for name, value in stated.items() if value is not None}
        if self.signs_with_secret:
            from joserfc.jwk import OctKey

            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(CLIENT_SECRET * 4))
        key = _new_key(str(self.key.kid)) if self.forges else self.key
        return jwt.encode({"alg": "RS256", "kid": str(key.kid)}, claims, key)


@contextmanager
def open_company() -> Iterator[Company]:
    company = Company()

    class Desk(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            company.asked.append(parts.path)
            time.sleep(company.thinks_s)
            if company.is_down:
                self._answer(503, {"error": "down"})
            elif parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", company.authorize(_flat(parts.query)))
                self.end_headers()
            else:
                answers = {
                    "/.well-known/openid-configuration": company.metadata(),
                    "/jwks": KeySet([company.key]).as_dict(private=False),
                    "/userinfo": {"sub": company.person.get("sub"), **company.more},
                }
                self._answer(200, answers[parts.path])

        def do_POST(self) -> None:
            form = _flat(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self._answer(*company.token(form, self.headers.get("Authorization", "")))

        def _answer(self, status: int, body: object) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    company.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield company
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
