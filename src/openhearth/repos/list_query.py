"""The query of a list of repos, as huggingface_hub 2.4 spells it (hf_api.py `list_models` and others)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast, get_args

from starlette.requests import Request

from openhearth.errors import Invalid
from openhearth.kit.names import RepoType
from openhearth.repos import shapes
from openhearth.repos.apps import groups_of
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
# Names under which clients ask for models that the hub itself runs; of other providers it has none.
_OWN_PROVIDERS = frozenset({"all", "hf-inference", "openhearth"})


@dataclass(frozen=True, kw_only=True)
class ListQuery:
    filter: RepoFilter
    expand: list[str]
    full: bool
    card: bool
    config: bool
    limit: int
    cursor: str | None


def read_list_query(request: Request, repo_type: RepoType, *, served_tasks: Sequence[str] = ()) -> ListQuery:
    """Raises Invalid for what cannot be read. `served_tasks` are those whose models the hub runs."""
    parameters = request.query_params
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
        any_of_tags=[group for app in _asked(request, "apps") for group in groups_of(app)],
        pipeline_tags=_run_here(request, served_tasks),
        links={kind: ids for kind in ("model", "dataset") if (ids := _asked(request, f"{kind}s"))},
        is_linked=read_flag(request, "linked"),
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


def _asked(request: Request, name: str) -> list[str]:
    found = read_many(request, name)
    if len(found) > TAGS_MAX:
        raise Invalid(f"{name}: {len(found)} values; use at most {TAGS_MAX}.")
    return found


def _run_here(request: Request, served_tasks: Sequence[str]) -> Sequence[str] | None:
    """The tasks that a list of runnable models is narrowed to; None if nobody asked for one."""
    warm, providers = request.query_params.get("inference"), read_many(request, "inference_provider")
    if warm is None and not providers:
        return None
    if warm not in (None, "warm"):
        raise Invalid(f"inference: {warm[:40]!r} is unknown; use 'warm' or leave it out.")
    is_asked = not providers or not _OWN_PROVIDERS.isdisjoint(providers)
    return served_tasks if is_asked else ()


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
