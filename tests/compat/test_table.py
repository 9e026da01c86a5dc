"""The table of compatibility is true: what it says happened again just now."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.compat import table
from tests.compat.clients import CLIENTS
from tests.compat.ecosystem import ECOSYSTEM
from tests.compat.play import PROGRAMS, Played

ROOT = Path(__file__).parents[2]


def test_the_page_says_what_was_found() -> None:
    assert table.PAGE.read_text() == table.page(table.read()), "run `make compat`"


def test_nothing_fails_and_nothing_was_forgotten() -> None:
    bad = [
        f"{version} {row.name}: {row.verdict} {row.sentence}"
        for versions in table.read().values()
        for version, rows in versions.items()
        for row in rows.values()
        if row.verdict in ("fails", "missing") or row.name.startswith("(")
    ]
    assert bad == []


def test_the_tests_behind_the_programs_exist() -> None:
    for line in ECOSYSTEM:
        for test in line.tests:
            path, _, name = test.partition("::")
            assert not name or f"def {name}(" in (ROOT / path).read_text(), test


@pytest.mark.timeout(600)
@pytest.mark.parametrize("version", [client.version for client in CLIENTS])
@pytest.mark.parametrize("program", PROGRAMS)
def test_what_worked_works(played: Played, program: str, version: str) -> None:
    expected = table.read()[program].get(version)
    assert expected is not None, f"the table does not know huggingface_hub {version}; run `make compat`"
    found = table.differences(expected, played[program][version])
    assert not found, "\n".join(["The table says otherwise; mend the hub, or run `make compat`.", *found])
