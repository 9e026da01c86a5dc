"""The pages of following, and the button and the numbers on profiles."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.accounts import Accounts, Organisation, User
from openhearth.accounts.errors import OrganisationNotFound, UserNotFound
from openhearth.accounts.pages.routes import form_route, page_route
from openhearth.community.follows.records import Party
from openhearth.community.follows.service import Follows
from openhearth.kit.cursors import Page
from openhearth.urls import Urls, with_query
from openhearth.web import Web, local_path
from openhearth.web.parts import Tab
from openhearth.wire.forms import text_of
from openhearth.wire.request import actor_of, csrf_of

PAGE_PARTIES = 100


@dataclass(frozen=True, kw_only=True)
class FollowButton:
    """Context of `follows/button.html`."""

    action: str = field(metadata={"help": "Where the form is posted"})
    back: str = field(metadata={"help": "Where to go afterwards"})
    name: str
    following: bool
    csrf_token: str
    login_href: str | None = field(metadata={"help": "Where a visitor signs in first; None for accounts"})


@dataclass(frozen=True, kw_only=True)
class PartiesPage:
    """Context of `follows/parties.html`: followers, or those who are followed."""

    whose: User | Organisation
    is_org: bool
    sections: Sequence[Tab]
    parties: Sequence[tuple[Party, Markup | None]] = field(
        metadata={"help": "Each with the button to follow"}
    )
    nobody: str = field(metadata={"help": "What to say if there is none"})
    next_href: str | None


class Pages:
    def __init__(self, follows: Follows, *, accounts: Accounts, web: Web, urls: Urls) -> None:
        self._follows = follows
        self._accounts = accounts
        self._web = web
        self._urls = urls

    def routes(self) -> list[Route]:
        user, org = "/users/{name}", "/organizations/{name}"
        return [
            page_route(f"{user}/followers", self.show_followers, for_accounts=False),
            page_route(f"{user}/following", self.show_following, for_accounts=False),
            page_route(f"{org}/followers", self.show_followers, for_accounts=False),
            form_route(f"{user}/follow", self.set),
            form_route(f"{org}/follow", self.set),
        ]

    def button(self, request: Request, namespace: User | Organisation) -> Markup | None:
        """For profiles (slot `profile.actions`): follow, or no longer. None on one's own."""
        actor = actor_of(request)
        if actor.user_id == namespace.id:
            return None
        followed = bool(self._follows.find_followed(actor, [namespace.id]))
        return self._button(request, namespace, followed=followed)

    def links(self, request: Request, namespace: User | Organisation) -> Sequence[Tab]:
        """For profiles (slot `profile.links`): how many follow, and how many are followed."""
        here = _home(namespace)
        followers = self._follows.count_followers(namespace.id)
        found = [Tab(label="Followers", href=f"{here}/followers", count=followers, icon="user")]
        if isinstance(namespace, User):
            following = self._follows.count_following(namespace.id)
            found.append(Tab(label="Following", href=f"{here}/following", count=following, icon="user"))
        return found

    def set(self, request: Request, form: FormData) -> Response:
        namespace = self._namespace(request)
        change = (
            self._follows.follow if text_of(form, "follow", default="1") == "1" else self._follows.unfollow
        )
        change(actor_of(request), namespace.name)
        back = local_path(text_of(form, "back", default=""), default=self._urls.profile(namespace.name))
        return RedirectResponse(back, 303)

    def show_followers(self, request: Request) -> Response:
        namespace = self._namespace(request)
        page = self._follows.list_followers(
            namespace.id, limit=PAGE_PARTIES, cursor=request.query_params.get("cursor")
        )
        return self._show(request, namespace, page, current="Followers", nobody="Nobody follows yet.")

    def show_following(self, request: Request) -> Response:
        namespace = self._namespace(request)
        page = self._follows.list_following(
            namespace.id, limit=PAGE_PARTIES, cursor=request.query_params.get("cursor")
        )
        nobody = f"{namespace.name} follows nobody yet."
        return self._show(request, namespace, page, current="Following", nobody=nobody)

    def _show(
        self,
        request: Request,
        namespace: User | Organisation,
        page: Page[Party],
        *,
        current: str,
        nobody: str,
    ) -> Response:
        actor = actor_of(request)
        followed = self._follows.find_followed(actor, [party.id for party in page.items])
        parties = [
            (
                party,
                self._button(request, party, followed=party.id in followed)
                if party.id != actor.user_id
                else None,
            )
            for party in page.items
        ]
        tabs = [Tab(label="Profile", href=self._urls.profile(namespace.name), icon="folder")]
        tabs += [
            Tab(label=tab.label, href=tab.href, icon=tab.icon, count=tab.count, current=tab.label == current)
            for tab in self.links(request, namespace)
        ]
        path: str = request.scope["path"]
        context = PartiesPage(
            whose=namespace,
            is_org=isinstance(namespace, Organisation),
            sections=tabs,
            parties=parties,
            nobody=nobody,
            next_href=with_query(path, cursor=page.cursor) if page.cursor else None,
        )
        return self._web.page(request, "follows/parties.html", context)

    def _button(self, request: Request, whom: User | Organisation | Party, *, followed: bool) -> Markup:
        is_org = whom.is_org if isinstance(whom, Party) else isinstance(whom, Organisation)
        back: str = request.scope["path"]
        context = FollowButton(
            action=f"/{'organizations' if is_org else 'users'}/{whom.name}/follow",
            back=back,
            name=whom.name,
            following=followed,
            csrf_token=csrf_of(request),
            login_href=with_query("/login", next=back) if actor_of(request).is_anonymous else None,
        )
        return self._web.fragment("follows/button.html", context)

    def _namespace(self, request: Request) -> User | Organisation:
        """Raises UserNotFound, OrganisationNotFound: an address says which of them it means."""
        name: str = request.path_params["name"]
        found = self._accounts.find_namespace(name)
        wanted_org = request.scope["path"].startswith("/organizations/")
        if found is None or isinstance(found, Organisation) != wanted_org:
            raise OrganisationNotFound(name) if wanted_org else UserNotFound(name)
        return found


def _home(namespace: User | Organisation) -> str:
    return f"/{'organizations' if isinstance(namespace, Organisation) else 'users'}/{namespace.name}"
