"""Events as the page shows them: comments with what may be done to them, and lines about what happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup

from openhearth.access import Action
from openhearth.accounts import User
from openhearth.community.discussions.lines import Range
from openhearth.community.discussions.pages.desk import GONE, Desk, Opened
from openhearth.community.discussions.records import REACTIONS, Anchor, Comment, Event, EventKind, Line
from openhearth.community.discussions.shapes import people_in
from openhearth.community.discussions.words import render_comment


@dataclass(frozen=True, kw_only=True)
class ReactionMark:
    name: str
    sign: str
    count: int
    people: str
    is_mine: bool


@dataclass(frozen=True, kw_only=True)
class EarlierVersion:
    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class Quote:
    """The line of the diff that a comment speaks of. `href` leads to it, unless it is outdated."""

    path: str
    line: int
    text: str
    is_removed: bool
    href: str | None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of a timeline. `html` is set for comments; `href` leads to a commit."""

    id: str
    kind: EventKind
    author: str
    author_href: str | None
    created_at: datetime
    is_opening: bool = False
    html: Markup | None = None
    is_hidden: bool = False
    edited_at: datetime | None = None
    versions: Sequence[EarlierVersion] = ()
    reactions: Sequence[ReactionMark] = field(
        default=(), metadata={"help": "All there are, also ungiven ones"}
    )
    may_react: bool = False
    may_edit: bool = False
    may_hide: bool = False
    quote: Quote | None = None
    words: str = field(default="", metadata={"help": "What happened, if nothing was said"})
    status: str = ""
    oid: str = ""
    href: str | None = None


def line_id(line: Line) -> str:
    """What a line of a diff is called in an address."""
    return f"L-{line.side}-{line.line}-{line.path}"


class Timeline:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._urls = desk.urls

    def entries(self, opened: Opened, events: Sequence[Event], span: Range | None) -> list[Entry]:
        """`span` is what a pull request changes now: where lines are looked for."""
        people = self._desk.discussions.people.list_users_by_id(people_in((), events))
        return [self._entry(opened, event, people, span) for event in events]

    def _entry(self, opened: Opened, event: Event, people: Mapping[str, User], span: Range | None) -> Entry:
        author = people.get(event.author_id or "")
        name, href = (author.name, self._urls.profile(author.name)) if author else (GONE, None)
        if event.comment is not None:
            return self._comment(opened, event, event.comment, people, span, name, href)
        facts = event.facts
        return Entry(
            id=event.id, kind=event.kind, author=name, author_href=href, created_at=event.created_at,
            words=_words(event), status=str(facts.get("status", "")), oid=str(facts.get("oid", "")),
            href=self._urls.commit(opened.repo.ref, str(facts["oid"])) if "oid" in facts else None,
        )  # fmt: skip

    def _comment(
        self, opened: Opened, event: Event, comment: Comment, people: Mapping[str, User], span: Range | None,
        name: str, href: str | None,
    ) -> Entry:  # fmt: skip
        actor, is_locked = opened.at.actor, opened.discussion.is_locked
        is_mine = actor.user_id is not None and actor.user_id == event.author_id
        return Entry(
            id=event.id,
            kind="comment",
            author=name,
            author_href=href,
            created_at=event.created_at,
            is_opening=event.position == 1,
            html=render_comment(comment.text, self._urls, opened.repo.ref),
            is_hidden=comment.is_hidden,
            edited_at=comment.edited_at,
            versions=[EarlierVersion(at=v.at, text=v.text) for v in comment.versions],
            reactions=_marks(comment, actor.user_id, people),
            may_react=not actor.is_anonymous and not is_locked and not comment.is_hidden,
            may_edit=is_mine and not is_locked and not comment.is_hidden,
            may_hide=(is_mine or opened.at.may(Action.WRITE)) and not comment.is_hidden,
            quote=self._quote(opened, comment.anchor, span) if comment.anchor and span else None,
        )

    def _quote(self, opened: Opened, anchor: Anchor, span: Range) -> Quote:
        now = self._desk.discussions.lines.find_now(opened.repo, span, anchor)
        is_readable = self._desk.repos.admission.find_refusal(opened.at.actor, opened.repo) is None
        href = f"{self._desk.href(opened)}/files#{line_id(now)}" if now else None
        return Quote(
            path=now.path if now else anchor.path, line=now.line if now else anchor.line, text=anchor.text if is_readable else "",
            is_removed=anchor.side == "old", href=href,
        )  # fmt: skip


def _marks(comment: Comment, reader_id: str | None, people: Mapping[str, User]) -> list[ReactionMark]:
    return [
        ReactionMark(
            name=name,
            sign=sign,
            count=len(comment.reactions.get(name, ())),
            people=", ".join(people[one].name for one in comment.reactions.get(name, ()) if one in people),
            is_mine=reader_id is not None and reader_id in comment.reactions.get(name, ()),
        )
        for name, sign in REACTIONS.items()
    ]


def _words(event: Event) -> str:
    facts = event.facts
    match event.kind:
        case "status-change":
            said = {"open": "opened this", "closed": "closed this", "merged": "merged this"}
            return said.get(str(facts.get("status")), "changed the status")
        case "title-change":
            return f"changed the title from “{facts.get('from')}” to “{facts.get('to')}”"
        case "pinning-change":
            return "pinned this" if facts.get("pinned") else "unpinned this"
        case "locking-change":
            return "locked this" if facts.get("locked") else "unlocked this"
        case _:
            return str(facts.get("subject", ""))
