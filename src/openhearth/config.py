"""Every setting, declared once: the environment name, the line in `openhearth.toml` and the docs follow from here.

A setting `name` is read from a flag, else `OPENHEARTH_NAME`, else `name = …` in `openhearth.toml` in the data
folder, else its default. A value that cannot be read stops the start with a sentence; nothing falls back silently.
"""

import contextlib
import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

import platformdirs

from openhearth.errors import Invalid

SignUp = Literal["open", "invite", "closed"]
DefaultVisibility = Literal["public", "private"]
RateLimit = Literal["on", "off"]
DedupScope = Literal["global", "namespace"]


def _setting(default: Any, help_text: str, *, secret: bool = False) -> Any:
    return field(default=default, metadata={"help": help_text, "secret": secret})


@dataclass(frozen=True, kw_only=True)
class Settings:
    data: Path = _setting(
        Path(platformdirs.user_data_dir("openhearth")), "The folder that holds everything the hub stores."
    )
    host: str = _setting(
        "127.0.0.1",
        "The address to listen on. Anything but loopback needs an owner with a password, or single sign-on.",
    )
    port: int = _setting(8600, "The port to listen on.")
    ssh_port: int = _setting(
        0,
        "The port of git over SSH, on the same address (2222, say); 0: closed. People add keys in their settings.",
    )
    public_url: str = _setting(
        "", "The address clients reach the hub at, if it differs from http://host:port."
    )
    endpoint: str = _setting("http://127.0.0.1:8600", "Which hub the command line talks to.")
    token: str = _setting("", "The access token the command line sends.", secret=True)
    workers: int = _setting(1, "How many server processes share the port.")
    database_url: str = _setting(
        "", "A Postgres address (postgresql://…); empty: SQLite in the data folder.", secret=True
    )
    storage_url: str = _setting(
        "", "A bucket for large files (s3://…); empty: the data folder. Not offered yet."
    )
    ray_address: str = _setting("", "A Ray cluster for jobs and engines. Not offered yet.")
    sign_up: SignUp = _setting("invite", "Who may make an account: open, invite or closed.")
    sso_issuer: str = _setting(
        "", "The OpenID Connect provider that people sign in at (https://…); empty: passwords alone."
    )
    sso_client_id: str = _setting("", "What the sign-in provider calls this hub.")
    sso_client_secret: str = _setting(
        "", "The secret the sign-in provider gave for it; empty for a public client.", secret=True
    )
    sso_scopes: str = _setting(
        "openid profile email", "What to ask of the sign-in provider, separated by spaces."
    )
    sso_name_claim: str = _setting("preferred_username", "Which claim of the provider suggests a name here.")
    sso_groups_claim: str = _setting(
        "groups", "Which claim lists somebody's groups; dots lead into objects (realm_access.roles)."
    )
    sso_group_roles: str = _setting(
        "", "What groups give, as ml-team=forge:write,admins=*site-admin; kept in step at every sign-in."
    )
    sso_email_domains: str = _setting(
        "", "Let in only people with a verified mail address at one of these domains, separated by commas."
    )
    sso_label: str = _setting("", "The words on the sign-in button; empty: the provider's host.")
    sso_only: bool = _setting(False, "Whether nobody signs in by password.")
    default_visibility: DefaultVisibility = _setting(
        "public", "How new repos and buckets start where nobody says otherwise: public or private."
    )
    rate_limit: RateLimit = _setting("on", "Limits on sign-in attempts and on requests: on or off.")
    requests_max: int = _setting(
        0,
        "How many requests a person, or an address without an account, may make in five minutes to one server process; "
        "0: any number.",
    )
    fetch_allow_private: bool = _setting(
        False, "Whether links to loopback and private addresses may be fetched."
    )
    dedup_scope: DedupScope = _setting(
        "namespace",
        "Whose uploads a client may learn of while deduplicating: global or namespace. "
        "On disk, equal chunks are kept once in any case.",
    )
    upload_max_gb: int = _setting(500, "The largest file accepted, in GB.")
    lfs_multipart_mb: int = _setting(
        1024,
        "LFS uploads of larger files, in MiB, go in parts, where the client can (hf lfs-enable-largefiles).",
    )
    lfs_part_mb: int = _setting(128, "How large the parts of such uploads are at least, in MiB.")
    quota_gb: float = _setting(
        0.0,
        "How much one person or organisation may store, in GB; 0: no limit. `openhearth admin quota` sets single ones.",
    )
    engine_memory_gb: float = _setting(0.0, "Memory for loaded models, in GB; 0: half of the machine's.")
    engine_idle_s: int = _setting(900, "Unload a model that nobody has used for so many seconds.")
    engine_threads: int = _setting(0, "Threads of one loaded model; 0: one for each core.")
    audit_keep_days: int = _setting(
        0, "For how many days entries of the audit log are kept; 0: for ever. Letting go is itself an entry."
    )
    log_level: str = _setting("info", "How much to log: debug, info, warning or error.")

    @property
    def base_url(self) -> str:
        """The public address, without a trailing slash; comes from configuration, never from a Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")


def load_settings(environ: Mapping[str, str] | None = None, **flags: object) -> Settings:
    """Settings from flags (None: not given), the environment and `openhearth.toml`. Raises Invalid."""
    environ = os.environ if environ is None else environ
    given: dict[str, object] = {k: v for k, v in flags.items() if v is not None}
    data = given.get("data") or environ.get("OPENHEARTH_DATA") or Settings.data
    written = _read_toml(Path(str(data)) / "openhearth.toml")
    hints = get_type_hints(Settings)
    values: dict[str, Any] = {}
    for name in (f.name for f in fields(Settings)):
        variable = f"OPENHEARTH_{name.upper()}"
        if name in given:
            values[name] = _parse(hints[name], given[name], f"--{name.replace('_', '-')}")
        elif variable in environ:
            values[name] = _parse(hints[name], environ[variable], variable)
        elif name in written:
            values[name] = _parse(hints[name], written[name], f"openhearth.toml: {name}")
    unknown = set(written) - set(hints)
    if unknown:
        raise Invalid(
            f"openhearth.toml: {sorted(unknown)[0]!r} is no setting; see docs/reference/settings.md."
        )
    return Settings(**values)


def read_secret(path: Path) -> bytes:
    """The installation's own key, made on first start; readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_bytes(secrets.token_bytes(32))
        with contextlib.suppress(FileExistsError):  # two first starts at once agree on one key
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_bytes()


def _read_toml(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise Invalid(f"{path}: cannot be read as TOML ({error}); mend or remove it.") from None


def _parse(kind: Any, value: object, source: str) -> Any:
    text = str(value).strip()
    if kind is bool:
        if text.lower() in ("1", "true", "yes", "on"):
            return True
        if text.lower() in ("0", "false", "no", "off", ""):
            return False
        raise Invalid(f"{source}: {text!r} is neither true nor false; write 1 or 0.")
    if choices := get_args(kind):
        if text not in choices:
            raise Invalid(f"{source}: {text!r} is not one of {', '.join(choices)}.")
        return text
    try:
        return Path(text).expanduser().absolute() if kind is Path else kind(text)
    except ValueError:
        raise Invalid(f"{source}: {text!r} is no {kind.__name__}.") from None
