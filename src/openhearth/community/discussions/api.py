"""JSON routes of discussions and pull requests, as huggingface_hub 2.4 calls them (hf_api.py
`get_repo_discussions` to `hide_discussion_comment`); pin, lock, reactions and settings are this hub's own.
"""

from typing import get_args

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from starlette.requests import Request

from openhearth.access import Actor
from openhearth.community.discussions.bodies import (
    CommentBody,
    EditBody,
    LockBody,
    MergeBody,
    NewBody,
    PinBody,
    ReactionBody,
    SettingsBody,
    StatusBody,
    TitleBody,
)
from openhearth.community.discussions.records import (
    Discussion,
    Event,
    Listed,
    ListedKind,
    ListedStatus,
    Status,
    Wanted,
)
from openhearth.community.discussions.service import Discussions
from openhearth.community.discussions.shapes import Json, Shapes, people_in
from openhearth.errors import Gated, Invalid
from openhearth.repos import API, Addressed, Repo, Repos
from openhearth.urls import Urls
from openhearth.wire.paging import read_flag
from openhearth.wire.request import actor_of
from openhearth.wire.routing import LeanRoute

BASE = f"{API}/discussions"
ONE = f"{BASE}/{{number:int}}"
_MAX_NUMBER = 10**9


class DiscussionApi:
    def __init__(self, *, discussions: Discussions, repos: Repos, urls: Urls) -> None:
        self._discussions = discussions
        self._threads = discussions.threads
        self._comments = discussions.comments
        self._pulls = discussions.pulls
        self._urls = urls
        self._catalogue = repos.catalogue
        self._addressed = Addressed(repos.catalogue)

    def router(self) -> APIRouter:
        router = APIRouter(tags=["discussions"], route_class=LeanRoute)
        for method, path, endpoint in (
            ("GET", BASE, self.list_discussions),
            ("POST", BASE, self.create),
            ("PUT", f"{BASE}/settings", self.change_settings),
            ("GET", ONE, self.get_details),
            ("POST", f"{ONE}/comment", self.comment),
            ("POST", f"{ONE}/title", self.rename),
            ("POST", f"{ONE}/status", self.set_status),
            ("POST", f"{ONE}/merge", self.merge),
            ("POST", f"{ONE}/pin", self.pin),
            ("POST", f"{ONE}/lock", self.lock),
            ("DELETE", f"{ONE}/ref", self.delete_ref),
            ("POST", f"{ONE}/comment/{{comment}}/edit", self.edit),
            ("POST", f"{ONE}/comment/{{comment}}/hide", self.hide),
            ("POST", f"{ONE}/comment/{{comment}}/reaction", self.react),
            ("DELETE", f"{ONE}/comment/{{comment}}/reaction", self.take_reaction_back),
        ):
            router.add_api_route(path, endpoint, methods=[method], response_class=JSONResponse)
        return router

    # Reading

    def list_discussions(self, request: Request) -> Response:
        """The discussions and pull requests of a repo."""
        repo = self._addressed.repo(request)
        wanted = self._wanted(request)
        page = _page(request)
        found = Listed((), page, 0)
        if wanted is not None:
            found = self._threads.list_discussions(repo, wanted, page=page)
        else:
            self._threads.require_enabled(repo)
        shapes = self._shapes(repo, people_in(found.items))
        items = [shapes.discussion(discussion) for discussion in found.items]
        return JSONResponse({"discussions": items, "count": found.total, "start": found.start})

    def _wanted(self, request: Request) -> Wanted | None:
        """What the query asks for; None if its author is nobody here."""
        query = request.query_params
        kind, status = query.get("type", "all"), query.get("status", "all")
        if kind not in get_args(ListedKind):
            raise Invalid(f"type: {kind[:40]!r} is unknown; use all, discussion or pull_request.")
        if status not in get_args(ListedStatus):
            raise Invalid(f"status: {status[:40]!r} is unknown; use all, open or closed.")
        author_id = None
        if name := query.get("author"):
            found = self._discussions.people.find_namespace(name)
            if found is None:
                return None
            author_id = found.id
        return Wanted(kind=kind, status=status, author_id=author_id)  # type: ignore[arg-type]

    def get_details(self, request: Request) -> Response:
        """One discussion with all that happened in it; with `diff`, the changes of a pull request too."""
        actor, repo, discussion = self._one(request)
        events = self._threads.list_events(discussion)
        shapes = self._shapes(repo, people_in([discussion], events), lines=self._may_read_files(actor, repo))
        answer = {**shapes.discussion(discussion), "events": shapes.events(events)}
        if discussion.is_pull_request:
            answer |= self._changes(actor, repo, discussion, with_diff=read_flag(request, "diff"))
        return JSONResponse(answer)

    def _changes(self, actor: Actor, repo: Repo, discussion: Discussion, *, with_diff: bool) -> Json:
        span = self._pulls.range_of(repo, discussion)
        merge = {"mergeCommitId": discussion.merge_commit} if discussion.merge_commit else {}
        answer: Json = {
            "changes": {"base": f"refs/heads/{discussion.base}", **merge},
            "filesWithConflicts": list(self._pulls.list_conflicts(repo, discussion, span)),
        }
        if with_diff and self._may_read_files(actor, repo):
            answer["diff"] = self._pulls.patch(repo, span)
        return answer

    def _may_read_files(self, actor: Actor, repo: Repo) -> bool:
        """Whether a diff, which holds what files hold, may be shown. The discussion of a gated repo is open."""
        try:
            self._catalogue.require_files(actor, repo)
        except Gated:
            return False
        return True

    # Changing

    def create(self, request: Request, body: NewBody) -> Response:
        """Begin a discussion, or a pull request as a draft with a ref to push to."""
        actor, repo = self._addressed.both(request)
        said = {"title": body.title, "description": body.description}
        made = (
            self._pulls.open_draft(actor, repo, **said, base=body.base)
            if body.pullRequest
            else self._threads.open(actor, repo, **said)
        )
        url = self._urls.absolute(self._urls.discussion(repo.ref, made.number))
        return JSONResponse({"num": made.number, "url": url, "pullRequest": made.is_pull_request})

    def comment(self, request: Request, body: CommentBody) -> Response:
        """Say something, on a line of the diff if `anchor` names one."""
        actor, repo, discussion = self._one(request)
        event = self._comments.add(
            actor, repo, discussion, body.comment, line=body.anchor.line_asked if body.anchor else None
        )
        return self._event(repo, "newMessage", event)

    def rename(self, request: Request, body: TitleBody) -> Response:
        """Change the title."""
        actor, repo, discussion = self._one(request)
        return self._event(repo, "newTitle", self._threads.rename(actor, repo, discussion, body.title))

    def set_status(self, request: Request, body: StatusBody) -> Response:
        """Close or reopen; `open` publishes a draft."""
        actor, repo, discussion = self._one(request)
        status: Status = body.status  # type: ignore[assignment]
        event = self._threads.set_status(actor, repo, discussion, status)
        self._say(actor, repo, discussion, body.comment)
        return self._event(repo, "newStatus", event)

    def merge(self, request: Request, body: MergeBody | None = None) -> Response:
        """Bring a pull request into its base."""
        actor, repo, discussion = self._one(request)
        oid = self._pulls.merge(actor, repo, discussion)
        self._say(actor, repo, discussion, body.comment if body else None)
        return JSONResponse({"success": True, "mergeCommitId": oid})

    def _say(self, actor: Actor, repo: Repo, discussion: Discussion, text: str | None) -> None:
        if text and text.strip() and not discussion.is_locked:
            self._comments.add(actor, repo, discussion, text)

    def pin(self, request: Request, body: PinBody) -> Response:
        """Keep a discussion at the top of the list, or no longer."""
        event = self._threads.set_pinned(*self._one(request), body.pinned)
        return self._event(self._addressed.repo(request), "newPinning", event)

    def lock(self, request: Request, body: LockBody) -> Response:
        """Take no more comments, or again."""
        event = self._threads.set_locked(*self._one(request), body.locked)
        return self._event(self._addressed.repo(request), "newLocking", event)

    def delete_ref(self, request: Request) -> Response:
        """Remove the ref of a pull request that is closed or merged."""
        self._pulls.delete_ref(*self._one(request))
        return JSONResponse({"success": True})

    def edit(self, request: Request, body: EditBody) -> Response:
        """Replace one's own words."""
        actor, repo, discussion = self._one(request)
        comment_id = request.path_params["comment"]
        event = self._comments.edit(actor, repo, discussion, comment_id, body.content)
        return self._event(repo, "updatedComment", event)

    def hide(self, request: Request) -> Response:
        """Take a comment's words away for good."""
        actor, repo, discussion = self._one(request)
        event = self._comments.hide(actor, repo, discussion, request.path_params["comment"])
        return self._event(repo, "updatedComment", event)

    def react(self, request: Request, body: ReactionBody) -> Response:
        """Give a comment a reaction."""
        return self._react(request, body.reaction, given=True)

    def take_reaction_back(self, request: Request, body: ReactionBody) -> Response:
        """Take a reaction back."""
        return self._react(request, body.reaction, given=False)

    def _react(self, request: Request, reaction: str, *, given: bool) -> Response:
        actor, repo, discussion = self._one(request)
        comment_id = request.path_params["comment"]
        event = self._comments.react(actor, repo, discussion, comment_id, reaction, given=given)
        return self._event(repo, "updatedComment", event)

    def change_settings(self, request: Request, body: SettingsBody) -> Response:
        """Turn discussions and pull requests of a repo off or on."""
        actor, repo = self._addressed.both(request)
        self._threads.set_enabled(actor, repo, not body.disabled)
        return JSONResponse({"disabled": body.disabled})

    def _one(self, request: Request) -> tuple[Actor, Repo, Discussion]:
        repo = self._addressed.repo(request)
        number = min(request.path_params["number"], _MAX_NUMBER)
        return actor_of(request), repo, self._threads.get(repo, number)

    def _event(self, repo: Repo, name: str, event: Event) -> Response:
        return JSONResponse({name: self._shapes(repo, people_in((), [event])).event(event)})

    def _shapes(self, repo: Repo, ids: set[str], *, lines: bool = True) -> Shapes:
        return Shapes(repo.ref, self._urls, self._discussions.people.list_users_by_id(ids), lines=lines)


def _page(request: Request) -> int:
    text = request.query_params.get("p", "0")
    if not (text.isascii() and text.isdecimal() and len(text) < 8):
        raise Invalid(f"p: {text[:40]!r} is no page number; count from 0.")
    return int(text)
