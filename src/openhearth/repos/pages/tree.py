"""The Files tab: what a folder holds at a revision."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.access import Action
from openhearth.kit.names import RepoType
from openhearth.repos.pages.entries import LastCommit, Surroundings, download_href, mark_of
from openhearth.repos.pages.frame import OpenRepo, RefMenu, RepoFrame, RepoHead, repo_routes
from openhearth.repos.pages.previews import pickle_warning
from openhearth.repos.records import Entry
from openhearth.urls import with_query
from openhearth.web.parts import Crumb, FileRow

PAGE_ENTRIES = 500


@dataclass(frozen=True, kw_only=True)
class TreePage:
    """Context of `repos/tree.html`."""

    head: RepoHead
    refs: RefMenu
    crumbs: Sequence[Crumb]
    path: str = field(metadata={"help": "The folder, empty for the root"})
    rows: Sequence[FileRow]
    parent_href: str | None
    next_href: str | None
    last_commit: LastCommit
    new_file_href: str | None = field(metadata={"help": "None where the reader may not write here"})
    upload_href: str | None


class TreePages:
    def __init__(self, frame: RepoFrame) -> None:
        self.frame = frame
        self.around = Surroundings(frame)
        self.content = frame.repos.content
        self.urls = frame.urls

    def routes(self) -> list[Route]:
        return [
            *repo_routes("/tree/{rev:seg}", self.show_tree),
            *repo_routes("/tree/{rev:seg}/{path:rest}", self.show_tree),
        ]

    def show_tree(self, repo_type: RepoType, request: Request) -> Response:
        opened = self.frame.open(repo_type, request)
        revision, path = request.path_params["rev"], request.path_params.get("path", "").strip("/")
        commit = self.content.resolve(opened.repo, revision)
        entry = self.content.find_entry(opened.repo, commit, path) if path else None
        if entry is not None and entry.type == "file":
            return RedirectResponse(self.urls.blob(opened.repo.ref, revision, path), 307)
        return self.frame.web.page(
            request, "repos/tree.html", self._tree_page(opened, revision, commit, path)
        )

    def _tree_page(self, opened: OpenRepo, revision: str, commit: str, path: str) -> TreePage:
        repo, ref = opened.repo, opened.repo.ref
        cursor = opened.request.query_params.get("cursor")
        page = self.content.list_tree(
            repo, commit, path, limit=PAGE_ENTRIES, cursor=cursor, with_last_commit=True
        )
        ordered = sorted(page.items, key=lambda entry: (entry.type != "directory", entry.path))
        refs = self.frame.ref_menu(opened, revision, lambda name: self.urls.tree(ref, name, path))
        here = self.urls.tree(ref, revision, path)
        may_write = refs.is_branch and opened.may(Action.WRITE)
        parent = path.rpartition("/")[0]
        return TreePage(
            head=self.frame.head(opened, "Files"),
            refs=refs,
            crumbs=self.around.crumbs(opened, revision, path),
            path=path,
            rows=[self._row(opened, revision, entry) for entry in ordered],
            parent_href=self.urls.tree(ref, revision, parent) if path else None,
            next_href=with_query(here, cursor=page.cursor) if page.cursor else None,
            last_commit=self.around.last_commit(opened, revision, commit, path),
            new_file_href=self.urls.new_file(ref, revision, path) if may_write else None,
            upload_href=self.urls.upload(ref, revision, path) if may_write else None,
        )

    def _row(self, opened: OpenRepo, revision: str, entry: Entry) -> FileRow:
        ref, last = opened.repo.ref, entry.last_commit
        is_folder = entry.type == "directory"
        spell = self.urls.tree if is_folder else self.urls.blob
        return FileRow(
            name=entry.name,
            href=spell(ref, revision, entry.path),
            is_folder=is_folder,
            size_bytes=None if is_folder else entry.size_bytes,
            mark=mark_of(entry),
            download_href=None if is_folder else download_href(self.urls.resolve(ref, revision, entry.path)),
            commit_title=last.title if last else None,
            commit_href=self.urls.commit(ref, last.oid) if last else None,
            changed_at=last.date if last else None,
            warning=None if is_folder else pickle_warning(entry.path),
        )
