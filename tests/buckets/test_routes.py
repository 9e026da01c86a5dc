"""The routes as clients see them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from openhearth.buckets import Bucket
from openhearth.buckets.records import AddFile
from openhearth.kit.clock import iso
from openhearth.storage.xet import EMPTY_FILE
from tests.buckets.conftest import Yard

API = "/api/buckets/ada/scratch"
FILE = "/buckets/ada/scratch/resolve"


@pytest.fixture
def bucket(yard: Yard) -> Bucket:
    bucket = yard.create(visibility="private")
    yard.put(bucket, sub__a=b"iron" * 1000, b=b"steel")
    return bucket


@pytest.fixture
def ada(yard: Yard) -> dict[str, str]:
    return yard.token(yard.ada)


def lines(*items: Any) -> bytes:
    return b"\n".join(json.dumps(item).encode() for item in items)


ROUTES = [
    ("GET", API), ("GET", f"{API}/tree"), ("POST", f"{API}/paths-info"), ("POST", f"{API}/batch"),
    ("PUT", f"{API}/settings"), ("DELETE", API), ("GET", f"{API}/xet-read-token"),
    ("GET", f"{API}/xet-write-token"), ("GET", f"{API}/events"), ("GET", f"{FILE}/b"), ("HEAD", f"{FILE}/b"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nobody_learns_of_a_private_bucket(
    web: TestClient, yard: Yard, bucket: Bucket, method: str, path: str
) -> None:
    def ask(address: str, headers: dict[str, str]) -> tuple[int, str]:
        body = {"paths": [], "private": False} if method in ("POST", "PUT") else None
        answer = web.request(method, address, headers=headers, json=body)
        return answer.status_code, answer.headers["X-Error-Code"]

    missing = path.replace("scratch", "missing")
    for headers, status in (({}, 401), (yard.token(yard.eve), 404)):
        assert ask(path, headers) == ask(missing, headers) == (status, "RepoNotFound")


def test_info_and_lists(web: TestClient, yard: Yard, bucket: Bucket, ada: dict[str, str]) -> None:
    info = web.get(API, headers=ada).json()
    assert info["id"] == "ada/scratch"
    assert (info["private"], info["size"], info["totalFiles"]) == (True, 4005, 2)
    assert info["updatedAt"] == iso(yard.clock.now)
    assert [item["id"] for item in web.get("/api/buckets/me", headers=ada).json()] == ["ada/scratch"]
    assert web.get("/api/buckets/ada").json() == []
    assert web.get("/api/buckets/me").status_code == 401
    assert web.get("/api/buckets/none", headers=ada).status_code == 404
    yard.create("second")
    page = web.get("/api/buckets/ada?limit=1", headers=ada)
    following = page.links["next"]["url"].removeprefix("http://hub.test")
    assert [item["id"] for item in web.get(following, headers=ada).json()] == ["ada/second"]


def test_creating_answers_with_the_address_also_where_it_exists(web: TestClient, ada: dict[str, str]) -> None:
    for status in (200, 409):
        answer = web.post("/api/buckets/me/new", json={"private": True}, headers=ada)
        assert (answer.status_code, answer.json()["url"]) == (status, "http://hub.test/buckets/ada/new")
    assert web.get("/api/buckets/ada/new", headers=ada).json()["private"] is True
    assert web.post("/api/buckets/ada/new2").status_code == 401
    assert web.post("/api/buckets/ada/bad..name", headers=ada).status_code == 400
    assert web.delete("/api/buckets/new", headers=ada).status_code == 404


def test_the_tree_is_flat_unless_told_otherwise(web: TestClient, bucket: Bucket, ada: dict[str, str]) -> None:
    def paths(query: str) -> list[tuple[str, str]]:
        return [(e["type"], e["path"]) for e in web.get(f"{API}/tree{query}", headers=ada).json()]

    assert paths("") == paths("?recursive=true") == [("file", "b"), ("file", "sub/a")]
    assert paths("?recursive=false") == [("file", "b"), ("directory", "sub")]
    assert paths("/sub%2F?recursive=False") == [("file", "sub/a")]
    first = web.get(f"{API}/tree?limit=1", headers=ada)
    following = first.links["next"]["url"].removeprefix("http://hub.test")
    assert [e["path"] for e in web.get(following, headers=ada).json()] == ["sub/a"]
    assert web.get(f"{API}/tree?cursor=bogus", headers=ada).status_code == 400


@pytest.mark.parametrize(
    "path", ["ada/scratch/tree/%00", "%00", "ada/%00", "ada/scratch/tree/" + "x" * 5000, "ada?search=%00"]
)
def test_odd_addresses_name_nothing(web: TestClient, bucket: Bucket, ada: dict[str, str], path: str) -> None:
    assert web.get(f"/api/buckets/{path}", headers=ada).status_code in (400, 404)


def test_a_batch_says_what_failed_and_applies_the_rest(
    web: TestClient, yard: Yard, bucket: Bucket, ada: dict[str, str]
) -> None:
    good = {"type": "addFile", "path": "c", "xetHash": EMPTY_FILE, "mtime": 1700000000000}
    bad = {"type": "addFile", "path": "d", "xetHash": "ab" * 32, "mtime": 1700000000000}
    partly = web.post(f"{API}/batch", content=lines(good, bad), headers=ada)
    assert partly.status_code == 200
    assert [f["path"] for f in partly.json()["failed"]] == ["d"]
    assert (partly.json()["processed"], partly.json()["succeeded"]) == (2, 1)
    none = web.post(f"{API}/batch", content=lines(bad), headers=ada)
    assert (none.status_code, none.json()["success"]) == (422, False)
    whole = web.post(f"{API}/batch", content=lines({"type": "deleteFile", "path": "c"}), headers=ada)
    assert whole.json() == {"success": True, "processed": 1, "succeeded": 1, "failed": []}


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\n\n", b"{", b"[]", b"null", b'"x"', b"[" * 100_000, b'{"type": "explode", "path": "a"}',
        b'{"type": "deleteFile"}', b'{"type": "deleteFile", "path": 7}', b'{"type": "deleteFile", "path": ""}',
        b'{"type": "deleteFile", "path": "\\u0000"}', b'{"type": "deleteFile", "path": "\\ud800"}',
        b'{"type": "addFile", "path": "a", "xetHash": "zz"}', b'{"type": "addFile", "path": "a"}',
        lines({"type": "addFile", "path": "a", "xetHash": "AB" * 32}),
        lines({"type": "addFile", "path": "a", "xetHash": EMPTY_FILE, "mtime": 1e30}),
        lines({"type": "addFile", "path": "a", "xetHash": EMPTY_FILE, "mtime": -1}),
        lines({"type": "addFile", "path": "a", "xetHash": EMPTY_FILE, "mtime": True}),
        lines({"type": "copyFile", "path": "a", "xetHash": EMPTY_FILE}),
        lines({"type": "deleteFile", "path": "b"}, {"type": "addFile"}),
        b'{"type": "deleteFile", "path": "b"}\n\xff\xfe',
        b'{"type": "deleteFile", "path": "x"}\n' * 10_001,
    ],
)  # fmt: skip
def test_a_malformed_batch_changes_nothing(
    web: TestClient, yard: Yard, bucket: Bucket, ada: dict[str, str], body: bytes
) -> None:
    answer = web.post(f"{API}/batch", content=body, headers=ada)
    assert answer.status_code in (400, 413)
    assert yard.paths(bucket) == ["b", "sub/a"]


def test_a_batch_larger_than_memory_should_bear_is_refused(
    web: TestClient, ada: dict[str, str], bucket: Bucket
) -> None:
    assert web.post(f"{API}/batch", content=b" " * (17 << 20), headers=ada).status_code == 413


def test_files_are_served_with_what_xet_clients_and_all_others_need(
    web: TestClient, yard: Yard, bucket: Bucket, ada: dict[str, str]
) -> None:
    head = web.head(f"{FILE}/sub%2Fa", headers=ada)
    file = yard.buckets.contents.get_file(bucket, "sub/a")
    assert head.headers["Content-Length"] == head.headers["X-Linked-Size"] == "4000"
    assert head.headers["X-Xet-Hash"] == file.xet_hash
    assert head.links["xet-auth"]["url"] == f"http://hub.test{API}/xet-read-token"
    assert web.get(f"{FILE}/sub/a", headers=ada).content == b"iron" * 1000
    part = web.get(f"{FILE}/sub/a", headers={**ada, "Range": "bytes=1-3"})
    assert (part.status_code, part.content, part.headers["Content-Range"]) == (206, b"ron", "bytes 1-3/4000")
    tail = web.get(f"{FILE}/sub/a", headers={**ada, "Range": "bytes=-2"})
    assert tail.content == b"on"
    assert web.get(f"{FILE}/sub/a", headers={**ada, "Range": "bytes=4000-"}).status_code == 416
    etag = head.headers["ETag"]
    assert web.get(f"{FILE}/sub/a", headers={**ada, "If-None-Match": etag}).status_code == 304
    missing = web.get(f"{FILE}/none", headers=ada)
    assert (missing.status_code, missing.headers["X-Error-Code"]) == (404, "EntryNotFound")


def test_what_was_uploaded_never_runs_as_a_page(
    web: TestClient, yard: Yard, bucket: Bucket, ada: dict[str, str]
) -> None:
    hash = yard.upload(bucket, b"<script>alert(1)</script>")
    yard.apply(bucket, AddFile("evil.html", hash))
    answer = web.get(f"{FILE}/evil.html", headers=ada)
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_tokens_open_this_bucket_alone(
    web: TestClient, yard: Yard, bucket: Bucket, ada: dict[str, str]
) -> None:
    answer = web.get(f"{API}/xet-read-token", headers=ada)
    assert answer.headers["X-Xet-Access-Token"] == answer.json()["accessToken"]
    bearer = {"Authorization": f"Bearer {answer.json()['accessToken']}"}
    cas = answer.json()["casUrl"].removeprefix("http://hub.test")
    hash = yard.buckets.contents.get_file(bucket, "sub/a").xet_hash
    assert web.get(f"{cas}/v2/reconstructions/{hash}", headers=bearer).status_code == 200
    other = yard.create("other")
    secret = yard.upload(other, b"other" * 100)
    yard.apply(other, AddFile("x", secret))
    assert web.get(f"{cas}/v2/reconstructions/{secret}", headers=bearer).status_code == 404
    yard.buckets.catalogue.delete(yard.ada, bucket.ref)
    assert web.get(f"{cas}/v2/reconstructions/{hash}", headers=bearer).status_code == 404


def test_settings_and_moving_by_the_route_of_repos(
    web: TestClient, bucket: Bucket, ada: dict[str, str]
) -> None:
    assert web.put(f"{API}/settings", json={"private": False}, headers=ada).json()["private"] is False
    assert web.get(API).json()["private"] is False
    assert web.put(f"{API}/settings", json={}, headers=ada).status_code == 400
    body = {"fromRepo": "ada/scratch", "toRepo": "forge/kept", "type": "bucket"}
    assert web.post("/api/repos/move", json=body).status_code == 401
    assert web.post("/api/repos/move", json=body, headers=ada).json()["name"] == "forge/kept"
    moved = web.get(f"{API}/tree/sub%2F?recursive=true", headers=ada)
    assert moved.status_code == 307
    assert moved.headers["Location"] == "/api/buckets/forge/kept/tree/sub%2F?recursive=true"
    assert web.get(f"{FILE}/b").headers["Location"] == "/buckets/forge/kept/resolve/b"


def test_changes_cannot_be_followed_and_it_says_so(
    web: TestClient, bucket: Bucket, ada: dict[str, str]
) -> None:
    assert web.get(f"{API}/events", headers=ada).status_code == 501
