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
from starlette.testclient import TestClient

from openhearth.app import app_of
from openhearth.rooms import Hub
from openhearth.wire.limits import IN_MEMORY_MAX_BYTES, BodyLimit
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
    empty = ada.post("/api/models/ada/not-yet/branch/empty", json={"emptyBranch": True})
    assert empty.status_code == 501
    assert "emptyBranch" in empty.json()["error"]


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


def test_a_large_file_longer_than_announced_is_refused_and_nothing_of_it_is_kept(
    running: RunningHub, ada: httpx.Client
) -> None:
    HfApi(endpoint=running.url, token=running.tokens["ada"]).create_repo("ada/longer", exist_ok=True)
    oid = hashlib.sha256(b"0123456789").hexdigest()
    batch = {"operation": "upload", "transfers": ["basic"], "objects": [{"oid": oid, "size": 10}]}
    actions = ada.post("/ada/longer.git/info/lfs/objects/batch", json=batch).json()["objects"][0]["actions"]

    def drip() -> Iterator[bytes]:
        yield from (b"0123456789", b"and more")

    for body in (b"0123456789and more", drip()):  # with its length announced, and without
        answer = httpx.put(actions["upload"]["href"], content=body)
        assert answer.status_code == 413
        assert "10" in answer.json()["message"]
    assert httpx.post(actions["verify"]["href"]).status_code == 404


def test_a_file_too_large_to_travel_inside_a_commit_is_refused_and_named_as_such(
    running: RunningHub, ada: httpx.Client
) -> None:
    HfApi(endpoint=running.url, token=running.tokens["ada"]).create_repo("ada/heavy", exist_ok=True)
    before = ada.get("/api/models/ada/heavy").json()["sha"]
    for size, sentence in ((11 << 20, "as a large file"), (22 << 20, "a line is longer")):
        body = ndjson(("header", {"summary": "x"}), regular("heavy.txt", bytes(size)))
        answer = ada.post("/api/models/ada/heavy/commit/main", content=body, timeout=60)
        assert answer.status_code == 413
        assert sentence in answer.json()["error"]
    assert ada.get("/api/models/ada/heavy").json()["sha"] == before


@pytest.fixture
def capped(hub: Hub) -> Iterator[TestClient]:
    """A hub in process whose bodies in memory are capped."""
    app = app_of(hub)
    app.add_middleware(BodyLimit)
    with TestClient(app, base_url="http://hub.test", follow_redirects=False) as client:
        yield client


def test_json_and_forms_beyond_the_cap_are_refused_before_they_are_read(capped: TestClient) -> None:
    huge = b" " * (IN_MEMORY_MAX_BYTES + 1)
    for path, kind in (
        ("/api/repos/create", "application/json"),
        ("/api/validate-yaml", "application/json"),
        ("/oauth/token", "application/x-www-form-urlencoded"),
        ("/login", "application/x-www-form-urlencoded"),
    ):
        answer = capped.post(path, content=huge, headers={"content-type": kind})
        assert answer.status_code == 413, path
        said = answer.json()
        assert "16 MiB" in said.get("error_description", said["error"])


def test_a_body_that_hides_its_length_is_refused_where_it_passes_the_cap(capped: TestClient) -> None:
    def drip() -> Iterator[bytes]:
        for _ in range(17):
            yield b" " * (1 << 20)

    answer = capped.post(
        "/login", content=drip(), headers={"content-type": "multipart/form-data; boundary=x"}
    )
    assert answer.status_code == 413
    assert "16 MiB" in answer.json()["error"]


@pytest.mark.parametrize("prefix", ["", "datasets/", "spaces/"])
@pytest.mark.parametrize("spelling", ["ada/Secret", "Ada/secret", "ADA/SECRET"])
def test_the_name_of_a_private_repo_in_another_case_gives_nothing_away(
    running: RunningHub, secret: str, prefix: str, spelling: str
) -> None:
    with as_person(running, "eve") as eve:
        for path in ("/{}resolve/main/note.txt", "/{}tree/main", "/{}info/refs?service=git-upload-pack"):
            there, missing = (eve.get(path.format(f"{prefix}{repo}/")) for repo in (spelling, "ada/absent"))
            assert there.status_code == missing.status_code == 404
            assert "location" not in there.headers
            assert there.text.replace(spelling, "ada/absent") == missing.text


def test_a_repo_that_was_moved_into_the_dark_leaves_no_trace_at_its_old_address(running: RunningHub) -> None:
    api = HfApi(endpoint=running.url, token=running.tokens["ada"])
    api.create_repo("ada/was-here", private=True)
    api.move_repo("ada/was-here", "forge/is-there")
    with as_person(running, "eve") as eve:
        for path in (
            "/api/models/{}",
            "/{}/resolve/main/x",
            "/{}",
            "/{}.git/info/refs?service=git-upload-pack",
        ):
            old, missing = (eve.get(path.format(repo)) for repo in ("ada/was-here", "ada/absent"))
            assert old.status_code == missing.status_code == 404
            assert "location" not in old.headers
            assert old.text.replace("ada/was-here", "ada/absent") == missing.text


@pytest.mark.parametrize(
    "path", ["/lfs/{}/{}", "/lfs/{}/{}/verify", "/lfs/{}/{}/parts/u", "/lfs/{}/{}/parts/u/1"]
)
def test_an_lfs_address_signed_by_nobody_opens_nothing(running: RunningHub, path: str) -> None:
    forged = path.format("anykey", "a" * 64) + "?size=1&expires=9999999999&user=x&signature=" + "A" * 43
    with as_person(running, "ada") as ada:
        answers = [ada.request(method, forged) for method in ("GET", "PUT", "POST")]
        assert {answer.status_code for answer in answers} <= {403, 405}
        assert 403 in {answer.status_code for answer in answers}


def test_a_signed_lfs_address_is_good_for_one_object_of_one_repo_and_one_purpose(
    running: RunningHub, secret: str, ada: httpx.Client
) -> None:
    oid = hashlib.sha256(b"another object").hexdigest()
    batch = {"operation": "upload", "transfers": ["basic"], "objects": [{"oid": oid, "size": 14}]}
    actions = ada.post(f"/{secret}.git/info/lfs/objects/batch", json=batch).json()["objects"][0]["actions"]
    upload = actions["upload"]["href"]
    assert httpx.get(upload).status_code == 403  # made for writing
    assert httpx.put(upload.replace(oid, "b" * 64), content=b"another object").status_code == 403
    assert httpx.put(upload.replace("size=14", "size=99"), content=b"x" * 99).status_code == 403
    assert httpx.post(upload.replace("?", "/verify?")).status_code == 403


def test_a_reader_of_a_public_repo_cannot_ask_which_chunks_its_owner_keeps_privately(
    running: RunningHub, secret: str
) -> None:
    api = HfApi(endpoint=running.url, token=running.tokens["ada"])
    api.create_repo("ada/open", exist_ok=True)
    with as_person(running, "ada") as ada, as_person(running, "eve") as eve:
        plan_of = ada.get(f"/{secret}/resolve/main/weights.bin", follow_redirects=False).headers["x-xet-hash"]
        grant = eve.get("/api/models/ada/open/xet-read-token/main").json()
        headers = {"authorization": f"Bearer {grant['accessToken']}"}
        for path in (f"v1/reconstructions/{plan_of}", f"v2/reconstructions/{plan_of}"):
            assert httpx.get(f"{grant['casUrl']}/{path}", headers=headers).status_code == 404
        written = ada.get("/api/models/ada/open/xet-write-token/main").json()
        own = httpx.get(
            f"{grant['casUrl']}/v1/reconstructions/{plan_of}",
            headers={"authorization": f"Bearer {written['accessToken']}"},
        )
        assert own.status_code == 404, (
            "a token of one repo reads no file of another, not even for their owner"
        )
        refused = httpx.post(f"{grant['casUrl']}/v1/shards", headers=headers, content=b"")
        assert refused.status_code == 403


TRICKS = [
    "?limit=-1", "?limit=0", "?limit=9e9", "?cursor=garbage", "?cursor=W1sxXV0", "?cursor=WyJcdWQ4MDAiXQ", "?expand=nonsense",
    "?p=-1", "?p=99999999", "?num_parameters=min:99999999999999999T", "?search=%00", "?author=%00", "?filter=%00",
]  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize(
    "path",
    ["/api/models", "/models", "/api/models/ada/pages/tree/main", "/api/models/ada/pages/commits/main"],
)
def test_no_parameter_breaks_a_list(running: RunningHub, path: str, trick: str) -> None:
    HfApi(endpoint=running.url, token=running.tokens["ada"]).create_repo("ada/pages", exist_ok=True)
    with as_person(running, "eve") as eve:
        assert eve.get(path + trick, headers={"accept": "text/html"}).status_code in (200, 400)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/models/ada/half/branch/b", {"startingPoint": "\ud800"}),
        ("POST", "/api/models/ada/half/tag/main", {"tag": "\ud800"}),
        ("POST", "/api/models/ada/half/paths-info/main", {"paths": ["\ud800", "\0"]}),
        ("POST", "/api/models/ada/half/preupload/main", {"files": [{"path": "\ud800", "size": 1}]}),
        ("POST", "/api/models/ada/half/lfs-files/duplicate", {"target": {"name": "ada/half"}, "files": [{"sha256": "\ud800"}]}),
        ("POST", "/api/organizations", {"name": "half", "fullname": "\ud800"}),
        ("PATCH", "/api/organizations/forge/settings", {"details": "\ud800"}),
        ("POST", "/api/validate-yaml", {"content": "---\na: " + "[" * 200_000 + "\n---\n"}),
    ],
)  # fmt: skip
def test_half_characters_and_deep_nesting_are_refused_like_any_other_bad_input(
    running: RunningHub, ada: httpx.Client, method: str, path: str, body: dict[str, object]
) -> None:
    HfApi(endpoint=running.url, token=running.tokens["ada"]).create_repo("ada/half", exist_ok=True)
    answer = ada.request(
        method, path, content=json.dumps(body).encode(), headers={"content-type": "application/json"}
    )
    assert answer.status_code in (200, 400, 404)
    assert ada.get("/health").status_code == 200


def test_a_commit_message_with_half_a_character_is_refused(running: RunningHub, ada: httpx.Client) -> None:
    HfApi(endpoint=running.url, token=running.tokens["ada"]).create_repo("ada/half", exist_ok=True)
    for header in (
        {"summary": "\ud800"},
        {"summary": "x", "description": "\0"},
        {"summary": "x", "parentCommit": "\ud800" * 9},
    ):
        answer = ada.post(
            "/api/models/ada/half/commit/main", content=ndjson(("header", header), regular("a"))
        )
        assert answer.status_code in (400, 412)


def test_a_pointer_sent_as_a_small_file_must_name_what_the_repo_holds(
    running: RunningHub, ada: httpx.Client
) -> None:
    HfApi(endpoint=running.url, token=running.tokens["ada"]).create_repo("ada/pointer", exist_ok=True)
    pointer = (
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize {10**18 - 1}\n".encode()
    )
    answer = ada.post(
        "/api/models/ada/pointer/commit/main",
        content=ndjson(("header", {"summary": "x"}), regular("p", pointer)),
    )
    assert answer.status_code == 400
    assert "never uploaded" in answer.json()["error"]
