"""The verbs about comments: say, say about a line, edit, hide, react."""

from openhearth.access import Action, Actor
from openhearth.community.discussions import queries
from openhearth.community.discussions.checks import check_reaction, check_text
from openhearth.community.discussions.lines import Lines
from openhearth.community.discussions.records import Comment, Discussion, Event, Line
from openhearth.community.discussions.threads import EVENTS_MAX, Threads
from openhearth.errors import Conflict, Forbidden, Invalid, StaleParent
from openhearth.kit.ids import new_id
from openhearth.repos import Repo
from openhearth.repos.permits import require, require_contribute


class Comments:
    def __init__(self, *, threads: Threads, lines: Lines) -> None:
        self._threads = threads
        self._lines = lines
        self._db = threads.db

    def add(
        self, actor: Actor, repo: Repo, discussion: Discussion, text: str, *, line: Line | None = None
    ) -> Event:
        """Say something, about a `line` of the diff if there is one.

        Raises Unauthenticated, Forbidden where the discussion is locked, Invalid for an empty text or no such line.
        """
        require_contribute(actor, repo)
        text = check_text(text, "comment", required=True)
        self._require_unlocked(repo, discussion)
        anchor = self._lines.anchor(repo, discussion, line) if line is not None else None
        event_id, now = new_id(), self._threads.clock()
        with self._db.write() as rows:
            queries.add_event(
                rows,
                discussion.id,
                event_id=event_id,
                kind="comment",
                author_id=actor.user_id,
                at=now,
                text=text,
            )
            if anchor is not None:
                queries.insert_anchor(rows, event_id, anchor)
        self._threads.announce(actor, repo, discussion, "commented", comment_id=event_id, text=text)
        return self._threads.get_event(discussion, event_id)

    def edit(self, actor: Actor, repo: Repo, discussion: Discussion, comment_id: str, text: str) -> Event:
        """Replace one's own words; the earlier ones stay in the history.

        Raises Forbidden for others' comments and in locked discussions, Conflict for hidden ones.
        """
        require_contribute(actor, repo)
        event, comment = self._find(discussion, comment_id)
        if event.author_id is None or event.author_id != actor.user_id:
            raise Forbidden("Only whoever wrote a comment can edit it.")
        text = check_text(text, "content", required=True)
        self._require_unlocked(repo, discussion)
        self._require_shown(comment)
        if text == comment.text:
            return event
        with self._db.write() as rows:
            if not queries.edit_comment(rows, event.id, comment.text, text, self._threads.clock()):
                raise StaleParent("This comment was changed elsewhere just now; look again and edit it anew.")
        self._threads.announce(actor, repo, discussion, "edited", comment_id=event.id, text=text)
        return self._threads.get_event(discussion, event.id)

    def hide(self, actor: Actor, repo: Repo, discussion: Discussion, comment_id: str) -> Event:
        """Take a comment's words away for good. Whoever wrote it may, and those who may write to the repo."""
        require_contribute(actor, repo)
        event, comment = self._find(discussion, comment_id)
        if event.author_id is None or event.author_id != actor.user_id:
            require(actor, Action.WRITE, repo)
        self._require_shown(comment)
        with self._db.write() as rows:
            queries.hide_comment(rows, event.id, self._threads.clock())
        self._threads.announce(actor, repo, discussion, "hidden", comment_id=event.id)
        return self._threads.get_event(discussion, event.id)

    def react(
        self, actor: Actor, repo: Repo, discussion: Discussion, comment_id: str, reaction: str, *, given: bool
    ) -> Event:
        """Give a reaction or take it back; doing so twice changes nothing."""
        require_contribute(actor, repo)
        event, comment = self._find(discussion, comment_id)
        self._require_unlocked(repo, discussion)
        self._require_shown(comment)
        with self._db.write() as rows:
            queries.set_reaction(rows, event.id, actor.user_id or "", check_reaction(reaction), given)
        return self._threads.get_event(discussion, event.id)

    def _find(self, discussion: Discussion, comment_id: str) -> tuple[Event, Comment]:
        event = self._threads.get_event(discussion, comment_id)
        if event.comment is None:
            raise Invalid(f"comment: {comment_id[:40]!r} is an event, no comment.")
        return event, event.comment

    def _require_unlocked(self, repo: Repo, discussion: Discussion) -> None:
        if discussion.is_locked:
            raise Forbidden(
                f"#{discussion.number} is locked and takes no comments; those who may write to {repo.id} can unlock it."
            )
        if discussion.comment_count >= EVENTS_MAX:
            raise Forbidden(
                f"#{discussion.number} has {discussion.comment_count} comments; begin a new discussion."
            )

    def _require_shown(self, comment: Comment) -> None:
        if comment.is_hidden:
            raise Conflict("This comment was hidden; it can no longer be changed.")
