"""What every page of a repo shares: opening the repo for the reader, its heading and its tabs.

Other rooms fill slots here. `repo.tabs` and `repo.widget`, called as `(request, repo, facts)`, give a sequence of
`Tab` and `Markup` or None; `repo.actions`, called as `(request, repo)`, gives `Markup` or None for the heading,
`repo.panels` the same beside the card and `repo.settings` a panel among the settings.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.routing import Route

from openhearth.access import Action, Actor, decide
from openhearth.errors import HubError
from openhearth.kit.names import PAGE_PREFIXES, RepoRef, RepoType
from openhearth.repos.errors import MovedRepo
from openhearth.repos.records import MAIN, Facts, Refs, Repo
from openhearth.repos.service import Repos
from openhearth.web.parts import Tab
from openhearth.wire.request import actor_of, csrf_of
from openhearth.wire.room import Ground


def repo_routes(
    suffix: str, endpoint: Callable[..., Any], *, methods: Sequence[str] = ("GET",)
) -> list[Route]:
    """The routes of one page for each type of repo; `endpoint` is called as `(repo_type, request)`."""
    return [
        Route(f"{prefix}/{{ns}}/{{name}}{suffix}", partial(endpoint, repo_type), methods=list(methods))
        for repo_type, prefix in PAGE_PREFIXES.items()
    ]


@dataclass(frozen=True, kw_only=True)
class RepoHead:
    """The band above every page of a repo."""

    type: RepoType
    id: str
    href: str
    private: bool
    gated: bool
    likes: int
    liked: bool  # by the reader
    csrf_token: str  # for the form around the heart
    downloads: int
    actions: Sequence[Markup]  # buttons of other rooms: watch, add to a collection
    tabs: Sequence[Tab]


@dataclass(frozen=True, kw_only=True)
class RefMenu:
    """The switch between branches and tags. Each link leads to the same place at that revision."""

    current: str
    is_branch: bool
    branches: Sequence[tuple[str, str]]  # (name, href)
    tags: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class OpenRepo:
    """A repo that the reader of this request may see."""

    request: Request
    actor: Actor
    repo: Repo

    def may(self, action: Action) -> bool:
        return decide(self.actor, action, self.repo.resource).allowed


class RepoFrame:
    """Opens repos and draws what surrounds their pages."""

    def __init__(self, *, repos: Repos, ground: Ground) -> None:
        self.repos = repos
        self.web = ground.web
        self.urls = ground.urls
        self.slots = ground.slots
        self.default_visibility = ground.settings.default_visibility

    def open(self, repo_type: RepoType, request: Request, action: Action = Action.READ) -> OpenRepo:
        """The repo of this address. Raises RepoNotFound, Forbidden, and MovedRepo if it moved."""
        actor = actor_of(request)
        asked = RepoRef(repo_type, request.path_params["ns"], request.path_params["name"])
        repo = self.repos.catalogue.get(actor, asked, action)
        if repo.ref != asked:
            here = self.urls.repo(asked)
            rest = request.scope["path"].removeprefix(here)
            query = f"?{request.url.query}" if request.url.query else ""
            raise MovedRepo(repo.ref, self.urls.repo(repo.ref) + rest + query)
        return OpenRepo(request=request, actor=actor, repo=repo)

    def head(self, opened: OpenRepo, current: str) -> RepoHead:
        """The heading with its tabs; `current` is the label of the tab that the page belongs to."""
        repo = opened.repo
        return RepoHead(
            type=repo.ref.type,
            id=repo.id,
            href=self.urls.repo(repo.ref),
            private=repo.is_private,
            gated=repo.gated is not None,
            likes=repo.likes,
            liked=self.repos.likes.has_liked(opened.actor, repo),
            csrf_token=csrf_of(opened.request),
            downloads=repo.downloads,
            actions=self.slots.parts("repo.actions", opened.request, repo),
            tabs=self._tabs(opened, current),
        )

    def _tabs(self, opened: OpenRepo, current: str) -> list[Tab]:
        repo, facts = opened.repo, self.repos.facts.get(opened.repo)
        own = [
            ("Card", self.urls.repo(repo.ref), "info"),
            ("Files", self.urls.tree(repo.ref, MAIN), "folder"),
        ]
        if has_layers(repo, facts):
            own.append(("Layers", self.urls.layers(repo.ref, MAIN), "model"))
        own.append(("Commits", self.urls.commits(repo.ref, MAIN), "history"))
        tabs = [Tab(label=label, href=href, icon=icon) for label, href, icon in own]
        for more in self.slots.parts("repo.tabs", opened.request, repo, facts):
            tabs += more
        if opened.may(Action.ADMIN):
            tabs.append(Tab(label="Settings", href=self.urls.settings(repo.ref), icon="settings"))
        return [replace(tab, current=tab.label == current) for tab in tabs]

    def ref_menu(self, opened: OpenRepo, revision: str, href: Callable[[str], str]) -> RefMenu:
        refs = self.repos.content.list_refs(opened.repo)
        return RefMenu(
            current=revision,
            is_branch=is_branch(refs, revision),
            branches=[(ref.name, href(ref.name)) for ref in refs.branches],
            tags=[(ref.name, href(ref.name)) for ref in refs.tags],
        )


def is_branch(refs: Refs, revision: str) -> bool:
    """Whether something can be committed to `revision`: to branches and pull requests."""
    return any(ref.name == revision for ref in refs.branches) or any(
        ref.ref == revision for ref in refs.pull_requests
    )


def has_layers(repo: Repo, facts: Facts) -> bool:
    return repo.ref.type == "model" and facts.safetensors is not None


def exists_for(repos: Repos, actor: Actor, ref: RepoRef) -> bool:
    """Whether this hub has `ref` and `actor` may see it."""
    try:
        repos.catalogue.get(actor, ref)
    except HubError:
        return False
    return True
