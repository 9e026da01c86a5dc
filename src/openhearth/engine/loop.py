"""What a worker thread runs: requests go in, steps are made, reports come out."""

from collections.abc import Callable
from typing import Protocol

from openhearth.protocol.engine import Message, Stats

Report = Callable[[Message], None]


class Loop(Protocol):
    """The requests of one model. Every method is called from one thread; answers go to its `Report`."""

    def add(self, request: Message) -> None:
        """Queue `request`, or report at once why it cannot run."""
        ...

    def cancel(self, request_id: int) -> None:
        """Forget a request; it gets no answer. Unknown ones are done already."""
        ...

    def step(self) -> bool:
        """Advance by one step; returns whether there was anything to do."""
        ...

    def fail_all(self, message: str) -> None:
        """The model broke: report that nothing that runs or waits can be finished."""
        ...

    def stats(self, rss_bytes: int) -> Stats: ...
