"""Discussions and pull requests on a real hub: numbers, rules, races, merges, lines."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from openhearth.access import NOBODY, Actor
from openhearth.community.discussions import Discussions
from openhearth.community.discussions.records import Discussion, Line, Wanted
from openhearth.errors import (
    Conflict,
    Forbidden,
    HubError,
    Invalid,
    RevisionNotFound,
    StaleParent,
    TooLarge,
    Unauthenticated,
)
from openhearth.events import DiscussionChanged, RefUpdated
from openhearth.repos import AddFile, AddLargeFile, CommitRequest, RemoveFile, Repo
from openhearth.repos.records import PlannedFile
from tests.repos.conftest import Workshop

STORY = "".join(f"line {number}\n" for number in range(1, 31))


@pytest.fixture
def repo(workshop: Workshop) -> Repo:
    repo = workshop.create()
    workshop.put(repo, story__txt=STORY)
    return repo


@pytest.fixture
def talk(workshop: Workshop) -> Discussions:
    return workshop.hub.community.discussions


def propose(
    workshop: Workshop, repo: Repo, *, who: Actor | None = None, onto: str = "main", **files: str
) -> int:
    added = [AddFile(name.replace("__", "."), text.encode()) for name, text in files.items()]
    request = CommitRequest(summary="Propose a change", operations=added)
    return workshop.repos.commits.propose(who or workshop.eve, repo, onto, request).number


def add(workshop: Workshop, repo: Repo, number: int, who: Actor, **files: str) -> str:
    added = [AddFile(name.replace("__", "."), text.encode()) for name, text in files.items()]
    request = CommitRequest(summary="More", operations=added)
    return workshop.repos.commits.commit(who, repo, f"refs/pr/{number}", request).oid


def at_once(*calls: Callable[[], object]) -> list[HubError | None]:
    """Run all calls at the same time; what each was refused with."""
    outcomes: list[HubError | None] = [None] * len(calls)
    gate = threading.Barrier(len(calls))

    def run(index: int, call: Callable[[], object]) -> None:
        gate.wait()
        try:
            call()
        except HubError as error:
            outcomes[index] = error

    threads = [threading.Thread(target=run, args=(i, call)) for i, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_nobody_reads_and_does_not_write(workshop: Workshop, talk: Discussions, repo: Repo) -> None:
    with pytest.raises(Unauthenticated, match="account"):
        talk.threads.open(NOBODY, repo, title="Hello", description="x")
    with pytest.raises(Unauthenticated):
        talk.pulls.open_draft(NOBODY, repo, title="Hello", description="x")
    with pytest.raises(Unauthenticated):
        propose(workshop, repo, who=NOBODY, a__txt="x")
    made = talk.threads.open(workshop.eve, repo, title="Hello", description="x")
    with pytest.raises(Unauthenticated):
        talk.comments.add(NOBODY, repo, made, "x")
    assert talk.threads.get(repo, 1).title == "Hello"


def test_a_token_that_only_reads_takes_no_part(workshop: Workshop, talk: Discussions, repo: Repo) -> None:
    reader = workshop.acting(workshop.eve, "read")
    with pytest.raises(Forbidden, match=r"token \(read\)"):
        talk.threads.open(reader, repo, title="Hello", description="x")
    with pytest.raises(Forbidden, match="token"):
        propose(workshop, repo, who=reader, a__txt="x")


@pytest.mark.both_engines
def test_many_at_once_get_different_numbers(workshop: Workshop, talk: Discussions, repo: Repo) -> None:
    def discuss(index: int) -> Callable[[], object]:
        return lambda: talk.threads.open(workshop.eve, repo, title=f"Talk {index}", description="")

    def change(index: int) -> Callable[[], object]:
        request = CommitRequest(summary="Add a file", operations=[AddFile(f"file{index}", b"x")])
        return lambda: workshop.repos.commits.propose(workshop.eve, repo, "main", request)

    assert at_once(*(make(i) for i in range(4) for make in (discuss, change))) == [None] * 8
    listed = talk.threads.list_discussions(repo, Wanted()).items
    assert [d.number for d in listed] == list(range(8, 0, -1))
    refs = workshop.repos.content.list_refs(repo).pull_requests
    assert {int(ref.name) for ref in refs} == {d.number for d in listed if d.is_pull_request}


@pytest.mark.both_engines
def test_of_two_merges_at_once_one_wins(workshop: Workshop, talk: Discussions, repo: Repo) -> None:
    number = propose(workshop, repo, notes__txt="one\n")
    before = workshop.repos.content.count_commits(repo, workshop.repos.content.resolve(repo))
    pull = talk.threads.get(repo, number)
    outcomes = at_once(*[lambda: talk.pulls.merge(workshop.ada, repo, pull)] * 3)
    assert sorted(outcome is None for outcome in outcomes) == [False, False, True]
    assert all(isinstance(outcome, Conflict) for outcome in outcomes if outcome)
    assert workshop.repos.content.count_commits(repo, workshop.repos.content.resolve(repo)) == before + 1
    events = talk.threads.list_events(pull)
    assert [e.facts["status"] for e in events if e.kind == "status-change"] == ["merged"]


@pytest.mark.both_engines
def test_two_pull_requests_merged_at_once_both_arrive(
    workshop: Workshop, talk: Discussions, repo: Repo
) -> None:
    numbers = [propose(workshop, repo, who=workshop.eve, one="1"), propose(workshop, repo, two="2")]

    def merge(number: int) -> Callable[[], object]:
        pull = talk.threads.get(repo, number)
        return lambda: talk.pulls.merge(workshop.ada, repo, pull)

    outcomes = at_once(*map(merge, numbers))
    assert outcomes == [None, None]
    assert {"one", "two"} <= set(workshop.paths(repo))


@pytest.mark.both_engines
def test_of_two_who_close_at_once_one_is_told(workshop: Workshop, talk: Discussions, repo: Repo) -> None:
    made = talk.threads.open(workshop.eve, repo, title="Hello", description="")
    outcomes = at_once(*[lambda: talk.threads.set_status(workshop.ada, repo, made, "closed")] * 2)
    assert [type(outcome) for outcome in outcomes if outcome] == [Conflict]


@pytest.mark.both_engines
def test_of_two_edits_of_one_text_the_second_is_refused(
    workshop: Workshop, talk: Discussions, repo: Repo
) -> None:
    made = talk.threads.open(workshop.eve, repo, title="Hello", description="first")
    opening = talk.threads.list_events(made)[0]

    def edit(text: str) -> Callable[[], object]:
        return lambda: talk.comments.edit(workshop.eve, repo, made, opening.id, text)

    refused = [outcome for outcome in at_once(edit("second"), edit("third")) if outcome]
    comment = talk.threads.get_event(made, opening.id).comment
    assert comment is not None
    assert all(isinstance(outcome, StaleParent) for outcome in refused)
    assert comment.versions[0].text == "first"
    assert len(comment.versions) == 2 - len(refused)


def test_the_merge_says_what_it_holds_and_who_wrote_it(
    workshop: Workshop, talk: Discussions, repo: Repo
) -> None:
    number = propose(workshop, repo, notes__txt="one\n")
    add(workshop, repo, number, workshop.eve, notes__txt="one\ntwo\n")
    workshop.put(repo, other__txt="meanwhile")
    oid = talk.pulls.merge(workshop.ada, repo, talk.threads.get(repo, number))
    commit = workshop.repos.content.get_commit(repo, oid)
    assert commit.title == f"Propose a change (#{number})"
    assert "- More (" in commit.message
    assert "Co-authored-by: eve <eve@" in commit.message
    assert len(commit.parents) == 1
    assert workshop.text(repo, "notes.txt") == "one\ntwo\n"
    assert workshop.text(repo, "other.txt") == "meanwhile"
    merged = talk.threads.get(repo, number)
    patch = talk.pulls.patch(repo, talk.pulls.range_of(repo, merged))
    assert "+two" in patch
    assert "meanwhile" not in patch


def test_a_conflict_names_its_files_and_changes_nothing(
    workshop: Workshop, talk: Discussions, repo: Repo
) -> None:
    number = propose(workshop, repo, story__txt=STORY.replace("line 5", "eve"), new__txt="fine")
    head = workshop.put(repo, story__txt=STORY.replace("line 5", "ada"))
    pull = talk.threads.get(repo, number)
    assert talk.pulls.list_conflicts(repo, pull, talk.pulls.range_of(repo, pull)) == ("story.txt",)
    with pytest.raises(Conflict, match=r"story\.txt"):
        talk.pulls.merge(workshop.ada, repo, pull)
    assert workshop.repos.content.resolve(repo) == head
    assert talk.threads.get(repo, number).status == "open"
    add(workshop, repo, number, workshop.eve, story__txt=STORY.replace("line 5", "ada"))
    talk.pulls.merge(workshop.ada, repo, talk.threads.get(repo, number))
    assert workshop.text(repo, "new.txt") == "fine"


def test_a_rewritten_pull_request_still_fits_main(workshop: Workshop, talk: Discussions, repo: Repo) -> None:
    number = propose(workshop, repo, story__txt=STORY.replace("line 5", "eve"))
    add(workshop, repo, number, workshop.eve, notes__txt="more\n")
    with pytest.raises(Forbidden):
        workshop.repos.refs.squash(workshop.ben, repo, f"refs/pr/{number}", "")
    oid = workshop.repos.refs.squash(workshop.eve, repo, f"refs/pr/{number}", "All of it")
    assert workshop.repos.content.count_commits(repo, oid) == 1
    workshop.put(repo, other__txt="meanwhile")
    pull = talk.threads.get(repo, number)
    patch = talk.pulls.patch(repo, talk.pulls.range_of(repo, pull))
    assert "+eve" in patch and "meanwhile" not in patch
    talk.pulls.merge(workshop.ada, repo, pull)
    assert "eve" in workshop.text(repo, "story.txt")
    assert workshop.text(repo, "other.txt") == "meanwhile"


def test_a_rewritten_main_still_takes_what_was_proposed_before(
    workshop: Workshop, talk: Discussions, repo: Repo
) -> None:
    number = propose(workshop, repo, story__txt=STORY.replace("line 5", "eve"))
    workshop.repos.refs.squash(workshop.ada, repo, "main", "")
    workshop.put(repo, story__txt=STORY.replace("line 25", "ada"))
    pull = talk.threads.get(repo, number)
    assert talk.pulls.list_conflicts(repo, pull, talk.pulls.range_of(repo, pull)) == ()
    talk.pulls.merge(workshop.ada, repo, pull)
    text = workshop.text(repo, "story.txt")
    assert "eve" in text and "ada" in text
    merged = talk.threads.get(repo, number)
    assert "+eve" in talk.pulls.patch(repo, talk.pulls.range_of(repo, merged))


def test_only_writers_merge_and_only_authors_and_writers_push(
    workshop: Workshop, talk: Discussions, repo: Repo
) -> None:
    number = propose(workshop, repo, notes__txt="one\n")
    pull = talk.threads.get(repo, number)
    with pytest.raises(Forbidden):
        talk.pulls.merge(workshop.eve, repo, pull)
    with pytest.raises(Forbidden, match="Only whoever opened"):
        add(workshop, repo, number, workshop.ben, notes__txt="two\n")
    add(workshop, repo, number, workshop.ada, notes__txt="three\n")
    with pytest.raises(RevisionNotFound):
        add(workshop, repo, 99, workshop.ada, notes__txt="x")
    talk.threads.set_status(workshop.eve, repo, pull, "closed")
    with pytest.raises(Conflict, match="reopen"):
        add(workshop, repo, number, workshop.eve, notes__txt="late\n")
    with pytest.raises(Conflict, match="reopen"):
        talk.pulls.merge(workshop.ada, repo, talk.threads.get(repo, number))


def test_the_ref_goes_once_it_is_closed_and_the_diff_stays(
    workshop: Workshop, talk: Discussions, repo: Repo
) -> None:
    number = propose(workshop, repo, notes__txt="kept\n")
    pull = talk.threads.get(repo, number)
    with pytest.raises(Conflict, match="close or merge"):
        talk.pulls.delete_ref(workshop.eve, repo, pull)
    talk.threads.set_status(workshop.ada, repo, pull, "closed")
    with pytest.raises(Forbidden):
        talk.pulls.delete_ref(workshop.ben, repo, talk.threads.get(repo, number))
    talk.pulls.delete_ref(workshop.eve, repo, talk.threads.get(repo, number))
    assert not workshop.repos.content.list_refs(repo).pull_requests
    closed = talk.threads.get(repo, number)
    assert "+kept" in talk.pulls.patch(repo, talk.pulls.range_of(repo, closed))
    with pytest.raises(RevisionNotFound):
        talk.pulls.delete_ref(workshop.eve, repo, closed)
    assert talk.threads.open(workshop.eve, repo, title="Next", description="").number == number + 1


def test_a_locked_discussion_takes_no_comments(workshop: Workshop, talk: Discussions, repo: Repo) -> None:
    made = talk.threads.open(workshop.eve, repo, title="Hello", description="x")
    opening = talk.threads.list_events(made)[0].id
    with pytest.raises(Forbidden):
        talk.threads.set_locked(workshop.eve, repo, made, True)
    talk.threads.set_locked(workshop.ada, repo, made, True)
    locked = talk.threads.get(repo, made.number)
    calls: list[Callable[[], object]] = [
        lambda: talk.comments.add(workshop.eve, repo, locked, "x"),
        lambda: talk.comments.edit(workshop.eve, repo, locked, opening, "y"),
        lambda: talk.comments.react(workshop.eve, repo, locked, opening, "heart", given=True),
    ]
    for call in calls:
        with pytest.raises(Forbidden, match="locked"):
            call()
    talk.comments.hide(workshop.ada, repo, locked, opening)


def test_what_is_hidden_is_gone_for_good(workshop: Workshop, talk: Discussions, repo: Repo) -> None:
    made = talk.threads.open(workshop.eve, repo, title="Hello", description="a secret")
    opening = talk.threads.list_events(made)[0].id
    talk.comments.edit(workshop.eve, repo, made, opening, "no secret")
    talk.comments.react(workshop.ada, repo, made, opening, "heart", given=True)
    hidden = talk.comments.hide(workshop.eve, repo, made, opening).comment
    assert hidden is not None
    assert (hidden.text, list(hidden.versions), dict(hidden.reactions)) == ("", [], {})
    with pytest.raises(Conflict, match="hidden"):
        talk.comments.edit(workshop.eve, repo, made, opening, "back")


@pytest.mark.both_engines
def test_reactions_count_people_once_and_are_few(workshop: Workshop, talk: Discussions, repo: Repo) -> None:
    made = talk.threads.open(workshop.eve, repo, title="Hello", description="x")
    opening = talk.threads.list_events(made)[0].id
    for who in (workshop.ada, workshop.ada, workshop.ben):
        event = talk.comments.react(who, repo, made, opening, "fire", given=True)
    assert event.comment is not None
    assert len(event.comment.reactions["fire"]) == 2
    event = talk.comments.react(workshop.ada, repo, made, opening, "fire", given=False)
    assert event.comment is not None
    assert event.comment.reactions["fire"] == [workshop.ben.user_id]
    with pytest.raises(Invalid, match="thumbs_up"):
        talk.comments.react(workshop.ada, repo, made, opening, "<b>", given=True)


@pytest.mark.parametrize(("title", "text"), [("", "x"), ("ab", "x"), ("x" * 201, "x"), ("bad\0title", "x")])
def test_bad_titles_are_refused_by_field(
    workshop: Workshop, talk: Discussions, repo: Repo, title: str, text: str
) -> None:
    with pytest.raises(Invalid, match=r"^title:"):
        talk.threads.open(workshop.eve, repo, title=title, description=text)
    assert (
        talk.threads.open(workshop.eve, repo, title="  Fine \n title ", description=text).title
        == "Fine title"
    )
    with pytest.raises(TooLarge, match=r"^description:"):
        talk.threads.open(workshop.eve, repo, title="Fine", description="x" * 65_537)


def test_turned_off_nothing_is_told_and_nothing_is_taken(
    workshop: Workshop, talk: Discussions, repo: Repo
) -> None:
    number = propose(workshop, repo, notes__txt="one\n")
    with pytest.raises(Forbidden):
        talk.threads.set_enabled(workshop.eve, repo, False)
    talk.threads.set_enabled(workshop.ada, repo, False)
    for call in (
        lambda: talk.threads.list_discussions(repo, Wanted()),
        lambda: talk.threads.get(repo, number),
        lambda: talk.threads.open(workshop.ada, repo, title="Hello", description=""),
        lambda: propose(workshop, repo, notes__txt="two\n"),
        lambda: add(workshop, repo, number, workshop.eve, notes__txt="three\n"),
    ):
        with pytest.raises(Forbidden, match="disabled"):
            call()
    talk.threads.set_enabled(workshop.ada, repo, True)
    assert talk.threads.get(repo, number).number == number


def test_what_a_stranger_uploads_is_theirs_until_a_commit_names_it(
    workshop: Workshop, talk: Discussions, repo: Repo
) -> None:
    lfs, large = workshop.hub.ground.storage.lfs, workshop.repos.large_files
    content = b"weights" * 100
    temp = lfs.begin()
    temp.write_bytes(content)
    sha256 = "fa5e1b8d" + "0" * 56
    lfs.adopt(temp, sha256, len(content))
    eve_id = workshop.eve.user_id or ""
    lfs.propose(repo.key, sha256, size_bytes=len(content), uploaded_by=eve_id)
    assert large.find_uploaded(repo.key, [sha256], None) == {}
    assert large.find_uploaded(repo.key, [sha256], workshop.ben.user_id) == {}
    request = CommitRequest(summary="Weights", operations=[AddLargeFile("w.bin", sha256, len(content))])
    with pytest.raises(Invalid, match="never uploaded"):
        workshop.repos.commits.propose(workshop.ben, repo, "main", request)
    workshop.repos.commits.propose(workshop.eve, repo, "main", request)
    assert large.find_uploaded(repo.key, [sha256], None) == {sha256: len(content)}


def test_everything_is_announced_with_its_words(workshop: Workshop, talk: Discussions, repo: Repo) -> None:
    heard: list[DiscussionChanged] = []
    workshop.hub.ground.events.subscribe({DiscussionChanged: heard.append})
    number = propose(workshop, repo, notes__txt="one\n")
    pull = talk.threads.get(repo, number)
    event = talk.comments.add(workshop.ada, repo, pull, "Thanks @eve")
    talk.comments.edit(workshop.ada, repo, pull, event.id, "Thanks, @eve!")
    talk.threads.rename(workshop.eve, repo, pull, "A better title")
    talk.threads.set_status(workshop.eve, repo, pull, "closed")
    talk.threads.set_status(workshop.eve, repo, pull, "open")
    talk.pulls.merge(workshop.ada, repo, talk.threads.get(repo, number))
    assert [(e.change, e.actor_name) for e in heard] == [
        ("opened", "eve"), ("commented", "ada"), ("edited", "ada"), ("renamed", "eve"),
        ("closed", "eve"), ("reopened", "eve"), ("merged", "ada"),
    ]  # fmt: skip
    assert heard[1].text == "Thanks @eve"
    assert heard[3].title == "A better title"
    assert all(e.is_pull_request and e.number == number and e.repo == repo.ref for e in heard)


def test_a_deleted_repo_takes_its_discussions_along(
    workshop: Workshop, talk: Discussions, repo: Repo
) -> None:
    propose(workshop, repo, notes__txt="one\n")
    workshop.repos.catalogue.delete(workshop.ada, repo.ref)
    again = workshop.create()
    assert talk.threads.list_discussions(again, Wanted()).total == 0
    assert talk.threads.open(workshop.eve, again, title="Hello", description="").number == 1


class TestBase:
    """Pull requests for another branch than main."""

    @pytest.fixture
    def dev(self, workshop: Workshop, repo: Repo) -> str:
        """A branch that went another way than main."""
        workshop.repos.refs.create_branch(workshop.ada, repo, "dev")
        request = CommitRequest(summary="On dev", operations=[AddFile("dev.txt", b"dev\n")])
        workshop.repos.commits.commit(workshop.ada, repo, "dev", request)
        workshop.put(repo, story__txt=STORY.replace("line 5", "main"))
        return "dev"

    def resolve(self, workshop: Workshop, repo: Repo, branch: str) -> str:
        return workshop.repos.content.resolve(repo, f"refs/heads/{branch}")

    @pytest.mark.parametrize("onto", ["dev", "refs/heads/dev"])
    def test_it_begins_at_its_branch_and_is_merged_there(
        self, workshop: Workshop, talk: Discussions, repo: Repo, dev: str, onto: str
    ) -> None:
        main, before = self.resolve(workshop, repo, "main"), self.resolve(workshop, repo, dev)
        heard: list[RefUpdated] = []
        number = propose(workshop, repo, onto=onto, story__txt=STORY.replace("line 5", "eve"))
        workshop.hub.ground.events.subscribe({RefUpdated: heard.append})
        add(workshop, repo, number, workshop.eve, notes__txt="more\n")
        pull = talk.threads.get(repo, number)
        assert (pull.base, pull.base_commit) == ("dev", before)
        span = talk.pulls.range_of(repo, pull)
        assert span.base == before
        assert [commit.title for commit in talk.pulls.list_commits(repo, span)] == [
            "Propose a change",
            "More",
        ]
        assert [e.kind for e in talk.threads.list_events(pull)] == ["comment", "commit", "commit"]
        assert talk.pulls.list_conflicts(repo, pull, span) == (), "main is none of its business"
        oid = talk.pulls.merge(workshop.ada, repo, pull)
        assert (self.resolve(workshop, repo, "main"), self.resolve(workshop, repo, dev)) == (main, oid)
        assert workshop.repos.content.get_commit(repo, oid).parents == (before,)
        assert "eve" in workshop.text(repo, "story.txt", "dev")
        assert [(e.ref, e.old, e.new) for e in heard if e.ref.startswith("refs/heads/")] == [
            ("refs/heads/dev", before, oid)
        ]
        merged = talk.threads.get(repo, number)
        assert "+eve" in talk.pulls.patch(repo, talk.pulls.range_of(repo, merged))

    def test_a_parent_may_be_named(self, workshop: Workshop, talk: Discussions, repo: Repo, dev: str) -> None:
        first = workshop.repos.content.list_commits(repo, self.resolve(workshop, repo, dev))[1].oid
        request = CommitRequest(summary="Earlier", operations=[AddFile("e.txt", b"e")], parent_commit=first)
        made = workshop.repos.commits.propose(workshop.eve, repo, dev, request)
        assert workshop.repos.content.get_commit(repo, made.oid).parents == (first,)
        talk.pulls.merge(workshop.ada, repo, talk.threads.get(repo, made.number))
        assert workshop.text(repo, "dev.txt", "dev") == "dev\n"
        assert workshop.text(repo, "e.txt", "dev") == "e"

    def test_it_is_for_a_branch_and_nothing_else(
        self, workshop: Workshop, talk: Discussions, repo: Repo, dev: str
    ) -> None:
        number = propose(workshop, repo, onto=dev, notes__txt="one\n")
        workshop.repos.refs.create_tag(workshop.ada, repo, "v1", revision=dev)
        commit = self.resolve(workshop, repo, dev)
        planned = [PlannedFile(path="a.txt", size_bytes=1)]
        commits = workshop.repos.commits
        for wrong in (
            "never",
            "v1",
            commit,
            commit[:7],
            f"refs/pr/{number}",
            "refs/tags/v1",
            "",
            "a..b",
            "x\0",
        ):
            with pytest.raises(RevisionNotFound, match="is no branch of"):
                propose(workshop, repo, onto=wrong, a__txt="x")
            with pytest.raises(RevisionNotFound, match="is no branch of"):
                commits.advise(workshop.eve, repo, wrong, planned, new_pull_request=True)
            with pytest.raises(RevisionNotFound, match="is no branch of"):
                talk.pulls.open_draft(workshop.eve, repo, title="Hello", description="", base=wrong)
        made = talk.pulls.open_draft(workshop.eve, repo, title="Hello", description="", base=dev)
        assert (made.number, made.base, made.head) == (number + 1, "dev", commit)

    def test_what_contradicts_its_branch_is_named(
        self, workshop: Workshop, talk: Discussions, repo: Repo, dev: str
    ) -> None:
        number = propose(workshop, repo, onto=dev, dev__txt="eve\n")
        request = CommitRequest(summary="Ada", operations=[AddFile("dev.txt", b"ada\n")])
        workshop.repos.commits.commit(workshop.ada, repo, dev, request)
        pull = talk.threads.get(repo, number)
        assert talk.pulls.list_conflicts(repo, pull, talk.pulls.range_of(repo, pull)) == ("dev.txt",)
        with pytest.raises(Conflict, match=r"'dev\.txt' changed on dev too"):
            talk.pulls.merge(workshop.ada, repo, pull)

    def test_the_rules_of_its_branch_apply(self, workshop: Workshop, talk: Discussions) -> None:
        repo = workshop.create(namespace="forge")
        workshop.repos.refs.create_branch(workshop.ada, repo, "release/1")
        workshop.repos.protections.protect(workshop.ada, repo, "release/*", admins_only=True)
        number = propose(workshop, repo, who=workshop.ben, onto="release/1", notes__txt="one\n")
        with pytest.raises(Forbidden, match="only admins"):
            talk.pulls.merge(workshop.ben, repo, talk.threads.get(repo, number))
        assert talk.threads.get(repo, number).status == "open"
        talk.pulls.merge(workshop.ada, repo, talk.threads.get(repo, number))
        assert workshop.text(repo, "notes.txt", "release/1") == "one\n"

    def test_a_deleted_branch_takes_no_merge_and_the_diff_stays(
        self, workshop: Workshop, talk: Discussions, repo: Repo, dev: str
    ) -> None:
        forked_at = self.resolve(workshop, repo, dev)
        number = propose(workshop, repo, onto=dev, notes__txt="kept\n")
        workshop.repos.refs.delete_branch(workshop.ada, repo, dev)
        pull = talk.threads.get(repo, number)
        with pytest.raises(Conflict, match="'dev' it is for was deleted"):
            talk.pulls.merge(workshop.ada, repo, pull)
        add(workshop, repo, number, workshop.eve, notes__txt="kept\nmore\n")
        pull = talk.threads.get(repo, number)
        span = talk.pulls.range_of(repo, pull)
        assert (pull.status, span.base) == ("open", forked_at)
        assert "+more" in talk.pulls.patch(repo, span)
        assert talk.pulls.list_conflicts(repo, pull, span) == ()
        assert [e.facts["subject"] for e in talk.threads.list_events(pull) if e.kind == "commit"] == [
            "Propose a change", "More",
        ]  # fmt: skip
        workshop.repos.refs.create_branch(workshop.ada, repo, dev, start=forked_at)
        talk.pulls.merge(workshop.ada, repo, pull)
        assert workshop.text(repo, "notes.txt", "dev") == "kept\nmore\n"

    def test_a_merge_and_a_deletion_at_once_leave_no_half(
        self, workshop: Workshop, talk: Discussions, repo: Repo, dev: str
    ) -> None:
        pull = talk.threads.get(repo, propose(workshop, repo, onto=dev, notes__txt="one\n"))
        merged, deleted = at_once(
            lambda: talk.pulls.merge(workshop.ada, repo, pull),
            lambda: workshop.repos.refs.delete_branch(workshop.ada, repo, dev),
        )
        assert talk.threads.get(repo, pull.number).status == ("open" if merged else "merged")
        assert {type(outcome) for outcome in (merged, deleted) if outcome} <= {Conflict}
        if deleted:
            assert workshop.text(repo, "notes.txt", "dev") == "one\n"


class TestLines:
    """Comments on a line of a diff."""

    @pytest.fixture
    def pull(self, workshop: Workshop, talk: Discussions, repo: Repo) -> Discussion:
        changed = STORY.replace("line 10\n", "new ten\nnew eleven\n")
        return talk.threads.get(repo, propose(workshop, repo, story__txt=changed))

    def said(
        self, workshop: Workshop, talk: Discussions, repo: Repo, pull: Discussion, line: Line
    ) -> Callable[[], Line | None]:
        """Comment on `line`; gives where it stands whenever one asks."""
        comment = talk.comments.add(workshop.ada, repo, pull, "Why?", line=line).comment
        assert comment is not None and comment.anchor is not None
        anchor = comment.anchor

        def now() -> Line | None:
            found = talk.threads.get(repo, pull.number)
            return talk.lines.find_now(repo, talk.pulls.range_of(repo, found), anchor)

        assert now() == line
        return now

    def test_it_stays_on_its_line_after_a_push(
        self, workshop: Workshop, talk: Discussions, repo: Repo, pull: Discussion
    ) -> None:
        now = self.said(workshop, talk, repo, pull, Line("story.txt", "new", 11))
        changed = "a head\nof two\n" + STORY.replace("line 10\n", "new ten\nnew eleven\n")
        add(workshop, repo, pull.number, workshop.eve, story__txt=changed)
        assert now() == Line("story.txt", "new", 13)
        workshop.put(repo, other__txt="main moves on")
        assert now() == Line("story.txt", "new", 13)

    def test_it_is_outdated_once_the_line_is_changed(
        self, workshop: Workshop, talk: Discussions, repo: Repo, pull: Discussion
    ) -> None:
        now = self.said(workshop, talk, repo, pull, Line("story.txt", "new", 11))
        kept = self.said(workshop, talk, repo, pull, Line("story.txt", "new", 10))
        changed = STORY.replace("line 10\n", "new ten\nbetter eleven\n")
        add(workshop, repo, pull.number, workshop.eve, story__txt=changed)
        assert now() is None
        assert kept() == Line("story.txt", "new", 10)

    def test_a_removed_line_can_be_spoken_of(
        self, workshop: Workshop, talk: Discussions, repo: Repo, pull: Discussion
    ) -> None:
        now = self.said(workshop, talk, repo, pull, Line("story.txt", "old", 10))
        add(workshop, repo, pull.number, workshop.eve, more__txt="x")
        assert now() == Line("story.txt", "old", 10)

    def test_it_follows_a_renamed_file_and_goes_with_a_deleted_one(
        self, workshop: Workshop, talk: Discussions, repo: Repo, pull: Discussion
    ) -> None:
        now = self.said(workshop, talk, repo, pull, Line("story.txt", "new", 11))
        changed = STORY.replace("line 10\n", "new ten\nnew eleven\n")
        request = CommitRequest(
            summary="Rename", operations=[RemoveFile("story.txt"), AddFile("tale.txt", changed.encode())]
        )
        workshop.repos.commits.commit(workshop.eve, repo, f"refs/pr/{pull.number}", request)
        assert now() == Line("tale.txt", "new", 11)
        request = replace(request, operations=[RemoveFile("tale.txt")])
        workshop.repos.commits.commit(workshop.eve, repo, f"refs/pr/{pull.number}", request)
        assert now() is None

    @pytest.mark.parametrize(
        "line",
        [
            Line("story.txt", "new", 0),
            Line("story.txt", "new", 4000),
            Line("none.txt", "new", 1),
            Line("../x", "old", 1),
        ],
    )
    def test_no_such_line(
        self, workshop: Workshop, talk: Discussions, repo: Repo, pull: Discussion, line: Line
    ) -> None:
        with pytest.raises(Invalid, match=r"^line:"):
            talk.comments.add(workshop.ada, repo, pull, "Why?", line=line)
        assert len(talk.threads.list_events(pull)) == 2
