"""Download pinned packages through the person's own pip, and refuse every byte that was not expected.

Which index is asked, through which proxy and with which certificates, is pip's configuration and not our
business. pip checks the hash before it looks inside a source package; we check again, because the cache may
be anyone's.
"""

import hashlib
import importlib.metadata
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from openhearth.cli.starter.recipe import FetchFailed, HashMismatch, Package

OnBytes = Callable[[int, int], None]

_RAW_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")
# `--progress-bar raw`, the one made for programs to read, came with pip 24.1.
_PIP_WITH_RAW_PROGRESS = (24, 1)


def fetch_package(package: Package, folder: Path, on_bytes: OnBytes = lambda done, total: None) -> Path:
    """Return the package's file in `folder`, downloading it unless it lies there whole already.

    Raises HashMismatch when the index serves other bytes, FetchFailed when it serves none.
    """
    wanted = folder / package.filename
    if wanted.exists() and sha256_of(wanted) == package.sha256:
        return wanted
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".partial-") as scratch:
        arrived = _download(package, Path(scratch), on_bytes)
        check_hash(package, arrived)
        arrived.replace(wanted)
    return wanted


def check_hash(package: Package, path: Path) -> None:
    """Raise HashMismatch unless the file is the one that the recipe names."""
    actual = sha256_of(path)
    if actual != package.sha256:
        raise _mismatch(package, actual)


def sha256_of(path: Path) -> str:
    """The sha256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _mismatch(package: Package, actual: str) -> HashMismatch:
    return HashMismatch(
        f"{package.filename}: the sha256 is {actual}, but the recipe was written for {package.sha256}. "
        "The package was changed after it was checked, or the index is not to be trusted; nothing was "
        "installed."
    )


def _download(package: Package, scratch: Path, on_bytes: OnBytes) -> Path:
    requirements = scratch / "requirements.txt"
    requirements.write_text(f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n")
    output = _run_pip(["-d", str(scratch), "-r", str(requirements), *_kind_flags(package)], package, on_bytes)
    arrived = scratch / package.filename
    if arrived.exists():
        return arrived
    if found := re.search(r"Got\s+([0-9a-f]{64})", output):
        raise _mismatch(package, found[1])
    raise FetchFailed(f"{package.name} {package.version} could not be downloaded: {_reason(output)}")


def _run_pip(arguments: list[str], package: Package, on_bytes: OnBytes) -> str:
    style = "raw" if _pip_version() >= _PIP_WITH_RAW_PROGRESS else "off"
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-cache-dir", "--require-hashes"]
    command += ["--progress-bar", style, "--disable-pip-version-check", "--no-input", *arguments]
    environ = {**os.environ, "PYTHONUNBUFFERED": "1", "LC_ALL": "C.UTF-8"}
    said: list[str] = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env=environ
    ) as pip:
        assert pip.stdout is not None
        try:
            for line in pip.stdout:
                if found := _RAW_PROGRESS.search(line):
                    on_bytes(int(found[1]), int(found[2]))
                else:
                    said.append(line.rstrip())
        except BaseException:
            pip.kill()
            raise
    return "\n".join(said)


def _pip_version() -> tuple[int, ...]:
    try:
        version = importlib.metadata.version("pip")
    except importlib.metadata.PackageNotFoundError:
        raise FetchFailed(f"pip is missing; add it with: {sys.executable} -m ensurepip") from None
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])


def _kind_flags(package: Package) -> list[str]:
    """Ask for the very file that is pinned, also on a machine whose own wheel would be another one."""
    if package.is_sdist:
        return ["--no-binary", package.name]
    python, abi, platforms = package.filename.removesuffix(".whl").split("-")[-3:]
    if platforms == "any":
        return ["--only-binary", ":all:"]
    flags = [
        "--only-binary",
        ":all:",
        "--implementation",
        python[:2],
        "--python-version",
        python[2:],
        "--abi",
        abi,
    ]
    for platform in platforms.split("."):
        flags += ["--platform", platform]
    return flags


def _reason(output: str) -> str:
    lines = [line for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines or ["pip said nothing"])[-1].removeprefix("ERROR: ")
