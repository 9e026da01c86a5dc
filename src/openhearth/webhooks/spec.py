"""What a webhook may be asked to be: each thing checked, with the remedy in the refusal. Pure."""

from collections.abc import Sequence

from openhearth.errors import Invalid
from openhearth.kit.names import check_namespace, check_repo_name
from openhearth.webhooks.records import DOMAINS, WATCHED_TYPES, Domain, Watched, WatchedType

SECRET_MAX_LENGTH = 256
WATCHED_MAX = 100
# huggingface_hub 1.x says `discussions`, 2.x `discussion`.
_DOMAIN_SPELLINGS: dict[str, Domain] = {
    **{name: name for name in DOMAINS},
    "discussions": "discussion",
    "repos": "repo",
}
_OF_NAMESPACES = ("user", "org")


def check_domains(names: Sequence[str]) -> list[Domain]:
    """Raises Invalid."""
    unknown = [name for name in names if name not in _DOMAIN_SPELLINGS]
    if unknown or not names:
        shown = repr(unknown[0][:40]) if unknown else "an empty list"
        raise Invalid(f"domains: {shown} is not offered; use {' or '.join(DOMAINS)}, or both.")
    asked = {_DOMAIN_SPELLINGS[name] for name in names}
    return [domain for domain in DOMAINS if domain in asked]


def check_secret(secret: str | None) -> str | None:
    """A secret travels in a header: one line of ASCII. An empty one is none. Raises Invalid."""
    if not secret:
        return None
    if (
        len(secret) > SECRET_MAX_LENGTH
        or not secret.isascii()
        or not secret.isprintable()
        or secret != secret.strip()
    ):
        raise Invalid(
            f"secret: use 1 to {SECRET_MAX_LENGTH} letters, digits and signs of ASCII, without space around."
        )
    return secret


def check_watched(items: Sequence[tuple[str, str]]) -> list[Watched]:
    """Raises Invalid. Whether what is named exists is nobody's to learn here."""
    if not items or len(items) > WATCHED_MAX:
        raise Invalid(f"watched: {len(items)} things; name 1 to {WATCHED_MAX} users, organisations or repos.")
    found = {(one.type, one.name.lower()): one for one in (_watched(kind, name) for kind, name in items)}
    return list(found.values())


def _watched(kind: str, name: str) -> Watched:
    known: dict[str, WatchedType] = {known: known for known in WATCHED_TYPES}
    if kind not in known:
        raise Invalid(f"watched.type: {kind[:40]!r} is unknown; use one of {', '.join(WATCHED_TYPES)}.")
    if kind in _OF_NAMESPACES:
        return Watched(known[kind], check_namespace(name, field="watched.name"))
    namespace, slash, rest = name.partition("/")
    if not slash:
        raise Invalid(f"watched.name: {name[:80]!r} is not of the form namespace/name.")
    return Watched(known[kind], f"{check_namespace(namespace, field='watched.name')}/{check_repo_name(rest)}")
