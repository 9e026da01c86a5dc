"""`openhearth admin …` on a data folder, as a person at the machine runs it."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from openhearth.access import Action, Role
from openhearth.accounts import Accounts
from openhearth.cli.admin import admin
from openhearth.config import Settings
from openhearth.db import Database
from openhearth.errors import HubError
from openhearth.kit.clock import utc_now
from openhearth.kit.names import RepoRef
from openhearth.wire.request import Credentials
from tests.support.running import PASSWORD


@dataclass
class Machine:
    """A data folder, its command line, and `accounts`: what a running server sees of the folder."""

    data: Path
    accounts: Accounts

    def run(self, *arguments: str, stdin: str | None = None) -> str:
        """What the command printed. Raises the refusal that `cli.main` turns into one sentence."""
        done = CliRunner().invoke(admin, [*arguments, "--data", str(self.data)], input=stdin)
        if done.exception is not None:
            raise done.exception
        return done.stdout


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    data = tmp_path / "data"
    CliRunner().invoke(
        admin, ["user", "add", "ada", "--password-stdin", "--data", str(data)], input=f"{PASSWORD}\n"
    )
    database = Database.in_folder(data)
    accounts = Accounts.on(database, settings=Settings(data=data), clock=utc_now)
    yield Machine(data, accounts)
    accounts.identity.close()
    database.close()


def test_a_user_added_beside_the_server_signs_in_at_once(machine: Machine) -> None:
    session = machine.accounts.sign_in.by_password("ada", PASSWORD, address="")
    assert machine.accounts.identify(Credentials(session=session.value)).name == "ada"


def test_the_options_of_a_user_are_kept(machine: Machine) -> None:
    machine.run("user", "add", "__root__", "--admin", "--fullname", "The Root")
    root = machine.accounts.people.get_user("__root__")
    assert (root.is_site_admin, root.fullname, root.has_password) == (True, "The Root", False)


def test_the_list_names_everybody(machine: Machine) -> None:
    machine.run("user", "add", "ben", "--admin")
    assert [line.split("\t")[:2] for line in machine.run("user", "list").splitlines()] == [
        ["ada", "user"],
        ["ben", "admin"],
    ]


def test_a_password_set_beside_the_server_replaces_the_old_one(machine: Machine) -> None:
    machine.run("user", "passwd", "ada", "--password-stdin", stdin="another horse")
    machine.accounts.sign_in.by_password("ada", "another horse", address="")


def test_an_organisation_is_made_with_its_members(machine: Machine) -> None:
    machine.run("user", "add", "ben")
    machine.run(
        "org", "add", "forge", "--member", "ada:admin", "--member", "ben:contributor", "--private-by-default"
    )
    members = {m.user.name: m.role for m in machine.accounts.orgs.list_members("forge").items}
    assert members == {"ada": Role.ADMIN, "ben": Role.CONTRIBUTOR}
    assert machine.accounts.orgs.get_org("forge").private_by_default


def test_a_token_is_printed_alone_and_works_at_once(machine: Machine) -> None:
    printed = machine.run("token", "add", "ada", "--role", "read", "--name", "ci")
    assert printed == printed.strip() + "\n"
    limits = machine.accounts.identify(Credentials(token=printed.strip())).token
    assert limits is not None
    assert not limits.allows(Action.WRITE, RepoRef("model", "ada", "bert"))


def test_a_known_token_is_imported(machine: Machine) -> None:
    value = "hf_" + "k" * 34
    assert machine.run("token", "add", "ada", "--value", value).strip() == value
    assert machine.accounts.identify(Credentials(token=value)).name == "ada"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["user", "add", "ADA"], "taken"),
        (["user", "add", "no name"], "not allowed"),
        (["user", "passwd", "zoe", "--password-stdin"], "zoe"),
        (["org", "add", "ada"], "taken"),
        (["org", "add", "forge", "--member", "zoe:read"], "zoe"),
        (["org", "add", "forge", "--member", "ada"], "USER:ROLE"),
        (["org", "add", "forge", "--member", "ada:king"], "contributor"),
        (["token", "add", "zoe"], "zoe"),
        (["token", "add", "ada", "--value", "secret"], "hf_"),
    ],
)
def test_a_refusal_names_what_is_wrong(machine: Machine, arguments: list[str], word: str) -> None:
    with pytest.raises(HubError, match=word):
        machine.run(*arguments, stdin=PASSWORD)


def test_a_refusal_is_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "openhearth", "admin", "token", "add", "zoe", "--data", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("openhearth: ")
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    done = CliRunner().invoke(admin, ["user", "list", "--data", str(tmp_path / "data")])
    assert isinstance(done.exception, HubError)
    assert "cannot be opened" in done.exception.message


def test_a_new_signing_key_counts_at_once(machine: Machine) -> None:
    before = machine.accounts.oauth.keys.current().kid
    after = machine.run("oauth", "rotate-key").strip()
    assert machine.accounts.oauth.keys.current().kid == after != before
    assert [key["kid"] for key in machine.accounts.oauth.keys.public()["keys"]] == [after, before]
