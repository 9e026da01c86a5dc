"""Discussions as the JSON that clients read (huggingface_hub 2.4 community.py, hf_api.py `get_discussion_details`).

Whoever is gone has no `author`: the client then says "deleted".
"""

from collections.abc import Mapping, Sequence
from typing import Any

from openhearth.accounts import User
from openhearth.community.discussions.records import HIDDEN_TEXT, Anchor, Comment, Discussion, Event
from openhearth.community.discussions.words import render_comment
from openhearth.kit.clock import iso
from openhearth.kit.names import RepoRef
from openhearth.urls import Urls

Json = dict[str, Any]


class Shapes:
    """Spells records of one repo; `people` are all who occur in them, by id.

    `lines`: whether the reader may see lines of files, as comments on them quote them.
    """

    def __init__(self, repo: RepoRef, urls: Urls, people: Mapping[str, User], *, lines: bool = True) -> None:
        self._lines = lines
        self._repo = repo
        self._urls = urls
        self._people = people

    def discussion(self, discussion: Discussion) -> Json:
        return {
            "num": discussion.number,
            **self._author(discussion.author_id),
            "repo": {"name": self._repo.id, "type": self._repo.type},
            "title": discussion.title,
            "status": discussion.status,
            "createdAt": iso(discussion.created_at),
            "isPullRequest": discussion.is_pull_request,
            "numComments": max(0, discussion.comment_count - 1),
            "pinned": discussion.is_pinned,
            "locked": discussion.is_locked,
            "url": self.url(discussion),
        }

    def url(self, discussion: Discussion) -> str:
        return self._urls.absolute(self._urls.discussion(self._repo, discussion.number))

    def event(self, event: Event) -> Json:
        facts = self._comment(event, event.comment) if event.comment else dict(event.facts)
        return {
            "id": event.id,
            **self._author(event.author_id),
            "createdAt": iso(event.created_at),
            "type": event.kind,
            "data": facts,
        }

    def events(self, events: Sequence[Event]) -> list[Json]:
        return [self.event(event) for event in events]

    def _comment(self, event: Event, comment: Comment) -> Json:
        text = HIDDEN_TEXT if comment.is_hidden else comment.text
        shown: Json = {
            "edited": comment.edited_at is not None and not comment.is_hidden,
            "hidden": comment.is_hidden,
            "latest": self._version(event, text, iso(comment.edited_at or event.created_at)),
            "history": [self._version(event, v.text, iso(v.at)) for v in comment.versions],
            "numEdits": len(comment.versions),
            "reactions": [
                {"reaction": name, "users": self._names(ids), "count": len(ids)}
                for name, ids in comment.reactions.items()
            ],
        }
        return {**shown, "anchor": self._anchor(comment.anchor)} if comment.anchor else shown

    def _anchor(self, anchor: Anchor) -> Json:
        text = {"text": anchor.text} if self._lines else {}
        return {
            "path": anchor.path, "side": anchor.side, "line": anchor.line, "commit": anchor.commit, **text
        }  # fmt: skip

    def _version(self, event: Event, text: str, updated_at: str) -> Json:
        html = str(render_comment(text, self._urls, self._repo))
        return {"raw": text, "html": html, "updatedAt": updated_at, **self._author(event.author_id)}

    def _names(self, ids: Sequence[str]) -> list[str]:
        return [self._people[one].name for one in ids if one in self._people]

    def _author(self, user_id: str | None) -> Json:
        user = self._people.get(user_id) if user_id else None
        if user is None:
            return {}
        return {
            "author": {
                "name": user.name, "fullname": user.fullname, "avatarUrl": self._urls.avatar(user.name),
                "type": "user", "isPro": False,
            }
        }  # fmt: skip


def people_in(discussions: Sequence[Discussion], events: Sequence[Event] = ()) -> set[str]:
    """The ids of all who occur in them."""
    ids = {d.author_id for d in discussions} | {e.author_id for e in events}
    given = {one for e in events if e.comment for users in e.comment.reactions.values() for one in users}
    return {one for one in ids | given if one is not None}
