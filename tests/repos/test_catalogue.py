"""Repos as wholes: who may see, make, move and remove them, and how they are listed."""

import hashlib
from typing import Any

import pytest

from openhearth.access import NOBODY, Action
from openhearth.errors import Forbidden, Invalid, RepoNotFound, Unauthenticated
from openhearth.kit.names import RepoRef
from openhearth.repos import RepoFilter
from openhearth.repos.errors import RepoExists
from tests.repos.conftest import Workshop

TINY = RepoRef("model", "ada", "tiny")


def test_a_new_repo_begins_with_one_commit_that_holds_the_lfs_patterns(workshop: Workshop) -> None:
    repo = workshop.create()
    assert workshop.paths(repo) == [".gitattributes"]
    assert "*.safetensors filter=lfs" in workshop.text(repo, ".gitattributes")
    commit = workshop.repos.content.resolve(repo)
    assert workshop.repos.content.count_commits(repo, commit) == 1


def test_private_and_missing_are_the_same_answer(workshop: Workshop) -> None:
    workshop.create("secret", visibility="private")
    for actor, status in ((workshop.eve, 404), (NOBODY, 401)):
        answers = []
        for name in ("secret", "missing"):
            with pytest.raises(RepoNotFound) as refused:
                workshop.repos.catalogue.get(actor, RepoRef("model", "ada", name))
            answers.append(
                (refused.value.status, refused.value.code, refused.value.message.replace(name, "…"))
            )
        assert answers[0] == answers[1]
        assert answers[0][0] == status


def test_members_see_private_repos_of_their_organisation(workshop: Workshop) -> None:
    repo = workshop.repos.catalogue.create(workshop.ada, RepoRef("model", "forge", "anvil"))
    assert repo.is_private, "the organisation keeps new repos private"
    assert workshop.repos.catalogue.get(workshop.ben, repo.ref, Action.WRITE).key == repo.key
    with pytest.raises(RepoNotFound):
        workshop.repos.catalogue.get(workshop.eve, repo.ref)


def test_a_fine_grained_token_sees_only_what_it_was_given(workshop: Workshop) -> None:
    one, other = workshop.create("one", visibility="private"), workshop.create("other", visibility="private")
    actor = workshop.acting(workshop.ada, "fineGrained", models__ada__one=Action.READ)
    assert workshop.repos.catalogue.get(actor, one.ref).key == one.key
    with pytest.raises(RepoNotFound):
        workshop.repos.catalogue.get(actor, other.ref)
    listed = workshop.repos.catalogue.list_repos(actor, RepoFilter(type="model"))
    assert [item.repo.key for item in listed.items] == [one.key]


def test_a_name_is_taken_in_any_case(workshop: Workshop) -> None:
    workshop.create("Tiny")
    with pytest.raises(RepoExists) as refused:
        workshop.create("tiny")
    assert refused.value.extra["url"] == "http://hub.test/ada/Tiny"
    assert workshop.repos.catalogue.get(NOBODY, RepoRef("model", "ada", "tINY")).ref.name == "Tiny"


def test_nobody_makes_repos_in_the_name_of_others(workshop: Workshop) -> None:
    with pytest.raises(Forbidden):
        workshop.repos.catalogue.create(workshop.eve, TINY)
    with pytest.raises(Unauthenticated):
        workshop.repos.catalogue.create(NOBODY, TINY)
    with pytest.raises(Forbidden):
        workshop.repos.catalogue.create(workshop.acting(workshop.ada, "read"), TINY)


@pytest.mark.parametrize(
    "name", ["", "a" * 97, "..", "a..b", "a--b", "-a", "a/b", "a.git", "ä", "a b", "a\0b"]
)
def test_a_bad_name_is_refused_and_leaves_nothing(workshop: Workshop, name: str) -> None:
    with pytest.raises(Invalid, match="name: "):
        workshop.create(name)
    assert workshop.repos.catalogue.count_repos(workshop.ada, RepoFilter(type="model")) == 0


def test_a_moved_repo_answers_at_its_old_address(workshop: Workshop) -> None:
    repo = workshop.create()
    moved = workshop.repos.catalogue.move(workshop.ada, TINY, RepoRef("model", "forge", "small"))
    found = workshop.repos.catalogue.get(NOBODY, TINY)
    assert (found.key, found.ref) == (repo.key, moved.ref)
    taken = workshop.create()
    assert workshop.repos.catalogue.get(NOBODY, TINY).key == taken.key, "a new repo takes the old address"


def test_nobody_deletes_a_repo_by_the_address_it_left(workshop: Workshop) -> None:
    workshop.create()
    workshop.repos.catalogue.move(workshop.ada, TINY, RepoRef("model", "ada", "small"))
    with pytest.raises(RepoNotFound):
        workshop.repos.catalogue.delete(workshop.ada, TINY)
    assert workshop.repos.catalogue.count_repos(workshop.ada, RepoFilter(type="model")) == 1


def test_a_deleted_repo_leaves_neither_rows_nor_bytes(workshop: Workshop) -> None:
    repo = workshop.create()
    workshop.put_large(repo, "a.bin", b"large")
    sha256 = hashlib.sha256(b"large").hexdigest()
    workshop.repos.catalogue.delete(workshop.ada, TINY)
    with pytest.raises(RepoNotFound):
        workshop.repos.catalogue.get(workshop.ada, TINY)
    assert not workshop.hub.ground.storage.git.exists(repo.key)
    assert not workshop.hub.ground.storage.lfs.is_linked(repo.key, sha256)
    assert workshop.create().key != repo.key


def test_only_owners_move_delete_and_set(workshop: Workshop) -> None:
    repo = workshop.repos.catalogue.create(
        workshop.ada, RepoRef("model", "forge", "anvil"), visibility="public"
    )
    for actor in (workshop.ben, workshop.eve):
        with pytest.raises(Forbidden):
            workshop.repos.catalogue.delete(actor, repo.ref)
        with pytest.raises(Forbidden):
            workshop.repos.catalogue.change_settings(actor, repo, visibility="private")


def test_lists_hold_what_the_reader_may_see_page_by_page(workshop: Workshop) -> None:
    for number in range(5):
        workshop.create(f"m{number}", visibility="private" if number == 3 else "public")
    wanted = RepoFilter(type="model", author="ada", sort="createdAt", ascending=True)
    names: list[str] = []
    cursor: str | None = None
    for _ in range(10):
        page = workshop.repos.catalogue.list_repos(workshop.eve, wanted, limit=2, cursor=cursor)
        names += [item.repo.ref.name for item in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    assert names == ["m0", "m1", "m2", "m4"]
    assert workshop.repos.catalogue.count_repos(workshop.ada, wanted) == 5


def test_filters_must_all_hold(workshop: Workshop) -> None:
    one, two = workshop.create("one"), workshop.create("two")
    workshop.put(one, README__md="---\nlicense: mit\npipeline_tag: fill-mask\n---\n")
    workshop.put(two, README__md="---\nlicense: mit\n---\n")

    def names(**conditions: object) -> list[str]:
        wanted = RepoFilter(type="model", **conditions)  # type: ignore[arg-type]
        return sorted(
            item.repo.ref.name for item in workshop.repos.catalogue.list_repos(NOBODY, wanted).items
        )

    assert names(tags=["license:mit"]) == ["one", "two"]
    assert names(tags=["license:mit", "fill-mask"]) == ["one"]
    assert names(pipeline_tag="fill-mask") == ["one"]
    assert names(search="TW") == ["two"]
    assert names(search="100%_") == []
    assert names(gated=True) == []


def test_tags_are_counted_among_the_repos_that_match(workshop: Workshop) -> None:
    cards = {
        "one": "license: mit\nlanguage: [en, de]\npipeline_tag: fill-mask",
        "two": "license: mit\nlanguage: en",
        "three": "license: apache-2.0\nlanguage: de",
    }
    for name, metadata in cards.items():
        workshop.put(workshop.create(name), README__md=f"---\n{metadata}\n---\n")
    secret = workshop.create("secret", visibility="private")
    workshop.put(secret, README__md="---\nlicense: mit\ntags: [hidden]\n---\n")

    def counts(**wanted: Any) -> dict[str, int]:
        return dict(workshop.repos.catalogue.count_tags(NOBODY, RepoFilter(type="model", **wanted)))

    assert counts() == {"license:mit": 2, "license:apache-2.0": 1, "en": 2, "de": 2, "fill-mask": 1}
    assert counts(tags=("license:mit",)) == {"license:mit": 2, "en": 2, "de": 1, "fill-mask": 1}
    assert counts(tags=("en", "de")) == {"license:mit": 1, "en": 1, "de": 1, "fill-mask": 1}
    assert counts(pipeline_tag="fill-mask") == counts(search="one") == counts(tags=("en", "de"))
    assert counts(author="nobody") == {}
