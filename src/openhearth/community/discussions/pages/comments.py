"""What is done to one comment: edited on a page of its own, hidden, given a reaction."""

from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.community.discussions.pages.desk import NUMBER, TAB, Desk, Opened, Title
from openhearth.errors import Forbidden, Invalid
from openhearth.kit.names import RepoType
from openhearth.repos import RepoHead, repo_routes
from openhearth.wire.forms import text_of

_ONE = "/comment/{comment}"


@dataclass(frozen=True, kw_only=True)
class EditPage:
    """Context of `discussions/edit.html`."""

    head: RepoHead
    title: Title
    action: str
    text: str
    error: str


class CommentPages:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.comments = desk.discussions.comments

    def routes(self) -> list[Route]:
        return [
            *repo_routes(f"{NUMBER}{_ONE}/edit", self.show_edit),
            *self.desk.form(f"{_ONE}/edit", self.edit),
            *self.desk.form(f"{_ONE}/hide", self.hide),
            *self.desk.form(f"{_ONE}/react", self.react),
        ]

    def show_edit(self, repo_type: RepoType, request: Request) -> Response:
        opened = self.desk.open(repo_type, request)
        event = self.desk.threads.get_event(opened.discussion, _id(opened))
        if event.comment is None or event.author_id is None or event.author_id != opened.at.actor.user_id:
            raise Forbidden("Only whoever wrote a comment can edit it.")
        return self._page(opened, event.comment.text)

    def _page(self, opened: Opened, text: str, *, error: str = "", status: int = 200) -> Response:
        page = EditPage(
            head=self.desk.frame.head(opened.at, TAB),
            title=self.desk.title(opened, "Conversation"),
            action=f"{self.desk.href(opened)}/comment/{_id(opened)}/edit",
            text=text,
            error=error,
        )
        return self.desk.web.page(opened.at.request, "discussions/edit.html", page, status=status)

    def edit(self, opened: Opened, form: FormData) -> Response:
        text = text_of(form, "content", default="")
        try:
            self.comments.edit(opened.at.actor, opened.repo, opened.discussion, _id(opened), text)
        except Invalid as error:
            return self._page(opened, text, error=error.message, status=error.status)
        return self._back(opened)

    def hide(self, opened: Opened, _form: FormData) -> Response:
        self.comments.hide(opened.at.actor, opened.repo, opened.discussion, _id(opened))
        return self._back(opened)

    def react(self, opened: Opened, form: FormData) -> Response:
        """The button holds the reaction, with a minus in front of one to take back."""
        reaction = text_of(form, "reaction")
        self.comments.react(
            opened.at.actor, opened.repo, opened.discussion, _id(opened), reaction.removeprefix("-"),
            given=not reaction.startswith("-"),
        )  # fmt: skip
        return self._back(opened)

    def _back(self, opened: Opened) -> Response:
        return RedirectResponse(f"{self.desk.href(opened)}#{_id(opened)}", 303)


def _id(opened: Opened) -> str:
    comment_id: str = opened.at.request.path_params["comment"]
    return comment_id.lower()
