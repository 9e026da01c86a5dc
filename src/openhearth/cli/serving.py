"""The hub in one process (or several that share the port), for `openhearth serve`."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import os
import socket
import subprocess
import sys
import threading
from typing import Any

import typer
import uvicorn

from openhearth import __version__
from openhearth.access import Role
from openhearth.accounts import OPERATOR, Accounts
from openhearth.app import app_of
from openhearth.config import Settings
from openhearth.errors import Invalid
from openhearth.kit.ids import new_id
from openhearth.rooms import Hub, build_hub
from openhearth.wire.server import ZeroCopyProtocol

STARTER_ORG = "starter"
STARTER_USER = "_starter"


def run_hub(settings: Settings, *, starter: bool) -> None:
    """Serve until told to stop. Raises Invalid for a port that is taken, and for doors that would stand open."""
    logging.basicConfig(level=settings.log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel("WARNING")
    hub = build_hub(settings)
    _refuse_open_doors(settings, hub)
    announce = threading.Thread(target=_when_ready, args=(settings, hub, starter), daemon=True)
    if settings.workers > 1:
        announce.start()
        _serve_many(settings)
    else:
        listener = _listen(settings)
        config = uvicorn.Config(app_of(hub), **_server_options(settings))
        announce.start()
        uvicorn.Server(config).run(sockets=[listener])


def _server_options(settings: Settings) -> dict[str, Any]:
    return {
        "http": ZeroCopyProtocol,
        "log_level": "warning" if settings.log_level == "info" else settings.log_level,
        "access_log": settings.log_level == "debug",
        "server_header": False,
        "timeout_keep_alive": 75,
        "timeout_graceful_shutdown": 20,
    }


def _listen(settings: Settings) -> socket.socket:
    """Take the port before anything is announced, so that a taken one is a sentence, not a trace."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        raise Invalid(
            f"--port: cannot listen on {settings.host}:{settings.port} ({error.strerror}); choose another port."
        ) from None
    listener.listen(2048)
    listener.set_inheritable(True)
    return listener


def _serve_many(settings: Settings) -> None:
    os.environ.update(
        OPENHEARTH_DATA=str(settings.data),
        OPENHEARTH_HOST=settings.host,
        OPENHEARTH_PORT=str(settings.port),
        OPENHEARTH_WORKERS=str(settings.workers),
    )
    uvicorn.run(
        "openhearth.app:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        **_server_options(settings),
    )


def _refuse_open_doors(settings: Settings, hub: Hub) -> None:
    """Anything but loopback is refused until an owner can be told from a stranger."""
    if not is_loopback(settings.host) and hub.accounts.sso is None and not hub.accounts.owner_has_password():
        raise Invalid(
            f"--host: {settings.host} would let others in before the hub has an owner with a password. Start it once on "
            "127.0.0.1 and open the printed link, run `openhearth admin user add NAME --admin --password-stdin`, or set sso_issuer."
        )


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _when_ready(settings: Settings, hub: Hub, starter: bool) -> None:
    """Announce the hub once it answers; then bring the starter models, if asked."""
    import time
    import urllib.request

    local = f"http://{'[' + settings.host + ']' if ':' in settings.host else settings.host}:{settings.port}"
    if settings.host in ("0.0.0.0", "::"):  # noqa: S104  (compared, not bound)
        local = f"http://127.0.0.1:{settings.port}"
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{local}/health", timeout=2):  # noqa: S310  (our own address)
                break
        except OSError:
            time.sleep(0.05)
    typer.echo(f"Openhearth {__version__} is ready: {settings.base_url}")
    link = hub.accounts.first_start_link()
    if link:
        typer.echo(f"Become its owner with this one-time link: {settings.base_url}{link}")
    # A first page compiles the templates that all pages share: nobody shall wait for it.
    with contextlib.suppress(OSError), urllib.request.urlopen(f"{local}/", timeout=60):  # noqa: S310
        pass
    if starter:
        _bring_starter(settings, hub, local)


def _starter_token(accounts: Accounts) -> str:
    """A token that may write to the organisation `starter`, held by an account that nobody can sign in to."""
    if accounts.people.find_user(STARTER_USER) is None:
        accounts.people.add(OPERATOR, STARTER_USER, fullname="Starter installer")
    if accounts.orgs.find_org(STARTER_ORG) is None:
        accounts.orgs.create(OPERATOR, STARTER_ORG, fullname="Starter", members={STARTER_USER: Role.ADMIN})
    return accounts.tokens.create_for(OPERATOR, STARTER_USER, name=f"starter-{new_id()}", scope="write").value


def _bring_starter(settings: Settings, hub: Hub, local: str) -> None:
    """Run `openhearth starter` in a process of its own: conversions need torch, the server does not."""
    token = _starter_token(hub.accounts)
    environ = {**os.environ, "OPENHEARTH_ENDPOINT": local, "OPENHEARTH_TOKEN": token}
    subprocess.run([sys.executable, "-m", "openhearth", "starter"], env=environ, check=False)
