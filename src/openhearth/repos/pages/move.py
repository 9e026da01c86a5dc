"""Renaming and deleting a file in the browser."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.errors import Invalid
from openhearth.kit.names import check_path
from openhearth.repos.pages.frame import RepoHead
from openhearth.repos.pages.places import Place, Places, field_of
from openhearth.repos.records import AddFile, AddLargeFile, Entry, Operation, RemoveFile
from openhearth.web.parts import Crumb
from openhearth.wire.forms import text_of


@dataclass(frozen=True, kw_only=True)
class RenamePage:
    """Context of `repos/rename.html`."""

    head: RepoHead
    crumbs: Sequence[Crumb]
    path: str
    new_path: str
    summary: str
    errors: dict[str, str]
    cancel_href: str
    only_proposes: bool


@dataclass(frozen=True, kw_only=True)
class DeletePage:
    """Context of `repos/delete.html`."""

    head: RepoHead
    crumbs: Sequence[Crumb]
    path: str
    summary: str
    cancel_href: str
    only_proposes: bool


class MovePages:
    def __init__(self, places: Places) -> None:
        self.places = places
        self.frame = places.frame
        self.content = places.content
        self.urls = places.urls

    def routes(self) -> list[Route]:
        return [
            *self.places.form("/rename/{rev:seg}/{path:rest}", self.show_rename, self.rename),
            *self.places.form("/delete/{rev:seg}/{path:rest}", self.show_delete, self.delete),
        ]

    def show_rename(self, place: Place) -> Response:
        self.content.get_file(place.opened.repo, place.commit, place.path)
        return self._rename_page(place, new_path=place.path)

    def _rename_page(
        self,
        place: Place,
        *,
        new_path: str,
        summary: str = "",
        errors: dict[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        page = RenamePage(
            head=self.frame.head(place.opened, "Files"),
            crumbs=self.places.crumbs(place, "Rename"),
            path=place.path,
            new_path=new_path,
            summary=summary,
            errors=errors or {},
            cancel_href=self.urls.blob(place.opened.repo.ref, place.branch, place.path),
            only_proposes=place.only_proposes,
        )
        return self.frame.web.page(place.opened.request, "repos/rename.html", page, status=status)

    def rename(self, place: Place, form: FormData) -> Response:
        repo = place.opened.repo
        new_path, summary = (
            text_of(form, "new_path", default="").strip("/"),
            text_of(form, "summary", default=""),
        )
        try:
            check_path(new_path, field="new_path")
            if self.content.find_entry(repo, place.commit, new_path) is not None:
                raise Invalid(f"new_path: {new_path!r} exists already; choose another.")
            entry = self.content.get_file(repo, place.commit, place.path)
            operations = [self._put_again(place, entry, new_path), RemoveFile(place.path)]
            proposed = self.places.commit(place, operations, summary or f"Rename {place.path} to {new_path}")
        except Invalid as error:
            errors = {field_of(error, "new_path"): error.message}
            return self._rename_page(place, new_path=new_path, summary=summary, errors=errors, status=400)
        return RedirectResponse(proposed or self.urls.blob(repo.ref, place.branch, new_path), 303)

    def _put_again(self, place: Place, entry: Entry, path: str) -> Operation:
        """The operation that puts the content of `entry` at `path`."""
        if entry.lfs is not None:
            return AddLargeFile(path, entry.lfs.sha256, entry.lfs.size_bytes)
        return AddFile(path, self.content.read_raw(place.opened.repo, entry))

    def show_delete(self, place: Place) -> Response:
        self.content.get_file(place.opened.repo, place.commit, place.path)
        page = DeletePage(
            head=self.frame.head(place.opened, "Files"),
            crumbs=self.places.crumbs(place, "Delete"),
            path=place.path,
            summary="",
            cancel_href=self.urls.blob(place.opened.repo.ref, place.branch, place.path),
            only_proposes=place.only_proposes,
        )
        return self.frame.web.page(place.opened.request, "repos/delete.html", page)

    def delete(self, place: Place, form: FormData) -> Response:
        summary = text_of(form, "summary", default="") or f"Delete {place.path}"
        if proposed := self.places.commit(place, [RemoveFile(place.path)], summary):
            return RedirectResponse(proposed, 303)
        folder = place.path.rpartition("/")[0]
        left = self.content.resolve(place.opened.repo, place.branch)
        # The folder went with its last file.
        while folder and self.content.find_entry(place.opened.repo, left, folder) is None:
            folder = folder.rpartition("/")[0]
        return RedirectResponse(self.urls.tree(place.opened.repo.ref, place.branch, folder), 303)
