"""Uploading and deleting by forms."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.access import Action
from openhearth.buckets.addressing import PAGE
from openhearth.buckets.pages.frame import BucketFrame, BucketHead, OpenBucket
from openhearth.buckets.pages.received import ReceivedFiles
from openhearth.buckets.records import BatchDone, BucketFile, BucketFolder, DeleteFile
from openhearth.errors import EntryNotFound, Invalid
from openhearth.kit.names import check_path
from openhearth.repos.pages.intake import Intake
from openhearth.web.parts import Crumb
from openhearth.wire.forms import read_form, text_of

FILES_MAX = 200
CHOICES_MAX = 200
_DELETED_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class UploadPage:
    """Context of `buckets/upload.html`."""

    head: BucketHead
    crumbs: Sequence[Crumb]
    folder: str
    errors: dict[str, str]
    action: str
    cancel_href: str
    command: str = field(metadata={"help": "How to upload from a shell instead"})


@dataclass(frozen=True, kw_only=True)
class DeletePage:
    """Context of `buckets/delete.html`: what of a folder may be ticked, folders with a slash behind."""

    head: BucketHead
    crumbs: Sequence[Crumb]
    folder: str
    choices: Sequence[tuple[str, int | None]] = field(metadata={"help": "(name, size or None for a folder)"})
    action: str
    cancel_href: str
    is_cut: bool = field(metadata={"help": "Whether the folder holds more than is shown"})


class ChangePages:
    def __init__(self, frame: BucketFrame, *, intake: Intake, received: ReceivedFiles) -> None:
        self.frame = frame
        self.contents = frame.buckets.contents
        self.urls = frame.urls
        self.intake = intake
        self.received = received

    def routes(self) -> list[Route]:
        found: list[Route] = []
        for below in ("", "/{path:rest}"):
            found += [
                Route(f"{PAGE}/upload{below}", self.show_upload, methods=["GET"]),
                Route(f"{PAGE}/upload{below}", self.post_upload, methods=["POST"]),
                Route(f"{PAGE}/delete{below}", self.show_delete, methods=["GET"]),
                self.frame.form(f"/delete{below}", Action.WRITE, self.delete),
            ]
        return found

    def show_upload(self, request: Request) -> Response:
        return self._upload_page(self.frame.open(request, Action.WRITE))

    async def post_upload(self, request: Request) -> Response:
        # Whoever may not write here is refused before a byte of their files is taken in.
        await run_in_threadpool(self.frame.open, request, Action.WRITE)
        form = await read_form(await self.intake.open(request, files_max=FILES_MAX))
        try:
            return await run_in_threadpool(lambda: self._upload(self.frame.open(request, Action.WRITE), form))
        finally:
            await form.close()

    def _upload(self, opened: OpenBucket, form: FormData) -> Response:
        opened = replace(opened, folder=text_of(form, "folder", default=opened.folder).strip("/"))
        files = [f for f in form.getlist("files") if isinstance(f, UploadFile) and f.filename]
        try:
            if not files:
                raise Invalid("files: none were chosen; choose at least one.")
            if opened.folder:
                check_path(opened.folder, field="folder", in_git=False)
            added = [self.received.keep(opened.actor, opened.bucket, opened.folder, file) for file in files]
            _require_success(self.contents.apply(opened.actor, opened.bucket, added))
        except Invalid as error:
            name = "folder" if error.message.startswith("folder:") else "files"
            return self._upload_page(opened, {name: error.message}, status=error.status)
        return RedirectResponse(self.urls.bucket_tree(opened.bucket.ref, opened.folder), 303)

    def _upload_page(
        self, opened: OpenBucket, errors: dict[str, str] | None = None, *, status: int = 200
    ) -> Response:
        ref = opened.bucket.ref
        page = UploadPage(
            head=self.frame.head(opened, "Files"),
            crumbs=self.frame.crumbs(opened, "Upload"),
            folder=opened.folder,
            errors=errors or {},
            action=self.urls.bucket_page(ref, "upload"),
            cancel_href=self.urls.bucket_tree(ref, opened.folder),
            command=f"export HF_ENDPOINT={self.urls.base}\nhf buckets sync . hf://buckets/{ref.id}",
        )
        return self.frame.web.page(opened.request, "buckets/upload.html", page, status=status)

    def show_delete(self, request: Request) -> Response:
        opened = self.frame.open(request, Action.WRITE)
        prefix = f"{opened.folder}/" if opened.folder else ""
        found = self.contents.list_folder(opened.bucket, prefix, limit=CHOICES_MAX)
        if not found.items:
            raise EntryNotFound(opened.folder, message=f"{opened.bucket.id} holds nothing there.")
        ref = opened.bucket.ref
        page = DeletePage(
            head=self.frame.head(opened, "Files"),
            crumbs=self.frame.crumbs(opened, "Delete"),
            folder=opened.folder,
            choices=[_choice(entry) for entry in found.items],
            action=self.urls.bucket_page(ref, "delete", opened.folder),
            cancel_href=self.urls.bucket_tree(ref, opened.folder),
            is_cut=found.cursor is not None,
        )
        return self.frame.web.page(request, "buckets/delete.html", page)

    def delete(self, opened: OpenBucket, form: FormData) -> Response:
        names = [name for name in form.getlist("names") if isinstance(name, str) and name]
        if not names:
            raise Invalid("names: nothing was ticked; go back and tick what is to be deleted.")
        prefix = f"{opened.folder}/" if opened.folder else ""
        for name in names:
            if name.endswith("/"):
                self._delete_folder(opened, prefix + name)
            else:
                self.contents.apply(opened.actor, opened.bucket, [DeleteFile(prefix + name)])
        return RedirectResponse(self.urls.bucket_tree(opened.bucket.ref, opened.folder), 303)

    def _delete_folder(self, opened: OpenBucket, prefix: str) -> None:
        while found := self.contents.list_files(opened.bucket, prefix, limit=_DELETED_AT_ONCE).items:
            self.contents.apply(opened.actor, opened.bucket, [DeleteFile(file.path) for file in found])


def _choice(entry: BucketFile | BucketFolder) -> tuple[str, int | None]:
    name = entry.path.rpartition("/")[2]
    return (f"{name}/", None) if isinstance(entry, BucketFolder) else (name, entry.size_bytes)


def _require_success(done: BatchDone) -> None:
    if done.failures:
        raise Invalid(f"files: {done.failures[0].path!r} was not added: {done.failures[0].error}")
