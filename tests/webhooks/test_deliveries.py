"""What is told to whom, how often it is tried, and when it ends. Real events, a real receiver."""

from __future__ import annotations

import pytest
from huggingface_hub import WebhookPayload

from openhearth.errors import Conflict, NotFound
from openhearth.events import DiscussionChanged
from openhearth.kit.names import RepoRef
from openhearth.webhooks import announce
from openhearth.webhooks.announce import ATTEMPTS_MAX
from openhearth.webhooks.deliver import DISABLED_AFTER_FAILURES
from tests.repos.conftest import Workshop
from tests.support.hands import Hands
from tests.support.receiver import Reply
from tests.webhooks.conftest import Bell


def test_a_repo_tells_of_its_whole_life_in_words_that_the_client_parses(bell: Bell) -> None:
    workshop = bell.workshop
    webhook = bell.hang("ada", "user ada", secret="s3cret")
    repo = workshop.create()
    head = workshop.put(repo, README__md="---\ntags: [fire]\n---\n# Words")
    workshop.repos.refs.create_tag(workshop.ada, repo, "v1")
    changed = workshop.repos.catalogue.change_settings(workshop.ada, repo, visibility="private")
    moved = workshop.repos.catalogue.move(workshop.ada, changed.ref, RepoRef("model", "ada", "small"))
    workshop.repos.catalogue.delete(workshop.ada, moved.ref)
    said = bell.ring()
    assert bell.heard() == [
        "repo create", "repo.content update", "repo.content update", "repo.content update", "repo.config update",
        "repo move", "repo delete",
    ]  # fmt: skip
    payloads = [WebhookPayload.model_validate(one) for one in said]
    assert {(one.webhook.id, one.webhook.version, one.repo.type) for one in payloads} == {
        (webhook.id, 3, "model")
    }
    pushed = payloads[2]
    assert pushed.updatedRefs is not None
    assert (pushed.updatedRefs[0].ref, pushed.updatedRefs[0].newSha) == ("refs/heads/main", head)
    assert pushed.updatedRefs[0].oldSha is not None
    assert (said[2]["repo"]["headSha"], pushed.repo.tags) == (head, ["fire"])
    assert pushed.repo.url.web == "http://hub.test/ada/tiny"
    assert pushed.repo.url.api == "http://hub.test/api/models/ada/tiny"
    assert pushed.repo.owner.id == workshop.ada.user_id
    assert said[4]["updatedConfig"] == {"private": True, "visibility": "private"}
    assert payloads[5].movedTo is not None
    assert (payloads[5].repo.name, payloads[5].movedTo.name) == ("ada/tiny", "ada/small")
    assert payloads[6].repo.private is True
    assert {came.headers["x-webhook-secret"] for came in bell.receiver.received} == {"s3cret"}
    assert {came.headers["content-type"] for came in bell.receiver.received} == {"application/json"}


def test_discussions_are_told_with_what_was_said(bell: Bell) -> None:
    workshop = bell.workshop
    repo = workshop.create()
    bell.hang("ada", "model ada/tiny", domains=["discussions"])
    for change in ("opened", "commented", "hidden", "merged"):
        workshop.hub.ground.events.publish(
            DiscussionChanged(
                repo_key=repo.key, repo=repo.ref, number=7, title="Warmer", is_pull_request=True, change=change,
                actor_id=workshop.ben.user_id, actor_name="ben", comment_id="c" * 24, text="It is cold.",
            )
        )  # fmt: skip
    workshop.put(repo, notes__txt="not asked for")
    said = [WebhookPayload.model_validate(one) for one in bell.ring()]
    assert bell.heard() == [
        "discussion create", "discussion.comment create", "discussion.comment update", "discussion update",
    ]  # fmt: skip
    assert all(one.discussion is not None and one.discussion.num == 7 for one in said)
    opened, commented, hidden, merged = said
    assert opened.discussion is not None
    assert opened.discussion.url.web == "http://hub.test/ada/tiny/discussions/7"
    assert opened.discussion.changes is not None
    assert commented.comment is not None
    assert (commented.comment.content, commented.comment.hidden) == ("It is cold.", False)
    assert commented.comment.author.id == workshop.ben.user_id
    assert hidden.comment is not None
    assert (hidden.comment.content, hidden.comment.hidden) == (None, True)
    assert merged.discussion is not None
    assert merged.discussion.status == "merged"


def test_a_real_discussion_is_told_as_the_room_of_discussions_knows_it(
    bell: Bell, workshop: Workshop
) -> None:
    repo = workshop.create()
    bell.hang("eve", "model ada/tiny", domains=["discussion"])
    threads = workshop.hub.community.discussions.threads
    discussion = threads.open(workshop.ben, repo, title="Warmer", description="It is cold.")
    threads.set_status(workshop.ada, repo, discussion, "closed")
    opened, closed = (WebhookPayload.model_validate(one) for one in bell.ring())
    assert opened.discussion is not None
    assert closed.discussion is not None
    assert {opened.discussion.id, closed.discussion.id} == {discussion.id}
    assert {opened.discussion.author.id, closed.discussion.author.id} == {workshop.ben.user_id}
    assert closed.discussion.status == "closed"
    assert opened.comment is not None
    assert opened.comment.content == "It is cold."


def test_a_pull_request_tells_the_branch_it_is_for(bell: Bell, workshop: Workshop) -> None:
    repo = workshop.create()
    workshop.repos.refs.create_branch(workshop.ada, repo, "dev")
    bell.hang("ada", "model ada/tiny", domains=["discussion"])
    pulls = workshop.hub.community.discussions.pulls
    pulls.open_draft(workshop.eve, repo, title="Warmer", description="", base="dev")
    (opened,) = (WebhookPayload.model_validate(one) for one in bell.ring())
    assert opened.discussion is not None
    assert opened.discussion.changes is not None
    assert opened.discussion.changes.base == "refs/heads/dev"


def test_each_webhook_hears_what_it_watches_and_no_more(bell: Bell, workshop: Workshop) -> None:
    bell.hang("ada", "model ada/other")
    bell.hang("ada", "dataset ada/tiny")
    bell.hang("ada", "org forge")
    workshop.create("tiny")
    assert bell.heard() == []
    workshop.create("tool", namespace="forge")
    assert bell.heard() == ["repo create", "repo.content update"]
    workshop.create("OTHER")
    assert bell.heard()[2:] == ["repo create", "repo.content update"]


def test_a_private_repo_is_told_to_those_who_may_see_it_and_leaves_eve_no_trace(
    bell: Bell, workshop: Workshop
) -> None:
    eves = bell.hang("eve", "user ada", "model ada/veiled", "org forge")
    bens = bell.hang("ben", "org forge", "user ada")
    workshop.create("veiled", visibility="private")
    workshop.create("tool", namespace="forge", visibility="private")
    assert {said["webhook"]["id"] for said in bell.ring()} == {bens.id}
    assert {said["repo"]["name"] for said in bell.ring()} == {"forge/tool"}
    assert bell.webhooks.list_deliveries(workshop.eve, eves.id).items == []
    workshop.repos.catalogue.delete(workshop.ada, RepoRef("model", "ada", "veiled"))
    assert bell.webhooks.list_deliveries(workshop.eve, eves.id).items == []


def test_rights_are_looked_at_again_when_the_message_goes_out(bell: Bell, workshop: Workshop) -> None:
    webhook = bell.hang("ben", "org forge")
    workshop.create("tool", namespace="forge", visibility="private")
    workshop.hub.accounts.orgs.remove_member(workshop.ada, "forge", "ben")
    assert bell.ring() == []
    assert bell.webhooks.list_deliveries(workshop.ben, webhook.id).items == []


def test_what_fails_is_tried_again_until_it_works(bell: Bell, hands: Hands) -> None:
    answers = [Reply(500, body=b"not now"), Reply(503), Reply(200, body=b"at last")]
    webhook = bell.hang("ada", "model ada/tiny")
    ada = bell.workshop.ada
    bell.workshop.create()
    first = bell.webhooks.list_deliveries(ada, webhook.id).items[-1]
    assert (first.event, first.state) == ("repo create", "waiting")
    bell.receiver.reply = lambda came: Reply() if b"repo.content" in came.body else answers.pop(0)
    for attempts, state, status, answer in (
        (1, "waiting", 500, "not now"), (2, "waiting", 503, "thanks"), (3, "delivered", 200, "at last")
    ):  # fmt: skip
        bell.ring()
        now = bell.webhooks.get_delivery(ada, webhook.id, first.id)
        assert (now.attempts, now.state, now.status, now.answer) == (attempts, state, status, answer)
        hands.move(minutes=10)
    assert now.duration_ms is not None
    assert bell.workshop.hub.queue.list_jobs() == []


def test_a_receiver_that_stays_away_is_given_up_after_a_few_tries(bell: Bell, hands: Hands) -> None:
    bell.receiver.reply = lambda _came: Reply(500)
    ada, webhook = bell.workshop.ada, bell.hang("ada", "model ada/tiny")
    bell.workshop.create()
    for _ in range(ATTEMPTS_MAX):
        bell.ring()
        hands.move(hours=7)
    deliveries = bell.webhooks.list_deliveries(ada, webhook.id).items
    assert {(one.state, one.attempts) for one in deliveries} == {("failed", ATTEMPTS_MAX)}
    assert len(bell.receiver.received) == 2 * ATTEMPTS_MAX


def test_a_receiver_that_fails_many_times_in_a_row_is_no_longer_asked(bell: Bell) -> None:
    bell.receiver.reply = lambda _came: Reply(
        302, {"Location": "ftp://elsewhere/"}
    )  # no further try can help
    ada, webhook = bell.workshop.ada, bell.hang("ada", "model ada/tiny", domains=["discussion"])
    repo = bell.workshop.create()
    for number in range(DISABLED_AFTER_FAILURES):
        assert not bell.webhooks.get(ada, webhook.id).disabled
        bell.rename_discussion(repo, number)
        bell.ring()
    now = bell.webhooks.get(ada, webhook.id)
    assert (now.disabled, now.disabled_because) == (
        True,
        f"{DISABLED_AFTER_FAILURES} deliveries in a row failed.",
    )
    assert bell.webhooks.list_deliveries(ada, webhook.id).items[0].error is not None
    bell.rename_discussion(repo, 99)
    bell.ring()
    assert len(bell.receiver.received) == DISABLED_AFTER_FAILURES
    assert bell.webhooks.switch(ada, webhook.id, on=True).failures_in_row == 0


def test_a_receiver_that_is_gone_for_good_says_so_once(bell: Bell) -> None:
    bell.receiver.reply = lambda _came: Reply(410)
    webhook = bell.hang("ada", "model ada/tiny")
    bell.workshop.create()
    bell.ring()
    assert len(bell.receiver.received) == 1
    assert "410" in (bell.webhooks.get(bell.workshop.ada, webhook.id).disabled_because or "")


def test_a_delivery_is_sent_again_on_demand_as_long_as_its_repo_may_be_seen(bell: Bell) -> None:
    workshop = bell.workshop
    webhook = bell.hang("eve", "user ada")
    repo = workshop.create()
    bell.ring()
    first = bell.webhooks.list_deliveries(workshop.eve, webhook.id).items[-1]
    again = bell.webhooks.replay(workshop.eve, webhook.id, first.id)
    said = bell.ring()
    assert said[-1] == said[0]
    assert bell.receiver.received[-1].headers["x-openhearth-delivery"] == again.id
    assert bell.webhooks.get_delivery(workshop.eve, webhook.id, again.id).state == "delivered"
    with pytest.raises(NotFound):
        bell.webhooks.replay(workshop.ben, webhook.id, first.id)
    workshop.repos.catalogue.change_settings(workshop.ada, repo, visibility="private")
    with pytest.raises(NotFound):
        bell.webhooks.replay(workshop.eve, webhook.id, first.id)
    workshop.repos.catalogue.change_settings(workshop.ada, repo, visibility="public")
    bell.webhooks.switch(workshop.eve, webhook.id, on=False)
    with pytest.raises(Conflict):
        bell.webhooks.replay(workshop.eve, webhook.id, first.id)


def test_a_watch_follows_a_repo_that_moves_for_those_who_may_see_where(
    bell: Bell, workshop: Workshop
) -> None:
    repo = workshop.create("old")
    adas, eves = bell.hang("ada", "model ada/old"), bell.hang("eve", "model ada/old")
    workshop.repos.catalogue.change_settings(workshop.ada, repo, visibility="private")
    workshop.repos.catalogue.move(workshop.ada, repo.ref, RepoRef("model", "ada", "new"))
    assert bell.webhooks.get(workshop.ada, adas.id).watched[0].name == "ada/new"
    assert bell.webhooks.get(workshop.eve, eves.id).watched[0].name == "ada/old"


def test_an_organisations_webhook_hears_what_its_members_may_see_and_belongs_to_its_admins(
    bell: Bell, workshop: Workshop
) -> None:
    webhook = bell.hang("ada", "org forge", "user ada", organisation="forge")
    workshop.create("tool", namespace="forge", visibility="private")
    workshop.create("veiled", visibility="private")
    assert {said["repo"]["name"] for said in bell.ring()} == {"forge/tool"}
    for who in (workshop.ben, workshop.eve):
        with pytest.raises(Exception, match="Only an admin of forge"):
            bell.webhooks.get(who, webhook.id, "forge")
    with pytest.raises(NotFound):
        bell.webhooks.get(workshop.ada, webhook.id)  # it is not one of her own


def test_only_the_newest_deliveries_are_remembered_and_they_are_paged(
    bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announce, "DELIVERIES_KEPT", 10)
    ada, webhook = bell.workshop.ada, bell.hang("ada", "model ada/tiny", domains=["discussion"])
    repo = bell.workshop.create()
    for number in range(15):
        bell.rename_discussion(repo, number)
        bell.ring()
    found, cursor = [], None
    while True:
        page = bell.webhooks.list_deliveries(ada, webhook.id, limit=4, cursor=cursor)
        found += [one.payload["discussion"]["num"] for one in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    assert found == list(range(14, 4, -1))


def test_what_somebody_else_deleted_meanwhile_is_not_sent(bell: Bell, workshop: Workshop) -> None:
    webhook = bell.hang("ada")
    workshop.create()
    bell.webhooks.delete(workshop.ada, webhook.id)
    assert bell.ring() == []
    assert workshop.hub.queue.list_jobs() == []
