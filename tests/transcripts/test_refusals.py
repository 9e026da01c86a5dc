"""What eve and nobody try, and what a clumsy client sends: each is refused with a sentence, and nothing is changed."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import threading
from collections.abc import Iterator, Mapping

import httpx2 as httpx
import pytest
from huggingface_hub import CommitOperationAdd, HfApi

from tests.support.running import RunningHub


@pytest.fixture(scope="module")
def secret(running: RunningHub) -> str:
    """A private repo of ada's with one small and one large file."""
    api = HfApi(endpoint=running.url, token=running.tokens["ada"])
    api.create_repo("ada/secret", private=True)
    operations = [
        CommitOperationAdd("note.txt", b"secret"),
        CommitOperationAdd("weights.bin", b"s" * 2_000_000),
    ]
    api.create_commit("ada/secret", operations, commit_message="secrets")
    return "ada/secret"


def as_person(hub: RunningHub, who: str) -> httpx.Client:
    headers = {} if who == "nobody" else {"authorization": f"Bearer {hub.tokens[who]}"}
    return httpx.Client(base_url=hub.url, headers=headers, follow_redirects=False)


@pytest.fixture
def ada(running: RunningHub) -> Iterator[httpx.Client]:
    with as_person(running, "ada") as client:
        yield client


READS = [
    "/api/models/REPO", "/api/models/REPO/revision/main", "/api/models/REPO/tree/main", "/api/models/REPO/refs",
    "/api/models/REPO/commits/main", "/api/models/REPO/auth-check", "/api/models/REPO/xet-read-token/main",
    "/REPO/resolve/main/note.txt", "/REPO/resolve/main/weights.bin",
    "/REPO/raw/main/note.txt", "/REPO/info/refs?service=git-upload-pack", "/REPO.git/info/refs?service=git-upload-pack",
]  # fmt: skip


@pytest.mark.parametrize("who", ["eve", "nobody"])
@pytest.mark.parametrize("path", READS)
def test_a_private_repo_and_a_missing_one_give_the_same_answer(
    running: RunningHub, secret: str, who: str, path: str
) -> None:
    with as_person(running, who) as client:
        there, missing = (client.get(path.replace("REPO", repo)) for repo in (secret, "ada/absent"))
        assert there.status_code == missing.status_code == (404 if who == "eve" else 401)
        assert there.headers["x-error-code"] == missing.headers["x-error-code"] == "RepoNotFound"
        assert there.text.replace(secret, "REPO") == missing.text.replace("ada/absent", "REPO")


@pytest.mark.parametrize("who", ["eve", "nobody"])
def test_a_private_repo_is_not_to_be_found_in_lists_pages_lfs_or_inference(
    running: RunningHub, secret: str, who: str
) -> None:
    with as_person(running, who) as client:
        assert secret not in client.get("/api/models?search=secret&full=true").text
        for page in ("/models?search=secret", "/ada"):
            assert f'href="/{secret}"' not in client.get(page, headers={"accept": "text/html"}).text
        for repo in (secret, "ada/absent"):
            assert client.get(f"/{repo}", headers={"accept": "text/html"}).status_code in (401, 404)
            oid = hashlib.sha256(b"s" * 2_000_000).hexdigest()
            batch = {
                "operation": "download",
                "transfers": ["basic"],
                "objects": [{"oid": oid, "size": 2_000_000}],
            }
            assert client.post(f"/{repo}.git/info/lfs/objects/batch", json=batch).status_code in (401, 404)
            chat = {"model": repo, "messages": [{"role": "user", "content": "hi"}]}
            assert client.post("/v1/chat/completions", json=chat).status_code in (401, 404)


def test_knowing_a_sha256_gives_no_data_of_another_repo(running: RunningHub, secret: str) -> None:
    HfApi(endpoint=running.url, token=running.tokens["eve"]).create_repo("eve/own", exist_ok=True)
    oid = hashlib.sha256(b"s" * 2_000_000).hexdigest()
    with as_person(running, "eve") as eve:
        batch = {
            "operation": "download",
            "transfers": ["basic"],
            "objects": [{"oid": oid, "size": 2_000_000}],
        }
        answer = eve.post("/eve/own.git/info/lfs/objects/batch", json=batch).json()["objects"][0]
        assert answer["error"]["code"] == 404
        commit = ndjson(
            ("header", {"summary": "steal"}),
            ("lfsFile", {"path": "x.bin", "algo": "sha256", "oid": oid, "size": 2_000_000}),
        )
        refusal = eve.post("/api/models/eve/own/commit/main", content=commit)
        assert refusal.status_code == 400
        assert oid in refusal.text


def ndjson(*lines: tuple[str, Mapping[str, object]]) -> bytes:
    return b"\n".join(json.dumps({"key": key, "value": value}).encode() for key, value in lines)


def regular(path: str, content: bytes = b"x") -> tuple[str, dict[str, object]]:
    return "file", {"path": path, "content": base64.b64encode(content).decode(), "encoding": "base64"}


@pytest.mark.parametrize(
    "path", ["../x", "/x", "a/../../x", ".git/hooks/x", "a\0b", "a//b", "a/./b", "x" * 300, ".GIT/config"]
)
def test_a_path_that_leaves_the_repo_is_refused_by_name(
    running: RunningHub, ada: httpx.Client, path: str
) -> None:
    HfApi(endpoint=running.url, token=running.tokens["ada"]).create_repo("ada/paths", exist_ok=True)
    before = ada.get("/api/models/ada/paths").json()["sha"]
    answer = ada.post(
        "/api/models/ada/paths/commit/main",
        content=ndjson(("header", {"summary": "out"}), regular("fine.txt"), regular(path)),
    )
    assert answer.status_code == 400, answer.text
    assert "path" in answer.json()["error"]
    assert ada.get("/api/models/ada/paths").json()["sha"] == before


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b"", "header"),
        (b"not json", "line 1"),
        (b'{"key":"header"}', "value"),
        (
            b'{"key":"header","value":{"summary":"x"}}\n{"key":"file","value":{"path":"x","content":"***","encoding":"base64"}}',
            "x",
        ),
        (b'{"key":"header","value":{"summary":"x"}}\n{"key":"wish","value":{}}', "wish"),
        (b'{"key":"header","value":{"summary":"x"}}\n{"key":"file","value":{"content":""}}', "path"),
        (b'{"key":"header","value":{"summary":["x"]}}', "summary"),
    ],
)
def test_a_malformed_commit_is_refused_and_says_where(
    running: RunningHub, ada: httpx.Client, body: bytes, names: str
) -> None:
    HfApi(endpoint=running.url, token=running.tokens["ada"]).create_repo("ada/malformed", exist_ok=True)
    answer = ada.post("/api/models/ada/malformed/commit/main", content=body)
    assert answer.status_code == 400, answer.text
    assert names in answer.json()["error"]


def test_a_read_token_writes_nowhere(running: RunningHub, secret: str) -> None:
    with as_person(running, "ada-read") as reader:
        assert reader.get(f"/api/models/{secret}").status_code == 200
        attempts = [
            reader.post("/api/repos/create", json={"name": "nope", "organization": None}),
            reader.request("DELETE", "/api/repos/delete", json={"name": "secret", "organization": "ada"}),
            reader.post(
                f"/api/models/{secret}/commit/main",
                content=ndjson(("header", {"summary": "x"}), regular("x")),
            ),
            reader.get(f"/api/models/{secret}/xet-write-token/main"),
            reader.post(f"/api/models/{secret}/branch/b", json={}),
            reader.put(f"/api/models/{secret}/settings", json={"private": False}),
            reader.post(
                f"/{secret}.git/info/lfs/objects/batch",
                json={
                    "operation": "upload",
                    "transfers": ["basic"],
                    "objects": [{"oid": "a" * 64, "size": 1}],
                },
            ),
            reader.get(f"/{secret}/info/refs?service=git-receive-pack"),
        ]
        assert [answer.status_code for answer in attempts] == [403] * len(attempts), [
            answer.text for answer in attempts
        ]


def test_bad_yaml_in_a_card_is_refused_before_the_commit_and_in_it(
    running: RunningHub, ada: httpx.Client
) -> None:
    HfApi(endpoint=running.url, token=running.tokens["ada"]).create_repo("ada/yaml", exist_ok=True)
    bad = "---\nlicense: [unclosed\n---\n# x\n"
    answer = ada.post("/api/validate-yaml", json={"content": bad, "repoType": "model"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"]
    committed = ada.post(
        "/api/models/ada/yaml/commit/main",
        content=ndjson(("header", {"summary": "x"}), regular("README.md", bad.encode())),
    )
    assert committed.status_code == 400
    assert "YAML" in committed.text


def test_ten_thousand_files_fit_in_one_commit_and_are_all_listed(
    running: RunningHub, ada: httpx.Client
) -> None:
    api = HfApi(endpoint=running.url, token=running.tokens["ada"])
    api.create_repo("ada/ten-thousand", exist_ok=True)
    lines = [regular(f"d{i % 100}/{i}.txt", str(i).encode()) for i in range(10_000)]
    answer = ada.post(
        "/api/models/ada/ten-thousand/commit/main",
        content=ndjson(("header", {"summary": "many"}), *lines),
        timeout=120,
    )
    assert answer.status_code == 200, answer.text
    assert len(api.list_repo_files("ada/ten-thousand")) == 10_001


def test_of_two_writers_on_one_parent_one_is_told_and_neither_loses_anything(running: RunningHub) -> None:
    api = HfApi(endpoint=running.url, token=running.tokens["ada"])
    api.create_repo("ada/race", exist_ok=True)
    for round_number in range(5):
        parent = api.model_info("ada/race").sha
        answers: list[int] = []

        def write(
            number: int,
            parent: str | None = parent,
            round_number: int = round_number,
            answers: list[int] = answers,
        ) -> None:
            with as_person(running, "ada") as client:
                header = ("header", {"summary": f"{number}", "parentCommit": parent})
                body = ndjson(header, regular(f"{round_number}-{number}.txt", os.urandom(10)))
                answers.append(client.post("/api/models/ada/race/commit/main", content=body).status_code)

        threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers) == [200, 412, 412, 412]
    assert len(api.list_repo_files("ada/race")) == 1 + 5


def test_writers_who_name_no_parent_all_get_in(running: RunningHub) -> None:
    api = HfApi(endpoint=running.url, token=running.tokens["ada"])
    api.create_repo("ada/crowd", exist_ok=True)
    answers: list[int] = []

    def write(number: int) -> None:
        with as_person(running, "ada") as client:
            body = ndjson(("header", {"summary": f"{number}"}), regular(f"{number}.txt", os.urandom(10)))
            answers.append(
                client.post("/api/models/ada/crowd/commit/main", content=body, timeout=60).status_code
            )

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 8
    assert len(api.list_repo_files("ada/crowd")) == 1 + 8


def test_an_unknown_api_address_and_a_known_but_missing_feature_are_told_apart(
    running: RunningHub, ada: httpx.Client
) -> None:
    HfApi(endpoint=running.url, token=running.tokens["ada"]).create_repo("ada/not-yet", exist_ok=True)
    assert ada.get("/api/nonsense").status_code == 404
    pull_request = ada.post(
        "/api/models/ada/not-yet/commit/main?create_pr=1",
        content=ndjson(("header", {"summary": "x"}), regular("x")),
    )
    assert pull_request.status_code == 501
    assert "pull request" in pull_request.json()["error"].lower()


NAMES = [
    "a b.txt",
    "#hash?query.txt",
    "100%.txt",
    "%2F.txt",
    "\"double\" 'single'.txt",
    "emoji 😀🔥.txt",
    "עברית.txt",
    "e\u0301 vs é.txt",
    "é" * 120 + ".txt",
    "back\\slash.txt",
    "-dash",
    "semi;colon&amp.txt",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_that_hurt_round_trip_through_commit_tree_paths_info_and_resolve(
    running: RunningHub, name: str
) -> None:
    api = HfApi(endpoint=running.url, token=running.tokens["ada"])
    api.create_repo("ada/hurt", exist_ok=True)
    api.upload_file(path_or_fileobj=name.encode(), path_in_repo=f"dir/{name}", repo_id="ada/hurt")
    assert f"dir/{name}" in api.list_repo_files("ada/hurt")
    assert [found.path for found in api.get_paths_info("ada/hurt", [f"dir/{name}"])] == [f"dir/{name}"]
    from urllib.parse import quote

    with as_person(running, "ada") as client:
        answer = client.get(f"/ada/hurt/resolve/main/dir/{quote(name)}")
        assert answer.content == name.encode()
        page = client.get(f"/ada/hurt/blob/main/dir/{quote(name)}", headers={"accept": "text/html"})
        assert page.status_code == 200
