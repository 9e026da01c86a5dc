"""The routes as clients see them: statuses, headers and JSON, byte for byte where a client depends on it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from openhearth.repos import AddFile, Repo
from tests.repos.conftest import Workshop

API = "/api/models/ada/tiny"


@pytest.fixture
def repo(workshop: Workshop) -> Repo:
    return workshop.create()


@pytest.fixture
def ada(workshop: Workshop) -> dict[str, str]:
    return {"Authorization": f"Bearer {workshop.token(workshop.ada)}"}


@pytest.fixture
def eve(workshop: Workshop) -> dict[str, str]:
    return {"Authorization": f"Bearer {workshop.token(workshop.eve)}"}


def lines(*items: tuple[str, dict[str, Any]]) -> bytes:
    header = ("header", {"summary": "a change"})
    return b"".join(
        json.dumps({"key": key, "value": value}).encode() + b"\n" for key, value in (header, *items)
    )


def test_create_answers_with_the_address_also_where_it_exists(web: TestClient, ada: dict[str, str]) -> None:
    body = {"name": "tiny", "organization": None, "visibility": "private"}
    first = web.post("/api/repos/create", json=body, headers=ada)
    assert (first.status_code, first.json()["url"]) == (200, "http://hub.test/ada/tiny")
    second = web.post("/api/repos/create", json=body, headers=ada)
    assert (second.status_code, second.json()["url"]) == (409, "http://hub.test/ada/tiny")
    assert web.post("/api/repos/create", json=body).status_code == 401
    assert web.get(API).status_code == 401
    assert web.get(API).headers["X-Error-Code"] == "RepoNotFound"
    assert web.get(API, headers=ada).json()["private"] is True


def test_what_a_space_would_lose_is_refused(web: TestClient, ada: dict[str, str]) -> None:
    body = {"name": "app", "type": "space", "sdk": "gradio", "secrets": [{"key": "k", "value": "v"}]}
    answer = web.post("/api/repos/create", json=body, headers=ada)
    assert answer.status_code == 501
    assert "secrets" in answer.json()["error"]


def test_unknown_expand_is_refused_by_naming_the_known(web: TestClient, repo: Repo) -> None:
    answer = web.get(f"{API}?expand=bogus")
    assert answer.status_code == 400
    assert "downloadsAllTime" in answer.json()["error"]
    expanded = web.get(f"{API}?expand=likes&expand=sha").json()
    assert set(expanded) == {"_id", "id", "modelId", "likes", "sha"}


def test_a_moved_repo_redirects_every_route_with_its_query(
    web: TestClient, workshop: Workshop, repo: Repo, ada: dict[str, str]
) -> None:
    web.post("/api/repos/move", json={"fromRepo": "ada/tiny", "toRepo": "ada/small"}, headers=ada)
    for method, path, target in (
        ("GET", f"{API}/tree/main?recursive=1", "/api/models/ada/small/tree/main?recursive=1"),
        ("POST", f"{API}/paths-info/main", "/api/models/ada/small/paths-info/main"),
        ("HEAD", "/ada/tiny/resolve/main/a%20b", "/ada/small/resolve/main/a%20b"),
        ("GET", "/ada/tiny/raw/refs%2Fheads%2Fmain/a", "/ada/small/raw/refs%2Fheads%2Fmain/a"),
        ("GET", f"{API}/xet-read-token/main", "/api/models/ada/small/xet-read-token/main"),
    ):
        answer = web.request(method, path)
        assert (answer.status_code, answer.headers["Location"]) == (307, target)


def test_a_file_carries_every_header_a_client_reads(web: TestClient, workshop: Workshop, repo: Repo) -> None:
    head = workshop.put(repo, config__json='{"a": 1}')
    for method in ("HEAD", "GET"):
        answer = web.request(method, "/ada/tiny/resolve/main/config.json")
        assert answer.status_code == 200
        assert answer.headers["X-Repo-Commit"] == head
        assert answer.headers["Content-Length"] == "8"
        assert answer.headers["Accept-Ranges"] == "bytes"
        assert answer.headers["Content-Disposition"].startswith("inline; filename*=UTF-8''config.json")
        etag = answer.headers["ETag"]
    assert web.get("/ada/tiny/resolve/main/config.json", headers={"If-None-Match": etag}).status_code == 304


def test_ranges_of_a_large_file(web: TestClient, workshop: Workshop, repo: Repo) -> None:
    content = bytes(range(256)) * 10
    workshop.put_large(repo, "a.bin", content)
    address = "/ada/tiny/resolve/main/a.bin"
    head = web.head(address)
    assert head.headers["X-Linked-Size"] == str(len(content))
    assert head.headers["X-Linked-Etag"] == head.headers["ETag"]
    assert "X-Xet-Hash" not in head.headers, "the chunk store does not hold it"
    for asked, start, end in (("bytes=5-9", 5, 10), ("bytes=2550-", 2550, 2560), ("bytes=-3", 2557, 2560)):
        part = web.get(address, headers={"Range": asked})
        assert (part.status_code, part.content) == (206, content[start:end])
        assert part.headers["Content-Range"] == f"bytes {start}-{end - 1}/2560"
    assert web.get(address, headers={"Range": "bytes=9999-"}).status_code == 416
    stale = web.get(address, headers={"Range": "bytes=5-9", "If-Range": '"old"'})
    assert (stale.status_code, stale.content) == (200, content)
    assert web.get("/ada/tiny/raw/main/a.bin").text.startswith("version https://git-lfs")


def test_an_absent_file_names_the_commit_so_that_absence_is_remembered(
    web: TestClient, workshop: Workshop, repo: Repo
) -> None:
    head = workshop.put(repo, a="1")
    for path in ("missing.json", "a/b", "..%2F..%2Fetc%2Fpasswd", "a%00b"):
        answer = web.head(f"/ada/tiny/resolve/main/{path}")
        assert answer.status_code == 404
        assert answer.headers["X-Error-Code"] == "EntryNotFound"
        assert answer.headers["X-Repo-Commit"] == head
    answer = web.head("/ada/tiny/resolve/missing/a")
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "RevisionNotFound")


@pytest.mark.parametrize("name", ["page.html", "image.svg", "script.js", "page.xhtml", "no_ending"])
def test_what_users_upload_is_never_a_page(
    web: TestClient, workshop: Workshop, repo: Repo, name: str
) -> None:
    workshop.commit(repo, AddFile(name, b"<script>alert(1)</script>"))
    answer = web.get(f"/ada/tiny/resolve/main/{name}")
    assert "html" not in answer.headers["Content-Type"].replace("text/html", "html")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_name_in_another_script_is_offered_in_utf_8(
    web: TestClient, workshop: Workshop, repo: Repo
) -> None:
    workshop.commit(repo, AddFile('日本"語.txt', b"x"))
    answer = web.get("/ada/tiny/resolve/main/%E6%97%A5%E6%9C%AC%22%E8%AA%9E.txt?download=true")
    assert answer.text == "x"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename*=UTF-8''%E6%97%A5%E6%9C%AC%22%E8%AA%9E.txt; filename=\"____.txt\";"
    )


def test_a_branch_with_a_slash_is_one_segment(web: TestClient, workshop: Workshop, repo: Repo) -> None:
    workshop.put(repo, a="1")
    workshop.repos.refs.create_branch(workshop.ada, repo, "feature/x")
    for address in (
        "/ada/tiny/resolve/feature%2Fx/a",
        f"{API}/tree/feature%2Fx",
        f"{API}/revision/feature%2Fx",
    ):
        assert web.get(address).status_code == 200
    assert web.get("/ada/tiny/resolve/refs%2Fheads%2Ffeature%2Fx/a").text == "1"


def test_a_tree_is_paged_by_link(web: TestClient, workshop: Workshop, repo: Repo) -> None:
    workshop.commit(repo, *(AddFile(f"d/f{n:02}", b"x") for n in range(25)))
    found: list[str] = []
    address: str | None = f"{API}/tree/main/d?limit=10"
    while address:
        answer = web.get(address)
        found += [item["path"] for item in answer.json()]
        address = answer.links.get("next", {}).get("url")
    assert found == [f"d/f{n:02}" for n in range(25)]
    assert web.get(f"{API}/tree/main/nowhere").headers["X-Error-Code"] == "EntryNotFound"


def test_a_tree_lists_folders_large_files_and_last_commits(
    web: TestClient, workshop: Workshop, repo: Repo
) -> None:
    workshop.put_large(repo, "d/a.bin", b"large")
    items = {item["path"]: item for item in web.get(f"{API}/tree/main?recursive=true&expand=True").json()}
    assert items["d"]["type"] == "directory"
    assert items["d/a.bin"]["size"] == 5
    assert items["d/a.bin"]["lfs"]["size"] == 5
    assert items["d/a.bin"]["lastCommit"]["title"] == "a change"


def test_paths_info_reads_forms_and_json_and_leaves_out_what_is_absent(
    web: TestClient, workshop: Workshop, repo: Repo
) -> None:
    workshop.put(repo, a="1")
    asked = {"paths": ["a", "missing", "../a", "a\0"], "expand": False}
    for answer in (
        web.post(f"{API}/paths-info/main", data={"paths": asked["paths"], "expand": "False"}),
        web.post(f"{API}/paths-info/main", json=asked),
    ):
        assert [item["path"] for item in answer.json()] == ["a"]
    assert (
        web.post(
            f"{API}/paths-info/main", content=b"{", headers={"Content-Type": "application/json"}
        ).status_code
        == 400
    )


def test_commits_are_counted_and_paged(web: TestClient, workshop: Workshop, repo: Repo) -> None:
    workshop.put(repo, a="1")
    answer = web.get(f"{API}/commits/main?limit=1&expand[]=formatted")
    assert answer.headers["X-Total-Count"] == "2"
    assert [commit["title"] for commit in answer.json()] == ["a change"]
    assert answer.json()[0]["formatted"] == {"title": "a change", "message": ""}
    following = web.get(answer.links["next"]["url"])
    assert [commit["title"] for commit in following.json()] == ["initial commit"]
    assert "next" not in following.links


def test_a_commit_over_http(web: TestClient, workshop: Workshop, repo: Repo, ada: dict[str, str]) -> None:
    body = lines(("file", {"path": "a.txt", "content": "aGVsbG8=", "encoding": "base64"}))
    answer = web.post(f"{API}/commit/main", content=body, headers=ada).json()
    assert answer["success"] is True
    assert answer["commitUrl"] == f"http://hub.test/ada/tiny/commit/{answer['commitOid']}"
    assert workshop.text(repo, "a.txt") == "hello"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "header"),
        (b"{", "line 1"),
        (b'{"key": "header"}', "line 1"),
        (lines(("file", {"path": "a", "content": "%%%"})), "line 2"),
        (lines(("file", {"path": "a"})), "content"),
        (lines(("lfsFile", {"path": "a", "oid": "x"})), "64 hex"),
        (lines(("lfsFile", {"path": "a", "oid": "ab" * 32, "size": -1})), "size"),
        (lines(("lfsFile", {"path": "a", "oid": "ab" * 32, "size": 1})), "never uploaded"),
        (lines(("renamed", {})), "renamed"),
        (lines(("file", {"path": "../a", "content": ""})), "path"),
    ],
)
def test_a_commit_that_cannot_be_read_is_refused_with_a_sentence(
    web: TestClient, workshop: Workshop, repo: Repo, ada: dict[str, str], body: bytes, sentence: str
) -> None:
    head = workshop.repos.content.resolve(repo)
    answer = web.post(f"{API}/commit/main", content=body, headers=ada)
    assert answer.status_code == 400
    assert sentence in answer.json()["error"]
    assert workshop.repos.content.resolve(repo) == head
    spool = workshop.hub.ground.storage.git.spool_path().parent
    assert not any(spool.iterdir()), "the body is gone from disk"


def test_whoever_has_no_account_may_not_even_propose(web: TestClient, repo: Repo) -> None:
    for route in ("commit", "preupload"):
        answer = web.post(f"{API}/{route}/main?create_pr=1", json={"files": []})
        assert answer.status_code == 401
        assert "account" in answer.headers["X-Error-Message"]


def test_branches_and_tags_refuse_as_clients_expect(
    web: TestClient, workshop: Workshop, repo: Repo, ada: dict[str, str], eve: dict[str, str]
) -> None:
    assert web.post(f"{API}/branch/dev", json={}, headers=ada).status_code == 200
    assert web.post(f"{API}/branch/refs%2Fpr%2F1", json={}, headers=ada).status_code == 403
    assert web.post(f"{API}/branch/dev", json={}, headers=ada).status_code == 409
    assert web.post(f"{API}/branch/x", json={"startingPoint": "gone"}, headers=ada).status_code == 404
    assert web.post(f"{API}/branch/x", json={}, headers=eve).status_code == 403
    assert web.delete(f"{API}/branch/main", headers=ada).status_code == 403
    assert web.post(f"{API}/tag/main", json={"tag": "v1", "message": "first"}, headers=ada).status_code == 200
    assert web.post(f"{API}/tag/main", json={"tag": "v1"}, headers=ada).status_code == 409
    refs = web.get(f"{API}/refs?include_prs=1").json()
    assert [ref["name"] for ref in refs["branches"]] == ["dev", "main"]
    assert refs["tags"][0]["ref"] == "refs/tags/v1"
    assert refs["pullRequests"] == refs["converts"] == []
    assert web.delete(f"{API}/tag/v1", headers=ada).status_code == 200
    assert web.delete(f"{API}/tag/v1", headers=ada).headers["X-Error-Code"] == "RevisionNotFound"


def test_xet_tokens_stand_in_the_json_and_in_the_headers(
    web: TestClient, workshop: Workshop, repo: Repo, ada: dict[str, str], eve: dict[str, str]
) -> None:
    answer = web.get(f"{API}/xet-write-token/None", headers=ada)
    assert answer.json()["accessToken"] == answer.headers["X-Xet-Access-Token"]
    assert str(answer.json()["exp"]) == answer.headers["X-Xet-Token-Expiration"]
    assert answer.json()["casUrl"] == answer.headers["X-Xet-Cas-Url"]
    assert web.get(f"{API}/xet-write-token/main", headers=eve).status_code == 403
    assert web.get(f"{API}/xet-read-token/main", headers=eve).status_code == 200
    assert web.get(f"{API}/xet-read-token/gone", headers=eve).status_code == 404


def test_a_read_token_may_read_and_not_write(web: TestClient, workshop: Workshop, repo: Repo) -> None:
    reader = {"Authorization": f"Bearer {workshop.token(workshop.ada, 'read')}"}
    assert web.get(f"{API}/auth-check", headers=reader).status_code == 200
    assert web.get(f"{API}/auth-check/write", headers=reader).status_code == 403
    for method, path in (("POST", "commit/main"), ("POST", "super-squash/main"), ("DELETE", "branch/x")):
        assert web.request(method, f"{API}/{path}", headers=reader).status_code == 403


def test_making_a_repo_private_hides_it_from_every_route(
    web: TestClient, workshop: Workshop, repo: Repo, ada: dict[str, str], eve: dict[str, str]
) -> None:
    workshop.put(repo, config__json="{}")
    reads = [API, f"{API}/tree/main", f"{API}/refs", f"{API}/commits/main", "/ada/tiny/resolve/main/config.json",
             "/ada/tiny/raw/main/config.json", f"{API}/xet-read-token/main", f"{API}/auth-check"]  # fmt: skip
    assert {web.get(address, headers=eve).status_code for address in reads} == {200}
    assert web.put(f"{API}/settings", json={"visibility": "private"}, headers=ada).json()["private"] is True
    for address in reads:
        answer = web.get(address, headers=eve)
        assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "RepoNotFound")
        assert web.get(address).status_code == 401
        assert web.get(address, headers=ada).status_code == 200
    assert web.get("/api/models?author=ada", headers=eve).json() == []


def test_a_download_is_counted_once_for_a_client(web: TestClient, workshop: Workshop, repo: Repo) -> None:
    workshop.put(repo, config__json="{}", a="1")
    for path in ("config.json", "config.json", "a"):
        web.get(f"/ada/tiny/resolve/main/{path}", headers={"X-HF-Download-Counter": "1"})
    workshop.repos.downloads.flush()
    assert web.get(API).json()["downloads"] == 1


def test_lists_refuse_what_they_would_ignore(web: TestClient, repo: Repo) -> None:
    assert web.get("/api/models?inference=cold").status_code == 400
    assert web.get("/api/models?sort=beauty").status_code == 400
    assert web.get("/api/models?num_parameters=some").status_code == 400
    assert web.get("/api/models?cursor=%00").status_code == 400
    assert web.get("/api/models?limit=0").status_code == 400
    item = web.get("/api/models?full=1&limit=1").json()[0]
    assert item["siblings"] == [{"rfilename": ".gitattributes"}]


def test_validate_yaml_answers_json_whatever_it_is_given(web: TestClient) -> None:
    bad = web.post("/api/validate-yaml", json={"content": "---\na: [\n---\n", "repoType": "model"})
    assert bad.status_code == 400
    assert "YAML" in bad.json()["errors"][0]["message"]
    good = web.post("/api/validate-yaml", json={"content": "---\nlicense: mit\n---\n"})
    assert (good.status_code, good.json()) == (200, {"errors": [], "warnings": []})


def test_safetensors_headers_of_an_index(web: TestClient, workshop: Workshop, repo: Repo) -> None:
    import numpy as np
    from safetensors.numpy import save

    workshop.put_large(repo, "m-1.safetensors", save({"t": np.zeros(2, np.float32)}))
    index = {"metadata": {"total_size": 8}, "weight_map": {"t": "m-1.safetensors"}}
    workshop.commit(repo, AddFile("model.safetensors.index.json", json.dumps(index).encode()))
    answer = web.get(f"{API}/safetensors-metadata/model.safetensors.index.json").json()
    assert answer["index"] == {"metadata": {"total_size": 8}}
    assert answer["headers"]["m-1.safetensors"]["t"]["shape"] == [2]
    assert web.get(f"{API}/safetensors-metadata/none.json").headers["X-Error-Code"] == "EntryNotFound"


def test_a_bare_name_is_a_missing_repo(web: TestClient, ada: dict[str, str]) -> None:
    for address in ("/api/models/gpt2", "/api/models/gpt2/revision/main", "/gpt2/resolve/main/config.json",
                    "/datasets/squad/resolve/main/a", "/api/datasets/squad/tree/main"):  # fmt: skip
        assert web.get(address).status_code == 401
        answer = web.get(address, headers=ada)
        assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "RepoNotFound")


def test_the_api_describes_itself(web: TestClient) -> None:
    paths = web.get("/api/openapi.json").json()["paths"]
    assert "/api/repos/create" in paths
