"""One bucket: its folders and files."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.access import Action
from openhearth.buckets.addressing import PAGE
from openhearth.buckets.pages.frame import BucketFrame, BucketHead, OpenBucket
from openhearth.buckets.records import BucketFile, BucketFolder
from openhearth.errors import EntryNotFound
from openhearth.urls import with_query
from openhearth.web.parts import Crumb, FileRow

PAGE_ENTRIES = 500


@dataclass(frozen=True, kw_only=True)
class FolderPage:
    """Context of `buckets/folder.html`."""

    head: BucketHead
    folder: str = field(metadata={"help": "Empty for the root"})
    crumbs: Sequence[Crumb]
    rows: Sequence[FileRow]
    parent_href: str | None
    next_href: str | None
    upload_href: str | None = field(metadata={"help": "None where the reader may not write"})
    delete_href: str | None
    command: str = field(metadata={"help": "How to fetch the folder from a shell"})
    send_command: str = field(metadata={"help": "How to fill it from there"})


class BrowsePages:
    def __init__(self, frame: BucketFrame) -> None:
        self.frame = frame
        self.contents = frame.buckets.contents
        self.urls = frame.urls

    def routes(self) -> list[Route]:
        return [
            Route(PAGE, self.show, methods=["GET"]),
            Route(f"{PAGE}/tree", self.show, methods=["GET"]),
            Route(f"{PAGE}/tree/{{path:rest}}", self.show, methods=["GET"]),
        ]

    def show(self, request: Request) -> Response:
        opened = self.frame.open(request)
        folder, bucket = opened.folder, opened.bucket
        prefix = f"{folder}/" if folder else ""
        cursor = request.query_params.get("cursor")
        found = self.contents.list_folder(bucket, prefix, limit=PAGE_ENTRIES, cursor=cursor)
        if folder and not found.items and cursor is None:
            file = next(iter(self.contents.find_files(bucket, [folder])), None)
            if file is None:
                raise EntryNotFound(folder, message=f"{bucket.id} holds nothing at {folder!r}.")
            return RedirectResponse(self.urls.bucket_file(bucket.ref, file.path), 307)
        rows = [self._row(opened, entry) for entry in found.items]
        return self.frame.web.page(
            request, "buckets/folder.html", self._folder_page(opened, rows, found.cursor)
        )

    def _folder_page(self, opened: OpenBucket, rows: list[FileRow], cursor: str | None) -> FolderPage:
        ref, folder = opened.bucket.ref, opened.folder
        may_write = opened.may(Action.WRITE)
        here = self.urls.bucket_tree(ref, folder)
        source = f"hf://buckets/{ref.id}" + (f"/{folder}" if folder else "")
        return FolderPage(
            head=self.frame.head(opened, "Files"),
            folder=folder,
            crumbs=self.frame.crumbs(opened),
            rows=sorted(rows, key=lambda row: not row.is_folder),
            parent_href=self.urls.bucket_tree(ref, folder.rpartition("/")[0]) if folder else None,
            next_href=with_query(here, cursor=cursor) if cursor else None,
            upload_href=self.urls.bucket_page(ref, "upload", folder) if may_write else None,
            delete_href=self.urls.bucket_page(ref, "delete", folder) if may_write and rows else None,
            command=f"export HF_ENDPOINT={self.urls.base}\nhf buckets sync {source} .",
            send_command=f"export HF_ENDPOINT={self.urls.base}\nhf buckets sync . {source}",
        )

    def _row(self, opened: OpenBucket, entry: BucketFile | BucketFolder) -> FileRow:
        ref, name = opened.bucket.ref, entry.path.rpartition("/")[2]
        if isinstance(entry, BucketFolder):
            href = self.urls.bucket_tree(ref, entry.path)
            return FileRow(name=name, href=href, is_folder=True, changed_at=entry.uploaded_at)
        href = self.urls.bucket_file(ref, entry.path)
        return FileRow(
            name=name,
            href=href,
            size_bytes=entry.size_bytes,
            download_href=with_query(href, download="true"),
            changed_at=entry.uploaded_at,
        )
