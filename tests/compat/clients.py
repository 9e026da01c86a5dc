"""The releases of the Python client that the table is about: the newest 2.x, as installed, and a 1.x in a folder of its own."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "openhearth" / "clients"
OLDER = ("huggingface_hub==1.33.0", "hf-xet==1.8.0")  # what people who stayed behind have


@dataclass(frozen=True)
class Client:
    """A release of huggingface_hub; `requirements` are what its environment is made of, none for our own."""

    version: str
    requirements: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        return CACHE / "-".join(part.replace("==", "-") for part in self.requirements)

    def python(self) -> str:
        """The interpreter that has this client, installed on the first call."""
        if not self.requirements:
            return sys.executable
        python = self.folder / "bin" / "python"
        CACHE.mkdir(parents=True, exist_ok=True)
        with (CACHE / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two test runs at once make it once
            if not (self.folder / ".ready").exists():
                shutil.rmtree(self.folder, ignore_errors=True)
                subprocess.run([sys.executable, "-m", "venv", str(self.folder)], check=True)
                pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
                subprocess.run([*pip, *self.requirements], check=True)
                (self.folder / ".ready").touch()
        return str(python)


CLIENTS = (
    Client(version("huggingface_hub")),
    Client(OLDER[0].partition("==")[2], OLDER),
)
