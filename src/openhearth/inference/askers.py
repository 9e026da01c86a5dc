"""Who a model is being asked for: what libraries say of it is told to them.

Set where a request or a piece of work opens a model; whatever it then asks carries it along (a context variable, as
tasks and threads made on the way inherit it).
"""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass

from openhearth.access import Actor
from openhearth.protocol.engine import Said


@dataclass(frozen=True)
class Asker:
    """`run_id` names the work that it belongs to; empty for a call of its own."""

    user_id: str | None = None
    run_id: str = ""


ASKER: ContextVar[Asker] = ContextVar("asker", default=Asker())  # noqa: B039 - frozen
Tell = Callable[[Asker, Sequence[Said]], None]


def ask_for(actor: Actor, run_id: str = "") -> None:
    """From here on, this task or thread asks models for `actor`."""
    ASKER.set(Asker(actor.user_id, run_id))


def tell_nobody(_asker: Asker, _notes: Sequence[Said]) -> None:
    """Where no book is kept."""
