"""The log as people read it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from openhearth.audit import Entry
from openhearth.wire.request import SESSION_COOKIE
from tests.audit.conftest import Watched

Read = Callable[[str, str], tuple[int, str]]


@pytest.fixture
def read(watched: Watched) -> Read:
    accounts = watched.hub.accounts
    cookies = {
        name: accounts.sessions.begin(accounts.people.get_user(name).id, agent="test").value
        for name in watched.tokens
    }

    def read(who: str, path: str) -> tuple[int, str]:
        cookie = {"cookie": f"{SESSION_COOKIE}={cookies[who]}"} if who in cookies else {}
        answer = watched.client.get(path, headers={"accept": "text/html", **cookie})
        return answer.status_code, answer.text

    return read


def test_nobody_is_sent_to_sign_in(read: Read) -> None:
    for path in ("/settings/audit-log", "/settings/hub-audit-log", "/organizations/forge/audit-log"):
        assert read("nobody", path)[0] == 303


def test_everybody_reads_their_own_and_admins_their_organisations(watched: Watched, read: Read) -> None:
    watched.call("eve", "POST", "/api/repos/create", json={"name": "mine"})
    assert "models/eve/mine" in read("eve", "/settings/audit-log")[1]
    assert "models/eve/mine" not in read("ada", "/settings/audit-log")[1]
    assert "member.role" in read("ada", "/organizations/forge/audit-log")[1]
    assert read("ben", "/organizations/forge/audit-log")[0] == 403
    assert read("ada", "/settings/hub-audit-log")[0] == 403
    assert "models/eve/mine" in read("root", "/settings/hub-audit-log")[1]


def test_a_question_that_makes_no_sense_is_answered_with_a_sentence(read: Read) -> None:
    status, page = read("root", "/settings/hub-audit-log?since=tomorrow")
    assert status == 400
    assert "is no date" in page
    assert 'value="tomorrow"' in page


def test_older_entries_are_a_page_away(watched: Watched, read: Read) -> None:
    watched.hub.audit.write(
        [
            Entry(at=datetime.now(UTC), verdict="changed", action=f"test.{n}", namespace="eve")
            for n in range(60)
        ]
    )
    page = read("eve", "/settings/audit-log?action=test.")[1]
    assert "test.59" in page
    assert "test.9<" not in page
    href = page.partition("Older entries")[0].rpartition('href="')[2].partition('"')[0]
    assert "test.9<" in read("eve", href.replace("&amp;", "&"))[1]
