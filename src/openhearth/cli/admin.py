"""`openhearth admin`: accounts and tokens of a data folder, also while its server runs.

Acts on the folder itself, as whoever holds it: no account and no token is needed. Refusals are raised and
become one sentence and exit code 1 in `cli.main`. What works on rows is imported by the command that does.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openhearth.access import ROLE_NAMES, Actor, Role
from openhearth.cli import audit_log, care
from openhearth.config import Settings, load_settings
from openhearth.errors import Invalid
from openhearth.kit.clock import iso, utc_now

if TYPE_CHECKING:
    from openhearth.accounts import Accounts
    from openhearth.db import Database


class TokenRole(StrEnum):
    READ = "read"
    WRITE = "write"


Data = Annotated[Path | None, typer.Option("--data", help="The data folder. Default: OPENHEARTH_DATA.")]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


def add_user(
    name: Annotated[str, typer.Argument(help="The name of the account.")],
    password_stdin: PasswordStdin = False,
    admin: Annotated[bool, typer.Option("--admin", help="Let it administer the hub.")] = False,
    fullname: Annotated[str | None, typer.Option(help="The name to show.")] = None,
    data: Data = None,
) -> None:
    """Make an account."""
    password = _read_password() if password_stdin else None
    with _accounts(data) as (accounts, holder):
        user = accounts.people.add(holder, name, fullname=fullname, password=password, is_site_admin=admin)
    typer.echo(f"Added {user.name}{', an administrator of this hub' if admin else ''}.")


def list_users(data: Data = None) -> None:
    """Every account: name, whether it administers the hub, when it was made."""
    with _accounts(data) as (accounts, holder):
        cursor = None
        while True:
            page = accounts.people.list_users(holder, cursor=cursor)
            for user in page.items:
                typer.echo(
                    f"{user.name}\t{'admin' if user.is_site_admin else 'user'}\t{iso(user.created_at)}"
                )
            cursor = page.cursor
            if cursor is None:
                return


def set_password(
    name: Annotated[str, typer.Argument(help="The name of the account.")],
    password_stdin: PasswordStdin = False,
    data: Data = None,
) -> None:
    """Set a password, and sign the account out everywhere."""
    password = _read_password() if password_stdin else typer.prompt("New password", hide_input=True)
    with _accounts(data) as (accounts, holder):
        accounts.sign_in.reset_password(holder, name, password)
    typer.echo(f"Set the password of {name}.")


def add_org(
    name: Annotated[str, typer.Argument(help="The name of the organisation.")],
    member: Annotated[list[str] | None, typer.Option(help="USER:ROLE, may be repeated.")] = None,
    private_by_default: Annotated[
        bool, typer.Option("--private-by-default", help="Let new repos start private.")
    ] = False,
    fullname: Annotated[str | None, typer.Option(help="The name to show.")] = None,
    data: Data = None,
) -> None:
    """Make an organisation."""
    members = dict(_read_member(text) for text in member or [])
    with _accounts(data) as (accounts, holder):
        org = accounts.orgs.create(
            holder, name, fullname=fullname, private_by_default=private_by_default, members=members
        )
    typer.echo(f"Added the organisation {org.name}, {len(members)} member{'' if len(members) == 1 else 's'}.")


def add_token(
    user: Annotated[str, typer.Argument(help="Whose token it is.")],
    role: Annotated[TokenRole, typer.Option(help="What it allows.")] = TokenRole.WRITE,
    name: Annotated[str, typer.Option(help="To tell it from others by.")] = "command line",
    value: Annotated[str | None, typer.Option(help="Import this known token (hf_…).")] = None,
    data: Data = None,
) -> None:
    """Make an access token and print it, alone."""
    with _accounts(data) as (accounts, holder):
        new = accounts.tokens.create_for(holder, user, name=name, scope=role.value, value=value)
    typer.echo(new.value)


def rotate_key(data: Data = None) -> None:
    """Sign with a new key when people sign in to apps; the two before stay valid. Print its id."""
    with _accounts(data) as (accounts, _):
        typer.echo(accounts.oauth.keys.rotate())


def add_key(
    user: Annotated[str, typer.Argument(help="Whose key it is.")],
    file: Annotated[typer.FileText, typer.Argument(help="The public key (….pub), or - for standard input.")],
    title: Annotated[str, typer.Option(help="The machine it is on. Default: the key's own comment.")] = "",
    data: Data = None,
) -> None:
    """Let an SSH key sign in."""
    with _accounts(data) as (accounts, holder):
        key = accounts.ssh_keys.add_for(holder, user, text=file.read(16 << 10), title=title)
    typer.echo(f"Added {key.title} ({key.fingerprint}) to {user}.")


def list_jobs(data: Data = None) -> None:
    """What the hub still has to do or gave up: kind, when it is due, tries so far, what went wrong last."""
    from openhearth.jobs import Queue

    with _database(data) as (_, db):
        for job in Queue(db=db, clock=utc_now).list_jobs(limit=1000):
            due = iso(job.due_at) if job.due_at else "given up"
            typer.echo(f"{job.kind}\t{due}\t{job.attempts}/{job.attempts_max}\t{job.error or ''}")


def _group(help_text: str, **commands: Callable[..., Any]) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help=help_text)
    for name, command in commands.items():
        group.command(name)(command)
    return group


admin = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Accounts, tokens and storage of a data folder.",
)
admin.add_typer(_group("Accounts.", add=add_user, list=list_users, passwd=set_password), name="user")
admin.add_typer(_group("Organisations.", add=add_org), name="org")
admin.add_typer(_group("Access tokens.", add=add_token), name="token")
admin.add_typer(_group("Signing in to apps.", **{"rotate-key": rotate_key}), name="oauth")
admin.add_typer(_group("The audit log.", verify=audit_log.verify, export=audit_log.export), name="audit")
admin.command("jobs")(list_jobs)
admin.add_typer(_group("SSH keys.", add=add_key), name="key")
for _command in (care.quota, care.gc, care.backup, care.restore, care.verify, care.reindex):
    admin.command()(_command)


@contextmanager
def _database(data: Path | None) -> Iterator[tuple[Settings, Database]]:
    """The database of the data folder. Raises Invalid if it cannot be opened."""
    from sqlalchemy.exc import OperationalError

    settings = load_settings(data=data)
    try:
        db = audit_log.open_database(settings)
    except (OperationalError, OSError) as error:
        raise Invalid(f"data: {settings.data} cannot be opened ({error}); check the folder.") from None
    try:
        yield settings, db
    finally:
        db.close()


@contextmanager
def _accounts(data: Path | None) -> Iterator[tuple[Accounts, Actor]]:
    """The accounts of the data folder, and who its holder is. Raises Invalid if its database cannot be opened."""
    from openhearth.accounts import OPERATOR, Accounts
    from openhearth.audit import Listener
    from openhearth.events import Events

    with _database(data) as (settings, db):
        audit, events = audit_log.audit_of(settings, db), Events()
        events.subscribe(Listener(audit, utc_now, via="command").subscribers)
        accounts = Accounts.on(db, settings=settings, clock=utc_now, events=events)
        try:
            yield accounts, OPERATOR
        finally:
            audit.flush()
            accounts.identity.close()


def _read_password() -> str:
    """The first line of standard input: `echo` and editors end it with a newline that is no part of it."""
    return sys.stdin.readline().rstrip("\r\n")


def _read_member(text: str) -> tuple[str, Role]:
    name, colon, role = text.rpartition(":")
    if not colon or role not in ROLE_NAMES:
        raise Invalid(f"--member: {text!r} is not USER:ROLE; the roles are {', '.join(ROLE_NAMES)}.")
    return name, ROLE_NAMES[role]
