"""Finding Spaces by words: in their name, title, short description and tags.

A plain search: what clients print as relevancy is the share of the words that occur; nothing here weighs meanings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openhearth.access import Actor
from openhearth.errors import Invalid
from openhearth.repos import Listed, RepoFilter, Repos
from openhearth.repos.runtime import describe_runtime

QUERY_WORDS_MAX = 8
SEARCHED_MAX = 2000  # the most trending come first
FOUND_MAX = 50
_PAGE = 500


@dataclass(frozen=True, kw_only=True)
class SpaceQuery:
    words: str
    tags: Sequence[str] = ()
    sdks: Sequence[str] = ()


def search_spaces(repos: Repos, actor: Actor, query: SpaceQuery) -> list[dict[str, Any]]:
    """What `actor` may see and holds a word, most words first, then most trending. Raises Invalid without a word."""
    words = query.words.lower().split()[:QUERY_WORDS_MAX]
    if not words:
        raise Invalid("q: is empty; give a word to look for.")
    scored = [
        (_share(item, words), item)
        for item in _list_spaces(repos, actor, query)
        if not query.sdks or item.repo.sdk in query.sdks
    ]
    found = sorted((pair for pair in scored if pair[0]), key=lambda pair: -pair[0])
    return [_describe(item, share) for share, item in found[:FOUND_MAX]]


def _list_spaces(repos: Repos, actor: Actor, query: SpaceQuery) -> list[Listed]:
    wanted = RepoFilter(type="space", tags=query.tags)
    found: list[Listed] = []
    cursor = None
    while len(found) < SEARCHED_MAX:
        page = repos.catalogue.list_repos(actor, wanted, limit=_PAGE, cursor=cursor)
        found += page.items
        cursor = page.cursor
        if cursor is None:
            break
    return found


def _share(item: Listed, words: Sequence[str]) -> float:
    """How many of `words` a Space speaks of, 0 to 1."""
    card = item.facts.card
    told = (item.repo.id, card.get("title"), card.get("short_description"), *item.facts.tags)
    text = " ".join(str(part) for part in told if part).lower()
    return sum(word in text for word in words) / len(words)


def _describe(item: Listed, share: float) -> dict[str, Any]:
    card = item.facts.card
    return {
        "id": item.repo.id, "author": item.repo.ref.namespace, "title": str(card.get("title") or item.repo.ref.name),
        "emoji": card.get("emoji"), "sdk": item.repo.sdk, "likes": item.repo.likes, "private": item.repo.is_private,
        "tags": list(item.facts.tags), "runtime": describe_runtime(has_app=True),
        "ai_short_description": card.get("short_description"), "semanticRelevancyScore": round(share, 4),
        "trendingScore": item.repo.trending,
    }  # fmt: skip
