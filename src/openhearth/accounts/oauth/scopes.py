"""What apps may ask for: the scopes that clients of the public hub know, in words, and as limits of a token.

Names follow those that Spaces declare as `hf_oauth_scopes` in their card. Pure.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from openhearth.access import SCOPE_OF, Action, Permission
from openhearth.errors import Invalid


@dataclass(frozen=True, kw_only=True)
class Scope:
    """`words` completes the sentence "the app wants to …"; empty for what an app may ask for and gets
    nothing by: no app reaches what belongs to it here."""

    name: str
    words: str = ""
    action: Action | None = None


_ALL = (
    Scope(name="openid", words="know that it is you"),
    Scope(name="profile", words="see your name, your picture and your organisations"),
    Scope(name="email", words="see your mail address"),
    Scope(name="read-repos", words="read your private repos", action=Action.READ),
    Scope(name="gated-repos", words="read the gated repos that you were let into"),
    Scope(name="contribute-repos", words="make repos for you, and write to those it made"),
    Scope(name="write-repos", words="write to your repos", action=Action.WRITE),
    Scope(
        name="manage-repos", words="change the settings of your repos and delete them", action=Action.ADMIN
    ),
    Scope(name="inference-api", words="run models for you"),
    Scope(name="write-discussions", words="write in discussions and pull requests for you"),
    Scope(name="read-collections"),
    Scope(name="write-collections"),
    Scope(name="jobs"),
    Scope(name="webhooks"),
    Scope(name="read-billing"),
    Scope(name="offline_access"),
)
SCOPES: Mapping[str, Scope] = {scope.name: scope for scope in _ALL}
ALWAYS = frozenset({"openid", "profile"})
CONTRIBUTE = "contribute-repos"
# Those for which it matters which organisations the app may act in.
_IN_ORGANISATIONS = frozenset({CONTRIBUTE, *(scope.name for scope in _ALL if scope.action is not None)})


def check_scopes(names: Iterable[str]) -> frozenset[str]:
    """Return what an app may ask for, always with `openid` and `profile`. Raises Invalid for an unknown name."""
    chosen = frozenset(names)
    unknown = sorted(chosen - SCOPES.keys())
    if unknown:
        raise Invalid(f"scopes: {unknown[0][:40]!r} is none; choose from {', '.join(SCOPES)}.")
    return chosen | ALWAYS


def scope_text(scopes: Collection[str]) -> str:
    """Scopes as they are written on the wire and in rows, in their own order."""
    return " ".join(name for name in SCOPES if name in scopes)


def read_scopes(text: str) -> frozenset[str]:
    """What we know of a list of scopes; the rest is ignored (OpenID Connect Core section 3.1.2.1)."""
    return frozenset(text.split()) & SCOPES.keys()


def asks_for_organisations(scopes: Collection[str]) -> bool:
    return not _IN_ORGANISATIONS.isdisjoint(scopes)


def permissions_of(scopes: Collection[str]) -> frozenset[Permission]:
    """What a token with `scopes` may do beside repos."""
    return frozenset(permission for permission, scope in SCOPE_OF.items() if scope in scopes)


def namespace_grants(scopes: Collection[str], namespaces: Iterable[str]) -> Mapping[str, Action]:
    """What a token with `scopes` may do to repos, by namespace."""
    actions = [action for name in scopes if (action := SCOPES[name].action) is not None]
    return dict.fromkeys(namespaces, max(actions)) if actions else {}
