"""The verbs about pull requests: open, push to, publish, merge, delete the ref. Fulfils `repos` `PullRequests`.

Rows and refs: a pull request has its number and rows before its ref exists, and its base moves inside the transaction
that calls it merged, so that of two merges at once one wins and no pull request is merged twice.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from openhearth.access import Action, Actor
from openhearth.community.discussions import queries
from openhearth.community.discussions.checks import check_text, check_title, shortened_title
from openhearth.community.discussions.lines import Lines, Range
from openhearth.community.discussions.records import Discussion, Status
from openhearth.community.discussions.threads import Threads
from openhearth.errors import Conflict, Invalid, RevisionNotFound
from openhearth.events import RefUpdated
from openhearth.kit.ids import new_id
from openhearth.repos import Repo, Repos
from openhearth.repos.permits import require, require_contribute
from openhearth.repos.pull_requests import number_of, ref_of
from openhearth.repos.records import MAIN
from openhearth.storage.git import Commit, FileDiff

_MESSAGE_COMMITS_MAX = 50


class Pulls:
    def __init__(
        self, *, threads: Threads, lines: Lines, repos: Repos, find_user_id: Callable[[str], str | None]
    ) -> None:
        self._threads = threads
        self._lines = lines
        self._repos = repos
        self._refs = repos.pull_refs
        self._db = threads.db
        self._find_user_id = find_user_id

    # What the repos room asks

    def require_enabled(self, repo: Repo) -> None:
        self._threads.require_enabled(repo)

    def require_push(self, actor: Actor, repo: Repo, number: int) -> None:
        """Raises RevisionNotFound if there is none, Forbidden unless `actor` opened it or may write to `repo`,
        Conflict unless it is open.
        """
        self._threads.require_enabled(repo)
        with self._db.read() as rows:
            found = queries.find_discussion(rows, repo.key, number)
        if found is None or not found.is_pull_request:
            raise RevisionNotFound(ref_of(number), repo.id)
        self._threads.require_steering(actor, repo, found)
        if not found.is_open:
            raise Conflict(
                f"Pull request #{number} of {repo.id} is {found.status} and takes no commits; "
                + ("open a new one." if found.status == "merged" else "reopen it first.")
            )

    def open_with(
        self, actor: Actor, repo: Repo, *, title: str, description: str, base: str, head: str
    ) -> int:
        """Open a pull request for the branch `base` whose ref stands at the commit `head`; gives its number."""
        text = check_text(description, "description")
        return self._open(actor, repo, shortened_title(title), text, "open", base, head).number

    # What people ask

    def open_draft(
        self, actor: Actor, repo: Repo, *, title: str, description: str, base: str = MAIN
    ) -> Discussion:
        """Open a pull request without commits, to push to: a draft until it is published.

        Raises RevisionNotFound if the repo has no branch `base`.
        """
        require_contribute(actor, repo)
        self._repos.catalogue.require_files(actor, repo)
        self._threads.require_enabled(repo)
        title, text = check_title(title), check_text(description, "description")
        base = self._refs.get_base(repo, base)
        head = self._repos.content.resolve(repo, f"refs/heads/{base}")
        return self._open(actor, repo, title, text, "draft", base, head)

    def _open(
        self, actor: Actor, repo: Repo, title: str, text: str, status: Status, base: str, head: str
    ) -> Discussion:
        discussion = self._threads.insert(
            actor, repo, title=title, text=text, status=status, base=base, head=head
        )
        self._refs.create(actor, repo, discussion.number, head)
        self._threads.announce_opened(actor, repo, discussion, text)
        return discussion

    def merge(self, actor: Actor, repo: Repo, discussion: Discussion) -> str:
        """Bring the pull request into its base as one commit; gives its id. Those who may write to the repo may.

        Raises Forbidden, Conflict unless it is open, free of conflicts and its base is there.
        """
        require(actor, Action.WRITE, repo)
        self._require_mergeable(discussion)
        span = self._lines.range_of(repo, discussion)
        commits = self._refs.list_commits(repo, [span.base], span.head)
        event_id, now = new_id(), self._threads.clock()

        @contextmanager
        def settle(oid: str) -> Iterator[None]:
            with self._db.write() as rows:
                if not queries.change_status(
                    rows, discussion.id, allowed=["open"], status="merged", head=span.head,
                    base_commit=span.base, merge_commit=oid,
                ):  # fmt: skip
                    raise Conflict(
                        f"Pull request #{discussion.number} was merged or closed by somebody else just now."
                    )
                if (self._refs.find_head(repo, discussion.number) or span.head) != span.head:
                    raise Conflict(
                        f"Pull request #{discussion.number} got new commits just now; look at them and merge again."
                    )
                queries.add_event(
                    rows, discussion.id, event_id=event_id, kind="status-change", author_id=actor.user_id,
                    at=now, facts={"status": "merged", "oid": oid},
                )  # fmt: skip
                yield

        message = _merge_message(discussion, commits, actor)
        merged = self._refs.merge(
            actor, repo, discussion.base, span.head, forked_at=span.base, message=message, settle=settle
        )
        self._threads.announce(actor, repo, discussion, "merged")
        return merged.oid

    def _require_mergeable(self, discussion: Discussion) -> None:
        number = discussion.number
        if not discussion.is_pull_request:
            raise Invalid(f"#{number} is a discussion; only pull requests can be merged.")
        if discussion.status == "draft":
            raise Conflict(
                f"Pull request #{number} is a draft; publish it (set its status to open), then merge."
            )
        if discussion.status == "closed":
            raise Conflict(f"Pull request #{number} is closed; reopen it, then merge.")
        if discussion.status == "merged":
            raise Conflict(f"Pull request #{number} was merged already, as {discussion.merge_commit}.")

    def delete_ref(self, actor: Actor, repo: Repo, discussion: Discussion) -> None:
        """Remove `refs/pr/N` of one that is closed or merged. Raises Forbidden, Conflict, RevisionNotFound."""
        self._threads.require_steering(actor, repo, discussion)
        head = self._refs.find_head(repo, discussion.number) if discussion.is_pull_request else None
        if head is None:
            raise RevisionNotFound(ref_of(discussion.number), repo.id)
        if discussion.is_open:
            raise Conflict(
                f"Pull request #{discussion.number} is open; close or merge it before deleting its ref."
            )
        self._refs.delete(actor, repo, discussion.number, head)

    # What it changes

    def range_of(self, repo: Repo, discussion: Discussion) -> Range:
        return self._lines.range_of(repo, discussion)

    def has_base(self, repo: Repo, discussion: Discussion) -> bool:
        """Whether the branch that it is for is still there."""
        return self._refs.find_base(repo, discussion.base) is not None

    def has_ref(self, repo: Repo, discussion: Discussion) -> bool:
        return self._refs.find_head(repo, discussion.number) is not None

    def list_commits(self, repo: Repo, span: Range) -> Sequence[Commit]:
        """The commits that it brings, oldest first."""
        return self._refs.list_commits(repo, [span.base], span.head)

    def diff(self, repo: Repo, span: Range) -> Sequence[FileDiff]:
        return self._refs.diff(repo, span.base, span.head)

    def patch(self, repo: Repo, span: Range) -> str:
        return self._refs.patch(repo, span.base, span.head)

    def list_conflicts(self, repo: Repo, discussion: Discussion, span: Range) -> Sequence[str]:
        """The files that contradict its base; none of one that is merged."""
        return (
            ()
            if discussion.status == "merged"
            else self._refs.list_conflicts(repo, discussion.base, span.head, forked_at=span.base)
        )

    # News of refs

    def on_ref_updated(self, event: RefUpdated) -> None:
        """Remember the new head of a pull request, and its new commits as events."""
        number = number_of(event.ref)
        if number is None or event.new is None:
            return
        repo = self._repos.catalogue.find_by_key(event.repo_key)
        with self._db.read() as rows:
            discussion = queries.find_discussion(rows, event.repo_key, number)
        if repo is None or discussion is None or not discussion.is_open:
            return
        forked_at = self._refs.find_fork(repo, discussion.base, event.new) or discussion.base_commit
        known = (self._refs.find_base(repo, discussion.base) or forked_at, event.old)
        commits = self._refs.list_commits(repo, [oid for oid in known if oid], event.new)
        author_id = self._find_user_id(event.actor_name) if event.actor_name else None
        with self._db.write() as rows:
            queries.change_discussion(rows, discussion.id, head=event.new, base_commit=forked_at)
            told = queries.list_commit_oids(rows, discussion.id)
            for commit in commits:
                if commit.oid not in told:
                    queries.add_event(
                        rows, discussion.id, event_id=new_id(), kind="commit", author_id=author_id,
                        at=self._threads.clock(), facts={"oid": commit.oid, "subject": commit.title},
                    )  # fmt: skip


def _merge_message(discussion: Discussion, commits: Sequence[Commit], merger: Actor) -> str:
    """The title with the number, the commits it holds, and those who wrote them."""
    lines = [f"- {commit.title} ({commit.oid[:7]})" for commit in commits[:_MESSAGE_COMMITS_MAX]]
    if len(commits) > _MESSAGE_COMMITS_MAX:
        lines.append(f"- and {len(commits) - _MESSAGE_COMMITS_MAX} more")
    authors = dict.fromkeys((c.author_name, c.author_email) for c in commits if c.author_name != merger.name)
    trailers = [f"Co-authored-by: {name} <{email}>" for name, email in authors]
    parts = [f"{discussion.title} (#{discussion.number})", "\n".join(lines), "\n".join(trailers)]
    return "\n\n".join(part for part in parts if part)
