"""The query of a list of repos, as huggingface_hub 2.4 spells it (hf_api.py `list_models` and others)."""

import re
from dataclasses import dataclass
from typing import cast, get_args

from starlette.requests import Request

from openhearth.errors import Invalid, Unsupported
from openhearth.kit.names import RepoType
from openhearth.repos import shapes
from openhearth.repos.records import RepoFilter, SortKey
from openhearth.wire.paging import read_flag, read_limit, read_many

PAGE_DEFAULT = 500
PAGE_MAX = 1000
PAGE_MAX_WITH_FILES = 100
SEARCH_MAX_LENGTH = 200
TAGS_MAX = 20
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}
_BOUND = re.compile(r"(min|max):([0-9]{1,15}(?:\.[0-9]{1,15})?)([KMBT]?)", re.IGNORECASE)
_BOUND_MAX = (1 << 63) - 1  # the largest number that rows know
_NOT_OFFERED = ("apps", "inference", "inference_provider", "linked", "models", "datasets")


@dataclass(frozen=True, kw_only=True)
class ListQuery:
    filter: RepoFilter
    expand: list[str]
    full: bool
    card: bool
    config: bool
    limit: int
    cursor: str | None


def read_list_query(request: Request, repo_type: RepoType) -> ListQuery:
    """Raises Invalid for what cannot be read, Unsupported for filters that would be ignored."""
    parameters = request.query_params
    for name in _NOT_OFFERED:
        if name in parameters:
            raise Unsupported(f"{name}: this filter is not offered by this hub yet; leave it out.")
    least, most = _parameter_bounds(parameters.get("num_parameters"))
    wanted = RepoFilter(
        type=repo_type,
        search=" ".join(parameters.getlist("search"))[:SEARCH_MAX_LENGTH],
        author=parameters.get("author"),
        tags=_tags(request),
        pipeline_tag=parameters.get("pipeline_tag"),
        gated=read_flag(request, "gated") if "gated" in parameters else None,
        least_parameters=least,
        most_parameters=most,
        sort=_sort(parameters.get("sort")),
        ascending=parameters.get("direction") in ("1", "asc"),
    )
    expand = shapes.check_expand(repo_type, read_many(request, "expand"))
    full = read_flag(request, "full")
    most_items = PAGE_MAX_WITH_FILES if full or "siblings" in expand else PAGE_MAX
    return ListQuery(
        filter=wanted, expand=expand, full=full, card=read_flag(request, "cardData"),
        config=read_flag(request, "config"), cursor=parameters.get("cursor"),
        limit=read_limit(request, default=min(PAGE_DEFAULT, most_items), most=most_items),
    )  # fmt: skip


def _tags(request: Request) -> list[str]:
    tags = [*read_many(request, "filter"), *read_many(request, "tags"), *read_many(request, "library")]
    if len(tags) > TAGS_MAX:
        raise Invalid(f"filter: {len(tags)} conditions; use at most {TAGS_MAX}.")
    return tags


def _sort(text: str | None) -> SortKey:
    if text is None:
        return "trendingScore"
    if text not in get_args(SortKey):
        raise Invalid(f"sort: {text[:40]!r} is unknown; use one of {', '.join(get_args(SortKey))}.")
    return cast(SortKey, text)


def _parameter_bounds(text: str | None) -> tuple[int | None, int | None]:
    """`min:1B,max:7B`, either half alone too."""
    bounds: dict[str, int] = {}
    for part in text.split(",") if text else ():
        match = _BOUND.fullmatch(part.strip())
        if match is None:
            raise Invalid(f"num_parameters: {part[:40]!r} is no bound; write min:1B,max:7B.")
        bounds[match[1].lower()] = min(int(float(match[2]) * _UNITS[match[3].upper()]), _BOUND_MAX)
    return bounds.get("min"), bounds.get("max")
