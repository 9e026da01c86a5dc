"""The command line where little is as it should be: full disks, closed pipes, other encodings, signs that terminals obey."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from openhearth.cli.printable import printable
from openhearth.cli.run_given import read_input
from openhearth.cli.run_shown import show
from openhearth.errors import Invalid
from openhearth.pipelines.notes import Book, Note
from openhearth.pipelines.tasks import get_task


def run(*arguments: str, data: Path, closed: str = "", **more: object) -> subprocess.CompletedProcess[bytes]:
    """`openhearth …` with its own data folder; `closed`: what the shell does with its streams."""
    command = ["sh", "-c", f'exec "$0" -m openhearth "$@" {closed}', sys.executable, *arguments]
    environ = {**os.environ, "OPENHEARTH_DATA": str(data), "OPENHEARTH_ENDPOINT": "http://127.0.0.1:9"}
    return subprocess.run(command, env=environ, capture_output=True, check=False, **more)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize("arguments", [("tasks",), ("notes",), ("--version",), ("run", "--help")])
def test_a_full_disk_is_one_sentence(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = run(*arguments, data=tmp_path, closed="> /dev/full")
    assert done.returncode == 1
    assert done.stderr.decode().strip() == "openhearth: No space left on device"


def test_a_closed_standard_input_is_said_to_be_closed(tmp_path: Path) -> None:
    done = run("run", "summarization", "-", data=tmp_path, closed="<&-")
    assert done.returncode == 1 and b"standard input is closed" in done.stderr, done.stderr


@pytest.mark.parametrize("arguments", [("classify", "-"), ("classify", "--batch", "-")])
def test_what_is_no_text_is_told_apart_from_one(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = run("run", *arguments, data=tmp_path, input=b"\xff\xfe\x00")
    assert done.returncode == 1 and b"is no UTF-8 text" in done.stderr, done.stderr
    with pytest.raises(Invalid, match="no UTF-8 text"):
        read_input(get_task("summarization"), os.fsdecode(b"gr\xfc\xdfe"))


@pytest.mark.parametrize("content", [b"this is a text and no book", b""])
def test_a_book_that_cannot_be_used_is_one_sentence(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_bytes(content)
    if not content:  # a folder that is none
        tmp_path = tmp_path / "notes.db"
    for arguments in ((), ("--add", "seen"), ("--forget", "1")):
        done = run("notes", *arguments, data=tmp_path)
        told = done.stderr.decode()
        assert "Traceback" not in told
        assert (done.returncode, "cannot be used" in told) in ((1, True), (0, False)), told
    assert "cannot be used" in run("notes", "--add", "seen", data=tmp_path).stderr.decode()


def test_numbers_and_runs_that_are_not_there(tmp_path: Path) -> None:
    assert (
        b"nothing is noted of a run 'nine'"
        in run("notes", "--run", "nine", "--add", "x", data=tmp_path).stderr
    )
    assert b"Nothing is noted of run nine." in run("notes", "--run", "nine", data=tmp_path).stdout
    assert run("notes", "--forget", "9" * 30, data=tmp_path).returncode == 2


def test_a_remark_on_a_run_is_laid_beside_its_task_and_model(tmp_path: Path) -> None:
    book = Book(tmp_path / "notes.db")
    book.write([Note(kind="warning", message="odd")], run_id="r1", task="translation", model="ada/x")
    assert run("notes", "--run", "r1", "--add", "third sentence empty", data=tmp_path).returncode == 0
    (remark, _) = book.list_notes(run_id="r1")
    assert (remark.kind, remark.task, remark.model) == ("remark", "translation", "ada/x")


def test_signs_that_terminals_obey_are_shown_and_not_sent(tmp_path: Path) -> None:
    rings = "\x1b]0;owned\x07\x1b[2Jiron\x9b31m"
    answer = show(get_task("text-classification"), [{"label": rings, "score": 0.5}])
    assert answer.startswith("0.500  ") and "iron" in answer and printable(answer) == answer
    assert not {"\x1b", "\x07", "\x9b"} & set(answer)
    Book(tmp_path / "notes.db").write(
        [Note(kind="warning", message=rings)], run_id="r\x1b[2J", task="x", model=f"{rings}\n1  forged line"
    )
    listed = run("notes", data=tmp_path).stdout.decode()
    assert "iron" in listed and "\x1b" not in listed and "\n1  forged" not in listed
    refused = run("run", "classify", "x", "--model", rings, data=tmp_path).stderr
    assert b"\x1b" not in refused and b"iron" in refused
