"""Who is told of what: by mention, by taking part, by watching, by looking after a repo; and who is not."""

from __future__ import annotations

import pytest

from openhearth.access import NOBODY, Action
from openhearth.accounts import OPERATOR
from openhearth.errors import Forbidden, RepoNotFound, Unauthenticated
from openhearth.events import AccessRequested
from openhearth.kit.names import RepoRef
from tests.community.notifications.conftest import Talk


def test_nobody_has_no_inbox(talk: Talk) -> None:
    assert talk.unread(NOBODY) == 0
    with pytest.raises(Unauthenticated):
        talk.told(NOBODY)
    with pytest.raises(Unauthenticated):
        talk.community.notifications.watching.set_namespace(NOBODY, "ada", "watch")


def test_an_owner_is_told_and_whoever_does_it_is_not(talk: Talk) -> None:
    repo = talk.workshop.create()
    discussion = talk.open(talk.workshop.eve, repo)
    assert talk.told(talk.workshop.ada) == ["eve opened It cracks #1"]
    talk.say(talk.workshop.eve, repo, discussion, "Still.")
    assert talk.told(talk.workshop.ada) == ["eve commented on It cracks #1"]
    assert talk.unread(talk.workshop.ada) == 1
    for actor in (talk.workshop.eve, talk.workshop.ben):
        assert talk.told(actor) == []


def test_those_who_take_part_and_those_mentioned_are_told(talk: Talk) -> None:
    workshop = talk.workshop
    repo = workshop.create()
    discussion = talk.open(workshop.eve, repo)
    talk.say(workshop.ada, repo, discussion, "Perhaps @BEN knows? `@nobody` does not.")
    assert talk.told(workshop.eve) == ["ada commented on It cracks #1"]
    assert talk.told(workshop.ben, "mentions") == ["ada commented on It cracks #1"]
    talk.say(workshop.eve, repo, discussion, "Thanks.")
    assert talk.told(workshop.ben) == ["eve commented on It cracks #1"]
    assert talk.told(workshop.ben, "mentions") != []  # until it is read, what mentioned them stands out


def test_an_edit_tells_those_it_mentions_once(talk: Talk) -> None:
    workshop = talk.workshop
    repo = workshop.create()
    discussion = talk.open(workshop.ada, repo)
    comment = talk.say(workshop.ada, repo, discussion, "Hm.")
    comments = talk.community.discussions.comments
    for text in ("Hm, @eve?", "Hm, @eve!"):
        comments.edit(workshop.ada, repo, discussion, comment, text)
    (told,) = talk.community.notifications.inbox.list_notifications(workshop.eve, limit=9).items
    assert (told.news.change, told.updates) == ("edited", 1)


def test_a_rename_is_told_to_everybody_who_knew_the_old_title(talk: Talk) -> None:
    workshop = talk.workshop
    repo = workshop.create()
    discussion = talk.open(workshop.eve, repo, title="The secret word")
    talk.community.discussions.threads.rename(workshop.ada, repo, discussion, "A word")
    assert talk.told(workshop.eve) == ["ada renamed A word #1"]
    assert talk.told(workshop.ada) == ["eve opened A word #1"]


def test_watching_tells_of_everything_and_muting_of_nothing(talk: Talk) -> None:
    workshop, watching = talk.workshop, talk.community.notifications.watching
    repo = workshop.create()
    watching.set_repo(workshop.eve, repo.ref, "watch")
    watching.set_namespace(workshop.ben, "ada", "watch")
    watching.set_repo(workshop.ada, repo.ref, "mute")
    discussion = talk.open(workshop.ben, repo, text="@ada, look")
    assert talk.told(workshop.eve) == ["ben opened It cracks #1"]
    assert talk.told(workshop.ada) == []
    talk.say(workshop.eve, repo, discussion, "Seen.")
    assert talk.told(workshop.ben) == ["eve commented on It cracks #1"]
    watching.set_discussion(workshop.ben, repo.ref, 1, "mute")
    assert talk.told(workshop.ben) == []
    talk.say(workshop.eve, repo, discussion, "@ben?")
    assert talk.told(workshop.ben) == []
    watching.set_discussion(workshop.ben, repo.ref, 1, None)
    talk.say(workshop.eve, repo, discussion, "And now?")
    assert talk.told(workshop.ben) == ["eve commented on It cracks #1"]


def test_a_muted_person_reaches_nobody_who_muted_them(talk: Talk) -> None:
    workshop, watching = talk.workshop, talk.community.notifications.watching
    repo = workshop.create()
    watching.set_namespace(workshop.ada, "eve", "mute")
    discussion = talk.open(workshop.eve, repo, text="@ada @ada @ada")
    assert talk.told(workshop.ada) == []
    talk.say(workshop.ben, repo, discussion, "What she means is this.")
    assert talk.told(workshop.ada) == ["ben commented on It cracks #1"]


def test_the_closest_setting_wins(talk: Talk) -> None:
    workshop, watching = talk.workshop, talk.community.notifications.watching
    watching.set_namespace(workshop.eve, "ada", "mute")
    watched, other = workshop.create("watched"), workshop.create("other")
    watching.set_repo(workshop.eve, watched.ref, "watch")
    talk.open(workshop.ben, watched, title="Here")
    talk.open(workshop.ben, other, title="There", text="@eve")
    assert talk.told(workshop.eve) == ["ben opened Here #1"]


def test_a_private_repo_tells_only_those_who_may_read_it(talk: Talk) -> None:
    workshop = talk.workshop
    repo = workshop.create("plans", visibility="private", namespace="forge")
    talk.open(workshop.ben, repo, title="Our plans", text="@eve @ada")
    assert talk.told(workshop.ada) == ["ben opened Our plans #1"]
    assert talk.told(workshop.eve) == []
    with pytest.raises(RepoNotFound):
        talk.community.notifications.watching.set_repo(workshop.eve, repo.ref, "watch")


def test_what_became_private_is_gone_from_inboxes_counts_and_watches(talk: Talk) -> None:
    workshop, notifications = talk.workshop, talk.community.notifications
    repo = workshop.create()
    notifications.watching.set_repo(workshop.eve, repo.ref, "watch")
    discussion = talk.open(workshop.ada, repo)
    assert talk.unread(workshop.eve) == 1
    private = workshop.repos.catalogue.change_settings(workshop.ada, repo, visibility="private")
    talk.say(workshop.ada, private, discussion, "Among us.")
    assert (talk.told(workshop.eve), talk.unread(workshop.eve)) == ([], 0)
    assert notifications.watching.list_watched(workshop.eve) == []
    assert notifications.inbox.count(workshop.eve).all == 0
    workshop.repos.catalogue.change_settings(workshop.ada, private, visibility="public")
    assert talk.told(workshop.eve) == ["ada opened It cracks #1"]  # what was said meanwhile was not for her


def test_a_limited_token_sees_a_limited_inbox(talk: Talk) -> None:
    workshop = talk.workshop
    repo = workshop.create("plans", visibility="private")
    other = workshop.create("tools", visibility="private")
    watcher = workshop.hub.accounts.people.add(OPERATOR, "root", is_site_admin=True)
    root = workshop.hub.accounts.people.list_actors([watcher.id])[watcher.id]
    for place in (repo, other):
        talk.open(root, place, title=place.ref.name)
    assert talk.unread(workshop.ada) == 2
    limited = workshop.acting(workshop.ada, "fineGrained", models__ada__tools=Action.READ)
    assert talk.told(limited) == ["root opened tools #1"]
    with pytest.raises(Forbidden):
        talk.community.notifications.inbox.mark(limited, None)


def test_reading_and_finishing_touch_only_ones_own(talk: Talk) -> None:
    workshop, inbox = talk.workshop, talk.community.notifications.inbox
    repo = workshop.create()
    discussion = talk.open(workshop.eve, repo)
    (told,) = inbox.list_notifications(workshop.ada, limit=9).items
    for verb in (inbox.mark, inbox.finish):
        verb(workshop.eve, [told.id])
        verb(workshop.eve, None)
    assert talk.unread(workshop.ada) == 1
    inbox.mark(workshop.ada, [told.id])
    assert (talk.unread(workshop.ada), talk.told(workshop.ada, "unread")) == (0, [])
    for _ in range(2):
        talk.say(workshop.eve, repo, discussion, "More.")
    (again,) = inbox.list_notifications(workshop.ada, "unread", limit=9).items
    assert again.updates == 2
    inbox.finish(workshop.ada, [again.id])
    assert talk.told(workshop.ada) == []


def test_a_moved_repo_keeps_its_news_and_a_deleted_one_takes_them_along(talk: Talk) -> None:
    workshop, inbox = talk.workshop, talk.community.notifications.inbox
    repo = workshop.create()
    talk.open(workshop.eve, repo)
    new = RepoRef("model", "ada", "renamed")
    workshop.repos.catalogue.move(workshop.ada, repo.ref, new)
    assert inbox.list_notifications(workshop.ada, limit=9).items[0].repo == new
    assert len(inbox.list_notifications(workshop.ada, repo=new, limit=9).items) == 1
    workshop.repos.catalogue.delete(workshop.ada, new)
    assert talk.told(workshop.ada) == []


def test_a_watched_namespace_tells_of_new_repos_but_not_of_private_ones(talk: Talk) -> None:
    workshop, watching = talk.workshop, talk.community.notifications.watching
    watching.set_namespace(workshop.eve, "ada", "watch")
    watching.set_namespace(workshop.ada, "ada", "watch")
    workshop.create("open")
    workshop.create("closed", visibility="private")
    assert talk.told(workshop.eve) == ["New repo ada/open"]
    assert talk.told(workshop.ada) == []


def test_asking_for_access_reaches_the_keepers_and_the_answer_whoever_asked(talk: Talk) -> None:
    workshop = talk.workshop
    repo, eve = workshop.create(), workshop.eve

    def announce(status: str, by: str) -> None:
        workshop.hub.ground.events.publish(
            AccessRequested(
                repo_key=repo.key, repo=repo.ref, user_id=str(eve.user_id), user_name="eve",
                status=status, actor_name=by,  # type: ignore[arg-type]
            )
        )  # fmt: skip

    announce("pending", "eve")
    assert talk.told(workshop.ada) == ["eve asks for access to ada/tiny"]
    assert talk.told(eve) == []
    announce("accepted", "ada")
    assert talk.told(eve) == ["ada accepted your request for ada/tiny"]
    assert talk.unread(workshop.ada) == 0  # nothing is left to do
    talk.community.notifications.inbox.finish(eve, None)
    announce("accepted", "eve")  # an open gate lets everybody in at once
    assert talk.told(eve) == []


def test_an_inbox_pages_from_new_to_old(talk: Talk) -> None:
    workshop, inbox = talk.workshop, talk.community.notifications.inbox
    repo = workshop.create()
    for number in range(5):
        talk.open(workshop.eve, repo, title=f"Number {number}")
    seen, cursor = [], None
    while True:
        page = inbox.list_notifications(workshop.ada, limit=2, cursor=cursor)
        seen += [told.news.number for told in page.items]
        if (cursor := page.cursor) is None:
            break
    assert seen == [5, 4, 3, 2, 1]
