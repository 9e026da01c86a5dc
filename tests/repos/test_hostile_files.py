"""Files made to break what reads them: the repo, its page and the lists it stands in go on working."""

import json
import struct

import pytest
from starlette.testclient import TestClient

from openhearth.errors import Invalid
from openhearth.repos import AddFile, Repo
from tests.repos.conftest import Workshop


@pytest.fixture
def repo(workshop: Workshop) -> Repo:
    return workshop.create()


def _safetensors(header: object) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text


FILES = {
    "config.json": b'{"model_type": "\\ud800x", "num_labels": NaN, "architectures": ["\\ud800"], "auto_map": {"a": 1e400}}',
    "tokenizer_config.json": b'{"mask_token": {"content": "\\ud800"}, "bos_token": [[1]], "chat_template": NaN}',
    "adapter_config.json": b'{"base_model_name_or_path": "\\ud800", "task_type": {"a": Infinity}}',
    "model_index.json": b'{"_class_name": ["\\ud800"]}',
    "deep.json": b"[" * 200_000,
    "lone.json": b'{"a": "\\ud800"}',
    "cells.ipynb": b'{"cells": [{"cell_type": "markdown", "source": "\\ud800"}, {"cell_type": "code", "source": "\\udfff",'
    b' "execution_count": 1e400, "outputs": [{"output_type": "error", "traceback": ["\\ud800"]}]}, null, 3]}',
    "README.md": b'---\ntags: ["a\\0b"]\npipeline_tag: "' + b"p" * 3000 + b'"\nlibrary_name: "' + b"l" * 3000 + b'"\n---\n',
    "model.safetensors": _safetensors(
        {f"t{i}\ud800": {"dtype": "F\ud800", "shape": [2**60], "data_offsets": [0, 8]} for i in range(16)}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_breaks_neither_its_repo_nor_the_lists_it_is_in(
    workshop: Workshop, repo: Repo, web: TestClient, name: str
) -> None:
    workshop.commit(repo, AddFile(name, FILES[name]))
    head = workshop.repos.content.resolve(repo)
    assert workshop.repos.facts.get(repo).commit == head, "the facts were read"
    for path in (
        "/api/models/ada/tiny", "/api/models/ada/tiny?expand=config&expand=safetensors&expand=mask_token",
        "/api/models?full=true&config=true&cardData=true", "/api/models-tags-by-type", "/models", "/ada/tiny",
        "/ada/tiny/layers/main", f"/ada/tiny/blob/main/{name}", f"/ada/tiny/blob/main/{name}?plain=1",
    ):  # fmt: skip
        answer = web.get(path, headers={"accept": "text/html"})
        assert answer.status_code == 200, f"{path}: {answer.text[:300]}"
        if path.startswith("/api"):
            json.loads(answer.text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def test_a_pointer_committed_as_text_is_held_to_what_it_names(workshop: Workshop, repo: Repo) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize {}\n"
    for sha256, size in (("a" * 64, 10**18 - 1), (workshop.upload(repo, b"twelve bytes"), 13)):
        with pytest.raises(Invalid):
            workshop.commit(repo, AddFile("big.bin", pointer.format(sha256, size).encode()))
    workshop.commit(
        repo, AddFile("big.bin", pointer.format(workshop.upload(repo, b"twelve bytes"), 12).encode())
    )
    assert workshop.text(repo, "big.bin") == "twelve bytes"


def test_shapes_that_claim_more_parameters_than_there_are_atoms_are_not_believed(
    workshop: Workshop, repo: Repo
) -> None:
    header = {f"t{i}": {"dtype": "F32", "shape": [2**61], "data_offsets": [0, 8]} for i in range(5)}
    workshop.commit(repo, AddFile("model.safetensors", _safetensors(header)))
    facts = workshop.repos.facts.get(repo)
    assert facts.commit == workshop.repos.content.resolve(repo)
    assert facts.parameters is None
