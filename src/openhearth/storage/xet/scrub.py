"""Reading stored xorbs again: whether their bodies still are what they were, and compositions still fit them."""

from openhearth.errors import EntryNotFound, Invalid
from openhearth.storage.xet.folder import XorbFolder
from openhearth.storage.xet.index import Run, XorbIndex


class Scrub:
    """One pass over xorbs. Reads every body once, however many composed xorbs need it."""

    def __init__(self, xorbs: XorbFolder) -> None:
        self._xorbs = xorbs
        self._verdicts: dict[bytes, bool] = {}

    def is_intact(self, xorb: bytes) -> bool:
        """Hash a stored xorb again. Raises EntryNotFound if it is not there."""
        index = self._xorbs.index(xorb)
        if index.runs:
            return all(self._is_run_intact(index, run) for run in index.runs)
        if xorb not in self._verdicts:
            self._verdicts[xorb] = self._is_body_intact(xorb, index)
        return self._verdicts[xorb]

    def _is_body_intact(self, xorb: bytes, index: XorbIndex) -> bool:
        try:
            found = self._xorbs.verify(self._xorbs.body_path(xorb), xorb)
        except (Invalid, FileNotFoundError):
            return False
        return found.to_bytes() == index.to_bytes()

    def _is_run_intact(self, index: XorbIndex, run: Run) -> bool:
        try:
            home = self._xorbs.index(run.home)
            is_home_intact = not home.runs and self.is_intact(run.home)
        except EntryNotFound:
            return False
        home_end = run.home_start + run.end - run.start
        return (
            is_home_intact
            and home.hashes(run.home_start, home_end) == index.hashes(run.start, run.end)
            and home.packed_span(run.home_start, home_end).start == run.at
        )
