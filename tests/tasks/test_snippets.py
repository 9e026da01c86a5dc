"""The lines on a task's page run unedited; those at the top and those below print the same."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.repos_pages.conftest import Site
from tests.support.running import RunningHub
from tests.support.starter import install_models

CHAT, MEANING = "SmolLM2-135M-Instruct", "all-MiniLM-L6-v2"
MODELS = {
    "text-generation": CHAT,
    "token-classification": "rampart-pii",
    "zero-shot-classification": MEANING,
    "sentence-similarity": MEANING,
    "text-ranking": MEANING,
    "summarization": CHAT,
    "translation": CHAT,
    "image-classification": "efficientnet-lite0",
    "automatic-speech-recognition": "whisper-tiny.en",
}
# Runs pieces of Python one after the other in one process, as a person's interpreter would, and tells what each printed.
RUN_EACH = """
import contextlib, io, json, sys
said = []
for code in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(code, "<snippet>", "exec"), {"__name__": "__main__"})
    said.append(out.getvalue().strip())
print(json.dumps(said))
"""
_SNIPPET = re.compile(
    r'<figcaption class="snippet__title">(.*?)</figcaption>\s*<pre[^>]*><code>(.*?)</code>', re.DOTALL
)


def snippets_on(page: str) -> dict[str, str]:
    """Title → code."""
    found = _SNIPPET.findall(page)
    return {title: html.unescape(re.sub("<[^>]+>", "", code)).strip() for title, code in found}


def run_each(codes: list[str], **environ: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", RUN_EACH],
        input=json.dumps(codes), capture_output=True, text=True, check=False, env={**os.environ, **environ},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    said: list[str] = json.loads(done.stdout.splitlines()[-1])
    return said


@pytest.mark.run
@pytest.mark.slow
def test_high_and_low_level_print_the_same(starter: RunningHub, tmp_path: Path) -> None:
    install_models(starter, ["rampart-pii"])
    codes = []
    for task, model in MODELS.items():
        with urllib.request.urlopen(f"{starter.url}/tasks/{task}?model=starter/{model}") as answer:
            shown = snippets_on(answer.read().decode())
        codes += [
            next(code for title, code in shown.items() if title.startswith(level))
            for level in ("High", "Low")
        ]
    said = run_each(
        codes, HF_ENDPOINT=starter.url, HF_HOME=str(tmp_path / "hf"), OPENHEARTH_DATA=str(tmp_path / "data"),
        OPENHEARTH_STARTER_CACHE=str(tmp_path / "none"),
    )  # fmt: skip
    for task, high, low in zip(MODELS, said[::2], said[1::2], strict=True):
        assert high, task
        assert words(high) == words(low), task
        assert numbers(high) == pytest.approx(numbers(low), abs=2e-3), task


def words(text: str) -> str:
    return re.sub(r"[\d.]+", "#", text)


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"\d+\.\d+|\d+", text)]


def test_nobody_gets_the_lines_for_a_model_without_a_twin(site: Site) -> None:
    config = {"architectures": ["DetrForObjectDetection"], "model_type": "detr"}
    card = "---\npipeline_tag: object-detection\nlibrary_name: transformers\n---\n# It\n"
    site.commit(site.create("boxes"), {"README.md": card, "config.json": json.dumps(config)})
    for address in ("/tasks/object-detection", "/ada/boxes"):
        shown = snippets_on(site.nobody.get(address).text)
        assert 'pipe = pipeline("object-detection", model="ada/boxes")' in shown["High level: openhearth"]
        assert "object_detection(picture)" in shown["huggingface_hub"] or address == "/ada/boxes"
        assert not any(title.startswith("Low level: the same") for title in shown)


@pytest.mark.parametrize(
    "config",
    [
        "[]", "{", '{"architectures": 7}', '{"architectures": [{}], "model_type": []}',
        '{"architectures": ["T5ForConditionalGeneration"], "task_specific_params": {"summarization": [1]}}',
        '{"architectures": ["BertForSequenceClassification"], "id2label": [1], "max_position_embeddings": "many"}',
    ],
)  # fmt: skip
def test_a_strange_config_breaks_no_page(site: Site, config: str) -> None:
    for task in ("summarization", "text-classification"):
        site.commit(
            site.create(task), {"README.md": f"---\npipeline_tag: {task}\n---\n# It\n", "config.json": config}
        )
        site.nobody.read(f"/ada/{task}")
        site.nobody.read(f"/tasks/{task}")
