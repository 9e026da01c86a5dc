"""The lines that make a try again: they run, and say the same."""

from __future__ import annotations

import ast
import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from openhearth.inference.box.call_lines import write_call
from tests.inference.box.test_given import given
from tests.inference.conftest import Served
from tests.pipelines.tiny_models import png_bytes

ADDRESS = "http://hub.example/models/ada/m/pipeline/text-classification"


def test_the_lines_of_python_run(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "picture.jpg").write_bytes(png_bytes())
    words = given("text-classification", {"text": 'It\'s "hot".', "top_k": "1"})
    address = f"{served.model('forge/judge')}/pipeline/text-classification"
    for line in write_call(words, address=address, needs_token=False)[1:]:
        exec(line.code, {})
    (row,) = ast.literal_eval(capsys.readouterr().out)
    assert len(row) == 1 and row[0]["label"] in ("iron", "steel")
    picture = given("image-classification", {"top_k": "1"}, {"picture": png_bytes()})
    address = f"{served.model('forge/look')}/pipeline/image-classification"
    (line,) = write_call(picture, address=address, needs_token=False)
    exec(line.code, {})
    assert len(ast.literal_eval(capsys.readouterr().out)) == 1


def test_the_line_of_curl_says_the_same_whatever_quotes_a_text_holds() -> None:
    tried = given("text-classification", {"text": 'It\'s $HOME; "hot"\n`x`', "top_k": "2"})
    curl, _ = write_call(tried, address=ADDRESS, needs_token=True)
    words = shlex.split(curl.code)
    body: Any = json.loads(words[words.index("-d") + 1])
    assert body == {"inputs": 'It\'s $HOME; "hot"\n`x`', "parameters": {"top_k": 2}}
    assert words[1] == ADDRESS and "Authorization: Bearer $HF_TOKEN" in words


def test_a_sound_that_is_made_is_written_to_a_file() -> None:
    curl, python = write_call(given("text-to-speech", {"text": "A"}), address=ADDRESS, needs_token=False)
    assert curl.code.endswith("-o answer.wav") and "write_bytes" in python.code


def test_long_texts_and_conversations_have_no_lines() -> None:
    assert write_call(given("summarization", {"text": "A" * 5000}), address=ADDRESS, needs_token=False) == ()
    assert write_call(given("text-generation", {"text": "A"}), address=ADDRESS, needs_token=False) == ()
