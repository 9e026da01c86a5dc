"""One file at a revision: its preview, its facts, and what can be done with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth import cards
from openhearth.access import Action
from openhearth.errors import EntryNotFound, HubError, Invalid
from openhearth.kit.names import RepoType
from openhearth.repos.pages.entries import LastCommit, Surroundings, download_href, mark_of
from openhearth.repos.pages.frame import OpenRepo, RefMenu, RepoFrame, RepoHead, repo_routes
from openhearth.repos.pages.layers import layer_tree
from openhearth.repos.pages.links import rewrite_for
from openhearth.repos.pages.previews import (
    TEXT_MAX_BYTES,
    Preview,
    is_text,
    kind_of,
    pickle_warning,
    preview_of,
)
from openhearth.repos.pull_requests import number_of
from openhearth.repos.records import Entry
from openhearth.urls import with_query
from openhearth.web.parts import Crumb, Mark, TensorNode

SNIFFED_BYTES = 4096
TENSORS_SHOWN = 5000
_EDITABLE = frozenset({"text", "markdown", "table", "notebook", "empty"})


@dataclass(frozen=True, kw_only=True)
class BlobPage:
    """Context of `repos/blob.html`."""

    head: RepoHead
    refs: RefMenu
    crumbs: Sequence[Crumb]
    path: str
    name: str
    size_bytes: int
    mark: Mark
    oid_label: str = field(metadata={"help": "Which hash `oid` is: sha256 or git blob"})
    oid: str
    preview: Preview
    tensors: Sequence[TensorNode]
    parameters: int
    line_count: int
    warning: str | None
    last_commit: LastCommit
    source_href: str | None = field(metadata={"help": "The same file as plain text, if it is drawn now"})
    drawn_href: str | None = field(metadata={"help": "The same file drawn, if its text is shown now"})
    download_href: str
    raw_href: str | None
    permalink: str
    edit_href: str | None
    rename_href: str | None
    delete_href: str | None
    blame_href: str | None = field(metadata={"help": "None where no lines can be blamed"})
    resolve_href: str = field(metadata={"help": "The bytes, for pictures, sounds and films"})


class BlobPages:
    def __init__(self, frame: RepoFrame) -> None:
        self.frame = frame
        self.around = Surroundings(frame)
        self.content = frame.repos.content
        self.urls = frame.urls

    def routes(self) -> list[Route]:
        return repo_routes("/blob/{rev:seg}/{path:rest}", self.show_blob)

    def show_blob(self, repo_type: RepoType, request: Request) -> Response:
        opened = self.frame.open(repo_type, request)
        repo, revision, path = opened.repo, request.path_params["rev"], request.path_params["path"].strip("/")
        commit = self.content.resolve(repo, revision)
        entry = self.content.find_entry(repo, commit, path)
        if entry is None:
            raise EntryNotFound(path, commit=commit)
        if entry.type == "directory":
            return RedirectResponse(self.urls.tree(repo.ref, revision, path), 307)
        self.frame.repos.catalogue.require_files(opened.actor, repo)
        return self.frame.web.page(
            request, "repos/blob.html", self._blob_page(opened, revision, commit, entry)
        )

    def _blob_page(self, opened: OpenRepo, revision: str, commit: str, entry: Entry) -> BlobPage:
        ref, path = opened.repo.ref, entry.path
        plain = opened.request.query_params.get("plain") == "1"
        preview = self._preview(opened, revision, entry, plain=plain)
        tensors = self._tensors(opened, commit, entry) if preview.kind == "safetensors" else None
        refs = self.frame.ref_menu(opened, revision, lambda name: self.urls.blob(ref, name, path))
        may_write = refs.is_branch and (opened.may(Action.WRITE) or self._may_propose(opened, revision))
        here = self.urls.blob(ref, revision, path)
        is_drawn = preview.has_source and not plain
        resolve = self.urls.resolve(ref, revision, path)
        editable = may_write and entry.lfs is None and preview.kind in _EDITABLE
        is_blamed = entry.lfs is None and preview.kind in _EDITABLE
        return BlobPage(
            head=self.frame.head(opened, "Files"),
            refs=refs,
            crumbs=self.around.crumbs(opened, revision, path),
            path=path,
            name=entry.name,
            size_bytes=entry.size_bytes,
            mark=mark_of(entry),
            oid_label="sha256" if entry.lfs else "git blob",
            oid=entry.etag,
            preview=preview,
            tensors=layer_tree(tensors.tensors[:TENSORS_SHOWN]) if tensors else (),
            parameters=sum(tensors.parameters.values()) if tensors else 0,
            line_count=len(preview.lines),
            warning=pickle_warning(path),
            last_commit=self.around.last_commit(opened, revision, commit, path),
            source_href=with_query(here, plain=1) if is_drawn else None,
            drawn_href=here if plain and preview.has_source else None,
            download_href=download_href(resolve),
            raw_href=self.urls.raw(ref, revision, path) if entry.lfs is None else None,
            permalink=self.urls.blob(ref, commit, path),
            edit_href=self.urls.edit(ref, revision, path) if editable else None,
            rename_href=self.urls.rename_file(ref, revision, path) if may_write else None,
            delete_href=self.urls.delete_file(ref, revision, path) if may_write else None,
            blame_href=self.urls.blame(ref, revision, path) if is_blamed else None,
            resolve_href=resolve,
        )

    def _may_propose(self, opened: OpenRepo, revision: str) -> bool:
        """Whether the reader's changes to this file can become a pull request."""
        try:
            self.frame.repos.contributions.require(
                opened.actor, opened.repo, revision, new_pull_request=number_of(revision) is None
            )
        except HubError:
            return False
        return True

    def _preview(self, opened: OpenRepo, revision: str, entry: Entry, *, plain: bool) -> Preview:
        """The preview of `entry`; what cannot be read says so in its note."""
        folder = entry.path.rpartition("/")[0]
        kind = kind_of(entry.path)
        if kind is not None and not (plain and entry.path.lower().endswith(".svg")):
            return Preview(kind=kind, has_source=entry.path.lower().endswith(".svg"))

        try:
            if entry.size_bytes > TEXT_MAX_BYTES:
                start = self.content.read_span(opened.repo, entry, 0, SNIFFED_BYTES)
                return Preview(kind="large" if is_text(_whole_characters(start)) else "binary")
            content = self.content.read_span(opened.repo, entry, 0, entry.size_bytes)
        except EntryNotFound as error:
            return Preview(kind="binary", note=error.message)
        rewrite = rewrite_for(self.urls, opened.repo.ref, revision, folder)
        return preview_of(entry.path, content, plain=plain, rewrite=rewrite)

    def _tensors(self, opened: OpenRepo, commit: str, entry: Entry) -> cards.SafetensorsHeader | None:
        try:
            return self.frame.repos.facts.read_safetensors(opened.repo, commit, entry.path)
        except (Invalid, EntryNotFound):
            return None


def _whole_characters(start: bytes) -> bytes:
    """`start` without a character cut in two at its end."""
    for cut in range(4):
        try:
            start[: len(start) - cut].decode()
        except UnicodeDecodeError:
            continue
        return start[: len(start) - cut]
    return start
