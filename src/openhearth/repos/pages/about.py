"""What a repo says of itself in short: the chips below its name and the lines of its metadata panel."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openhearth.access import Actor
from openhearth.errors import Invalid
from openhearth.kit.names import RepoType, split_repo_id
from openhearth.repos.pages.frame import exists_for
from openhearth.repos.pages.tag_groups import (
    BASE_MODEL,
    DATASET,
    DATASET_LANGUAGE,
    LANGUAGE,
    LIBRARY,
    LICENSE,
    SDK,
    SIZE,
    TASK,
    TASK_CATEGORY,
    TagGroup,
    group_of,
    tag_href,
    tag_label,
)  # fmt: skip
from openhearth.repos.records import Facts, Repo, RepoFilter
from openhearth.repos.service import Repos
from openhearth.urls import Urls

CHIPS_MAX = 24
LINKS_MAX = 12
_KINDS: dict[str, str] = {"pipeline_tag": "model", "task_categories": "dataset", "sdk": "space"}
_RELATIONS = {"adapter": "Adapters", "finetune": "Fine-tunes", "merge": "Merges", "quantized": "Quantized"}


@dataclass(frozen=True, kw_only=True)
class TagChip:
    label: str
    href: str
    key: str = ""
    kind: str = "plain"


@dataclass(frozen=True, kw_only=True)
class Link:
    label: str
    href: str | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the metadata panel."""

    label: str
    links: Sequence[Link]


def chips_of(tags: Sequence[str], repo_type: RepoType) -> list[TagChip]:
    """Tags as links to the lists they filter; those that the panel spells out in full are left out."""
    shown = [tag for tag in tags if _is_chip(group_of(tag, repo_type), tag)]
    return [_chip(tag, repo_type) for tag in shown[:CHIPS_MAX]]


def _is_chip(group: TagGroup, tag: str) -> bool:
    if group in (DATASET, BASE_MODEL):
        return False
    return not tag.startswith(("annotations_creators:", "language_creators:", "source_datasets:"))


def _chip(tag: str, repo_type: RepoType) -> TagChip:
    group = group_of(tag, repo_type)
    key = "licence" if group is LICENSE else "rows" if group is SIZE else ""
    label, href = tag_label(tag, repo_type), tag_href(tag, repo_type)
    return TagChip(label=label, href=href, key=key, kind=_KINDS.get(group.parameter, "plain"))


class About:
    """Finds what else on this hub a repo is related to."""

    def __init__(self, *, repos: Repos, urls: Urls) -> None:
        self.repos = repos
        self.urls = urls

    def lines(self, actor: Actor, repo: Repo, facts: Facts) -> list[Line]:
        """The metadata panel."""
        found = [
            self._tag_line("Task", facts.tags, repo.ref.type, (TASK, TASK_CATEGORY)),
            self._tag_line("Library", facts.tags, repo.ref.type, (LIBRARY, SDK)),
            self._tag_line("Language", facts.tags, repo.ref.type, (LANGUAGE, DATASET_LANGUAGE)),
            self._license(repo, facts),
            *self._related(actor, facts),
        ]
        return [line for line in found if line.links]

    def _tag_line(self, label: str, tags: Sequence[str], kind: RepoType, groups: Sequence[TagGroup]) -> Line:
        found = [tag for tag in tags if group_of(tag, kind) in groups][:LINKS_MAX]
        return Line(
            label=label, links=[Link(label=tag_label(t, kind), href=tag_href(t, kind)) for t in found]
        )

    def _license(self, repo: Repo, facts: Facts) -> Line:
        tags = [tag for tag in facts.tags if tag.startswith(LICENSE.prefix)]
        kind = repo.ref.type
        name = facts.card.get("license_name")
        links = [
            Link(
                label=name if tag == "license:other" and isinstance(name, str) else tag_label(tag, kind),
                href=tag_href(tag, kind),
            )
            for tag in tags
        ]
        return Line(label="Licence", links=links)

    def _related(self, actor: Actor, facts: Facts) -> Iterator[Line]:
        kinds: tuple[tuple[str, str, RepoType], ...] = (
            ("Base model", "base_model", "model"), ("Trained on", "datasets", "dataset"),
            ("Uses", "models", "model"), ("Newer version", "new_version", "model"),
        )  # fmt: skip
        for label, name, kind in kinds:
            value = facts.card.get(name)
            ids = [v for v in (value if isinstance(value, list) else [value]) if isinstance(v, str) and v]
            yield Line(label=label, links=[self._link(actor, kind, repo_id) for repo_id in ids[:LINKS_MAX]])

    def _link(self, actor: Actor, kind: RepoType, repo_id: str) -> Link:
        """A link to the repo if this hub has it; else its name alone."""
        try:
            ref = split_repo_id(repo_id, kind)
        except Invalid:
            return Link(label=repo_id)
        return Link(label=repo_id, href=self.urls.repo(ref) if exists_for(self.repos, actor, ref) else None)

    def derived(self, actor: Actor, repo: Repo) -> list[Link]:
        """What was made from this repo, as links to filtered lists, with their numbers."""
        if repo.ref.type == "model":
            wanted = {label: f"base_model:{relation}:{repo.id}" for relation, label in _RELATIONS.items()}
            return self._counts(actor, wanted, "model")
        if repo.ref.type == "dataset":
            return self._counts(actor, {"Models trained on it": f"dataset:{repo.id}"}, "model")
        return []

    def _counts(self, actor: Actor, wanted: dict[str, str], kind: RepoType) -> list[Link]:
        found = []
        for label, tag in wanted.items():
            count = self.repos.catalogue.count_repos(actor, RepoFilter(type=kind, tags=(tag,)))
            if count:
                found.append(Link(label=f"{label}: {count:,}", href=tag_href(tag, kind)))
        return found
