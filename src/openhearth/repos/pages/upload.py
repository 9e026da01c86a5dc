"""Uploading files by form: many at once, small ones into git, large ones into the store of large files."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.errors import Invalid
from openhearth.kit.names import check_path
from openhearth.repos.pages.frame import RepoHead
from openhearth.repos.pages.places import Place, Places, field_of
from openhearth.repos.pages.received import ReceivedFiles
from openhearth.web.parts import Crumb
from openhearth.wire.forms import text_of

FILES_MAX = 200


@dataclass(frozen=True, kw_only=True)
class UploadPage:
    """Context of `repos/upload.html`."""

    head: RepoHead
    crumbs: Sequence[Crumb]
    folder: str
    branch: str
    summary: str
    errors: dict[str, str]
    cancel_href: str
    command: str = field(metadata={"help": "How to upload from a shell instead"})


class UploadPages:
    def __init__(self, places: Places, received: ReceivedFiles) -> None:
        self.places = places
        self.frame = places.frame
        self.content = places.content
        self.urls = places.urls
        self.received = received

    def routes(self) -> list[Route]:
        return [
            *self.places.form(
                "/upload/{rev:seg}", self.show_upload, self.upload, files_max=FILES_MAX, writers_only=True
            ),
            *self.places.form(
                "/upload/{rev:seg}/{path:rest}",
                self.show_upload,
                self.upload,
                files_max=FILES_MAX,
                writers_only=True,
            ),
        ]

    def show_upload(self, place: Place) -> Response:
        return self._upload_page(place, folder=place.path)

    def _upload_page(
        self,
        place: Place,
        *,
        folder: str,
        summary: str = "",
        errors: dict[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        ref = place.opened.repo.ref
        kind = "" if ref.type == "model" else f" --repo-type {ref.type}"
        page = UploadPage(
            head=self.frame.head(place.opened, "Files"),
            crumbs=self.places.crumbs(replace(place, path=folder), "Upload"),
            folder=folder,
            branch=place.branch,
            summary=summary,
            errors=errors or {},
            cancel_href=self.urls.tree(ref, place.branch, place.path),
            command=f"export HF_ENDPOINT={self.urls.base}\nhf upload {ref.id} . .{kind}",
        )
        return self.frame.web.page(place.opened.request, "repos/upload.html", page, status=status)

    def upload(self, place: Place, form: FormData) -> Response:
        repo = place.opened.repo
        folder, summary = (
            text_of(form, "folder", default=place.path).strip("/"),
            text_of(form, "summary", default=""),
        )
        files = [f for f in form.getlist("files") if isinstance(f, UploadFile) and f.filename]
        try:
            if not files:
                raise Invalid("files: none were chosen; choose at least one.")
            if folder:
                check_path(folder, field="folder")
            operations = self.received.operations(place.opened, place.branch, folder, files)
            self.places.commit(place, operations, summary or _upload_summary(files), on_newest=True)
        except Invalid as error:
            errors = {field_of(error, "files"): error.message}
            return self._upload_page(
                place, folder=folder, summary=summary, errors=errors, status=error.status
            )
        return RedirectResponse(self.urls.tree(repo.ref, place.branch, folder), 303)


def _upload_summary(files: Sequence[UploadFile]) -> str:
    return f"Upload {files[0].filename}" if len(files) == 1 else f"Upload {len(files)} files"
