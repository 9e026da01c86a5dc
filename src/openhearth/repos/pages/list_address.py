"""The address of a list of repos: all that was chosen stands in it, so links and the back button keep it.

Cursors of the pages walked through are kept in one parameter, joined by dots, so that "Previous" needs no
script. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from openhearth.kit.names import RepoType
from openhearth.repos.pages.tag_groups import GROUPS, TASK, TagGroup, group_of
from openhearth.repos.records import RepoFilter, SortKey

SORTS: dict[str, tuple[str, SortKey]] = {
    "trending": ("Trending", "trendingScore"),
    "likes": ("Most likes", "likes"),
    "downloads": ("Most downloads", "downloads"),
    "created": ("Newest", "createdAt"),
    "updated": ("Last changed", "lastModified"),
}
_ALSO_SPELLED = {
    "modified": "updated",
    "lastModified": "updated",
    "createdAt": "created",
    "trendingScore": "trending",
}
# Parameters of a model from … up to (not including) …; None: open.
PARAMETER_RANGES: dict[str, tuple[str, int | None, int | None]] = {
    "tiny": ("Up to 100M", None, 100_000_000),
    "small": ("100M to 1B", 100_000_000, 1_000_000_000),
    "medium": ("1B to 8B", 1_000_000_000, 8_000_000_000),
    "large": ("8B to 40B", 8_000_000_000, 40_000_000_000),
    "huge": ("40B and more", 40_000_000_000, None),
}
SEARCH_MAX_LENGTH = 200
TAGS_MAX = 20
WALKED_MAX = 100


@dataclass(frozen=True, kw_only=True)
class ListAddress:
    """What a reader chose. `tags` are spelled as in `Facts.tags`; `walked` are the cursors so far."""

    type: RepoType
    search: str = ""
    author: str = ""
    tags: Sequence[str] = ()
    size: str = ""
    sort: str = "trending"
    walked: Sequence[str] = ()

    @property
    def path(self) -> str:
        return f"/{self.type}s"

    @property
    def href(self) -> str:
        pairs = self.pairs()
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search or self.author or self.tags or self.size)

    def pairs(self, *, without: Sequence[str] = ()) -> list[tuple[str, str]]:
        """The parameters of the address, in a fixed order."""
        found = [("search", self.search), ("author", self.author)]
        found += [(group.parameter, group.value(tag)) for tag in self.tags for group in [self._group(tag)]]
        found += [("size", self.size), ("sort", self.sort if self.sort != "trending" else "")]
        found.append(("cursor", ".".join(self.walked)))
        return [(name, value) for name, value in found if value and name not in without]

    def task(self) -> str | None:
        """The task of a model list, which is no tag in the filter but a column."""
        return next((tag for tag in self.tags if self.type == "model" and self._group(tag) is TASK), None)

    def with_tag(self, tag: str) -> "ListAddress":
        """The same list with `tag` switched. Of tasks, one is chosen at a time."""
        if tag in self.tags:
            return replace(self, tags=tuple(t for t in self.tags if t != tag), walked=())
        kept = self.tags
        if self._group(tag) is TASK:
            kept = [t for t in kept if self._group(t) is not TASK]
        return replace(self, tags=(*kept, tag), walked=())

    def with_size(self, size: str) -> "ListAddress":
        return replace(self, size="" if size == self.size else size, walked=())

    def sorted_by(self, sort: str) -> "ListAddress":
        return replace(self, sort=sort, walked=())

    def cleared(self) -> "ListAddress":
        return ListAddress(type=self.type, sort=self.sort)

    def next(self, cursor: str) -> "ListAddress":
        return replace(self, walked=(*self.walked[-WALKED_MAX:], cursor))

    def previous(self) -> "ListAddress":
        return replace(self, walked=self.walked[:-1])

    def wanted(self) -> RepoFilter:
        """The filter that the catalogue is asked with."""
        task = self.task()
        _, least, below = PARAMETER_RANGES.get(self.size, ("", None, None))
        return RepoFilter(
            type=self.type,
            search=self.search,
            author=self.author or None,
            tags=tuple(tag for tag in self.tags if tag != task),
            pipeline_tag=task,
            least_parameters=least,
            most_parameters=below - 1 if below is not None else None,
            sort=SORTS[self.sort][1],
        )

    def _group(self, tag: str) -> TagGroup:
        return group_of(tag, self.type)


def read_list_address(repo_type: RepoType, query: QueryParams) -> ListAddress:
    """Read the parameters of a list page; what is unknown is left out, as links from elsewhere may be old."""
    tags: list[str] = []
    for group in GROUPS[repo_type]:
        for value in query.getlist(group.parameter):
            tags += [group.tag(part.strip()) for part in value.split(",") if part.strip()]
    sort = query.get("sort", "trending")
    sort = _ALSO_SPELLED.get(sort, sort)
    size = query.get("size", "")
    return ListAddress(
        type=repo_type,
        search=query.get("search", "").strip()[:SEARCH_MAX_LENGTH],
        author=query.get("author", "").strip()[:SEARCH_MAX_LENGTH],
        tags=tuple(dict.fromkeys(tags))[:TAGS_MAX],
        size=size if repo_type == "model" and size in PARAMETER_RANGES else "",
        sort=sort if sort in SORTS else "trending",
        walked=tuple(part for part in query.get("cursor", "").split(".") if part)[-WALKED_MAX:],
    )
