"""`openhearth doctor`: what this machine can do, and for what is missing, how to add it."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import typer

from openhearth.config import load_settings

GIB = 1 << 30


@dataclass(frozen=True)
class Finding:
    """`ok` None: a fact without judgement. `remedy` says how to add what is missing."""

    subject: str
    fact: str
    ok: bool | None = None
    remedy: str = ""


def doctor(data: Path = typer.Option(None, help="The data folder to look at.")) -> None:
    """Say what this machine can do, and what is missing and how to add it."""
    findings = list(examine(load_settings(data=data).data))
    width = max(len(finding.subject) for finding in findings)
    for finding in findings:
        mark = {True: "✓", False: "✗", None: "·"}[finding.ok]
        remedy = f"  → {finding.remedy}" if finding.remedy and finding.ok is False else ""
        typer.echo(f"{mark} {finding.subject:<{width}}  {finding.fact}{remedy}")
    if any(finding.ok is False and finding.subject == "git" for finding in findings):
        raise typer.Exit(1)


def examine(data: Path) -> Iterator[Finding]:
    import psutil

    memory = psutil.virtual_memory()
    yield Finding("python", platform.python_version(), platform.python_version_tuple() >= ("3", "11"))
    yield Finding("cores", f"{os.cpu_count()}")
    yield Finding("memory", f"{memory.total / GIB:.1f} GiB, {memory.available / GIB:.1f} GiB free")
    yield _gpu()
    yield _data_folder(data)
    yield _program("git", ["git", "--version"], "apt install git: clone, fetch and push need it")
    yield _program(
        "git-lfs", ["git-lfs", "version"], "apt install git-lfs: only for people who push large files by git"
    )
    yield _program("sandbox", ["bwrap", "--version"], "apt install bubblewrap: hosted apps will need it")
    yield _program(
        "apertium",
        ["apertium", "-V"],
        "apt install apertium-eng-spa apertium-fr-es: translation by rules, in tenths of a second",
    )
    yield _library("torch", "engine: torch", "pip install 'openhearth[run]': running models needs it")
    yield _library("transformers", "engine: transformers", "pip install 'openhearth[run]'")
    yield _library("av", "audio and video", "pip install 'openhearth[run]'")


def _gpu() -> Finding:
    if shutil.which("nvidia-smi") is None:
        return Finding("gpu", "none found; models run on the processor")
    answer = subprocess.run(
        ["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader"],
        capture_output=True,
        text=True,
        check=False,
    )
    return Finding(
        "gpu",
        answer.stdout.strip().replace("\n", "; ") or "nvidia-smi gave no answer",
        answer.returncode == 0,
    )


def _data_folder(data: Path) -> Finding:
    existing = next(folder for folder in (data, *data.parents) if folder.exists())
    free_gib = shutil.disk_usage(existing).free / GIB
    writable = os.access(existing, os.W_OK)
    return Finding("data folder", f"{data} ({free_gib:.0f} GiB free)", writable, "choose another with --data")


def _program(subject: str, command: list[str], remedy: str) -> Finding:
    if shutil.which(command[0]) is None:
        return Finding(subject, "not found", False, remedy)
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return Finding(subject, answer.stdout.strip().splitlines()[0] if answer.stdout else command[0], True)


def _library(package: str, subject: str, remedy: str) -> Finding:
    try:
        return Finding(subject, metadata.version(package), True)
    except metadata.PackageNotFoundError:
        return Finding(subject, "not installed", False, remedy)
