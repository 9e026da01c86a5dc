"""Making one delivery: the work of a job. May run twice for one delivery, as any job may."""

import json
import random
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from openhearth.db import Database
from openhearth.errors import Forbidden, HubError, Invalid
from openhearth.jobs import GiveUp, Retry
from openhearth.kit.clock import Clock
from openhearth.webhooks import queries
from openhearth.webhooks.announce import ATTEMPTS_MAX, Announcer
from openhearth.webhooks.records import Delivery, Webhook
from openhearth.wire.outgoing import Answer, Call, Outgoing

TIMEOUT_S = 10.0
ANSWER_KEPT_BYTES = 4096
DISABLED_AFTER_FAILURES = 20
# Between tries: a hiccup is over in a second, a broken receiver is mended by somebody in some hours.
PAUSES_S = (1, 10, 60, 300, 1800, 3600, 7200)
_GONE = 410


class Deliverer:
    def __init__(self, *, db: Database, clock: Clock, outgoing: Outgoing, announcer: Announcer) -> None:
        self._db = db
        self._clock = clock
        self._outgoing = outgoing
        self._announcer = announcer

    def work(self, payload: Mapping[str, Any]) -> None:
        """Send the delivery that `payload` names. Raises Retry or GiveUp where the receiver does not take it."""
        with self._db.read() as rows:
            delivery = queries.find_delivery(rows, payload["delivery"])
            webhook = queries.find_webhook(rows, delivery.webhook_id) if delivery else None
        if delivery is None or webhook is None or delivery.state != "waiting":
            return
        if not self._announcer.may_see(webhook, self._announcer.resource_of(delivery)):
            with self._db.write() as rows:  # rights were taken back meanwhile: not even a line is left
                queries.delete_delivery(rows, delivery.id)
            return
        if webhook.disabled:
            self._note(delivery, state="failed", error="The webhook was disabled before this was sent.")
            return
        self._send(webhook, delivery)

    def _send(self, webhook: Webhook, delivery: Delivery) -> None:
        started, attempts = self._clock(), delivery.attempts + 1
        try:
            answer = self._outgoing.send(_call(webhook, delivery))
        except HubError as error:
            hopeless = isinstance(error, Invalid | Forbidden)
            self._failed(webhook, delivery, attempts, started, error.message, hopeless=hopeless)
            return
        tried = {"attempts": attempts, "tried_at": started, **_answer_values(answer)}
        if 200 <= answer.status < 300:
            self._note(delivery, state="delivered", error=None, **tried)
            self._succeeded(webhook)
            return
        because = f"The receiver answered {answer.status}."
        self._note(delivery, error=because, **tried)
        self._failed(webhook, delivery, attempts, started, because, gone=answer.status == _GONE)

    def _failed(
        self,
        webhook: Webhook,
        delivery: Delivery,
        attempts: int,
        started: datetime,
        error: str,
        *,
        hopeless: bool = False,
        gone: bool = False,
    ) -> None:
        """Note it, and ask for another try while that can help. Raises Retry or GiveUp."""
        over = hopeless or gone or attempts >= ATTEMPTS_MAX
        state = "failed" if over else "waiting"
        self._note(delivery, state=state, error=error, attempts=attempts, tried_at=started)
        if not over:
            pause_s = PAUSES_S[min(attempts, len(PAUSES_S)) - 1]
            raise Retry(error, after_s=pause_s * random.uniform(0.75, 1.25))  # noqa: S311  (no secret)
        self._count_failure(webhook, gone=gone)
        raise GiveUp(error)

    def _succeeded(self, webhook: Webhook) -> None:
        if webhook.failures_in_row:
            with self._db.write() as rows:
                queries.update_webhook(rows, webhook.id, failures_in_row=0)

    def _count_failure(self, webhook: Webhook, *, gone: bool) -> None:
        with self._db.write() as rows:
            now = queries.find_webhook(rows, webhook.id)
            if now is None or now.disabled:
                return
            failures = now.failures_in_row + 1
            because = None
            if gone:
                because = "The receiver answered 410: it wants no more."
            elif failures >= DISABLED_AFTER_FAILURES:
                because = f"{failures} deliveries in a row failed."
            queries.update_webhook(
                rows,
                webhook.id,
                failures_in_row=failures,
                disabled=because is not None,
                disabled_because=because,
            )

    def _note(self, delivery: Delivery, **values: Any) -> None:
        with self._db.write() as rows:
            queries.update_delivery(rows, delivery.id, **values)


def _call(webhook: Webhook, delivery: Delivery) -> Call:
    headers = {"Content-Type": "application/json", "X-Openhearth-Delivery": delivery.id}
    if webhook.secret:
        headers["X-Webhook-Secret"] = webhook.secret
    return Call(
        url=webhook.url,
        method="POST",
        headers=headers,
        body=json.dumps(delivery.payload, ensure_ascii=False).encode("utf-8", "replace"),
        timeout_s=TIMEOUT_S,
        answer_max_bytes=ANSWER_KEPT_BYTES,
        cut=True,
    )


def _answer_values(answer: Answer) -> dict[str, Any]:
    text = answer.body.decode("utf-8", "replace").replace("\0", "�")
    return {"status": answer.status, "answer": text, "duration_ms": round(answer.duration_s * 1000)}
