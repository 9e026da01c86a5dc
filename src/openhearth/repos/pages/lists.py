"""The lists of models, datasets, Spaces and kernels: search, filters, order, pages. All of it in the address."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from openhearth.kit.names import REPO_TYPES, RepoType
from openhearth.repos.pages.create import PATHS
from openhearth.repos.pages.facets import facets_of, selected_chips
from openhearth.repos.pages.frame import RepoFrame
from openhearth.repos.pages.list_address import SORTS, ListAddress, read_list_address
from openhearth.repos.pages.summaries import summary_of
from openhearth.web.parts import Facet, FacetOption, Paging, RepoSummary
from openhearth.wire.request import actor_of

PAGE_REPOS = 30


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """Context of `repos/list.html`."""

    type: RepoType
    path: str
    search: str
    kept: Sequence[tuple[str, str]] = field(metadata={"help": "Parameters that a new search keeps"})
    total: int
    all_total: int = field(metadata={"help": "All repos of this type that the reader may see"})
    repos: Sequence[RepoSummary]
    facets: Sequence[Facet]
    chosen: Sequence[FacetOption]
    clear_href: str
    sorts: Sequence[FacetOption]
    sort_label: str
    paging: Paging
    new_href: str
    endpoint: str


class ListPages:
    def __init__(self, frame: RepoFrame) -> None:
        self.frame = frame
        self.catalogue = frame.repos.catalogue

    def routes(self) -> list[Route]:
        return [Route(f"/{kind}s", partial(self.show, kind), methods=["GET"]) for kind in REPO_TYPES]

    def show(self, repo_type: RepoType, request: Request) -> Response:
        actor = actor_of(request)
        address = read_list_address(repo_type, request.query_params)
        wanted = address.wanted()
        cursor = address.walked[-1] if address.walked else None
        found = self.catalogue.list_repos(actor, wanted, limit=PAGE_REPOS, cursor=cursor)
        total = self.catalogue.count_repos(actor, wanted)
        everything = ListAddress(type=repo_type).wanted()
        page = ListPage(
            type=repo_type,
            path=address.path,
            search=address.search,
            kept=address.pairs(without=("search", "cursor")),
            total=total,
            all_total=self.catalogue.count_repos(actor, everything) if address.is_narrowed else total,
            repos=[summary_of(listed, self.frame.urls) for listed in found.items],
            facets=facets_of(address, self.catalogue.count_tags(actor, wanted)),
            chosen=selected_chips(address),
            clear_href=address.cleared().href,
            sorts=[
                FacetOption(label=label, href=address.sorted_by(sort).href, selected=sort == address.sort)
                for sort, (label, _) in SORTS.items()
            ],
            sort_label=SORTS[address.sort][0],
            paging=self._paging(address, found.cursor, total),
            new_href=PATHS[repo_type],
            endpoint=self.frame.urls.base,
        )
        return self.frame.web.page(request, "repos/list.html", page)

    def _paging(self, address: ListAddress, cursor: str | None, total: int) -> Paging:
        return Paging(
            previous_href=address.previous().href if address.walked else None,
            next_href=address.next(cursor).href if cursor else None,
            page=len(address.walked) + 1,
            page_count=max(1, -(-total // PAGE_REPOS)),
            total=total,
        )
