"""The table as it is checked in (`expected.json`) and as people read it (`docs/reference/compatibility.md`)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.compat.ecosystem import ECOSYSTEM
from tests.compat.play import Played, Row, Verdicts

EXPECTED = Path(__file__).with_name("expected.json")
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "compatibility.md"
_WORDS = {
    "works": "works",
    "refuses": "refuses: “{}”",
    "elsewhere": "not applicable: the client asks {}, whatever hub it is set to",
    "local": "not applicable: {}",
    "fails": "**fails**: {}",
    "missing": "**nobody looked**",
}
_TITLES = {
    "methods": ("Methods of `HfApi`", "Every public method, called for real and its effect looked at."),
    "commands": ("Commands of `hf`", "Every command, run for real and its effect looked at."),
    "behaviours": ("Around the methods", "Exceptions, names that hurt, caches, folders and file systems."),
}
_HEAD = """# Compatibility

<!-- Written by `make compat` from a run of real clients; do not edit. -->

What the clients that people have make of this hub. Each line was executed by an unmodified client against a running hub, with a
look at the effect. *Refuses* is a 501 with the sentence quoted here; *not applicable* is what no hub has a part in, or what the
client asks of a host that is written into it. `make test` fails when a line that worked stops working, and when a method or a
command has no line.
"""


def write(played: Played) -> None:
    """Keep `played` as what is expected from now on, and print it as the page."""
    kept = {
        program: {
            version: {name: [row.verdict, row.sentence] for name, row in sorted(rows.items())}
            for version, rows in versions.items()
        }
        for program, versions in played.items()
    }
    EXPECTED.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    PAGE.write_text(page(read()))


def read() -> Played:
    kept = json.loads(EXPECTED.read_text())
    return {
        program: {
            version: {name: Row(name, *verdict) for name, verdict in rows.items()}
            for version, rows in versions.items()
        }
        for program, versions in kept.items()
    }


def differences(expected: Verdicts, found: Verdicts) -> list[str]:
    """What is otherwise than the table says, a line each, with the trace of what failed."""
    lines = []
    for name in sorted({*expected, *found}):
        was, now = expected.get(name), found.get(name)
        if was is None or now is None or (was.verdict, was.sentence) != (now.verdict, now.sentence):
            told = [f"{row.verdict} {row.sentence}".strip() if row else "no line" for row in (was, now)]
            lines.append(f"{name}: expected {told[0]}; found {told[1]}\n{now.trace if now else ''}")
    return lines


def page(table: Played) -> str:
    parts = [_HEAD, *_ecosystem()]
    for program, versions in table.items():
        title, about = _TITLES[program]
        parts += [f"\n## {title}\n", about, "", *_counts(versions), "", *_grid(versions)]
    return "\n".join(parts) + "\n"


def _ecosystem() -> Iterator[str]:
    yield "## Programs\n"
    yield "| program | what is done with it | answer | shown by |"
    yield "| --- | --- | --- | --- |"
    for line in ECOSYSTEM:
        tests = ", ".join(f"`{test}`" for test in line.tests)
        yield f"| {line.program} | {line.does} | {line.answer} | {tests} |"


def _counts(versions: Mapping[str, Verdicts]) -> Iterator[str]:
    for version, rows in versions.items():
        counted = Counter(row.verdict for row in rows.values())
        rest = counted["elsewhere"] + counted["local"]
        told = (
            f"{counted['works']} work, {counted['refuses']} refuse with a reason, {rest} are not applicable"
        )
        if counted["fails"]:
            told += f", {counted['fails']} fail"
        yield f"- huggingface_hub {version}: {told}."


def _grid(versions: Mapping[str, Verdicts]) -> Iterator[str]:
    yield "| | " + " | ".join(versions) + " |"
    yield "| --- |" + " --- |" * len(versions)
    for name in sorted({name for rows in versions.values() for name in rows}):
        cells = [_cell(rows.get(name)) for rows in versions.values()]
        if len(set(cells)) == 1 and len(cells) > 1 and cells[0] != "works":
            cells = [cells[0], *["the same"] * (len(cells) - 1)]
        shown = name if (" " in name and name[0].isupper()) or "," in name or ":" in name else f"`{name}`"
        yield f"| {shown} | " + " | ".join(cells) + " |"


def _cell(row: Row | None) -> str:
    if row is None:
        return "–"
    return _WORDS[row.verdict].format(row.sentence.replace("|", "\\|"))
