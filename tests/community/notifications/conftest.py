"""People who talk about ada's repos, and what each of them is told."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from openhearth.access import Actor
from openhearth.community import Community
from openhearth.community.discussions.records import Discussion
from openhearth.community.notifications.records import Shown
from openhearth.community.notifications.words import sentence_of, title_of
from openhearth.repos import Repo
from tests.repos.conftest import Workshop


@dataclass
class Talk:
    workshop: Workshop

    @property
    def community(self) -> Community:
        return self.workshop.hub.community

    def open(self, actor: Actor, repo: Repo, title: str = "It cracks", text: str = "Look.") -> Discussion:
        return self.community.discussions.threads.open(actor, repo, title=title, description=text)

    def say(self, actor: Actor, repo: Repo, discussion: Discussion, text: str) -> str:
        return self.community.discussions.comments.add(actor, repo, discussion, text).id

    def told(self, actor: Actor, shown: Shown = "all") -> list[str]:
        """What lies in somebody's inbox, newest first, in words."""
        page = self.community.notifications.inbox.list_notifications(actor, shown, limit=30)
        return [f"{sentence_of(told)} {title_of(told)}" for told in page.items]

    def unread(self, actor: Actor) -> int:
        counted = self.community.notifications.inbox.count_unread(actor)
        if not actor.is_anonymous:
            assert counted == self.community.notifications.inbox.count(actor).unread
        return counted


@pytest.fixture
def talk(workshop: Workshop) -> Talk:
    return Talk(workshop)
