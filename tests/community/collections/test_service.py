"""Who may do what to collections, what each reader sees of them, and that two writers at once lose nothing."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from openhearth.access import NOBODY, Action, Actor, Role
from openhearth.community import Community
from openhearth.community.collections import Collections, Thing
from openhearth.community.collections.errors import (
    CollectionExists,
    CollectionNotFound,
    ItemExists,
    ItemNotFound,
)
from openhearth.community.collections.records import Changes, Collection, CollectionFilter, Item, ItemType
from openhearth.community.collections.slugs import id_in, slug_of
from openhearth.errors import Forbidden, Invalid, Unauthenticated
from openhearth.kit.names import RepoRef
from tests.repos.conftest import Workshop


@pytest.fixture
def community(workshop: Workshop) -> Community:
    return workshop.hub.community


def shown(community: Community, actor: Actor, slug: str) -> list[str]:
    """What the items a reader sees are called, in order."""
    collections = community.collections.catalogue
    items = collections.show(actor, collections.get(actor, slug)).items
    assert [item.position for item in items] == list(range(len(items)))
    return [_name_of(item) for item in items]


def _name_of(item: Item) -> str:
    if item.repo:
        return item.repo.repo.id
    if item.linked:
        return item.linked.title
    assert item.thing is not None
    return item.thing.id


def filled(workshop: Workshop, *names: str, title: str = "Steel") -> Collection:
    made = workshop.hub.community.collections.catalogue.create(workshop.ada, title, namespace="ada")
    for name in names:
        workshop.create(name, visibility="private" if name.startswith("hidden") else "public")
        workshop.hub.community.collections.items.add(workshop.ada, made.slug, "model", f"ada/{name}")
    return made


def test_nobody_reads_what_is_public_and_changes_nothing(workshop: Workshop, community: Community) -> None:
    made = filled(workshop, "one")
    assert shown(community, NOBODY, made.slug) == ["ada/one"]
    with pytest.raises(Unauthenticated):
        community.collections.catalogue.create(NOBODY, "Mine", namespace="ada")
    with pytest.raises(Unauthenticated):
        community.collections.catalogue.upvote(NOBODY, made.slug)
    with pytest.raises(Unauthenticated):
        community.collections.items.add(NOBODY, made.slug, "model", "ada/one")


def test_a_private_collection_is_missing_for_everybody_else(workshop: Workshop, community: Community) -> None:
    made = community.collections.catalogue.create(workshop.ada, "Secret", namespace="ada", private=True)
    public = filled(workshop)
    community.collections.items.add(workshop.ada, public.slug, "collection", made.slug)
    for reader in (workshop.eve, workshop.ben, NOBODY):
        with pytest.raises(CollectionNotFound) as refusal:
            community.collections.catalogue.get(reader, made.slug)
        with pytest.raises(CollectionNotFound) as missing:
            community.collections.catalogue.get(reader, "ada/secret-" + "0" * 24)
        assert refusal.value.message.replace(made.slug, "") == missing.value.message.replace(
            "ada/secret-" + "0" * 24, ""
        )
        with pytest.raises(CollectionNotFound):
            community.collections.catalogue.upvote(reader, made.slug)
        assert shown(community, reader, public.slug) == []
        listed = community.collections.catalogue.list_collections(reader, CollectionFilter(), limit=9).items
        assert [entry.collection.slug for entry in listed] == [public.slug]
        assert listed[0].item_count == 0
    assert shown(community, workshop.ada, public.slug) == ["Secret"]


def test_a_reader_sees_no_trace_of_items_they_may_not_know(workshop: Workshop, community: Community) -> None:
    made = filled(workshop, "one", "hidden-two", "three", "hidden-four", "five")
    assert shown(community, workshop.eve, made.slug) == ["ada/one", "ada/three", "ada/five"]
    (listed,) = community.collections.catalogue.list_collections(
        workshop.eve, CollectionFilter(), limit=9
    ).items
    assert (len(listed.items), listed.item_count) == (3, 3)
    for spelled in ("models/ada/hidden-two", "models/ada/none"):
        found = community.collections.catalogue.list_collections(
            workshop.eve, CollectionFilter(items=[spelled]), limit=9
        )
        assert found.items == []


def test_places_count_what_the_writer_sees_and_hidden_items_keep_theirs(
    workshop: Workshop, community: Community
) -> None:
    made = community.collections.catalogue.create(workshop.ada, "Shared", namespace="forge")
    for name in ("one", "two", "three"):
        workshop.create(name)
        community.collections.items.add(workshop.ada, made.slug, "model", f"ada/{name}")
    two = workshop.repos.catalogue.get(workshop.ada, RepoRef("model", "ada", "two"))
    workshop.repos.catalogue.change_settings(workshop.ada, two, visibility="private")
    assert shown(community, workshop.ben, made.slug) == ["ada/one", "ada/three"]
    first = community.collections.catalogue.show(workshop.ben, made).items[0]
    community.collections.items.change(workshop.ben, made.slug, first.id, position=1)
    assert shown(community, workshop.ben, made.slug) == ["ada/three", "ada/one"]
    assert shown(community, workshop.ada, made.slug) == ["ada/two", "ada/three", "ada/one"]
    hidden = community.collections.catalogue.show(workshop.ada, made).items[0]
    with pytest.raises(ItemNotFound):
        community.collections.items.remove(workshop.ben, made.slug, hidden.id)


def test_roles_and_tokens_decide_who_writes(workshop: Workshop, community: Community) -> None:
    collections = community.collections.catalogue
    reader = Actor(user_id=workshop.eve.user_id, name="eve", roles={"forge": Role.READ})
    helper = Actor(user_id=workshop.eve.user_id, name="eve", roles={"forge": Role.CONTRIBUTOR})
    made = collections.create(workshop.ben, "Ours", namespace="forge", private=True)
    assert collections.get(reader, made.slug) == made
    own = collections.create(helper, "Helped", namespace="forge")
    collections.update(helper, own.slug, Changes(theme="blue"))
    for actor in (reader, helper):
        with pytest.raises(Forbidden):
            collections.update(actor, made.slug, Changes(theme="blue"))
    for actor in (
        reader,
        workshop.acting(workshop.ada, "read"),
        workshop.acting(workshop.ben, "fineGrained", ben=Action.WRITE),
    ):
        with pytest.raises(Forbidden):
            collections.create(actor, "Theirs", namespace="forge")
    limited = workshop.acting(workshop.ben, "fineGrained", forge=Action.WRITE)
    collections.create(limited, "By token", namespace="forge")
    blind = workshop.acting(workshop.ben, "fineGrained", ben=Action.WRITE)
    with pytest.raises(CollectionNotFound):
        collections.get(blind, made.slug)
    assert collections.count(blind, CollectionFilter(owners=["forge"])) == 2


def test_a_title_is_unique_for_its_owner_and_the_slug_follows_it(
    workshop: Workshop, community: Community
) -> None:
    made = filled(workshop)
    with pytest.raises(CollectionExists) as refusal:
        community.collections.catalogue.create(workshop.ada, "STEEL", namespace="ada")
    assert refusal.value.extra["slug"] == made.slug
    other = community.collections.catalogue.create(workshop.ada, "Iron", namespace="ada")
    with pytest.raises(CollectionExists):
        community.collections.catalogue.update(workshop.ada, other.slug, Changes(title="steel"))
    renamed = community.collections.catalogue.update(workshop.ada, made.slug, Changes(title="Crucible steel"))
    assert community.collections.catalogue.get(NOBODY, made.slug).slug == renamed.slug != made.slug
    with pytest.raises(CollectionNotFound):
        community.collections.catalogue.get(NOBODY, made.slug.replace("ada/", "eve/"))


@pytest.mark.parametrize(
    ("kind", "item_id"),
    [("paper", "not-a-number"), ("bucket", "ada/bucket"), ("collection", "ada/x"), ("model", "gpt2")],
)
def test_what_is_not_there_cannot_be_added(
    workshop: Workshop, community: Community, kind: ItemType, item_id: str
) -> None:
    with pytest.raises(ItemNotFound):
        community.collections.items.add(workshop.ada, filled(workshop).slug, kind, item_id)


@pytest.mark.both_engines
def test_hidden_repos_cannot_be_added_and_none_twice(workshop: Workshop, community: Community) -> None:
    filled(workshop, "hidden", "open")
    mine = community.collections.catalogue.create(workshop.eve, "Mine", namespace="eve")
    with pytest.raises(ItemNotFound):
        community.collections.items.add(workshop.eve, mine.slug, "model", "ada/hidden")
    community.collections.items.add(workshop.eve, mine.slug, "model", "ada/open")
    with pytest.raises(ItemExists):
        community.collections.items.add(workshop.eve, mine.slug, "model", "ADA/open")
    with pytest.raises(Invalid):
        community.collections.items.add(workshop.eve, mine.slug, "collection", mine.slug)


@pytest.mark.both_engines
def test_two_writers_at_once_lose_no_item_and_share_no_position(
    workshop: Workshop, community: Community
) -> None:
    made = filled(workshop, "start")
    names = [f"repo-{number}" for number in range(8)]
    for name in names:
        workshop.create(name)

    def write(name: str) -> None:
        community.collections.items.add(workshop.ada, made.slug, "model", f"ada/{name}")
        first = community.collections.catalogue.show(workshop.ada, made).items[0]
        community.collections.items.change(workshop.ada, made.slug, first.id, position=3)

    with ThreadPoolExecutor(4) as writers:
        list(writers.map(write, names))
    assert sorted(shown(community, workshop.ada, made.slug)) == sorted(
        ["ada/start", *(f"ada/{name}" for name in names)]
    )


def test_lists_page_in_every_order(workshop: Workshop, community: Community) -> None:
    made = [filled(workshop, title=f"List {number}") for number in range(5)]
    community.collections.catalogue.upvote(workshop.eve, made[1].slug)
    assert community.collections.catalogue.upvote(workshop.ben, made[1].slug) == 2
    assert community.collections.catalogue.upvote(workshop.ben, made[1].slug) == 2
    community.collections.catalogue.upvote(workshop.ben, made[3].slug)
    for sort in ("lastModified", "trending", "upvotes"):
        wanted, seen, cursor = CollectionFilter(sort=sort), [], None
        while True:
            page = community.collections.catalogue.list_collections(NOBODY, wanted, limit=2, cursor=cursor)
            seen += [entry.collection.title for entry in page.items]
            if (cursor := page.cursor) is None:
                break
        newest_first = ["List 4", "List 3", "List 2", "List 1", "List 0"]
        upvoted_first = ["List 1", "List 3", "List 4", "List 2", "List 0"]
        assert seen == (newest_first if sort == "lastModified" else upvoted_first)
    assert community.collections.catalogue.upvote(workshop.ben, made[1].slug, up=False) == 1
    assert community.collections.catalogue.count_upvotes(NOBODY, made[0].owner.id) == 2


@pytest.mark.parametrize(
    ("title", "words"),
    [("Ünïcode & Steel!", "unicode-steel-"), ("鋼", ""), ("a" * 120, "a" * 80 + "-"), ("--x--", "x-")],
)
def test_slugs_hold_the_words_and_lead_back(title: str, words: str) -> None:
    slug = slug_of("ada", title, "0123456789abcdef01234567")
    assert slug == f"ada/{words}0123456789abcdef01234567"
    assert id_in(slug) == ("ada", "0123456789abcdef01234567")


@pytest.mark.parametrize("slug", ["", "ada", "ada/x", "/" + "0" * 24, "ada/" + "g" * 24, "x" * 9999])
def test_what_is_no_slug_leads_nowhere(slug: str) -> None:
    assert id_in(slug) is None


@dataclass
class Safes:
    """Things of another room, each seen by one person alone."""

    owners: dict[str, str]

    def find_thing(self, actor: Actor, thing_id: str) -> Thing | None:
        return self.list_things(actor, [thing_id]).get(thing_id)

    def list_things(self, actor: Actor, keys: Sequence[str]) -> dict[str, Thing]:
        return {
            key: Thing(key=key, id=key, title=key, href=f"/{key}")
            for key in keys
            if self.owners.get(key) == actor.name
        }


def test_hidden_things_of_other_rooms_leave_no_trace_in_items_counts_and_places(workshop: Workshop) -> None:
    ground = workshop.hub.ground
    collections = Collections.on(
        ground.db,
        clock=ground.clock,
        accounts=workshop.hub.accounts,
        repos=workshop.repos,
        things={"bucket": Safes({"of-ada": "ada", "of-ben": "ben"})},
    )
    made = collections.catalogue.create(workshop.ada, "Ours", namespace="forge")
    workshop.create("one")
    collections.items.add(workshop.ada, made.slug, "bucket", "of-ada")
    collections.items.add(workshop.ben, made.slug, "bucket", "of-ben")
    collections.items.add(workshop.ada, made.slug, "model", "ada/one")
    with pytest.raises(ItemNotFound):
        collections.items.add(workshop.ben, made.slug, "bucket", "of-ada")
    for reader, count in ((NOBODY, 1), (workshop.eve, 1), (workshop.ben, 2)):
        assert len(collections.catalogue.show(reader, made).items) == count
        (listed,) = collections.catalogue.list_collections(reader, CollectionFilter(), limit=9).items
        assert (listed.item_count, len(listed.items)) == (count, count)
    safe, model = collections.catalogue.show(workshop.ben, made).items
    collections.items.change(workshop.ben, made.slug, model.id, position=0)
    assert [item.id for item in collections.catalogue.show(workshop.ben, made).items] == [model.id, safe.id]
    hidden = next(item for item in collections.catalogue.show(workshop.ada, made).items if item.thing)
    with pytest.raises(ItemNotFound):
        collections.items.remove(workshop.ben, made.slug, hidden.id)


def test_a_paper_that_a_repo_one_may_see_cites_is_shown_by_its_page_here(
    workshop: Workshop, community: Community
) -> None:
    repo = workshop.create("citing", visibility="private")
    workshop.put(repo, README__md="See https://arxiv.org/abs/2311.12983")
    made = community.collections.catalogue.create(workshop.ada, "Read", namespace="ada")
    community.collections.items.add(workshop.ada, made.slug, "paper", "2311.12983")

    def href(actor: Actor) -> str:
        shown = community.collections.catalogue.show(
            actor, community.collections.catalogue.get(actor, made.slug)
        )
        assert shown.items[0].thing is not None
        return shown.items[0].thing.href

    assert href(workshop.ada) == "/papers/2311.12983"
    assert href(NOBODY) == "https://arxiv.org/abs/2311.12983"
