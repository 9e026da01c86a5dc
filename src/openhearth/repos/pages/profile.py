"""The page of a user or an organisation, and the home page, which belongs to no room but shows repos.

Other rooms fill three slots of a profile, all called as `(request, namespace)`: `profile.actions` and
`profile.shelves` give `Markup` or None, `profile.links` gives a sequence of `Tab` with numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.access import Actor, may_manage_namespace
from openhearth.accounts import Organisation, Profile, User
from openhearth.kit.names import REPO_TYPES, RepoType
from openhearth.repos.pages.create import PATHS, owners_of
from openhearth.repos.pages.frame import RepoFrame
from openhearth.repos.pages.summaries import summary_of
from openhearth.repos.records import RepoFilter, SortKey
from openhearth.urls import with_query
from openhearth.web import HomePage
from openhearth.web.parts import RepoSummary, Tab
from openhearth.wire.request import actor_of

SHELF_REPOS = 12
TRENDING_REPOS = 6
OWN_REPOS = 8
_TITLES: dict[RepoType, str] = {
    "model": "Models",
    "dataset": "Datasets",
    "space": "Spaces",
    "kernel": "Kernels",
}


class Profiles(Protocol):
    """What this page asks of the accounts room."""

    def get_profile(self, name: str) -> Profile:
        """Raises NotFound."""
        ...


@dataclass(frozen=True, kw_only=True)
class Person:
    """A member of an organisation, or an organisation of a user."""

    name: str
    fullname: str
    role: str
    href: str
    is_org: bool


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """The repos of one type."""

    type: RepoType
    title: str
    count: int
    repos: Sequence[RepoSummary]
    all_href: str
    new_href: str | None


@dataclass(frozen=True, kw_only=True)
class ProfilePage:
    """Context of `repos/profile.html`."""

    name: str
    fullname: str
    bio: str
    is_org: bool
    since: datetime
    people: Sequence[Person] = field(metadata={"help": "Members of an organisation; organisations of a user"})
    people_count: int
    shelves: Sequence[Shelf]
    settings_href: str | None
    members_href: str | None
    actions: Sequence[Markup] = field(metadata={"help": "Buttons of other rooms: follow, watch"})
    links: Sequence[Tab] = field(metadata={"help": "Lists about it, with their lengths"})
    more: Sequence[Markup] = field(metadata={"help": "Shelves of other rooms, below the repos"})


class ProfilePages:
    def __init__(self, frame: RepoFrame, *, profiles: Profiles) -> None:
        self.frame = frame
        self.catalogue = frame.repos.catalogue
        self.urls = frame.urls
        self.profiles = profiles

    def routes(self) -> list[Route]:
        return [
            Route("/", self.show_home, methods=["GET"]),
            Route("/{name:seg}", self.show_profile, methods=["GET"]),
        ]

    def show_profile(self, request: Request) -> Response:
        asked = request.path_params["name"]
        profile = self.profiles.get_profile(asked)
        name = profile.namespace.name
        if name != asked:
            return RedirectResponse(self.urls.profile(name), 307)
        return self.frame.web.page(request, "repos/profile.html", self._profile_page(request, profile))

    def _profile_page(self, request: Request, profile: Profile) -> ProfilePage:
        actor, shown, slots = actor_of(request), profile.namespace, self.frame.slots
        is_org = isinstance(shown, Organisation)
        is_own = not is_org and actor.name == shown.name
        may_manage = may_manage_namespace(actor, shown.name)
        org_href = f"/organizations/{shown.name}"
        people = self._members(profile) if is_org else self._memberships(profile)
        return ProfilePage(
            name=shown.name,
            fullname=shown.fullname,
            bio=shown.bio,
            is_org=is_org,
            since=shown.created_at,
            people=people,
            people_count=profile.member_count if is_org else len(people),
            shelves=[self._shelf(actor, shown.name, repo_type) for repo_type in REPO_TYPES],
            settings_href=f"{org_href}/settings"
            if is_org and may_manage
            else "/settings"
            if is_own
            else None,
            members_href=f"{org_href}/members" if is_org else None,
            actions=slots.parts("profile.actions", request, shown),
            links=self._links(request, shown),
            more=slots.parts("profile.shelves", request, shown),
        )

    def _links(self, request: Request, shown: User | Organisation) -> list[Tab]:
        found = [tab for tabs in self.frame.slots.parts("profile.links", request, shown) for tab in tabs]
        if isinstance(shown, User):
            liked = self.frame.repos.likes.count_liked(actor_of(request), shown.id)
            found.append(Tab(label="Likes", href=self.urls.likes_of(shown.name), count=liked, icon="heart"))
        return found

    def _members(self, profile: Profile) -> list[Person]:
        return [
            Person(
                name=member.user.name,
                fullname=member.user.fullname,
                role=member.role.name.lower(),
                href=self.urls.profile(member.user.name),
                is_org=False,
            )
            for member in profile.members
        ]

    def _memberships(self, profile: Profile) -> list[Person]:
        return [
            Person(
                name=membership.organisation.name,
                fullname=membership.organisation.fullname,
                role=membership.role.name.lower(),
                href=self.urls.profile(membership.organisation.name),
                is_org=True,
            )
            for membership in profile.memberships
        ]

    def _shelf(self, actor: Actor, name: str, repo_type: RepoType) -> Shelf:
        wanted = RepoFilter(type=repo_type, author=name, sort="lastModified")
        count = self.catalogue.count_repos(actor, wanted)
        # Few make kernels: their shelf appears with the first one.
        may_create = name in owners_of(actor) and (count > 0 or repo_type != "kernel")
        return Shelf(
            type=repo_type,
            title=_TITLES[repo_type],
            count=count,
            repos=self._find(actor, wanted, SHELF_REPOS),
            all_href=with_query(f"/{repo_type}s", author=name, sort="updated"),
            new_href=with_query(PATHS[repo_type], owner=name) if may_create else None,
        )

    def _find(self, actor: Actor, wanted: RepoFilter, limit: int) -> list[RepoSummary]:
        found = self.catalogue.list_repos(actor, wanted, limit=limit)
        return [summary_of(listed, self.urls) for listed in found.items]

    def show_home(self, request: Request) -> Response:
        actor = actor_of(request)
        trending = {kind: self._find(actor, RepoFilter(type=kind), TRENDING_REPOS) for kind in REPO_TYPES}
        counts = {kind: self.catalogue.count_repos(actor, RepoFilter(type=kind)) for kind in REPO_TYPES}
        page = HomePage(
            endpoint=self.urls.base,
            models=trending["model"],
            datasets=trending["dataset"],
            spaces=trending["space"],
            own=self._own(actor),
            model_count=counts["model"],
            dataset_count=counts["dataset"],
            space_count=counts["space"],
        )
        return self.frame.web.page(request, "web/home.html", page)

    def _own(self, actor: Actor) -> list[RepoSummary]:
        """The reader's own repos of every type, last changed first."""
        if actor.name is None:
            return []
        newest: SortKey = "lastModified"
        found = [
            repo
            for kind in REPO_TYPES
            for repo in self._find(actor, RepoFilter(type=kind, author=actor.name, sort=newest), OWN_REPOS)
        ]
        return sorted(found, key=lambda repo: repo.updated_at, reverse=True)[:OWN_REPOS]
