"""The permission table, asked at every door: who × which token × which repo → what opens.

Letters: `u` uses the app of a Space, `k` knows of the repo, `f` has its files, `p` may push proposals, `w` writes,
`a` administers. What somebody may not know of is a repo that is missing, at every door; files behind a gate are `GatedRepo`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from starlette.testclient import TestClient

from openhearth.access import Action, Actor, Permission, Role, TokenScope
from openhearth.accounts import OPERATOR
from openhearth.app import app_of
from openhearth.config import Settings
from openhearth.kit.names import RepoRef
from openhearth.repos import AddFile, CommitRequest
from openhearth.rooms import build_hub
from openhearth.wire.request import SESSION_COOKIE, Credentials

# ada administers the organisation forge, ben writes there, cal contributes (and made `own`), dee reads; guest was let in
# at both gates, eve is a stranger, root administers the hub. After the slash, what they come with.
TABLE = """
                     public  private gated   closed  own     app
nobody               kf      -       k       -       -       u
eve/session          kfp     -       k       -       -       u
eve/write            kfp     -       k       -       -       u
eve/fine-all         kfp     -       k       -       -       u
guest/session        kfp     -       kfp     -       -       u
guest/read           kf      -       kf      -       -       u
guest/fine-nothing   kf      -       k       -       -       u
guest/fine-gated     kf      -       kf      -       -       u
guest/fine-named     kf      -       kfp     -       -       u
dee/session          kfp     kfp     kfp     kfp     kfp     ukfp
dee/fine-nothing     kf      -       k       -       -       u
dee/fine-gated       kf      -       kf      -       -       u
cal/session          kfp     kfp     kfp     kfp     kfpw    ukfp
cal/read             kf      kf      kf      kf      kf      ukf
ben/session          kfpw    kfpw    kfpw    kfpw    kfpw    ukfpw
ben/write            kfpw    kfpw    kfpw    kfpw    kfpw    ukfpw
ben/read             kf      kf      kf      kf      kf      ukf
ben/fine-read        kf      kf      kf      kf      kf      ukf
ben/fine-all         kfpw    kfpw    kfpw    kfpw    kfpw    ukfpw
ben/fine-named       kf      -       kfpw    -       -       u
ada/session          kfpwa   kfpwa   kfpwa   kfpwa   kfpwa   ukfpwa
ada/write            kfpwa   kfpwa   kfpwa   kfpwa   kfpwa   ukfpwa
ada/fine-write       kfpw    kfpw    kfpw    kfpw    kfpw    ukfpw
ada/fine-all         kfpwa   kfpwa   kfpwa   kfpwa   kfpwa   ukfpwa
root/session         kfpwa   kfpwa   kfpwa   kfpwa   kfpwa   ukfpwa
root/read            kf      kf      kf      kf      kf      ukf
"""
Tokens = Mapping[str, tuple[TokenScope, Mapping[str, Action], tuple[Permission, ...]]]
TOKENS: Tokens = {
    "write": ("write", {}, ()),
    "read": ("read", {}, ()),
    "fine-nothing": ("fineGrained", {"models/somebody/else": Action.ADMIN}, ("inference.run",)),
    "fine-gated": ("fineGrained", {}, ("gated.read", "inference.run")),
    "fine-named": ("fineGrained", {"models/forge/gated": Action.WRITE}, ("inference.run",)),
    "fine-read": ("fineGrained", {"forge": Action.READ}, ("inference.run",)),
    "fine-write": ("fineGrained", {"forge": Action.WRITE}, ("inference.run",)),
    "fine-all": ("fineGrained", {"forge": Action.ADMIN}, ("inference.run",)),
}
BATCH = {"objects": [{"oid": "0" * 64, "size": 1}]}
# Letter → the doors that it opens: method, address, body. `{api}` and `{page}` are the repo's.
DOORS: Mapping[str, tuple[tuple[str, str, Any], ...]] = {
    "u": (("GET", "{page}", None), ("GET", "{api}/runtime", None)),
    "k": (
        ("GET", "{api}", None),
        ("GET", "{api}/tree/main", None),
        ("GET", "{api}/refs", None),
        ("GET", "{api}/commits/main", None),
        ("GET", "{page}/tree/main", None),
    ),
    "f": (
        ("GET", "{api}/auth-check", None),
        ("GET", "{page}/resolve/main/a.txt", None),
        ("HEAD", "{page}/resolve/main/a.txt", None),
        ("GET", "{page}/raw/main/a.txt", None),
        ("GET", "{page}/blob/main/a.txt", None),
        ("GET", "{api}/xet-read-token/main", None),
        ("GET", "{page}.git/info/refs?service=git-upload-pack", None),
        ("POST", "{page}.git/info/lfs/objects/batch", {"operation": "download", **BATCH}),
    ),
    "p": (
        ("GET", "{page}.git/info/refs?service=git-receive-pack", None),
        ("POST", "{page}.git/info/lfs/objects/batch", {"operation": "upload", **BATCH}),
    ),
    "w": (
        ("GET", "{api}/auth-check/write", None),
        ("GET", "{api}/xet-write-token/main", None),
        ("POST", "{api}/branch/again", {"startingPoint": "no-such-commit"}),
    ),
    "a": (("PUT", "{api}/settings", {}),),
}
INFERENCE = ("POST", "/models/{id}", {"inputs": "x"})


@dataclass
class Town:
    client: TestClient
    headers: Mapping[str, Mapping[str, str]]
    repos: Mapping[str, RepoRef]

    def ask(self, who: str, method: str, address: str, repo: str, body: Any) -> httpx.Response:
        ref = self.repos[repo]
        page = f"/{ref.id}" if ref.type == "model" else f"/{ref.plural}/{ref.id}"
        path = address.format(api=f"/api/{ref.plural}/{ref.id}", page=page, id=ref.id)
        headers = {"accept": "text/html" if address.startswith("{page}/") else "*/*", **self.headers[who]}
        answer: httpx.Response = self.client.request(method, path, headers=headers, json=body)
        return answer


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    data = tmp_path_factory.mktemp("town")
    hub = build_hub(Settings(data=Path(data), rate_limit="off", public_url="http://hub.test"))
    accounts, catalogue = hub.accounts, hub.repos.catalogue
    headers: dict[str, dict[str, str]] = {"nobody": {}}
    for name in ("ada", "ben", "cal", "dee", "eve", "guest", "root"):
        accounts.people.add(OPERATOR, name, is_site_admin=name == "root")
    roles = {"ada": Role.ADMIN, "ben": Role.WRITE, "cal": Role.CONTRIBUTOR, "dee": Role.READ}
    accounts.orgs.create(OPERATOR, "forge", members=roles)
    actors: dict[str, Actor] = {}
    for who in dict.fromkeys(who for who, _, _ in cells() if who != "nobody"):
        name, _, kind = who.partition("/")
        user = accounts.people.get_user(name)
        session = accounts.sessions.begin(user.id, agent="test").value
        actors[name] = accounts.identify(Credentials(session=session))
        headers[who] = {"cookie": f"{SESSION_COOKIE}={session}"}
        if kind != "session":
            scope, grants, permissions = TOKENS[kind]
            value = accounts.tokens.create(
                actors[name], name=who, scope=scope, grants=grants, permissions=permissions
            ).value
            headers[who] = {"authorization": f"Bearer {value}"}
    repos = {}
    for name in ("public", "private", "gated", "closed", "own", "app"):
        maker = actors["cal" if name == "own" else "ada"]
        ref = repos[name] = RepoRef("space" if name == "app" else "model", "forge", name)
        repo = catalogue.create(maker, ref, sdk="static" if name == "app" else None)
        request = CommitRequest(summary="a file", operations=[AddFile("a.txt", b"secret")])
        hub.repos.commits.commit(maker, repo, "main", request)
        if name in ("gated", "closed"):
            repo = catalogue.change_settings(actors["ada"], repo, gated="manual")
            hub.repos.gates.grant(actors["ada"], repo, "guest")
        kinds = {"private": "private", "closed": "private", "own": "private", "app": "protected"}
        catalogue.change_settings(actors["ada"], repo, visibility=kinds.get(name))  # type: ignore[arg-type]
    with TestClient(app_of(hub), base_url="http://hub.test", follow_redirects=False) as client:
        yield Town(client, headers, repos)


def cells() -> Iterator[tuple[str, str, str]]:
    names, *rows = TABLE.strip().split("\n")
    for row in rows:
        who, *opens = row.split()
        yield from zip([who] * len(opens), names.split(), opens, strict=True)


@pytest.mark.parametrize("who", dict.fromkeys(who for who, _, _ in cells()))
def test_every_door_opens_as_the_table_says(town: Town, who: str) -> None:
    for _, repo, opens in (cell for cell in cells() if cell[0] == who):
        for letter, doors in DOORS.items():
            if letter == "u" and repo != "app":
                continue
            for method, address, body in doors:
                answer = town.ask(who, method, address, repo, body)
                check(
                    answer,
                    opens,
                    letter,
                    is_anonymous=who == "nobody",
                    note=f"{who} {method} {address} {repo}",
                )
        answer = town.ask(who, *INFERENCE[:2], repo, INFERENCE[2])
        if repo != "app":
            check(answer, opens, "f", is_anonymous=who == "nobody", note=f"{who} runs {repo}")


def check(answer: httpx.Response, opens: str, letter: str, *, is_anonymous: bool, note: str) -> None:
    code, status = answer.headers.get("X-Error-Code"), answer.status_code
    if letter in opens:
        assert status not in (401, 403), f"{note}: {status} {answer.text[:200]}"
        assert code not in ("RepoNotFound", "GatedRepo"), f"{note}: {status} {code}"
    elif "k" not in opens:
        assert (status, code) == (401 if is_anonymous else 404, "RepoNotFound"), f"{note}: {status} {code}"
        assert "secret" not in answer.text
    else:
        assert status == (401 if is_anonymous else 403), f"{note}: {status} {answer.text[:200]}"
        assert code == ("GatedRepo" if letter == "f" else code), note
        assert "secret" not in answer.text


@pytest.mark.parametrize("who", dict.fromkeys(who for who, _, _ in cells()))
def test_lists_and_counts_hold_what_may_be_known(town: Town, who: str) -> None:
    known = {repo for name, repo, opens in cells() if name == who and "k" in opens}
    found = set()
    for kind in ("models", "spaces"):
        answer = town.client.get(f"/api/{kind}?author=forge", headers=town.headers[who])
        found |= {item["id"].partition("/")[2] for item in answer.json()}
    assert found == known
    counted = town.client.get("/api/organizations/forge/overview", headers=town.headers[who]).json()
    assert counted["numModels"] == len(known - {"app"})


def test_a_protected_space_shows_its_app_and_nothing_of_its_files(town: Town) -> None:
    page = town.ask("nobody", "GET", "{page}", "app", None)
    assert page.status_code == 200
    assert "forge/app" in page.text
    for hidden in ("a.txt", "a file", "ada", "Files", "Commits"):
        assert hidden not in page.text
