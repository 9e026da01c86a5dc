"""Show how an installation goes: a live bar for a person at a terminal, one line for each step for a log.

Either way each recipe leaves one sentence about how it ended.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from openhearth.cli.starter.recipe import Outcome, Progress, Report

_WORDS = {
    "look": "looking",
    "fetch": "downloading",
    "convert": "converting and checking",
    "publish": "publishing",
}


@contextmanager
def show_progress(console: Console) -> Iterator[Report]:
    """Yield the report function that suits the console."""
    if not console.is_terminal:
        yield _Lines(console).report
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(30), TimeElapsedColumn())
    with Bars(*columns, console=console, transient=True) as bars:
        yield _Live(bars).report


class _Lines:
    """A line whenever a step begins, nothing in between."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last: tuple[str, str, str] | None = None

    def report(self, progress: Progress) -> None:
        step = (progress.name, progress.stage, progress.detail)
        if progress.outcome:
            _say(self._console, _sentence(progress.outcome))
        elif step != self._last and progress.stage != "look":
            _say(self._console, f"  {progress.name}: {_step(progress)}")
        self._last = step


class _Live:
    """One bar for the recipe at work; it pulses where nobody knows how far the step is."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def report(self, progress: Progress) -> None:
        if progress.outcome:
            self._end(progress.outcome)
            return
        downloading = progress.stage == "fetch" and progress.total_bytes
        total = progress.total_bytes if downloading else None
        text = f"{progress.name}: {_step(progress)}"
        if self._task is None:
            self._task = self._bars.add_task(text, total=total)
        self._bars.update(self._task, description=text, completed=progress.done_bytes, total=total)

    def _end(self, outcome: Outcome) -> None:
        if self._task is not None:
            self._bars.remove_task(self._task)
            self._task = None
        _say(self._bars.console, _sentence(outcome))


def _step(progress: Progress) -> str:
    size = decimal(progress.total_bytes) if progress.total_bytes else ""
    return " ".join(part for part in (_WORDS[progress.stage], progress.detail, size) if part)


def _sentence(outcome: Outcome) -> str:
    if outcome.status == "failed":
        return f"✗ {outcome.repo_id}: {outcome.reason}"
    if outcome.status == "current":
        return f"✓ {outcome.repo_id} is there already"
    return f"✓ {outcome.repo_id} installed in {outcome.elapsed_s:.0f} s"


def _say(console: Console, sentence: str) -> None:
    console.print(sentence, markup=False, highlight=False, soft_wrap=True)
