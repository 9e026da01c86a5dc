"""Writing text in the browser: a new file, or a new version of one.

The form carries the commit it was made from. If the file itself has changed since, nothing is written: the
page comes back with the text kept and says so. Commits to other files do not stand in the way.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.errors import Invalid, StaleParent
from openhearth.kit.names import check_path
from openhearth.repos.pages.frame import RepoHead
from openhearth.repos.pages.places import Place, Places, field_of
from openhearth.repos.pages.previews import TEXT_MAX_BYTES, is_text
from openhearth.repos.pull_requests import number_of
from openhearth.repos.records import AddFile, Entry
from openhearth.web.parts import Crumb
from openhearth.wire.forms import text_of

README_START = (
    "---\nlicense: apache-2.0\n---\n\n# {name}\n\n"
    "Say in a few words what this is, what it is for, and how it was made.\n"
)


@dataclass(frozen=True, kw_only=True)
class EditPage:
    """Context of `repos/edit.html`: a file's text, of a new file or of one that exists."""

    head: RepoHead
    crumbs: Sequence[Crumb]
    action: str
    is_new: bool
    name: str = field(metadata={"help": "The name as typed, for a new file"})
    text: str
    parent: str = field(metadata={"help": "The commit that the text was read from"})
    summary: str
    branch: str
    only_proposes: bool = field(metadata={"help": "The reader may not commit here, only open a pull request"})
    may_propose: bool = field(metadata={"help": "Whether pull requests are opened against this branch"})
    errors: dict[str, str]
    conflict_href: str | None = field(metadata={"help": "What stands there now, if it changed meanwhile"})
    cancel_href: str


class WritePages:
    def __init__(self, places: Places) -> None:
        self.places = places
        self.frame = places.frame
        self.content = places.content
        self.urls = places.urls

    def routes(self) -> list[Route]:
        return [
            *self.places.form("/edit/{rev:seg}/{path:rest}", self.show_edit, self.save),
            *self.places.form("/new/{rev:seg}", self.show_new, self.create),
            *self.places.form("/new/{rev:seg}/{path:rest}", self.show_new, self.create),
        ]

    def show_edit(self, place: Place) -> Response:
        entry = self.content.get_file(place.opened.repo, place.commit, place.path)
        return self._edit_page(place, text=self._read_text(place, entry))

    def _read_text(self, place: Place, entry: Entry) -> str:
        self.frame.repos.catalogue.require_files(place.opened.actor, place.opened.repo)
        if entry.lfs is not None or entry.size_bytes > TEXT_MAX_BYTES:
            raise Invalid(f"path: {place.path!r} is a large file; upload a new version of it instead.")
        content = self.content.read_span(place.opened.repo, entry, 0, entry.size_bytes)
        if not is_text(content):
            raise Invalid(f"path: {place.path!r} is no UTF-8 text; upload a new version of it instead.")
        return content.decode()

    def _edit_page(
        self,
        place: Place,
        *,
        text: str,
        parent: str | None = None,
        summary: str = "",
        errors: dict[str, str] | None = None,
        conflict_href: str | None = None,
        status: int = 200,
    ) -> Response:
        ref = place.opened.repo.ref
        page = EditPage(
            head=self.frame.head(place.opened, "Files"),
            crumbs=self.places.crumbs(place, "Edit"),
            action=self.urls.edit(ref, place.branch, place.path),
            is_new=False,
            name=place.path,
            text=text,
            parent=parent or place.commit,
            summary=summary,
            branch=place.branch,
            only_proposes=place.only_proposes,
            may_propose=number_of(place.branch) is None,
            errors=errors or {},
            conflict_href=conflict_href,
            cancel_href=self.urls.blob(ref, place.branch, place.path),
        )
        return self.frame.web.page(place.opened.request, "repos/edit.html", page, status=status)

    def save(self, place: Place, form: FormData) -> Response:
        repo, text = place.opened.repo, _text_content(form)
        parent, summary = text_of(form, "parent"), text_of(form, "summary", default="")
        try:
            if self._changed_since(place, parent):
                raise StaleParent(f"{place.path} was changed by somebody else.")
            proposed = self.places.commit(
                place, [AddFile(place.path, text.encode())], summary or f"Update {place.path}",
                as_pull_request=self.places.wants_pull_request(form),
            )  # fmt: skip
        except StaleParent:
            now = self.urls.blob(repo.ref, place.branch, place.path)
            return self._edit_page(place, text=text, summary=summary, conflict_href=now, status=409)
        except Invalid as error:
            errors = {field_of(error): error.message}
            return self._edit_page(
                place, text=text, parent=parent, summary=summary, errors=errors, status=400
            )
        return RedirectResponse(proposed or self.urls.blob(repo.ref, place.branch, place.path), 303)

    def _changed_since(self, place: Place, parent: str) -> bool:
        """Whether the file at `place` is another than it was at the commit `parent`."""
        repo = place.opened.repo
        before = self.content.find_entry(repo, self.content.resolve(repo, parent), place.path)
        now = self.content.find_entry(repo, place.commit, place.path)
        return (before.etag if before else None) != (now.etag if now else None)

    def show_new(self, place: Place) -> Response:
        name = place.opened.request.query_params.get("name", "")
        text = README_START.format(name=place.opened.repo.ref.name) if name == "README.md" else ""
        return self._new_page(place, name=name, text=text)

    def _new_page(
        self,
        place: Place,
        *,
        name: str,
        text: str,
        summary: str = "",
        errors: dict[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        ref = place.opened.repo.ref
        page = EditPage(
            head=self.frame.head(place.opened, "Files"),
            crumbs=self.places.crumbs(place, "New file"),
            action=self.urls.new_file(ref, place.branch, place.path),
            is_new=True,
            name=name,
            text=text,
            parent=place.commit,
            summary=summary,
            branch=place.branch,
            only_proposes=place.only_proposes,
            may_propose=number_of(place.branch) is None,
            errors=errors or {},
            conflict_href=None,
            cancel_href=self.urls.tree(ref, place.branch, place.path),
        )
        return self.frame.web.page(place.opened.request, "repos/edit.html", page, status=status)

    def create(self, place: Place, form: FormData) -> Response:
        repo, text = place.opened.repo, _text_content(form)
        name, summary = text_of(form, "name", default=""), text_of(form, "summary", default="")
        path = _inside(place.path, name)
        try:
            check_path(path, field="name")
            if self.content.find_entry(repo, place.commit, path) is not None:
                raise Invalid(
                    f"name: {path!r} exists already; choose another name, or open it and press Edit."
                )
            proposed = self.places.commit(
                place, [AddFile(path, text.encode())], summary or f"Create {path}",
                as_pull_request=self.places.wants_pull_request(form),
            )  # fmt: skip
        except Invalid as error:
            errors = {field_of(error): error.message}
            return self._new_page(place, name=name, text=text, summary=summary, errors=errors, status=400)
        return RedirectResponse(proposed or self.urls.blob(repo.ref, place.branch, path), 303)


def _text_content(form: FormData) -> str:
    """The text area, with the line ends of the file rather than those of HTTP forms."""
    value = form.get("text")
    if not isinstance(value, str):
        raise Invalid("text: is missing from the form.")
    return value.replace("\r\n", "\n")


def _inside(folder: str, name: str) -> str:
    name = name.strip().strip("/")
    return f"{folder}/{name}" if folder and name else name
