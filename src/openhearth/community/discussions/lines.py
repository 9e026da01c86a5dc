"""Comments on a line of a diff: they stay on their line while it lives, and are outdated once it is changed.

An anchor never changes: it names the line as it was when somebody spoke of it. Where that line stands now is
asked of git each time, so a push needs no rows to be rewritten, and none can be forgotten.
"""

from dataclasses import dataclass

from openhearth.community.discussions.records import Anchor, Discussion, Line
from openhearth.errors import HubError, Invalid
from openhearth.repos import Repo, Repos

_LINE_TEXT_MAX = 1000


@dataclass(frozen=True)
class Range:
    """What a pull request changes: from the commit `base` to the commit `head`."""

    base: str
    head: str


class Lines:
    def __init__(self, repos: Repos) -> None:
        self._content = repos.content
        self._refs = repos.pull_refs

    def range_of(self, repo: Repo, discussion: Discussion) -> Range:
        """From where the pull request left its base to its newest commit; after a merge, as it was merged."""
        head = discussion.head or ""
        if discussion.is_open:
            head = self._refs.find_head(repo, discussion.number) or head
        forked_at = discussion.base_commit
        if discussion.status != "merged":
            forked_at = self._refs.find_fork(repo, discussion.base, head) or forked_at
        return Range(forked_at or self._refs.find_base(repo, discussion.base) or head, head)

    def anchor(self, repo: Repo, discussion: Discussion, line: Line) -> Anchor:
        """Raises Invalid unless the diff of the pull request has that line."""
        if not discussion.is_pull_request:
            raise Invalid("line: only pull requests have lines to comment on.")
        span = self.range_of(repo, discussion)
        commit = span.head if line.side == "new" else span.base
        try:
            text = self._content.read_text(repo, commit, line.path)
        except HubError:
            text = ""
        lines = text.split("\n")
        if not 1 <= line.line <= len(lines) or not text:
            raise Invalid(
                f"line: {line.path[:200]!r} has no line {line.line} to comment on; reload the page."
            )
        return Anchor(
            path=line.path, side=line.side, line=line.line, commit=commit,
            text=lines[line.line - 1].rstrip("\r")[:_LINE_TEXT_MAX],
        )  # fmt: skip

    def find_now(self, repo: Repo, span: Range, anchor: Anchor) -> Line | None:
        """Where the line of `anchor` stands in the diff `span`; None if it is outdated."""
        now = span.head if anchor.side == "new" else span.base
        found = self._refs.follow_line(repo, anchor.commit, now, anchor.path, anchor.line)
        return None if found is None else Line(found[0], anchor.side, found[1])
