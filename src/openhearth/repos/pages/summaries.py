"""Repos as lists, cards and profiles show them."""

import re

from openhearth.repos.pages.tag_groups import task_label
from openhearth.repos.records import Listed
from openhearth.urls import Urls
from openhearth.web.parts import RepoSummary

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"\*\*|__|`|<[^>]{1,200}>")


def summary_of(listed: Listed, urls: Urls) -> RepoSummary:
    repo, facts = listed.repo, listed.facts
    return RepoSummary(
        type=repo.ref.type,
        id=repo.id,
        href=urls.repo(repo.ref),
        updated_at=repo.last_modified,
        summary=plain_words(facts.description or ""),
        task=task_label(facts.pipeline_tag) if facts.pipeline_tag else None,
        library=facts.library_name or repo.sdk,
        parameters=facts.parameters,
        downloads=repo.downloads,
        likes=repo.likes,
        private=repo.is_private,
        gated=repo.gated is not None,
    )


def plain_words(markdown: str) -> str:
    """A line of Markdown without its marks, for places where it is not drawn."""
    return _MARKS.sub("", _LINK.sub(r"\1", markdown)).strip()
