import io

from rich.console import Console

from openhearth.cli.starter.console import show_progress
from openhearth.cli.starter.recipe import Outcome, Progress


def shown(*, terminal: bool) -> str:
    out = io.StringIO()
    with show_progress(Console(file=out, force_terminal=terminal, width=100)) as report:
        report(Progress("words", "look"))
        for done in (0, 400_000, 1_000_000):
            report(Progress("words", "fetch", "tiny-words", done, 1_000_000))
        report(Progress("words", "convert"))
        report(Progress("words", "done", outcome=Outcome("words", "starter/words", "installed", "", 2.4)))
        broken = Outcome("[bold]", "starter/[bold]", "failed", "No [red] words.")
        report(Progress("[bold]", "done", outcome=broken))
    return out.getvalue()


def test_a_log_gets_one_line_for_each_step_and_each_outcome() -> None:
    assert shown(terminal=False).splitlines() == [
        "  words: downloading tiny-words 1.0 MB",
        "  words: converting and checking",
        "✓ starter/words installed in 2 s",
        "✗ starter/[bold]: No [red] words.",
    ]


def test_a_person_at_a_terminal_sees_bars_and_keeps_the_outcomes() -> None:
    text = shown(terminal=True)
    assert "━" in text
    assert "✓ starter/words installed in 2 s" in text
    assert "✗ starter/[bold]: No [red] words." in text
