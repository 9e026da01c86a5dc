"""The filters beside a list: which options there are, how many repos each has, and where it leads. Pure."""

from collections.abc import Iterable, Sequence

from openhearth.repos.pages.list_address import PARAMETER_RANGES, ListAddress
from openhearth.repos.pages.tag_groups import (
    DATASET,
    GROUPS,
    OTHER,
    TASK,
    TASK_CATEGORY,
    TASKS_BY_MODALITY,
    TagGroup,
    group_of,
    tag_label,
)  # fmt: skip
from openhearth.web.parts import Facet, FacetOption

OPTIONS_MAX = 40
OPEN_GROUPS = 3


def facets_of(address: ListAddress, counts: Iterable[tuple[str, int]]) -> list[Facet]:
    """Every filter with something to choose. `counts` are tags with the number of repos that carry them."""
    counted = {tag: count for tag, count in counts if count > 0}
    by_group: dict[TagGroup, list[str]] = {group: [] for group in GROUPS[address.type]}
    for tag in (*address.tags, *(tag for tag in counted if tag not in address.tags)):
        by_group[group_of(tag, address.type)].append(tag)
    facets: list[Facet] = []
    for group, tags in by_group.items():
        if group in (TASK, TASK_CATEGORY):
            facets += _task_facets(address, group, tags, counted)
        elif tags:
            is_open = len(facets) < OPEN_GROUPS or any(tag in address.tags for tag in tags)
            hidden = group in (DATASET, OTHER) and not any(tag in address.tags for tag in tags)
            facets.append(_facet(address, group.title, tags, counted, open=is_open and not hidden))
    if address.type == "model" and (counted or address.size):
        after_tasks = sum(facet.title.startswith(TASK.title) for facet in facets)
        facets.insert(after_tasks, _size_facet(address))
    return facets


def _task_facets(
    address: ListAddress, group: TagGroup, tags: Sequence[str], counted: dict[str, int]
) -> list[Facet]:
    """Tasks by modality, in one facet while they are few."""
    if len(tags) <= 8:
        return [_facet(address, group.title, tags, counted, open=True)] if tags else []
    found = []
    for modality, tasks in TASKS_BY_MODALITY.items():
        inside = [tag for tag in tags if group.value(tag) in tasks]
        if inside:
            found.append(_facet(address, f"{group.title}: {modality.lower()}", inside, counted, open=True))
    return found


def _facet(
    address: ListAddress, title: str, tags: Sequence[str], counted: dict[str, int], *, open: bool
) -> Facet:
    options = [
        FacetOption(
            label=tag_label(tag, address.type),
            href=address.with_tag(tag).href,
            count=counted.get(tag, 0),
            selected=tag in address.tags,
        )
        for tag in tags[:OPTIONS_MAX]
    ]
    return Facet(title=title, options=options, open=open)


def _size_facet(address: ListAddress) -> Facet:
    options = [
        FacetOption(label=label, href=address.with_size(size).href, selected=size == address.size)
        for size, (label, _, _) in PARAMETER_RANGES.items()
    ]
    return Facet(title="Parameters", options=options, open=True)


def selected_chips(address: ListAddress) -> list[FacetOption]:
    """What narrows the list now; each leads to the list without it."""
    chips = []
    if address.search:
        without = ListAddress(
            type=address.type, author=address.author, tags=address.tags, size=address.size, sort=address.sort
        )
        chips.append(FacetOption(label=f"“{address.search}”", href=without.href))
    if address.author:
        without = ListAddress(
            type=address.type, search=address.search, tags=address.tags, size=address.size, sort=address.sort
        )
        chips.append(FacetOption(label=f"by {address.author}", href=without.href))
    chips += [
        FacetOption(label=tag_label(t, address.type), href=address.with_tag(t).href) for t in address.tags
    ]
    if address.size:
        chips.append(
            FacetOption(label=PARAMETER_RANGES[address.size][0], href=address.with_size(address.size).href)
        )
    return chips
