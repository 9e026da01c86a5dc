"""The page of one discussion: what was said and done, and for a pull request the way into its base."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.access import Action
from openhearth.community.discussions.lines import Range
from openhearth.community.discussions.pages.desk import NUMBER, TAB, Desk, Opened, Title
from openhearth.community.discussions.pages.timeline import Entry, Timeline
from openhearth.community.discussions.records import Status
from openhearth.errors import Invalid
from openhearth.kit.names import RepoType
from openhearth.repos import RepoHead, repo_routes
from openhearth.repos.pull_requests import ref_of
from openhearth.wire.forms import text_of


@dataclass(frozen=True, kw_only=True)
class MergeBox:
    """Where a pull request stands on its way into its base, and what the reader may do about it."""

    has_base: bool = field(metadata={"help": "Whether the branch that it is for is still there"})
    conflicts: Sequence[str]
    commit_count: int
    merge_href: str | None = field(metadata={"help": "The commit that brought it in"})
    merge_oid: str
    may_merge: bool
    has_ref: bool
    fetch: str = field(metadata={"help": "Commands to look at it and to add to it"})
    catch_up: str = field(metadata={"help": "Commands to bring its base into it"})
    browse_href: str


@dataclass(frozen=True, kw_only=True)
class ShowPage:
    """Context of `discussions/show.html`."""

    head: RepoHead
    title: Title
    entries: Sequence[Entry]
    merge: MergeBox | None = field(metadata={"help": "None for a discussion"})
    may_comment: bool
    draft: str = field(metadata={"help": "What was typed, if it could not be taken"})
    error: str
    participants: Sequence[str]
    actions: Sequence[Markup] = field(metadata={"help": "What the slot discussion.actions gave"})
    renaming: bool = field(metadata={"help": "Whether the title is shown as a form"})


class ShowPages:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.urls = desk.urls
        self.timeline = Timeline(desk)

    def routes(self) -> list[Route]:
        form = self.desk.form
        return [
            *repo_routes(NUMBER, self.show),
            *form("/comment", self.comment),
            *form("/title", self.rename),
            *form("/status", self.set_status),
            *form("/merge", self.merge),
            *form("/pin", self.pin),
            *form("/lock", self.lock),
            *form("/ref", self.delete_ref),
        ]

    def show(self, repo_type: RepoType, request: Request) -> Response:
        return self._page(self.desk.open(repo_type, request))

    def _page(self, opened: Opened, *, draft: str = "", error: str = "", status: int = 200) -> Response:
        discussion, request = opened.discussion, opened.at.request
        span = self.desk.pulls.range_of(opened.repo, discussion) if discussion.is_pull_request else None
        entries = self.timeline.entries(opened, self.desk.threads.list_events(discussion), span)
        page = ShowPage(
            head=self.desk.frame.head(opened.at, TAB),
            title=self.desk.title(opened, "Conversation"),
            entries=entries,
            merge=self._merge_box(opened, span) if span else None,
            may_comment=not opened.at.actor.is_anonymous and not discussion.is_locked,
            draft=draft,
            error=error,
            participants=list(dict.fromkeys(entry.author for entry in entries))[:40],
            actions=self.desk.frame.slots.parts(
                "discussion.actions", request, opened.repo, discussion.number
            ),
            renaming=request.query_params.get("rename") == "1",
        )
        return self.desk.web.page(request, "discussions/show.html", page, status=status)

    def _merge_box(self, opened: Opened, span: Range) -> MergeBox:
        repo, discussion, pulls = opened.repo, opened.discussion, self.desk.pulls
        number, oid = discussion.number, discussion.merge_commit
        has_base = pulls.has_base(repo, discussion)
        # A branch may be named so that a shell reads more in it than a name.
        branch, followed = shlex.quote(discussion.base), shlex.quote(f"origin/{discussion.base}")
        fetch = f"git fetch origin {f'{branch} ' if has_base else ''}refs/pr/{number}:pr/{number}"
        look, push = f"{fetch}\ngit checkout pr/{number}", f"git push origin pr/{number}:refs/pr/{number}"
        return MergeBox(
            has_base=has_base,
            conflicts=pulls.list_conflicts(repo, discussion, span)[:50],
            commit_count=len(pulls.list_commits(repo, span)),
            merge_href=self.urls.commit(repo.ref, oid) if oid else None,
            merge_oid=oid or "",
            may_merge=opened.at.may(Action.WRITE),
            has_ref=pulls.has_ref(repo, discussion),
            fetch=f"{look}\n{push}",
            catch_up=f"{look}\ngit merge {followed}\n{push}",
            browse_href=self.urls.tree(repo.ref, ref_of(number)),
        )

    # Forms

    def comment(self, opened: Opened, form: FormData) -> Response:
        """Say something; the button pressed may close or reopen as well."""
        text, then = text_of(form, "comment", default=""), text_of(form, "then", default="")
        repo, actor, discussion = opened.repo, opened.at.actor, opened.discussion
        try:
            if text or not then:
                self.desk.discussions.comments.add(actor, repo, discussion, text)
        except Invalid as error:
            return self._page(opened, draft=text, error=error.message, status=error.status)
        if then:
            self.desk.threads.set_status(actor, repo, discussion, _status(then))
        return self._back(opened, "#end")

    def rename(self, opened: Opened, form: FormData) -> Response:
        title = text_of(form, "title", default="")
        self.desk.threads.rename(opened.at.actor, opened.repo, opened.discussion, title)
        return self._back(opened)

    def set_status(self, opened: Opened, form: FormData) -> Response:
        status = _status(text_of(form, "status"))
        self.desk.threads.set_status(opened.at.actor, opened.repo, opened.discussion, status)
        return self._back(opened)

    def merge(self, opened: Opened, _form: FormData) -> Response:
        self.desk.pulls.merge(opened.at.actor, opened.repo, opened.discussion)
        return self._back(opened)

    def pin(self, opened: Opened, form: FormData) -> Response:
        pinned = text_of(form, "value") == "1"
        self.desk.threads.set_pinned(opened.at.actor, opened.repo, opened.discussion, pinned)
        return self._back(opened)

    def lock(self, opened: Opened, form: FormData) -> Response:
        locked = text_of(form, "value") == "1"
        self.desk.threads.set_locked(opened.at.actor, opened.repo, opened.discussion, locked)
        return self._back(opened)

    def delete_ref(self, opened: Opened, _form: FormData) -> Response:
        self.desk.pulls.delete_ref(opened.at.actor, opened.repo, opened.discussion)
        return self._back(opened)

    def _back(self, opened: Opened, mark: str = "") -> Response:
        return RedirectResponse(self.desk.href(opened) + mark, 303)


def _status(text: str) -> Status:
    known: dict[str, Status] = {"open": "open", "closed": "closed"}
    if text not in known:
        raise Invalid(f"status: {text[:40]!r} cannot be set; use open or closed.")
    return known[text]
