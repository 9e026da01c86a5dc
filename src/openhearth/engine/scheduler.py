"""Which requests run in the next step. Knows no model and no tensors, so a test needs neither.

The policy is one `or`: waiting prompts join while there is room, else everything running advances by one token.
Requests join in the order they came. The batch is a rectangle in memory, so room is counted as one: rows times
the longest that any of them may become; what was admitted can therefore always finish.
"""

from collections import deque
from dataclasses import dataclass

from openhearth.engine.sequences import Sequence


@dataclass(frozen=True, kw_only=True)
class Limits:
    max_rows: int = 32
    max_cached_tokens: int = 65_536
    max_prefill_tokens: int = 2_048  # of one prefill step, padding included; a longer prompt runs alone


@dataclass(frozen=True)
class Prefill:
    """Read these prompts; they then join the running batch at its end, in this order."""

    sequences: list[Sequence]


@dataclass(frozen=True)
class Decode:
    """Advance every running sequence by one token."""

    sequences: list[Sequence]


class Scheduler:
    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.waiting: deque[Sequence] = deque()
        self.running: list[Sequence] = []  # row r of the cache belongs to running[r]

    def add(self, sequence: Sequence) -> None:
        assert sequence.longest <= self.limits.max_cached_tokens
        self.waiting.append(sequence)

    def next_step(self) -> Prefill | Decode | None:
        """What to do now; None if there is nothing. Sequences of a Prefill count as running from here on."""
        joining = self._joining()
        if joining:
            for sequence in joining:
                self.waiting.remove(sequence)
            self.running += joining
            return Prefill(joining)
        return Decode(list(self.running)) if self.running else None

    def leave(self, row: int) -> Sequence:
        """Take `row` out; the last row takes its place, as in the cache."""
        gone = self.running[row]
        self.running[row] = self.running[-1]
        self.running.pop()
        return gone

    def find_row(self, request_id: int) -> int | None:
        return next((row for row, s in enumerate(self.running) if s.request_id == request_id), None)

    def forget_waiting(self, request_id: int) -> bool:
        """Whether `request_id` was waiting; it no longer is."""
        found = [s for s in self.waiting if s.request_id == request_id]
        for sequence in found:
            self.waiting.remove(sequence)
        return bool(found)

    def _joining(self) -> list[Sequence]:
        joining: list[Sequence] = []
        longest = max((s.longest for s in self.running), default=0)
        width = 0
        for sequence in self.waiting:
            rows = len(self.running) + len(joining) + 1
            longest = max(longest, sequence.longest)
            width = max(width, len(sequence.prompt_ids))
            fits = rows <= self.limits.max_rows and rows * longest <= self.limits.max_cached_tokens
            quick = not joining or (len(joining) + 1) * width <= self.limits.max_prefill_tokens
            if not (fits and quick):
                break
            joining.append(sequence)
        return joining
