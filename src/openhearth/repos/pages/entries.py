"""What the pages of folders and of files share: the way to them, and the commit that last touched them."""

from dataclasses import dataclass
from datetime import datetime

from openhearth.repos.pages.frame import OpenRepo, RepoFrame
from openhearth.repos.records import Entry
from openhearth.storage.git import Commit
from openhearth.urls import with_query
from openhearth.web.parts import Crumb, Mark


@dataclass(frozen=True, kw_only=True)
class LastCommit:
    """The commit above a folder or a file."""

    title: str
    href: str
    oid: str
    author: str
    date: datetime
    history_href: str


class Surroundings:
    """Draws what stands around a folder or a file."""

    def __init__(self, frame: RepoFrame) -> None:
        self.content = frame.repos.content
        self.urls = frame.urls

    def crumbs(self, opened: OpenRepo, revision: str, path: str) -> list[Crumb]:
        ref = opened.repo.ref
        crumbs = [Crumb(label=ref.name, href=self.urls.tree(ref, revision))]
        parts = path.split("/") if path else []
        for depth, part in enumerate(parts, start=1):
            crumbs.append(Crumb(label=part, href=self.urls.tree(ref, revision, "/".join(parts[:depth]))))
        return crumbs

    def last_commit(self, opened: OpenRepo, revision: str, commit: str, path: str) -> LastCommit:
        repo = opened.repo
        last: Commit | None = None
        if path:
            found = self.content.list_entries(repo, commit, [path], with_last_commit=True)
            last = found[0].last_commit if found else None
        shown = last or self.content.get_commit(repo, commit)
        return LastCommit(
            title=shown.title,
            href=self.urls.commit(repo.ref, shown.oid),
            oid=shown.oid,
            author=shown.author_name,
            date=shown.date,
            history_href=self.urls.commits(repo.ref, revision, path),
        )


def mark_of(entry: Entry) -> Mark:
    """How the bytes of `entry` are stored, where it is not plainly in git."""
    return "xet" if entry.xet_hash else "lfs" if entry.lfs else ""


def download_href(resolve: str) -> str:
    """The address that saves a file; `download=true` is how the ecosystem's own links spell it."""
    return with_query(resolve, download="true")
