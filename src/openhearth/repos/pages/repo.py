"""The first tab of a repo: its card, what it is in short, how to use it, what is inside."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from openhearth import cards
from openhearth.access import Action
from openhearth.cards import SafetensorsHeader
from openhearth.errors import EntryNotFound, HubError, Invalid
from openhearth.kit.names import RepoType
from openhearth.repos.pages.about import About, Line, Link, TagChip, chips_of
from openhearth.repos.pages.frame import OpenRepo, RefMenu, RepoFrame, RepoHead, has_layers, repo_routes
from openhearth.repos.pages.gate import GateView, GateViews, Typed
from openhearth.repos.pages.layers import DtypeShare, dtype_shares, layer_tree
from openhearth.repos.pages.links import rewrite_for
from openhearth.repos.pages.pipeline_lines import find_lines
from openhearth.repos.pages.snippets import Usage, usages_of
from openhearth.repos.pages.summaries import plain_words
from openhearth.repos.records import MAIN, Facts
from openhearth.urls import with_query
from openhearth.web import render_markdown
from openhearth.web.parts import TensorNode

CARD = "README.md"
TENSORS_MAX = 20_000
SHARDS_MAX = 64


@dataclass(frozen=True, kw_only=True)
class CardPage:
    """Context of `repos/card.html`."""

    head: RepoHead
    chips: Sequence[TagChip]
    summary: str
    card: Markup | None = field(metadata={"help": "None if there is no README.md with words in it"})
    card_problem: str | None = field(metadata={"help": "Why the metadata of the card could not be read"})
    write_card_href: str | None = field(metadata={"help": "None where the reader may not write here"})
    widget: Markup | None = field(metadata={"help": "What the slot repo.widget gave"})
    usages: Sequence[Usage]
    lines: Sequence[Line]
    derived: Sequence[Link]
    panels: Sequence[Markup] = field(metadata={"help": "What other rooms know of it"})
    dtypes: Sequence[DtypeShare]
    parameters: int | None
    layers_href: str | None
    files_href: str
    storage_bytes: int
    commits_href: str
    last_title: str
    last_author: str
    last_date: datetime
    gate: GateView | None = field(metadata={"help": "None where nothing stands between reader and files"})


@dataclass(frozen=True, kw_only=True)
class AppPage:
    """Context of `repos/app.html`: a protected Space, for those who may use it and see no more."""

    id: str
    namespace_href: str


@dataclass(frozen=True, kw_only=True)
class LayersPage:
    """Context of `repos/layers.html`."""

    head: RepoHead
    refs: RefMenu
    nodes: Sequence[TensorNode]
    dtypes: Sequence[DtypeShare]
    parameters: int
    tensor_count: int
    shown_count: int
    file_names: Sequence[str]
    problem: str | None


class CardPages:
    def __init__(self, frame: RepoFrame) -> None:
        self.frame = frame
        self.content = frame.repos.content
        self.urls = frame.urls
        self.gates = GateViews(frame)
        self.about = About(repos=frame.repos, urls=frame.urls)

    def routes(self) -> list[Route]:
        return [
            *repo_routes("", self.show_card),
            *repo_routes("/layers/{rev:seg}", self.show_layers),
        ]

    def show_card(self, repo_type: RepoType, request: Request) -> Response:
        opened = self.frame.open(repo_type, request, Action.USE)
        return self.show(opened) if opened.may(Action.READ) else self._show_app(opened)

    def _show_app(self, opened: OpenRepo) -> Response:
        """The app of a protected Space alone: nothing of its files, its history or its people."""
        ref = opened.repo.ref
        page = AppPage(id=ref.id, namespace_href=self.urls.profile(ref.namespace))
        return self.frame.web.page(opened.request, "repos/app.html", page)

    def show(self, opened: OpenRepo, typed: Typed | None = None) -> Response:
        """The card; with `typed`, the form of its gate as it came back."""
        head = self.content.resolve(opened.repo, MAIN)
        facts = self.frame.repos.facts.get(opened.repo, head)
        page = self._card_page(opened, facts, head, typed)
        return self.frame.web.page(
            opened.request, "repos/card.html", page, status=typed.error.status if typed else 200
        )

    def _card_page(self, opened: OpenRepo, facts: Facts, commit: str, typed: Typed | None) -> CardPage:
        repo, ref, actor = opened.repo, opened.repo.ref, opened.actor
        last = self.content.get_commit(repo, commit)
        has_card = self.content.find_entry(repo, commit, CARD) is not None
        write_href = (
            self.urls.edit(ref, MAIN, CARD)
            if has_card
            else with_query(self.urls.new_file(ref, MAIN), name=CARD)
        )
        widgets = self.frame.slots.parts("repo.widget", opened.request, repo, facts)
        return CardPage(
            head=self.frame.head(opened, "Card"),
            chips=chips_of(facts.tags, ref.type),
            summary=plain_words(facts.description or ""),
            card=self._card(opened, commit),
            card_problem=facts.card_problem,
            write_card_href=write_href if opened.may(Action.WRITE) else None,
            widget=next(iter(widgets), None),
            usages=usages_of(
                ref,
                facts,
                endpoint=self.urls.base,
                ssh=self.urls.ssh(self.urls.repo(repo.ref).lstrip("/")),
                needs_token=repo.is_private or repo.gated is not None,
                lines=find_lines(self.content, repo, facts, urls=self.urls) if ref.type == "model" else None,
            ),
            lines=self.about.lines(actor, repo, facts),
            derived=self.about.derived(actor, repo),
            panels=self.frame.slots.parts("repo.panels", opened.request, repo),
            dtypes=dtype_shares(_by_dtype(facts)),
            parameters=facts.parameters,
            layers_href=self.urls.layers(ref, MAIN) if has_layers(repo, facts) else None,
            files_href=self.urls.tree(ref, MAIN),
            storage_bytes=facts.used_storage_bytes,
            commits_href=self.urls.commits(ref, MAIN),
            last_title=last.title,
            last_author=last.author_name,
            last_date=last.date,
            gate=self.gates.view(opened, facts, typed),
        )

    def _card(self, opened: OpenRepo, commit: str) -> Markup | None:
        """The card as safe HTML. It is open to whoever may know of the repo, gated or not."""
        try:
            raw = self.content.read_file(opened.repo, commit, CARD, limit_bytes=cards.CARD_MAX_BYTES)
        except HubError:  # no card, one whose content was never uploaded, or one beyond all sense
            return None
        body = cards.read_card(raw).body
        if not body.strip():
            return None
        return render_markdown(body, rewrite=rewrite_for(self.urls, opened.repo.ref, MAIN))

    def show_layers(self, repo_type: RepoType, request: Request) -> Response:
        opened = self.frame.open(repo_type, request)
        self.frame.repos.catalogue.require_files(opened.actor, opened.repo)
        revision = request.path_params["rev"]
        commit = self.content.resolve(opened.repo, revision)
        return self.frame.web.page(request, "repos/layers.html", self._layers_page(opened, revision, commit))

    def _layers_page(self, opened: OpenRepo, revision: str, commit: str) -> LayersPage:
        names = self._weight_files(opened, commit)
        headers: list[SafetensorsHeader] = []
        problem = None if names else "There are no safetensors files at this revision."
        try:
            headers += [self.frame.repos.facts.read_safetensors(opened.repo, commit, name) for name in names]
        except (Invalid, EntryNotFound) as error:
            problem = error.message
        tensors = [tensor for header in headers for tensor in header.tensors]
        by_dtype = cards.count_parameters(headers)
        return LayersPage(
            head=self.frame.head(opened, "Layers"),
            refs=self.frame.ref_menu(opened, revision, lambda name: self.urls.layers(opened.repo.ref, name)),
            nodes=layer_tree(tensors[:TENSORS_MAX]),
            dtypes=dtype_shares(by_dtype),
            parameters=sum(by_dtype.values()),
            tensor_count=len(tensors),
            shown_count=min(len(tensors), TENSORS_MAX),
            file_names=names,
            problem=problem,
        )

    def _weight_files(self, opened: OpenRepo, commit: str) -> list[str]:
        """The safetensors files of the model: those at the top, else all of them."""
        paths = [
            e.path for e in self.content.list_files(opened.repo, commit) if e.path.endswith(".safetensors")
        ]
        return list(_nearest(paths))[:SHARDS_MAX]


def _nearest(paths: Sequence[str]) -> Iterator[str]:
    top = [path for path in paths if "/" not in path]
    # One model is often stored twice, whole and in shards: the shards alone would count it double.
    whole = [path for path in top if path == "model.safetensors"]
    yield from whole or top or paths


def _by_dtype(facts: Facts) -> dict[str, int]:
    found = (facts.safetensors or {}).get("parameters")
    return {str(k): int(v) for k, v in found.items()} if isinstance(found, dict) else {}
