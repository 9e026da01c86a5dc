"""A hub whose clock is moved by hand and that may visit loopback, and a receiver there."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from openhearth.config import Settings
from openhearth.events import DiscussionChanged
from openhearth.repos import Repo
from openhearth.rooms import Hub, build_hub
from openhearth.webhooks import Webhook, Webhooks, WebhookSpec
from tests.repos.conftest import Workshop, workshop
from tests.support.hands import Hands
from tests.support.receiver import Receiver

__all__ = ["workshop"]


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def hub(tmp_path: Path, database_url: str, hands: Hands) -> Iterator[Hub]:
    settings = Settings(
        data=tmp_path / "data",
        database_url=database_url,
        rate_limit="off",
        public_url="http://hub.test",
        fetch_allow_private=True,
    )
    hub = build_hub(settings, clock=hands)
    yield hub
    hub.ground.db.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@dataclass
class Bell:
    """The webhooks of a workshop, and what the receiver heard of them."""

    workshop: Workshop
    receiver: Receiver
    webhooks: Webhooks

    def hang(self, who: str = "ada", *watched: str, organisation: str | None = None, **spec: Any) -> Webhook:
        """Make a webhook that watches `watched`, each like `model ada/tiny`; without any, the user ada."""
        pairs = [tuple(line.split(" ")) for line in watched or ("user ada",)]
        actor = getattr(self.workshop, who)
        given = WebhookSpec(url=self.receiver.url, watched=cast(list[tuple[str, str]], pairs), **spec)
        return self.webhooks.create(actor, given, organisation)

    def ring(self) -> list[dict[str, Any]]:
        """Deliver what is due; gives what the receiver has been sent so far."""
        self.workshop.hub.queue.run_due()
        return [json.loads(came.body) for came in self.receiver.received]

    def await_calls(self, count: int) -> None:
        """Where the server's own thread works the queue: until that many messages have come, and are noted."""
        deadline = time.monotonic() + 20
        while len(self.receiver.received) < count or self.workshop.hub.queue.list_jobs():
            assert time.monotonic() < deadline, "the messages did not come"
            time.sleep(0.02)
        assert len(self.receiver.received) == count

    def rename_discussion(self, repo: Repo, number: int) -> None:
        """The cheapest thing that can happen."""
        self.workshop.hub.ground.events.publish(
            DiscussionChanged(
                repo_key=repo.key, repo=repo.ref, number=number, title="x", is_pull_request=False,
                change="renamed", actor_id=None, actor_name=None,
            )
        )  # fmt: skip

    def heard(self) -> list[str]:
        return [f"{said['event']['scope']} {said['event']['action']}" for said in self.ring()]


@pytest.fixture
def bell(workshop: Workshop, receiver: Receiver) -> Bell:
    room = next(room for room in workshop.hub.rooms if room.name == "webhooks")
    return Bell(workshop, receiver, cast(Webhooks, room.service))
