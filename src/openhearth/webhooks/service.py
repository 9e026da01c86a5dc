"""The verbs about webhooks: make, change, switch, look at what was sent, send it again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from openhearth.access import Actor
from openhearth.db import Database
from openhearth.errors import Conflict, Invalid, NotFound
from openhearth.kit.clock import Clock
from openhearth.kit.cursors import Page, decode_cursor, encode_cursor
from openhearth.kit.ids import new_id
from openhearth.webhooks import queries
from openhearth.webhooks.announce import Announcer
from openhearth.webhooks.owners import Owner, Owners
from openhearth.webhooks.records import DOMAINS, Delivery, Webhook, WebhookSpec
from openhearth.webhooks.spec import check_domains, check_secret, check_watched
from openhearth.wire.outgoing import Outgoing

WEBHOOKS_MAX = 50


class Webhooks:
    """`organisation` names whose webhooks are meant; None: the actor's own."""

    def __init__(
        self, *, db: Database, clock: Clock, owners: Owners, outgoing: Outgoing, announcer: Announcer
    ) -> None:
        self._db = db
        self._clock = clock
        self._owners = owners
        self._outgoing = outgoing
        self._announcer = announcer

    def create(self, actor: Actor, spec: WebhookSpec, organisation: str | None = None) -> Webhook:
        """Raises Invalid, Conflict where there are too many, Forbidden, Unauthenticated."""
        owner = self._owners.get(actor, organisation)
        if spec.url is None:
            raise Invalid("url: is missing; say where messages are sent to.")
        blank = Webhook(
            id=new_id(), owner_id=owner.id, url="", secret=None, domains=DOMAINS, watched=(), disabled=False,
            disabled_because=None, failures_in_row=0, created_at=self._clock(),
        )  # fmt: skip
        webhook = self._changed(blank, replace(spec, watched=spec.watched or ()))
        with self._db.write() as rows:
            if queries.count_webhooks(rows, owner.id) >= WEBHOOKS_MAX:
                raise Conflict(f"There are {WEBHOOKS_MAX} webhooks already; delete one that is not needed.")
            queries.insert_webhook(rows, webhook)
        return webhook

    def list_webhooks(self, actor: Actor, organisation: str | None = None) -> Sequence[Webhook]:
        """All of one owner, the oldest first."""
        owner = self._owners.get(actor, organisation)
        with self._db.read() as rows:
            return queries.list_webhooks(rows, owner.id)

    def get(self, actor: Actor, webhook_id: str, organisation: str | None = None) -> Webhook:
        """Raises NotFound, for those of others too."""
        return self._get(self._owners.get(actor, organisation), webhook_id)

    def update(
        self, actor: Actor, webhook_id: str, spec: WebhookSpec, organisation: str | None = None
    ) -> Webhook:
        """Change what `spec` gives; an empty secret takes it away."""
        webhook = self.get(actor, webhook_id, organisation)
        changed = self._changed(webhook, spec)
        with self._db.write() as rows:
            queries.update_webhook(
                rows, webhook.id, url=changed.url, secret=changed.secret, domains=list(changed.domains)
            )
            if changed.watched != webhook.watched:
                queries.replace_watched(rows, webhook.id, changed.watched)
        return changed

    def switch(self, actor: Actor, webhook_id: str, organisation: str | None = None, *, on: bool) -> Webhook:
        """Enable or disable; enabling forgets the failures so far."""
        webhook = self.get(actor, webhook_id, organisation)
        values = {"disabled": not on, "disabled_because": None, "failures_in_row": 0}
        with self._db.write() as rows:
            queries.update_webhook(rows, webhook.id, **values)
        return replace(webhook, disabled=not on, disabled_because=None, failures_in_row=0)

    def delete(self, actor: Actor, webhook_id: str, organisation: str | None = None) -> None:
        """Delete it with all that is remembered of its deliveries."""
        webhook = self.get(actor, webhook_id, organisation)
        with self._db.write() as rows:
            queries.delete_webhook(rows, webhook.id)

    def list_deliveries(
        self,
        actor: Actor,
        webhook_id: str,
        organisation: str | None = None,
        *,
        limit: int = 30,
        cursor: str | None = None,
    ) -> Page[Delivery]:
        """What was sent, newest first."""
        webhook = self.get(actor, webhook_id, organisation)
        with self._db.read() as rows:
            found = queries.list_deliveries(rows, webhook.id, before=_position(cursor), limit=limit + 1)
        last = found[limit - 1] if len(found) > limit else None
        return Page(found[:limit], _cursor_after(last) if last else None)

    def get_delivery(
        self, actor: Actor, webhook_id: str, delivery_id: str, organisation: str | None = None
    ) -> Delivery:
        """Raises NotFound."""
        webhook = self.get(actor, webhook_id, organisation)
        with self._db.read() as rows:
            delivery = queries.find_delivery(rows, delivery_id)
        if delivery is None or delivery.webhook_id != webhook.id:
            raise NotFound("Delivery not found: only the newest are kept.")
        return delivery

    def replay(
        self, actor: Actor, webhook_id: str, delivery_id: str, organisation: str | None = None
    ) -> Delivery:
        """Send the same once more, as a delivery of its own, if its repo may still be seen. Raises NotFound, Conflict."""
        webhook = self.get(actor, webhook_id, organisation)
        delivery = self.get_delivery(actor, webhook_id, delivery_id, organisation)
        if webhook.disabled:
            raise Conflict("The webhook is disabled; enable it before sending something again.")
        if not self._announcer.may_see(webhook, self._announcer.resource_of(delivery)):
            raise NotFound("Delivery not found: the repo it tells of cannot be seen any more.")
        return self._announcer.put(webhook, delivery.repo_key, delivery.event, delivery.payload)

    def _get(self, owner: Owner, webhook_id: str) -> Webhook:
        with self._db.read() as rows:
            webhook = queries.find_webhook(rows, webhook_id)
        if webhook is None or webhook.owner_id != owner.id:
            raise NotFound(f"Webhook not found: {webhook_id[:40]}.")
        return webhook

    def _changed(self, webhook: Webhook, spec: WebhookSpec) -> Webhook:
        return replace(
            webhook,
            url=self._outgoing.check_typed(spec.url) if spec.url is not None else webhook.url,
            secret=check_secret(spec.secret) if spec.secret is not None else webhook.secret,
            domains=check_domains(spec.domains) if spec.domains is not None else webhook.domains,
            watched=check_watched(spec.watched) if spec.watched is not None else webhook.watched,
        )


def _cursor_after(delivery: Delivery) -> str:
    return encode_cursor(round(delivery.created_at.timestamp() * 1_000_000), delivery.id)


def _position(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    moment, delivery_id = decode_cursor(cursor, 2)
    if not isinstance(moment, int) or not isinstance(delivery_id, str) or not 0 <= moment < 1 << 52:
        raise Invalid("cursor: is not one of this list; follow the Link header instead.")
    seconds, microseconds = divmod(moment, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds), delivery_id
