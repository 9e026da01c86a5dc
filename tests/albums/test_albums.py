"""Who is on the photos of a dataset: a name, given once, finds every photo of somebody; what is forgotten is gone."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import sqlalchemy as sa

from openhearth.access import NOBODY
from openhearth.albums.tables import album_faces, album_photos, album_tags, albums
from openhearth.errors import (
    Forbidden,
    HubError,
    Invalid,
    NotFound,
    RepoNotFound,
    Unauthenticated,
    Unsupported,
)
from openhearth.kit.names import RepoRef
from openhearth.repos import CommitRequest, RemoveFile
from tests.albums.conftest import Desk

pytestmark = pytest.mark.run
OBAMA = {"obama.jpg", "obama2.jpg", "obama3.jpg", "obama_partial_face.jpg", "obama_partial_face2.jpg"}


def test_who_may_not_read_sees_nothing_and_naming_needs_write_access(desk: Desk) -> None:
    for who, error in ((NOBODY, RepoNotFound), (desk.actors["eve"], RepoNotFound)):
        with pytest.raises(error):
            desk.albums.open(who, desk.repo.ref)
    desk.look()
    desk.name("Joe", "data/biden.jpg", who="ben")
    public = desk.site.create("open", kind="dataset")
    for who, refused in ((desk.actors["eve"], NotFound), (NOBODY, Unauthenticated)):
        with pytest.raises(refused, match="may change"):
            desk.albums.open(who, public.ref)
    with pytest.raises(Forbidden):
        desk.albums.open(desk.actors["eve"], public.ref, to_change=True)


def test_a_face_named_once_is_found_on_every_photo(desk: Desk) -> None:
    opened = desk.look()
    assert opened.album is not None and (opened.album.state, opened.album.commit) == ("done", desk.commits[0])
    progress = desk.albums.progress(opened)
    assert (progress.done, progress.failed, progress.total) == (8, 1, 8)
    ((path, why),) = desk.albums.list_unreadable(opened)
    assert path == "data/torn.jpg" and "no picture that can be read" in why
    desk.name("Barack Obama", "data/obama.jpg")
    desk.name("Joe", "data/biden.jpg")
    found = desk.find("photos of obama, please")
    assert set(found) == OBAMA and found[0] == "obama.jpg"
    assert desk.find("joe") == ["biden.jpg"]
    with pytest.raises(NotFound, match=r"nobody called 'Ana' .* named are Barack Obama, Joe"):
        desk.find("Ana")


def test_faces_without_a_name_are_grouped_by_person_and_named_together(desk: Desk) -> None:
    opened = desk.look()
    groups = desk.albums.gallery(opened).unnamed
    assert len(groups[0]) >= 4, "most photos of the same man are in one group"
    desk.albums.name(opened, "Barack", [face.id for face in groups[0]])
    assert set(desk.find("Barack")) == OBAMA
    assert [len(group) for group in desk.albums.gallery(desk.open()).unnamed] == [1]


def test_a_wrong_match_is_remembered_and_a_face_has_one_name(desk: Desk) -> None:
    desk.look()
    desk.name("Barack", "data/obama.jpg")
    desk.albums.refuse(desk.open(), "Barack", desk.face_on("data/obama3.jpg"))
    assert "obama3.jpg" not in desk.find("Barack")
    desk.name("barack", "data/obama3.jpg")
    assert set(desk.find("Barack")) == OBAMA, "the last word counts, and names are one whatever their case"
    desk.name("Joe", "data/obama.jpg")
    assert desk.find("Joe")[0] == "obama.jpg"
    assert "obama.jpg" not in desk.find("Barack")


def test_only_what_is_new_is_looked_at_and_what_is_deleted_goes(
    desk: Desk, photos: Mapping[str, bytes]
) -> None:
    desk.look()
    desk.name("Joe", "data/biden.jpg")
    asked = desk.eyes.asked
    desk.site.commit(desk.repo, {"more/renamed.jpg": photos["data/obama.jpg"], "notes.txt": "none"})
    gone = CommitRequest(summary="Take one out", operations=[RemoveFile("data/biden.jpg")])
    desk.site.hub.repos.commits.commit(desk.site.ada_actor, desk.repo, "main", gone)
    desk.site.hub.queue.run_due()
    opened = desk.open()
    assert desk.eyes.asked == asked, "its content was known"
    assert opened.album is not None and opened.album.state == "done" and opened.album.commit == opened.commit
    assert not desk.albums.gallery(opened).people, "the photo took its face and name along"
    with desk.site.hub.ground.db.read() as rows:
        assert rows.execute(sa.select(sa.func.count()).select_from(album_tags)).scalar() == 0


def test_access_counts_at_the_time_of_the_work(desk: Desk) -> None:
    desk.albums.look(desk.actors["ben"], desk.open("ben", to_change=True))
    desk.site.hub.accounts.orgs.remove_member(desk.actors["ada"], "forge", "ben")
    desk.site.hub.queue.run_due()
    opened = desk.open()
    assert opened.album is not None and opened.album.state == "failed" and desk.eyes.asked == 0


def test_what_is_missing_on_the_machine_is_said_and_looking_goes_on_later(desk: Desk) -> None:
    desk.eyes.refusal = Unsupported("Finding faces needs dlib: pip install 'openhearth[vision]'.")
    album = desk.look().album
    assert album is not None and (album.state, album.error) == ("failed", desk.eyes.refusal.message)
    desk.eyes.refusal = None
    assert (album := desk.look().album) is not None and album.state == "done"


@pytest.mark.both_engines
@pytest.mark.parametrize("by", ["button", "repo"])
def test_forgetting_leaves_no_face_behind(desk: Desk, by: str) -> None:
    desk.look()
    desk.name("Joe", "data/biden.jpg")
    if by == "button":
        desk.albums.forget_all(desk.open(to_change=True))
        assert desk.open().album is None
    else:
        desk.site.hub.repos.catalogue.delete(desk.site.ada_actor, desk.repo.ref)
    with desk.site.hub.ground.db.read() as rows:
        for table in (albums, album_photos, album_faces, album_tags):
            assert rows.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0


def test_forgetting_while_photos_are_looked_at_ends_the_work(desk: Desk) -> None:
    desk.eyes.between = lambda: desk.albums.forget_all(desk.open(to_change=True))
    assert desk.look().album is None
    assert desk.eyes.asked == 4
    with desk.site.hub.ground.db.read() as rows:
        assert rows.execute(sa.select(sa.func.count()).select_from(album_faces)).scalar() == 0


def test_what_cannot_be_done_is_said_in_a_sentence(desk: Desk) -> None:
    empty = desk.site.create("empty", kind="dataset")
    with pytest.raises(Invalid, match="no photo in this dataset"):
        desk.albums.look(desk.actors["ada"], desk.albums.open(desk.actors["ada"], empty.ref))
    desk.look()
    opened, face = desk.open(), desk.face_on("data/biden.jpg")
    with pytest.raises(Invalid, match="name: is missing"):
        desk.albums.name(opened, " ", [face])
    with pytest.raises(NotFound, match="load the page again"):
        desk.albums.name(opened, "Joe", ["none"])
    with pytest.raises(NotFound, match="nothing was said of"):
        desk.albums.forget(opened, "Joe")
    catalogue = desk.site.hub.repos.catalogue
    catalogue.delete(desk.site.ada_actor, RepoRef("model", "ada", "faces"))
    desk.albums.forget_all(opened)
    with pytest.raises(HubError, match="openhearth starter faces"):
        desk.albums.look(desk.actors["ada"], desk.open())


def test_names_that_are_alike_or_no_words_are_found_as_they_are_written(desk: Desk) -> None:
    desk.look()
    desk.name("Jean Paul", "data/biden.jpg")
    desk.name("Jean-Paul", "data/obama.jpg")
    assert desk.find("Jean Paul") == ["biden.jpg"] and desk.find("Jean-Paul")[0] == "obama.jpg"
    with pytest.raises(Invalid, match="may be Jean Paul or Jean-Paul"):
        desk.find("jean")
    desk.name("❤", "data/biden.jpg")
    assert desk.find("❤") == ["biden.jpg"]
