"""Two revisions compared: the commits between them and what they change together."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.errors import RevisionNotFound
from openhearth.kit.names import RepoType
from openhearth.repos.api_history import read_spec
from openhearth.repos.pages.diffs import Changes, show_changes
from openhearth.repos.pages.frame import OpenRepo, RepoFrame, RepoHead, repo_routes
from openhearth.repos.pages.history import CommitLine, describe_line
from openhearth.repos.records import MAIN

COMMITS_SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class ComparePage:
    """Context of `repos/compare.html`."""

    head: RepoHead
    form_href: str
    base: str
    compared: str = field(metadata={"help": "The revision that is compared with the base"})
    since_parting: bool = field(metadata={"help": "Whether only what came since the two parted is shown"})
    revisions: Sequence[str] = field(metadata={"help": "Branches and tags to choose from"})
    swap_href: str
    other_href: str = field(metadata={"help": "The other way to compare: whole, or since they parted"})
    raw_href: str
    commits: Sequence[CommitLine]
    changes: Changes | None = field(metadata={"help": "None where a revision is missing"})
    refusal: str


class ComparePages:
    def __init__(self, frame: RepoFrame) -> None:
        self.frame = frame
        self.content = frame.repos.content
        self.urls = frame.urls

    def routes(self) -> list[Route]:
        return [*repo_routes("/compare", self.choose), *repo_routes("/compare/{spec:seg}", self.show)]

    def choose(self, repo_type: RepoType, request: Request) -> Response:
        """Where the form leads: the address of what was chosen."""
        opened = self.frame.open(repo_type, request)
        base = request.query_params.get("base", "").strip() or MAIN
        head = request.query_params.get("head", "").strip() or MAIN
        dots = ".." if request.query_params.get("whole") else "..."
        return RedirectResponse(self.urls.compare(opened.repo.ref, base, head, dots=dots), 303)

    def show(self, repo_type: RepoType, request: Request) -> Response:
        opened = self.frame.open(repo_type, request)
        self.frame.repos.catalogue.require_files(opened.actor, opened.repo)
        base, head, since_parting = read_spec(request.path_params["spec"])
        page = self._page(opened, base, head, since_parting)
        return self.frame.web.page(
            request, "repos/compare.html", page, status=404 if page.changes is None else 200
        )

    def _page(self, opened: OpenRepo, base: str, head: str, since_parting: bool) -> ComparePage:
        repo, ref = opened.repo, opened.repo.ref
        refs = self.content.list_refs(repo)
        commits, changes, refusal = self._read(opened, base, head, since_parting)
        dots, other = ("...", "..") if since_parting else ("..", "...")
        return ComparePage(
            head=self.frame.head(opened, "Commits"),
            form_href=f"{self.urls.repo(ref)}/compare",
            base=base,
            compared=head,
            since_parting=since_parting,
            revisions=[named.name for named in (*refs.branches, *refs.tags)],
            swap_href=self.urls.compare(ref, head, base, dots=dots),
            other_href=self.urls.compare(ref, base, head, dots=other),
            raw_href=self.urls.api_repo(ref)
            + self.urls.compare(ref, base, head, dots=dots).removeprefix(self.urls.repo(ref)),
            commits=commits,
            changes=changes,
            refusal=refusal,
        )

    def _read(
        self, opened: OpenRepo, base: str, head: str, since_parting: bool
    ) -> tuple[Sequence[CommitLine], Changes | None, str]:
        """Commits and changes; a missing revision is a sentence beside the form."""
        repo, ref = opened.repo, opened.repo.ref
        try:
            compared = self.content.compare(repo, base, head, since_parting=since_parting)
        except RevisionNotFound as error:
            return (), None, error.message
        found = self.content.list_compared(repo, compared, COMMITS_SHOWN)
        diffs = self.content.diff_compared(repo, compared)
        signed = self.frame.repos.signatures.find(repo, [commit.oid for commit in found])
        lines = [replace(describe_line(self.urls, ref, c), signed=signed.get(c.oid)) for c in found]
        return lines, show_changes(self.urls, ref, compared.head_commit, diffs), ""
