"""What repos have to do with each other, as far as the reader may see; and what files say of themselves."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from huggingface_hub import DatasetInfo, ModelInfo
from starlette.testclient import TestClient

from openhearth.cards import read_gguf_header
from openhearth.errors import Invalid
from openhearth.kit.names import RepoRef, RepoType
from openhearth.repos import Repo
from openhearth.repos.records import RepoVisibility
from tests.repos.conftest import Workshop


@pytest.fixture
def ada(workshop: Workshop) -> dict[str, str]:
    return {"Authorization": f"Bearer {workshop.token(workshop.ada)}"}


def _make(
    workshop: Workshop, kind: RepoType, name: str, card: str, visibility: RepoVisibility = "public"
) -> Repo:
    sdk = "static" if kind == "space" else None
    repo = workshop.repos.catalogue.create(
        workshop.ada, RepoRef(kind, "ada", name), visibility=visibility, sdk=sdk
    )
    workshop.put(repo, README__md=f"---\n{card}\n---\n# {name}\n")
    return repo


def _expanded(web: TestClient, path: str, *names: str, **headers: Any) -> dict[str, Any]:
    query = "&".join(f"expand={name}" for name in names)
    answer = web.get(f"{path}?{query}", **headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _parsed(kind: Any, **found: Any) -> Any:
    return kind(**found)


def test_children_and_bases_are_those_the_reader_may_see(
    web: TestClient, workshop: Workshop, ada: dict[str, str]
) -> None:
    base = _make(workshop, "model", "base", "license: mit")
    _make(workshop, "model", "tuned", "base_model: ada/base")
    _make(workshop, "model", "light", "base_model: ada/base\nbase_model_relation: adapter")
    _make(workshop, "model", "secret", "base_model: ada/base", "private")
    _make(workshop, "model", "stranger", "base_model: [elsewhere/unknown]")
    path = "/api/models/ada/base"
    none = {"adapter": 1, "finetune": 1, "merge": 0, "quantized": 0}
    for _ in range(2):  # what one reader is told is not what the next one is
        assert _expanded(web, path, "childrenModelCount")["childrenModelCount"] == none
        more = _expanded(web, path, "childrenModelCount", headers=ada)["childrenModelCount"]
        assert more == {**none, "finetune": 2}
    found = _expanded(web, "/api/models/ada/tuned", "baseModels")["baseModels"]
    assert found == {"relation": "finetune", "models": [{"_id": base.key, "id": "ada/base"}]}
    workshop.repos.catalogue.change_settings(workshop.ada, base, visibility="private")
    hidden = _expanded(web, "/api/models/ada/tuned", "baseModels")["baseModels"]
    missing = _expanded(web, "/api/models/ada/stranger", "baseModels")["baseModels"]
    assert hidden["models"] == [{"id": "ada/base"}]
    assert missing["models"] == [{"id": "elsewhere/unknown"}]
    info = _parsed(ModelInfo, **_expanded(web, path, "childrenModelCount", "baseModels", headers=ada))
    assert (info.base_models, info.children_model_count) == (None, {**none, "finetune": 2})
    listed = web.get("/api/models?expand=childrenModelCount&search=base", headers=ada).json()
    assert listed[0]["childrenModelCount"] == {**none, "finetune": 2}


def test_spaces_say_what_they_use_and_are_found_by_it(
    web: TestClient, workshop: Workshop, ada: dict[str, str]
) -> None:
    _make(workshop, "model", "base", "license: mit")
    assert web.get("/api/models/ada/base").json()["spaces"] == []
    _make(workshop, "space", "demo", "sdk: static\nmodels: [ada/BASE]\ndatasets: ada/rows")
    _make(workshop, "space", "plain", "sdk: static")
    _make(workshop, "space", "secret", "sdk: static\nmodels: [ada/base]", "private")
    assert web.get("/api/models/ada/base").json()["spaces"] == ["ada/demo"]
    assert web.get("/api/models/ada/base", headers=ada).json()["spaces"] == ["ada/demo"]
    assert set(_expanded(web, "/api/models/ada/base", "spaces", headers=ada)["spaces"]) == {
        "ada/demo",
        "ada/secret",
    }
    for query, names in (
        ("models=ada/base", ["ada/demo"]), ("datasets=ada/rows", ["ada/demo"]), ("linked=True", ["ada/demo"]),
        ("models=ada/base&datasets=ada/rows", ["ada/demo"]), ("models=ada/base&models=x/y", ["ada/demo"]),
        ("models=x/y", []), ("datasets=ada/base", []), ("", ["ada/demo", "ada/plain"]),
    ):  # fmt: skip
        assert sorted(one["id"] for one in web.get(f"/api/spaces?{query}").json()) == names, query


def test_models_are_narrowed_to_what_an_app_or_this_hub_can_run(web: TestClient, workshop: Workshop) -> None:
    _make(workshop, "model", "chat", "library_name: transformers\npipeline_tag: text-generation")
    _make(workshop, "model", "light", "tags: [gguf]\npipeline_tag: text-generation")
    _make(workshop, "model", "solid", "library_name: transformers\npipeline_tag: text-to-3d")
    for query, names in (
        ("apps=llama.cpp", ["light"]), ("apps=ollama", ["light"]), ("apps=vllm", ["chat"]), ("apps=vllm&apps=ollama", []),
        ("apps=unheard-of", []), ("inference=warm", ["chat", "light"]), ("inference_provider=all", ["chat", "light"]),
        ("inference_provider=hf-inference", ["chat", "light"]), ("inference_provider=groq", []),
        ("inference_provider=groq&inference_provider=hf-inference", ["chat", "light"]),
    ):  # fmt: skip
        found = web.get(f"/api/models?{query}").json()
        assert sorted(one["id"].partition("/")[2] for one in found) == names, query
    assert web.get("/api/models?inference=cold").status_code == 400


def test_a_dataset_tells_its_size_and_how_to_cite_it(web: TestClient, workshop: Workshop) -> None:
    repo = workshop.repos.catalogue.create(workshop.ada, RepoRef("dataset", "ada", "rows"))
    entry = "@misc{rows,\n  title={Rows {and} more},\n}"
    workshop.put(repo, README__md=f"# Rows\n\n```bibtex\n{entry}\n```\n", data__csv="a,b\n1,2\n")
    found = _expanded(web, "/api/datasets/ada/rows", "citation", "mainSize")
    info = _parsed(DatasetInfo, **found)
    assert info.citation == entry
    sizes = sum(len(workshop.text(repo, path).encode()) for path in workshop.paths(repo))
    assert info.main_size == sizes


def _gguf(pairs: dict[str, Any], tensors: list[tuple[int, ...]]) -> bytes:
    """A file as llama.cpp writes it."""

    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value.encode())) + value.encode()

    def typed(value: Any) -> bytes:
        if isinstance(value, str):
            return struct.pack("<I", 8) + text(value)
        if isinstance(value, list) and value and isinstance(value[0], str):
            return struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(text, value))
        if isinstance(value, list):
            return struct.pack("<IIQ", 9, 6, len(value)) + struct.pack(f"<{len(value)}f", *value)
        return struct.pack("<II", 4, value)

    header = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(pairs))
    body = b"".join(text(key) + typed(value) for key, value in pairs.items())
    for number, shape in enumerate(tensors):
        body += text(f"t{number}") + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, 0)
    return header + body


PAIRS = {
    "general.architecture": "llama", "llama.context_length": 2048, "tokenizer.ggml.tokens": ["<unk>", "<s>", "</s>"],
    "tokenizer.ggml.scores": [0.0, 1.0, 2.0], "tokenizer.ggml.bos_token_id": 1, "tokenizer.ggml.eos_token_id": 2,
    "tokenizer.chat_template": "{{ messages }}",
}  # fmt: skip


def test_the_header_of_a_gguf_file_is_told_without_loading_it(web: TestClient, workshop: Workshop) -> None:
    repo = workshop.create()
    workshop.put_large(repo, "tiny.Q4.gguf", _gguf(PAIRS, [(64, 32), (32,)]) + b"\0" * 5000)
    expected = {
        "total": 64 * 32 + 32, "architecture": "llama", "context_length": 2048, "bos_token": "<s>", "eos_token": "</s>",
        "chat_template": "{{ messages }}",
    }  # fmt: skip
    info = _parsed(ModelInfo, **_expanded(web, "/api/models/ada/tiny", "gguf"))
    assert info.gguf == expected
    assert web.get("/api/models/ada/tiny").json()["gguf"] == expected
    assert [one["id"] for one in web.get("/api/models?num_parameters=min:2000,max:3000").json()] == [
        "ada/tiny"
    ]


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"GGUF", b"GGML" + b"\0" * 100, b"GGUF" + struct.pack("<IQQ", 1, 0, 0), b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 0),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 1 << 60), b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1 << 62),
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"k" + struct.pack("<IIQ", 9, 8, 1 << 62),
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"k" + struct.pack("<IIQ", 9, 12, 1 << 62),
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"k" + struct.pack("<IIQ", 9, 9, 5),
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"k" + struct.pack("<IIQ", 9, 8, 3_000_000) + b"\0" * 24_000_000,
        _gguf(PAIRS, [(4, 4)])[:-3], b"GGUF" + struct.pack("<IQQQ", 3, 1, 0, 1) + b"t" + struct.pack("<I", 1 << 30),
    ],
)  # fmt: skip
def test_what_claims_to_be_gguf_and_is_not_is_refused_in_bounds(raw: bytes) -> None:
    asked = []

    def read(start: int, length: int) -> bytes:
        asked.append(length)
        return raw[start : start + length]

    with pytest.raises(Invalid):
        read_gguf_header(read)
    assert sum(asked) < 200 << 20


def test_scores_beside_a_model_are_told_and_broken_files_say_why(web: TestClient, workshop: Workshop) -> None:
    repo = workshop.create()
    workshop.put(
        repo,
        **{
            ".eval_results/a__yaml": "- dataset: {id: ada/bench, task_id: default}\n  value: 0.9\n  notes: quick\n",
            ".eval_results/b__yaml": "- value: 1\n",
        },
    )
    info = _parsed(ModelInfo, **_expanded(web, "/api/models/ada/tiny", "evalResults"))
    assert info.eval_results is not None
    assert [(one.dataset_id, one.value, one.notes) for one in info.eval_results] == [
        ("ada/bench", 0.9, "quick")
    ]
    raw = _expanded(web, "/api/models/ada/tiny", "evalResults")["evalResults"]
    assert "dataset.id" in raw[1]["error"]
