"""SSH keys: which are taken, whom they sign in, and that their end is at once."""

import subprocess
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from openhearth.access import NOBODY, Action
from openhearth.accounts import OPERATOR, Accounts
from openhearth.accounts.errors import TooManyAttempts
from openhearth.accounts.ssh_keys import KEYS_MOST
from openhearth.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from openhearth.events import TokenChanged
from openhearth.kit.names import RepoRef
from openhearth.rooms import Hub
from tests.accounts.browser import Browser, words_of
from tests.accounts.conftest import StandingClock, browser_of, program_of


def make_key(folder: Path, *options: str, comment: str = "ada@laptop") -> str:
    """A public key as ssh-keygen writes it."""
    path = folder / f"key-{len(list(folder.glob('key-*')))}"
    command = ["ssh-keygen", "-q", "-N", "", "-C", comment, "-f", str(path), *(options or ("-t", "ed25519"))]
    subprocess.run(command, check=True)
    return path.with_suffix(".pub").read_text()


def fingerprint_by_ssh_keygen(folder: Path, key: str) -> str:
    file = folder / "shown.pub"
    file.write_text(key)
    done = subprocess.run(["ssh-keygen", "-l", "-f", str(file)], capture_output=True, text=True, check=True)
    return done.stdout.split()[1]


def test_nobody_adds_no_key(accounts: Accounts, tmp_path: Path) -> None:
    with pytest.raises(Unauthenticated):
        accounts.ssh_keys.add(NOBODY, text=make_key(tmp_path))
    with pytest.raises(Unauthenticated):
        accounts.ssh_keys.list_keys(NOBODY)


@pytest.mark.parametrize(
    "options",
    [("-t", "ed25519"), ("-t", "ecdsa", "-b", "384"), ("-t", "rsa", "-b", "2048")],
    ids=lambda o: o[1],
)
def test_good_keys_are_taken_and_known_by_the_fingerprint_of_ssh_keygen(
    accounts: Accounts, tmp_path: Path, options: tuple[str, ...]
) -> None:
    text = make_key(tmp_path, *options)
    key = accounts.ssh_keys.add(browser_of(accounts, "ada"), text=text)
    assert key.fingerprint == fingerprint_by_ssh_keygen(tmp_path, text)
    assert key.title == "ada@laptop"
    assert "ada@laptop" not in key.public_key


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no public key"),
        ("ssh-ed25519", "no public key"),
        ("ssh-dss AAAAB3NzaC1kc3M= x", "not accepted"),
        ("ssh-ed25519 AAAA!!!! x", "cut off or changed"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA== x", "cut off or changed"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nabc", "private key"),
        ("ssh-ed25519 " + "A" * 9000, "no public key"),
    ],
)
def test_what_is_no_good_key_is_refused_with_its_reason(accounts: Accounts, text: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        accounts.ssh_keys.add(browser_of(accounts, "ada"), text=text)


def test_a_short_rsa_key_is_refused(accounts: Accounts, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="1024 bits is too weak"):
        accounts.ssh_keys.add(browser_of(accounts, "ada"), text=make_key(tmp_path, "-t", "rsa", "-b", "1024"))


def test_a_key_belongs_to_one_account_and_does_not_say_whose(accounts: Accounts, tmp_path: Path) -> None:
    text = make_key(tmp_path)
    accounts.ssh_keys.add(browser_of(accounts, "ada"), text=text)
    with pytest.raises(Conflict) as refused:
        accounts.ssh_keys.add(browser_of(accounts, "eve"), text=text)
    assert "ada" not in refused.value.message


def test_a_key_acts_as_a_write_token_and_guards_no_account(
    accounts: Accounts, tmp_path: Path, clock: StandingClock
) -> None:
    key = accounts.ssh_keys.add(browser_of(accounts, "ada"), text=make_key(tmp_path))
    actor = accounts.ssh_keys.find_actor(key.fingerprint)
    assert actor is not None
    assert actor.name == "ada"
    assert actor.token is not None
    assert actor.token.allows(Action.WRITE, RepoRef("model", "ada", "x"))
    with pytest.raises(Forbidden):
        accounts.ssh_keys.add(actor, text=make_key(tmp_path))
    with pytest.raises(Forbidden):
        accounts.tokens.create(actor, name="more", scope="write")
    assert accounts.ssh_keys.list_keys(browser_of(accounts, "ada"))[0].last_used_at == clock.now


def test_a_token_lists_keys_and_makes_none(accounts: Accounts, tmp_path: Path) -> None:
    accounts.ssh_keys.add(browser_of(accounts, "ada"), text=make_key(tmp_path))
    assert len(accounts.ssh_keys.list_keys(program_of(accounts, "ada", "read"))) == 1
    with pytest.raises(Forbidden):
        accounts.ssh_keys.add(program_of(accounts, "ada"), text=make_key(tmp_path))


def test_a_deleted_key_opens_nothing_and_eve_deletes_none_of_adas(accounts: Accounts, tmp_path: Path) -> None:
    key = accounts.ssh_keys.add(browser_of(accounts, "ada"), text=make_key(tmp_path))
    with pytest.raises(NotFound):
        accounts.ssh_keys.delete(browser_of(accounts, "eve"), key.id)
    accounts.ssh_keys.delete(browser_of(accounts, "ada"), key.id)
    assert accounts.ssh_keys.find_actor(key.fingerprint) is None
    with pytest.raises(NotFound):
        accounts.ssh_keys.delete(browser_of(accounts, "ada"), key.id)


def test_only_so_many_keys(accounts: Accounts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openhearth.accounts.ssh_keys.KEYS_MOST", 1)
    assert KEYS_MOST == 100
    accounts.ssh_keys.add(browser_of(accounts, "ada"), text=make_key(tmp_path))
    with pytest.raises(Conflict, match="as many as it may"):
        accounts.ssh_keys.add(browser_of(accounts, "ada"), text=make_key(tmp_path))


def test_failures_from_one_address_have_to_wait(accounts: Accounts, clock: StandingClock) -> None:
    for _ in range(6):
        accounts.ssh_keys.note_failure("192.0.2.1")
    with pytest.raises(TooManyAttempts):
        accounts.ssh_keys.check_rate("192.0.2.1")
    accounts.ssh_keys.check_rate("192.0.2.2")
    clock.move(minutes=20)
    accounts.ssh_keys.check_rate("192.0.2.1")
    accounts.ssh_keys.note_success("192.0.2.1")


def test_the_settings_page_adds_shows_and_deletes(hub: Hub, web: TestClient, tmp_path: Path) -> None:
    hub.accounts.people.add(OPERATOR, "ada")
    assert Browser(web).open("/settings/keys").status_code == 303
    ada = Browser(web).sign_in(hub.accounts, "ada")
    assert "git over SSH is closed on this hub" in words_of(ada.open("/settings/keys"))
    refused = ada.send("/settings/keys", key="nonsense", title="laptop")
    assert refused.status_code == 400
    assert "no public key" in words_of(refused)
    secret = ada.send("/settings/keys", key="-----BEGIN OPENSSH PRIVATE KEY-----\nNOT-TO-BE-SHOWN")
    assert "NOT-TO-BE-SHOWN" not in secret.text
    assert ada.send("/settings/keys", key=make_key(tmp_path), title="").status_code == 303
    page = words_of(ada.open("/settings/keys"))
    assert "ada@laptop" in page
    assert "never used" in page
    listed = web.get("/api/settings/ssh-keys").json()
    assert listed[0]["fingerprint"] in page
    assert ada.send(f"/settings/keys/{listed[0]['id']}/delete", of="/settings/keys").status_code == 303
    assert web.get("/api/settings/ssh-keys").json() == []


def test_the_api_refuses_nobody_and_adds_for_a_browser(hub: Hub, web: TestClient, tmp_path: Path) -> None:
    assert web.get("/api/settings/ssh-keys").status_code == 401
    assert web.post("/api/settings/ssh-keys", json={"key": make_key(tmp_path)}).status_code == 401
    hub.accounts.people.add(OPERATOR, "ada")
    Browser(web).sign_in(hub.accounts, "ada")
    made = web.post("/api/settings/ssh-keys", json={"key": make_key(tmp_path), "title": "ci"}).json()
    assert made["title"] == "ci"
    assert web.delete(f"/api/settings/ssh-keys/{made['id']}").json() == {"success": True}
    assert web.delete(f"/api/settings/ssh-keys/{made['id']}").status_code == 404


def test_keys_that_come_and_go_are_announced(hub: Hub, web: TestClient, tmp_path: Path) -> None:
    heard: list[TokenChanged] = []
    hub.ground.events.subscribe({TokenChanged: heard.append})
    hub.accounts.people.add(OPERATOR, "ada")
    key = hub.accounts.ssh_keys.add_for(OPERATOR, "ada", text=make_key(tmp_path))
    hub.accounts.ssh_keys.delete(browser_of(hub.accounts, "ada"), key.id)
    assert [(event.user_name, event.scope, event.change) for event in heard] == [
        ("ada", "sshKey", "create"),
        ("ada", "sshKey", "revoke"),
    ]
