"""Apps and providers that know nothing of us: unmodified libraries on both sides of a sign-in."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from openhearth.accounts import Accounts
from openhearth.config import Settings
from openhearth.db import Database
from openhearth.kit.clock import utc_now
from tests.support.clients import PROGRAMS, client_environ, run_program
from tests.support.person import Person
from tests.support.running import RunningHub, free_port


@pytest.fixture
def app(running: RunningHub) -> dict[str, str]:
    """An app of ada's, registered by the API."""
    answer = httpx2.post(
        f"{running.url}/api/settings/oauth-apps",
        json={
            "name": "Anvil",
            "redirectUris": ["https://app.test/callback"],
            "scopes": ["email", "contribute-repos"],
        },
        headers={"Authorization": f"Bearer {running.tokens['ada']}"},
    )
    registered: dict[str, str] = answer.json()
    return registered


def space_app(hub: RunningHub) -> dict[str, str]:
    """What whoever starts a Space gives it."""
    db = Database.in_folder(hub.data)
    settings = Settings(data=hub.data, public_url=hub.url)
    secret = (hub.data / "secret.key").read_bytes()
    accounts = Accounts.on(db, settings=settings, clock=utc_now, secret=secret)
    new = accounts.oauth.apps.register_space(
        "ada/demo", host_url="https://space.test", scopes=["openid", "profile", "read-repos"]
    )
    accounts.identity.close()
    db.close()
    return {"id": "ada/demo", "clientId": new.app.client_id, "clientSecret": str(new.secret)}


def test_apps_of_authlib_and_of_a_space_sign_ben_in(
    running: RunningHub, app: dict[str, str], tmp_path: Path
) -> None:
    given = json.dumps({"app": app, "space": space_app(running)})
    run_program("oauth_app", running, tmp_path / "home", given, who="nobody")


@pytest.mark.slow
def test_openid_client_on_node_signs_ben_in(running: RunningHub, node_folder: Path, tmp_path: Path) -> None:
    redirect_uri = "http://127.0.0.1:53682/callback"
    registered = httpx2.post(
        f"{running.url}/api/settings/oauth-apps",
        json={"name": "Tongs", "redirectUris": ["http://127.0.0.1/callback"], "public": True},
        headers={"Authorization": f"Bearer {running.tokens['ada']}"},
    ).json()
    shutil.copy(PROGRAMS / "openid_client.mjs", node_folder)
    with subprocess.Popen(
        ["node", "openid_client.mjs", registered["clientId"], redirect_uri],
        cwd=node_folder, env=client_environ(running, tmp_path, "nobody"), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as app:  # fmt: skip
        assert app.stdin is not None
        assert app.stdout is not None
        arrived = Person(running.url, "ben").walk(app.stdout.readline().strip())
        assert arrived.startswith(f"{redirect_uri}?")
        told = json.loads(app.communicate(arrived + "\n", timeout=60)[0])
    assert (told["name"], told["scope"]) == ("ben", "openid profile")
    assert (told["claims"]["iss"], told["claims"]["aud"]) == (running.url, registered["clientId"])


@pytest.fixture
def company(node_folder: Path, tmp_path: Path) -> Iterator[RunningHub]:
    """A hub whose people sign in at a provider of another make, which runs beside it."""
    shutil.copy(PROGRAMS / "company_provider.mjs", node_folder)
    port = free_port()
    hub = RunningHub(
        tmp_path / "data",
        environ={
            "OPENHEARTH_SSO_ISSUER": f"http://127.0.0.1:{port}",
            "OPENHEARTH_SSO_CLIENT_ID": "hub",
            "OPENHEARTH_SSO_CLIENT_SECRET": "of the company",
            "OPENHEARTH_SSO_SCOPES": "openid profile email groups",
            "OPENHEARTH_SSO_GROUP_ROLES": "ml-team=forge:write",
        },
    )
    command = ["node", "company_provider.mjs", str(port), "hub", "of the company", hub.url]
    with subprocess.Popen(command, cwd=node_folder, stdout=subprocess.PIPE, text=True) as provider:
        assert provider.stdout is not None
        assert "ready" in provider.stdout.readline()
        yield hub.start().invite_people()
        hub.stop()
        provider.terminate()


@pytest.mark.slow
def test_grace_signs_in_at_a_provider_of_another_make(company: RunningHub) -> None:
    browser = httpx2.Client(follow_redirects=True, headers={"Accept": "text/html"})
    page = browser.get(f"{company.url}/sso/sign-in?next=/models")
    assert 'name="login"' in page.text
    address = re.search(r'action="([^"]+)"', page.text)
    assert address
    page = browser.post(
        str(page.url.join(address.group(1))), data={"prompt": "login", "login": "grace", "password": "any"}
    )
    address = re.search(r'action="([^"]+)"', page.text)
    assert address, page.text
    page = browser.post(str(page.url.join(address.group(1))), data={"prompt": "consent"})
    assert (page.status_code, str(page.url)) == (200, f"{company.url}/models"), page.text
    me = browser.get(f"{company.url}/api/whoami-v2").json()
    assert (me["name"], me["fullname"], me["email"]) == ("grace", "Grace H.", "grace@corp.test")
    assert [(org["name"], org["roleInOrg"]) for org in me["orgs"]] == [("forge", "write")]
