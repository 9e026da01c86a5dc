"""Two apps that sign people in with the hub: one written with Authlib alone, one with huggingface_hub's own helper.

The browser between them is `tests.support.person`.
"""

import json
import os
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.support.person import Person

HUB = os.environ["HF_ENDPOINT"]


def app_of_authlib(person: Person, client_id: str, client_secret: str) -> dict:
    """Discovery, code with PKCE, id token, userinfo, refresh, revocation."""
    told = httpx2.get(f"{HUB}/.well-known/openid-configuration").json()
    assert told["issuer"] == HUB
    client = OAuth2Client(
        client_id, client_secret, scope="openid profile email contribute-repos",
        redirect_uri="https://app.test/callback", code_challenge_method="S256",
    )  # fmt: skip
    verifier, nonce = generate_token(64), generate_token(20)
    address, state = client.create_authorization_url(
        told["authorization_endpoint"], code_verifier=verifier, nonce=nonce
    )
    arrived = person.walk(address)
    assert arrived.startswith("https://app.test/callback?"), arrived
    token = client.fetch_token(
        told["token_endpoint"], authorization_response=arrived, state=state, code_verifier=verifier
    )
    keys = KeySet.import_key_set(httpx2.get(told["jwks_uri"]).json())
    decoded = jwt.decode(token["id_token"], keys, ["RS256"])
    options = {"iss": {"value": HUB}, "aud": {"value": client_id}}
    claims = CodeIDToken(
        decoded.claims, decoded.header, options, {"nonce": nonce, "access_token": token["access_token"]}
    )
    claims.validate()
    info = client.get(told["userinfo_endpoint"]).json()
    assert (info["sub"], info["preferred_username"]) == (claims["sub"], person.name)
    fresh = client.refresh_token(told["token_endpoint"], refresh_token=token["refresh_token"])
    assert fresh["access_token"] != token["access_token"]
    return {"client": client, "token": dict(fresh), "told": told}


def stock_client_with_it(access_token: str, name: str) -> None:
    """The token of an app in the hands of huggingface_hub: within its scopes, and no further."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    api = HfApi(token=access_token)
    me = api.whoami()
    assert (me["name"], me["auth"]["type"], "accessToken" in me["auth"]) == (name, "oauth", False)
    repo = f"{name}/made-by-an-app"
    api.create_repo(repo, private=True)
    api.upload_file(path_or_fileobj=b"hello", path_in_repo="a.txt", repo_id=repo)
    assert api.file_exists(repo, "a.txt")
    for refused in (
        lambda: api.create_repo("forge/made-by-an-app"),
        lambda: api.delete_repo(repo),
    ):
        try:
            refused()
        except HfHubHTTPError as error:
            assert error.response.status_code in (403, 404)
        else:
            raise AssertionError("an app did more than it was let")


def app_of_a_space(person: Person) -> None:
    """`attach_huggingface_oauth`, as apps in Spaces use it, with the environment that the hub gives a Space."""
    from fastapi import FastAPI, Request
    from huggingface_hub import attach_huggingface_oauth, parse_huggingface_oauth
    from starlette.testclient import TestClient

    app = FastAPI()
    attach_huggingface_oauth(app)

    @app.get("/")
    def greet(request: Request):
        found = parse_huggingface_oauth(request)
        if found is None:
            return {"name": None}
        user = found.user_info
        return {
            "name": user.preferred_username, "orgs": [org.preferred_username for org in user.orgs],
            "scope": found.scope, "token": found.access_token, "profile": user.profile,
        }  # fmt: skip

    visitor = TestClient(app, base_url="https://space.test", follow_redirects=False)
    assert visitor.get("/").json() == {"name": None}
    sent = visitor.get("/oauth/huggingface/login", params={"_target_url": "/"})
    arrived = person.walk(sent.headers["Location"])
    assert arrived.startswith("https://space.test/oauth/huggingface/callback?_target_url="), arrived
    assert parse_qs(urlsplit(arrived).query)["iss"] == [HUB]
    back = visitor.get(arrived)
    assert back.headers["Location"] == "/", back.text
    greeting = visitor.get("/").json()
    assert (greeting["name"], greeting["orgs"]) == ("ben", ["forge"])
    assert greeting["profile"] == f"{HUB}/ben"
    assert set(greeting["scope"].split()) == {"openid", "profile", "read-repos"}
    assert greeting["token"].startswith("hf_oauth_")


def main() -> None:
    apps = json.loads(sys.argv[1])
    space = apps["space"]
    # huggingface_hub reads these when it is imported, as in a Space.
    os.environ.update(
        SPACE_ID=space["id"], SPACE_HOST="space.test", OAUTH_CLIENT_ID=space["clientId"],
        OAUTH_CLIENT_SECRET=space["clientSecret"], OAUTH_SCOPES="openid profile read-repos", OPENID_PROVIDER_URL=HUB,
    )  # fmt: skip
    person = Person(HUB, "ben")
    signed_in = app_of_authlib(person, apps["app"]["clientId"], apps["app"]["clientSecret"])
    stock_client_with_it(signed_in["token"]["access_token"], "ben")
    app_of_a_space(person)
    client, told = signed_in["client"], signed_in["told"]
    assert client.introspect_token(told["introspection_endpoint"], client.token["access_token"]).json()[
        "active"
    ]
    assert client.revoke_token(told["revocation_endpoint"], client.token["access_token"]).status_code == 200
    ended = {"Authorization": f"Bearer {signed_in['token']['access_token']}"}
    assert httpx2.get(told["userinfo_endpoint"], headers=ended).status_code == 401


main()
