"""`openhearth run`, as a person types it: against a hub that answers, and without one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.inference.conftest import Served
from tests.pipelines.tiny_models import png_bytes

NO_HUB = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notes of tests go into no person's book."""
    monkeypatch.setenv("OPENHEARTH_DATA", str(tmp_path / "own-data"))


def openhearth(
    *arguments: str, endpoint: str = NO_HUB, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    environ = {
        **os.environ,
        "OPENHEARTH_ENDPOINT": endpoint,
        "OPENHEARTH_TOKEN": "ada",
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "openhearth", "run", *arguments]
    return subprocess.run(command, input=stdin, env=environ, capture_output=True, check=False, timeout=120)


def test_a_hub_that_runs_is_asked(served: Served, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(png_bytes())
    done = openhearth("image-classification", str(picture), "--model", "forge/look", endpoint=served.url)
    assert done.returncode == 0 and b"steel" in done.stdout, done.stderr


def test_plain_words_name_a_task_and_json_is_one_line_an_input(served: Served) -> None:
    done = openhearth("Embed", "one", "two", "--model", "forge/embed", "--json", endpoint=served.url)
    assert [len(json.loads(line)) for line in done.stdout.splitlines()] == [32, 32], done.stderr


def test_a_text_is_shown_with_its_continuation_the_same_each_time(served: Served) -> None:
    said = [
        openhearth(
            "text-generation", "-", "--model", "forge/chat", endpoint=served.url, stdin=b"Steel is\n"
        ).stdout
        for _ in range(2)
    ]
    assert said[0] == said[1] and said[0].startswith(b"Steel is") and len(said[0]) > len(b"Steel is\n")


def test_chat_answers_through_the_template_and_needs_one(served: Served) -> None:
    options = ("--max-new-tokens", "6", "--temperature", "1.5", "--json")
    first, second, other = (
        openhearth("chat", "Hello", "--model", "forge/chat", *options, "--seed", seed, endpoint=served.url)
        for seed in ("1", "1", "2")
    )
    assert first.stdout == second.stdout != other.stdout
    assert not json.loads(first.stdout)[0]["generated_text"].startswith("Hello")
    refused = openhearth("chat", "Hello", "--model", "forge/plain", endpoint=served.url)
    assert refused.returncode == 1 and b"no chat template" in refused.stderr


def test_options_of_text_are_refused_elsewhere(served: Served) -> None:
    done = openhearth("embed", "x", "--model", "forge/embed", "--seed", "1", endpoint=served.url)
    assert done.returncode == 1 and b"leave out" in done.stderr


def test_a_folder_runs_in_process_without_a_hub(tiny: dict[str, Path]) -> None:
    folder = str(tiny["image-classification"])
    done = openhearth("image-classification", "-", "--model", folder, "--json", stdin=png_bytes())
    assert done.returncode == 0 and {row["label"] for row in json.loads(done.stdout)} == {
        "iron",
        "steel",
        "slag",
    }


def test_refusals_are_one_sentence_with_the_remedy(served: Served) -> None:
    for arguments, endpoint, says in (
        (("time-travel", "x"), NO_HUB, "Nearest are"),
        (("embed", "x", "--model", "nobody/nothing"), NO_HUB, "hf download"),
        (("embed",), NO_HUB, "input: is missing"),
        (("embed", "x", "--set", "what"), NO_HUB, "NAME=VALUE"),
        (("embed", "--batch", "/does/not/exist"), NO_HUB, "cannot be read"),
        (
            ("transcribe", "/does/not/exist.wav", "--model", "forge/listen"),
            served.url,
            "neither a link nor a file",
        ),
        (("embed", "x", "--model", "forge/none"), served.url, "Repository not found"),
    ):
        done = openhearth(*arguments, endpoint=endpoint)
        assert done.returncode == 1 and says in done.stderr.decode() and b"Traceback" not in done.stderr


def test_plain_words_are_understood_and_a_batch_goes_on_after_a_bad_line(
    tiny: dict[str, Path], tmp_path: Path
) -> None:
    (tmp_path / "good.png").write_bytes(png_bytes())
    (tmp_path / "bad.png").write_bytes(b"no picture")
    (tmp_path / "batch.txt").write_text(f"{tmp_path}/good.png\n\n{tmp_path}/bad.png\n{tmp_path}/good.png\n")
    done = openhearth(
        "what kind of metal is in this picture", "--model", str(tiny["image-classification"]), 
        "--batch", str(tmp_path / "batch.txt"), "--set", "top_k=1",
    )  # fmt: skip
    first, second, third = (json.loads(line) for line in done.stdout.splitlines())
    assert done.returncode == 1
    assert first == third and len(first) == 1
    assert "no picture" in second["error"]
    assert "image-classification, because your words" in done.stderr.decode()


def test_a_column_of_a_table_is_worked_row_by_row(served: Served, tmp_path: Path) -> None:
    (tmp_path / "reviews.csv").write_text(
        'stars,text\n5,"Good steel, hard."\n1,""\n2,Iron\n', encoding="utf-8-sig"
    )
    (tmp_path / "reviews.jsonl").write_text(
        '{"said": "Good steel, hard.", "stars": 5}\n{"said": "Iron", "stars": 2}\n'
    )
    options = ("--model", "forge/judge", "--endpoint", served.url)
    of_csv = openhearth("sentiment-analysis", "--batch", str(tmp_path / "reviews.csv"), *options)
    first, empty, last = (json.loads(line) for line in of_csv.stdout.splitlines())
    assert of_csv.returncode == 1
    assert "the text is empty" in empty["error"]
    lines = openhearth(
        "sentiment-analysis", "--batch", str(tmp_path / "reviews.jsonl"), "--column", "said", *options
    )
    assert [json.loads(line) for line in lines.stdout.splitlines()] == [first, last], lines.stderr
    assert lines.returncode == 0
    assert lines.stderr == b"", "nobody watches: no progress"


def test_a_folder_is_worked_file_by_file_with_the_names_beside_the_answers(
    tiny: dict[str, Path], tmp_path: Path
) -> None:
    for name in ("b 10.png", "b 2.png"):
        (tmp_path / name).write_bytes(png_bytes())
    (tmp_path / "b 3.png").write_bytes(b"no picture")
    options = ("--model", str(tiny["image-classification"]))
    shown = openhearth("image-classification", str(tmp_path), *options)
    assert shown.returncode == 1
    lines = shown.stdout.decode().splitlines()
    assert lines[0] == f"{tmp_path}/b 2.png"
    assert "no picture" in shown.stdout.decode()
    of_json = openhearth("image-classification", f"{tmp_path}/b *0.png", "--json", *options)
    (row,) = (json.loads(line) for line in of_json.stdout.splitlines())
    assert row["input"].endswith("b 10.png")
    assert row["answer"][0]["label"] in ("iron", "steel", "slag")


def test_exit_codes_tell_a_refusal_from_a_misspelled_command(tiny: dict[str, Path]) -> None:
    assert openhearth("embed", "x", "--colour").returncode == 2
    assert openhearth("embed", "--help").returncode == 0
    folder = str(tiny["text-classification"])
    failed = openhearth("text-classification", "x", "--model", folder, "--set", "function_to_apply=square")
    assert failed.returncode == 1
    assert b"function_to_apply: 'square' will not do for text-classification; use one of" in failed.stderr
    assert b"Traceback" not in failed.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--column", "a"), "give --batch FILE too"),
        (("--batch", "two.csv"), "has several columns; name one of a, b"),
        (("--batch", "two.csv", "--column", "c"), "has no column 'c'; name one of a, b"),
        (("--batch", "lines.txt", "--column", "c"), "is no table"),
        (("--batch", "bad.jsonl"), "line 2 of bad.jsonl is no JSON"),
        (("--batch", "empty.csv"), "holds no inputs"),
    ],
)
def test_a_batch_that_cannot_be_read_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "two.csv": "a,b\n1,2\n",
        "lines.txt": "x\n",
        "bad.jsonl": '"x"\n{\n',
        "empty.csv": "text\n",
    }.items():
        (tmp_path / name).write_text(text)
    done = openhearth("embed", *arguments)
    assert done.returncode == 1
    assert words in done.stderr.decode()


def test_a_text_streams_from_a_hub_that_chooses_the_model(served: Served) -> None:
    refused = openhearth("chat", "Hello", "--endpoint", "http://127.0.0.1:9")
    assert refused.returncode == 1
    assert b"does not answer" in refused.stderr
    named = openhearth(
        "chat", "Hello", "--model", "forge/chat", "--endpoint", served.url, "--max-new-tokens", "4"
    )
    assert named.returncode == 0, named.stderr
    assert named.stdout.strip()
