"""Protected branches: one rule for commits, branches and pushes."""

import pytest

from openhearth.errors import Forbidden, Invalid, NotFound
from openhearth.events import RepoSettingsChanged
from openhearth.repos import AddFile, CommitRequest
from openhearth.storage.git import RefUpdate
from tests.repos.conftest import Workshop

CHANGE = CommitRequest(summary="a change", operations=[AddFile("x.txt", b"x")])


def test_eve_protects_nothing_of_adas(workshop: Workshop) -> None:
    repo = workshop.create()
    for who in (workshop.eve, workshop.acting(workshop.ada, "read")):
        with pytest.raises(Forbidden):
            workshop.repos.protections.protect(who, repo, "main")


def test_a_branch_for_admins_is_moved_by_admins_only(workshop: Workshop) -> None:
    repo = workshop.create("team", namespace="forge")
    workshop.repos.commits.commit(workshop.ben, repo, "main", CHANGE)
    workshop.repos.protections.protect(workshop.ada, repo, "main", admins_only=True)
    with pytest.raises(Forbidden, match="only admins of forge/team may change this branch"):
        workshop.repos.commits.commit(
            workshop.ben, repo, "main", CommitRequest(summary="b", operations=[AddFile("y.txt", b"y")])
        )
    with pytest.raises(Forbidden):
        workshop.repos.refs.squash(workshop.ben, repo, "main", "")
    workshop.put(repo, z="z")
    update = RefUpdate("refs/heads/main", "a" * 40, "b" * 40)
    assert workshop.repos.protections.refuse_updates(workshop.ben, repo, [update])
    assert not workshop.repos.protections.refuse_updates(workshop.ada, repo, [update])


def test_a_protected_branch_keeps_its_history_and_stays(workshop: Workshop) -> None:
    repo = workshop.create()
    workshop.put(repo, a="a")
    workshop.repos.refs.create_branch(workshop.ada, repo, "release/1")
    workshop.repos.protections.protect(workshop.ada, repo, "release/*")
    workshop.put(repo, b="b")
    with pytest.raises(Forbidden, match="keeps its history"):
        workshop.repos.refs.squash(workshop.ada, repo, "release/1", "")
    with pytest.raises(Forbidden, match="cannot be deleted"):
        workshop.repos.refs.delete_branch(workshop.ada, repo, "release/1")
    with pytest.raises(Forbidden, match="keeps its history"):
        workshop.repos.refs.create_branch(workshop.ada, repo, "release/1", overwrite=True)
    workshop.repos.protections.unprotect(workshop.ada, repo, "release/*")
    workshop.repos.refs.delete_branch(workshop.ada, repo, "release/1")


@pytest.mark.parametrize("pattern", ["", " ", "a..b", "x" * 201, "-a", "a b"])
def test_a_pattern_is_a_branch_name_with_stars(workshop: Workshop, pattern: str) -> None:
    with pytest.raises(Invalid):
        workshop.repos.protections.protect(workshop.ada, workshop.create(), pattern)


def test_lifting_what_is_not_there_says_so(workshop: Workshop) -> None:
    with pytest.raises(NotFound):
        workshop.repos.protections.unprotect(workshop.ada, workshop.create(), "main")


def test_what_is_protected_and_lifted_is_announced(workshop: Workshop) -> None:
    repo = workshop.create()
    heard: list[RepoSettingsChanged] = []
    workshop.hub.ground.events.subscribe({RepoSettingsChanged: heard.append})
    workshop.repos.protections.protect(workshop.ada, repo, "main", admins_only=True)
    workshop.repos.protections.unprotect(workshop.ada, repo, "main")
    assert [event.changes for event in heard] == [{"branch main": "admins only"}, {"branch main": "open"}]
