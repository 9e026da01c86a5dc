"""What each template of this folder is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from openhearth.accounts.oauth.records import ConnectedApp, OAuthApp
from openhearth.accounts.oauth.scopes import Scope
from openhearth.accounts.pages.contexts import FormPage


def _help(text: str) -> dict[str, str]:
    return {"help": text}


@dataclass(frozen=True, kw_only=True)
class OrgChoice:
    """An organisation that an app may be let into, and whether it is ticked."""

    name: str
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class ConsentPage:
    """Context of `accounts/oauth_consent.html`."""

    app: OAuthApp = field(metadata=_help("The app that asks"))
    owner: str = field(metadata=_help("The name of whoever registered the app"))
    target: str = field(metadata=_help("The host or the scheme that the answer goes to"))
    wishes: Sequence[Scope] = field(metadata=_help("What the app wants to do"))
    orgs: Sequence[OrgChoice] = field(metadata=_help("The reader's organisations, where it matters"))
    fields: Sequence[tuple[str, str]] = field(
        metadata=_help("The request of the app, sent along with the answer")
    )
    other_href: str = field(metadata=_help("Where to sign in as somebody else"))


@dataclass(frozen=True, kw_only=True)
class GoingOnPage:
    """Context of `accounts/oauth_going_on.html`."""

    app: OAuthApp = field(metadata=_help("The app that the reader goes on to"))
    location: str = field(metadata=_help("Where to: it carries the code"))


@dataclass(frozen=True, kw_only=True)
class SignOutPage:
    """Context of `accounts/oauth_sign_out.html`."""

    app: OAuthApp | None = field(metadata=_help("The app that asks to sign out of the hub, if it is known"))
    fields: Mapping[str, str] = field(metadata=_help("The request of the app, sent along with the answer"))


@dataclass(frozen=True, kw_only=True)
class AppsPage:
    """Context of `accounts/oauth_apps.html`."""

    apps: Sequence[OAuthApp] = field(metadata=_help("The apps that the reader registered, the newest first"))
    connected: Sequence[ConnectedApp] = field(
        metadata=_help("The apps that the reader let in, the latest first")
    )


@dataclass(frozen=True, kw_only=True)
class AppFormPage(FormPage):
    """Context of `accounts/oauth_app.html`."""

    app: OAuthApp | None = field(metadata=_help("The app, None for a new one"))
    name: str = field(metadata=_help("The name in the form"))
    homepage: str = field(metadata=_help("The address of the app's own page in the form"))
    redirect_uris: str = field(metadata=_help("The redirect URIs in the form, one a line"))
    chosen: frozenset[str] = field(metadata=_help("The scopes ticked"))
    scopes: Sequence[Scope] = field(metadata=_help("The scopes offered"))
    is_public: bool = field(default=False, metadata=_help("Whether the app keeps no secret"))
    fresh_secret: str = field(default="", metadata=_help("A secret just made: shown this once"))
    saved: bool = field(default=False, metadata=_help("Whether a change was just kept"))
    issuer: str = field(metadata=_help("The address of this hub, as apps set it"))
