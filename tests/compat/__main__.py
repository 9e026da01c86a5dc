"""`python -m tests.compat`: play all scenarios and say what differs from the table; with `--write`, write it anew."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.compat import table
from tests.compat.play import play_all
from tests.support.running import RunningHub


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        hub = RunningHub(Path(name) / "data").start().invite_people()
        try:
            played = play_all(hub, Path(name) / "homes")
        finally:
            hub.stop()
    expected = table.read() if table.EXPECTED.exists() else {}
    for program, versions in played.items():
        for version, found in versions.items():
            for line in table.differences(expected.get(program, {}).get(version, {}), found):
                sys.stdout.write(f"{version} {program}: {line}\n")
    if "--write" in sys.argv:
        table.write(played)


if __name__ == "__main__":
    main()
