"""A mode of Apertium as the programs it runs one after the other, and running them: no shell, a time limit, checked words.

A mode file is a line of shell (`lt-proc 'eng-spa.automorf.bin' | apertium-tagger …`), and a model's folder may be a
stranger's. So it is read, and only programs that Apertium brings are started, with the flags its pairs use and files of
the folder. Each reads the stream of the one before (https://wiki.apertium.org/wiki/Apertium_stream_format).
"""

import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from openhearth.errors import Invalid, Unsupported

REMEDY = "install Apertium: sudo apt-get install apertium"
MODE_MAX_BYTES = 64 << 10
TIMEOUT_S = 60.0
_SECONDS_PER_BYTE = 1e-3
_MEMORY_MAX_BYTES = 4 << 30
_GENERATING = "$1"
# A text ends with it, and the programs hand on at once what they made of that text (`-z`).
END = "\0"
# Program → the flags that pairs use, and how many files it takes. More files would be read, or written over.
_PROGRAMS: dict[str, tuple[frozenset[str], int]] = {
    "lt-proc": (frozenset(["-a", "-b", "-c", "-e", "-g", "-n", "-p", "-t", "-w", "-x", "-N1"]), 1),
    "lrx-proc": (frozenset({"-m"}), 1),
    "lsx-proc": (frozenset({"-w"}), 1),
    "cg-proc": (frozenset(["-1", "-g", "-n", "-w"]), 1),
    "rtx-proc": (frozenset(), 1),
    "apertium-anaphora": (frozenset(), 1),
    "apertium-tagger": (frozenset(["-g", "-gx", "-p"]), 1),
    "apertium-pretransfer": (frozenset(), 0),
    "apertium-posttransfer": (frozenset(), 0),
    "apertium-transfer": (frozenset({"-b", "-n"}), 3),
    "apertium-interchunk": (frozenset(), 2),
    "apertium-postchunk": (frozenset(), 2),
}


@dataclass(frozen=True)
class Stage:
    """`command` starts it. `writes`: it puts the words of the target language into their forms, unknown ones as they are."""

    command: tuple[str, ...]
    writes: bool = False


def read_stages(folder: Path, mode: str, *, name: str) -> tuple[Stage, ...]:
    """The programs of `mode`. Raises Invalid or Unsupported for one that is no mode of Apertium's own kind."""
    path = folder / "modes" / f"{mode}.mode"
    try:
        with path.open(encoding="utf-8") as stream:
            words = _words(stream.read(MODE_MAX_BYTES))
    except (OSError, ValueError) as error:
        raise Invalid(
            f"modes/{mode}.mode of {name} cannot be read ({error}); take the file that Apertium brings."
        ) from None
    stages, rest = [], words
    while rest:
        end = rest.index("|") if "|" in rest else len(rest)
        stages.append(_stage(rest[:end], folder, f"modes/{mode}.mode of {name}"))
        rest = rest[end + 1 :]
    if not stages:
        raise Invalid(f"modes/{mode}.mode of {name} is empty; take the file that Apertium brings.")
    return tuple(stages)


def _words(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    return list(lexer)


def _stage(words: Sequence[str], folder: Path, where: str) -> Stage:
    program, rest = (words[0], words[1:]) if words else ("", ())
    if program not in _PROGRAMS:
        raise Unsupported(f"{where} runs {program[:40]!r}, which is no program of Apertium that is run here.")
    flags, most_files = _PROGRAMS[program]
    command, files, writes = [program, "-z"], 0, False
    for word in rest:
        if word == _GENERATING:
            writes = True
            command.append("-n")  # unknown words without a mark; they are told apart before this stage
        elif word in flags:
            command.append(word)
        elif word != "$2":  # set only for showing what else a word may mean
            command.append(str(_file(word, folder, where)))
            files += 1
    expected = 2 if program == "apertium-transfer" and not {"-b", "-n"}.isdisjoint(rest) else most_files
    if files != expected:
        raise Unsupported(
            f"{where} gives {program} {files} files and not {expected}; take the file that Apertium brings."
        )
    return Stage(tuple(command), writes=writes)


def _file(word: str, folder: Path, where: str) -> Path:
    """The file that `word` names: modes say where it lay when the pair was built, so its last two names count."""
    said = Path(word)
    path = folder / said.parent.name / said.name
    if word.startswith("-") or ".." in said.parts[-2:] or not path.is_file():
        raise Unsupported(
            f"{where} names {word[-80:]!r}, which is no file of this folder; take the files that Apertium brings."
        )
    return path


def run_stage(stage: Stage, stream: str, *, name: str) -> str:
    """What the stage makes of `stream`. Raises Invalid, and Unsupported where the program is missing."""
    program = stage.command[0]
    if shutil.which(program) is None:
        raise Unsupported(f"{name} needs the program {program}; {REMEDY}.")
    limit_s = TIMEOUT_S + len(stream) * _SECONDS_PER_BYTE
    started = time.monotonic()
    try:
        done = subprocess.run(
            [*_within_memory(), *stage.command], input=stream.encode(), capture_output=True, timeout=limit_s,
            check=False, env={**os.environ, "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Invalid(
            f"inputs: {program} was not done after {time.monotonic() - started:.0f} s; give a shorter text."
        ) from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise Invalid(f"{name}: {program} failed: {said[0][:200] if said else f'code {done.returncode}'}.")
    return done.stdout.decode(errors="replace")


def _within_memory() -> tuple[str, ...]:
    """What keeps a broken file from taking all memory, where the system has it."""
    return ("prlimit", f"--as={_MEMORY_MAX_BYTES}") if shutil.which("prlimit") else ()
