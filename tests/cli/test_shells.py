"""The tab key in real shells: what is completed, and that no name of a file or a model is taken for a command."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import signal
import sys
import time
from pathlib import Path

import pytest
from typer._completion_shared import get_completion_script

OPENHEARTH = Path(sys.executable).with_name("openhearth")
_COMMANDS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>()].?|\r")
_STARTS = {
    "bash": (["--norc", "--noprofile", "-i"], "source {script}; echo rea''dy\n"),
    "zsh": (["-f", "-i"], "autoload -Uz compinit; compinit -D -u; source {script}; echo rea''dy\n"),
    "fish": (["-N", "-i"], "source {script}; echo rea''dy\n"),
}


class Shell:
    """A shell at a terminal, in `folder`, that was told of our completion."""

    def __init__(self, name: str, folder: Path, home: Path) -> None:
        home.mkdir(exist_ok=True)
        script = home / "completion"
        script.write_text(
            get_completion_script(prog_name="openhearth", complete_var="_OPENHEARTH_COMPLETE", shell=name)
        )
        options, told = _STARTS[name]
        environ = {
            **os.environ, "HOME": str(home), "TERM": "xterm" if name == "fish" else "dumb", "XDG_CONFIG_HOME": str(home),
            "PATH": f"{OPENHEARTH.parent}:{os.environ['PATH']}", "OPENHEARTH_ENDPOINT": "http://127.0.0.1:9",
        }  # fmt: skip
        self._pid, self._terminal = pty.fork()
        if not self._pid:
            os.chdir(folder)
            os.execvpe(name, [name, *options], environ)
        self._said = ""
        self._wait_for(lambda said: bool(said.strip()))
        self.type(told.format(script=script), "ready")

    def type(self, keys: str, awaited: str) -> str:
        """Type `keys`; what stands on the screen once `awaited` does."""
        self._said = ""
        os.write(self._terminal, keys.encode())
        return self._wait_for(lambda said: awaited in said)

    def _wait_for(self, is_there: object, *, timeout_s: float = 60) -> str:
        assert callable(is_there)
        until = time.monotonic() + timeout_s
        while time.monotonic() < until and not is_there(self._said):
            if select.select([self._terminal], [], [], 0.1)[0]:
                said = os.read(self._terminal, 1 << 16)
                if b"\x1b[c" in said or b"\x1b[0c" in said:  # fish asks what terminal this is
                    os.write(self._terminal, b"\x1b[?1;2c")
                self._said += _COMMANDS.sub("", said.decode(errors="replace"))
        assert is_there(self._said), self._said
        return self._said

    def close(self) -> None:
        os.close(self._terminal)
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(_STARTS))
def test_tasks_and_files_are_completed_and_nothing_is_run(name: str, tmp_path: Path) -> None:
    assert shutil.which(name), f"this test needs {name}"
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "a letter.txt").touch()
    (folder / r"y\$(touch run-by-the-shell)").touch()
    (folder / r"z\`touch run-by-the-shell`").touch()
    shell = Shell(name, folder, tmp_path / "home")
    try:
        shell.type("openhearth run summari\t", "summari")
        shell.type("zat\t", "zation ")
        shell.type("a\t", "a\\ letter.txt")
        shell.type("y\t", "run-by-the-shell")
        shell.type("z\t", "touch")
    finally:
        shell.close()
    assert not (folder / "run-by-the-shell").exists()
