"""The verbs about papers: find, search, list, and enter what a hub without the internet cannot look up."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from openhearth.access import Actor
from openhearth.accounts import User
from openhearth.cards import read_entry
from openhearth.db import Database, Duplicate
from openhearth.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from openhearth.kit.clock import Clock
from openhearth.papers import queries
from openhearth.papers.records import PREFIX, Paper, PaperSpec, check_paper_id
from openhearth.repos import Listed, RepoFilter, Repos

SEARCH_WORDS_MAX = 8
TITLE_MAX_LENGTH = 500
SUMMARY_MAX_LENGTH = 10_000
AUTHORS_MAX = 200
AUTHOR_MAX_LENGTH = 200
LINKED_SHOWN = 100
CITATIONS_READ = 8


class People(Protocol):
    """What this room asks of the accounts room."""

    def find_namespace(self, name: str) -> object | None: ...


@dataclass(frozen=True, kw_only=True)
class Linked:
    """The repos that cite a paper, of each type: the first ones and how many there are."""

    models: Sequence[Listed]
    model_count: int
    datasets: Sequence[Listed]
    dataset_count: int
    spaces: Sequence[Listed]

    @property
    def is_empty(self) -> bool:
        return not (self.models or self.datasets or self.spaces)


class Papers:
    def __init__(self, *, db: Database, clock: Clock, repos: Repos, people: People) -> None:
        self._db = db
        self._clock = clock
        self._repos = repos
        self._people = people

    def get(self, actor: Actor, paper_id: str) -> tuple[Paper, Linked]:
        """A paper that somebody entered or that a repo `actor` may see cites. Raises NotFound."""
        known_id = self._read_id(paper_id)
        with self._db.read() as rows:
            entered = queries.find_paper(rows, known_id)
        linked = self._linked(actor, known_id)
        if entered is not None:
            return entered, linked
        if linked.is_empty:
            raise NotFound(f"Paper not found: nothing on this hub cites {known_id}.")
        cited = [listed.facts.citation for listed in (*linked.models, *linked.datasets, *linked.spaces)]
        return _from_citations(known_id, cited), linked

    def search(self, actor: Actor, text: str, *, limit: int) -> list[Paper]:
        """Papers whose title, summary or id holds every word: those people entered, then those only cards speak of."""
        words = text.lower().split()[:SEARCH_WORDS_MAX]
        with self._db.read() as rows:
            found = queries.search(rows, words, limit)
            cited = self._repos.catalogue.list_citations(actor, PREFIX, words)
            entered = {paper.id for paper in queries.list_by_ids(rows, list(cited))}
        cards = [_from_citations(i, said) for i, said in cited.items() if i not in entered and _is_id(i)]
        return [*found, *cards][:limit]

    def list_submitted(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        submitter: str | None = None,
        page: int = 0,
        limit: int = 50,
    ) -> list[Paper]:
        """What people entered, the newest first; of an unknown submitter, nothing."""
        by = None
        if submitter is not None:
            user = self._people.find_namespace(submitter)
            if not isinstance(user, User):
                return []
            by = user.id
        with self._db.read() as rows:
            return queries.list_submitted(rows, since, until, by, skip=page * limit, limit=limit)

    def enter(self, actor: Actor, paper_id: str, spec: PaperSpec) -> Paper:
        """Say what a paper is. Raises Conflict where somebody else did, Invalid, Unauthenticated, Forbidden."""
        if actor.user_id is None:
            raise Unauthenticated("Entering a paper needs an account; sign in first.")
        if actor.token is not None and actor.token.scope != "write":
            raise Forbidden(
                f"This token ({actor.token.scope}) does not allow to enter papers; use a write token."
            )
        title, authors, summary = _checked(spec)
        paper = Paper(
            id=check_paper_id(paper_id), title=title, authors=authors, summary=summary,
            submitted_at=self._clock(), submitted_by=actor.user_id,
        )  # fmt: skip
        with self._db.read() as rows:
            entered = queries.find_paper(rows, paper.id)
        if entered is not None:
            return self._change(actor, entered, paper)
        try:
            with self._db.write() as rows:
                queries.insert_paper(rows, paper)
        except Duplicate:
            raise Conflict(f"id: {paper.id} was entered by somebody else just now; reload it.") from None
        return paper

    def _change(self, actor: Actor, entered: Paper, paper: Paper) -> Paper:
        if entered.submitted_by != actor.user_id and not actor.is_site_admin:
            raise Conflict(f"id: {entered.id} was entered by somebody else; they can change it.")
        changed = replace(entered, title=paper.title, authors=paper.authors, summary=paper.summary)
        with self._db.write() as rows:
            queries.update_paper(rows, changed)
        return changed

    def _linked(self, actor: Actor, paper_id: str) -> Linked:
        models, datasets, spaces = (
            RepoFilter(type=kind, tags=(PREFIX + paper_id,)) for kind in ("model", "dataset", "space")
        )
        catalogue = self._repos.catalogue
        return Linked(
            models=catalogue.list_repos(actor, models, limit=LINKED_SHOWN).items,
            model_count=catalogue.count_repos(actor, models),
            datasets=catalogue.list_repos(actor, datasets, limit=LINKED_SHOWN).items,
            dataset_count=catalogue.count_repos(actor, datasets),
            spaces=catalogue.list_repos(actor, spaces, limit=LINKED_SHOWN).items,
        )

    def _read_id(self, text: str) -> str:
        """What is no id of a paper is no paper either."""
        try:
            return check_paper_id(text)
        except Invalid:
            raise NotFound(f"Paper not found: {text[:40]!r} is no arXiv id.") from None


def _is_id(text: str) -> bool:
    try:
        return check_paper_id(text) == text
    except Invalid:
        return False


def _from_citations(paper_id: str, citations: Sequence[str | None]) -> Paper:
    """What cards say of a paper: the first BibTeX entry that names it."""
    naming = [entry for entry in citations if entry and paper_id in entry]
    for entry in naming[:CITATIONS_READ]:
        said = read_entry(entry)
        if paper_id in said.papers and said.title:
            return Paper(id=paper_id, title=said.title, authors=said.authors, summary=said.abstract or "")
    return Paper(id=paper_id, title=f"arXiv {paper_id}")


def _checked(spec: PaperSpec) -> tuple[str, list[str], str]:
    title, summary = " ".join(spec.title.split()), spec.summary.strip()
    authors = [" ".join(name.split()) for name in spec.authors if name.strip()]
    if not title or len(title) > TITLE_MAX_LENGTH:
        raise Invalid(f"title: write 1 to {TITLE_MAX_LENGTH} characters.")
    if len(summary) > SUMMARY_MAX_LENGTH or "\0" in summary:
        raise Invalid(f"summary: has {len(summary)} characters; at most {SUMMARY_MAX_LENGTH} are kept.")
    if len(authors) > AUTHORS_MAX or any(len(name) > AUTHOR_MAX_LENGTH for name in authors):
        raise Invalid(f"authors: name at most {AUTHORS_MAX}, each in {AUTHOR_MAX_LENGTH} characters.")
    return title, authors, summary
