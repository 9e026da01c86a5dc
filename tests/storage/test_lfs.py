"""Large files as whole objects: the store, the LFS API, and git-lfs and the stock client against it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import CommitOperationAdd
from huggingface_hub.lfs import lfs_upload, post_lfs_batch_info

from openhearth.db import Database
from openhearth.errors import EntryNotFound, Forbidden, Invalid
from openhearth.kit.names import RepoRef
from openhearth.repos.lfs_grants import Grant, Grants
from openhearth.storage.lfs import ObjectStore
from tests.storage.git.hub_of_one import HubOfOne, serve_hub

CONTENT = b"large file " * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
KEY, OTHER_KEY = "a" * 24, "b" * 24
REPO = RepoRef("dataset", "ada", "d")
# huggingface_hub 2.4 spells its PUTs as the HTTP client it uses no longer wants them.
CLIENT_WARNS = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")


@pytest.fixture
def objects(tmp_path: Path) -> Iterator[ObjectStore]:
    db = Database.in_folder(tmp_path)
    db.create_missing_tables()
    yield ObjectStore(tmp_path / "lfs", db=db)
    db.close()


def receive(objects: ObjectStore, content: bytes = CONTENT) -> str:
    temp = objects.begin()
    temp.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    objects.adopt(temp, sha256, len(content))
    assert not temp.exists()
    return sha256


def test_an_object_lies_under_its_digest(objects: ObjectStore) -> None:
    assert receive(objects) == SHA256 == receive(objects)
    assert objects.path(SHA256).read_bytes() == CONTENT
    assert objects.path(SHA256).parts[-3:] == (SHA256[:2], SHA256[2:4], SHA256)
    assert objects.size(SHA256) == len(CONTENT)
    objects.delete(SHA256)
    objects.delete(SHA256)
    with pytest.raises(EntryNotFound):
        objects.size(SHA256)
    for wrong in ("../../etc/passwd", SHA256.upper(), SHA256[:63], ""):
        with pytest.raises(Invalid):
            objects.path(wrong)


def test_an_object_of_another_length_is_not_kept(objects: ObjectStore) -> None:
    temp = objects.begin()
    temp.write_bytes(CONTENT[:-1])
    with pytest.raises(Invalid, match="send the file again"):
        objects.adopt(temp, SHA256, len(CONTENT))
    assert not objects.exists(SHA256)


def test_links_are_per_repo_and_kept_once(objects: ObjectStore) -> None:
    sha256 = receive(objects)
    for _ in range(2):
        objects.link(KEY, sha256, size_bytes=len(CONTENT), uploaded_by="ada")
    assert objects.is_linked(KEY, sha256) and not objects.is_linked(OTHER_KEY, sha256)
    asked = [f"{n:064x}" for n in range(2000)]
    assert objects.linked(KEY, [*asked, sha256]) == {sha256: len(CONTENT)}
    objects.copy_links(KEY, OTHER_KEY)
    objects.drop_repo(KEY)
    assert not objects.is_linked(KEY, sha256) and objects.is_linked(OTHER_KEY, sha256)
    objects.unlink(OTHER_KEY, sha256)
    assert objects.linked(OTHER_KEY, [sha256]) == {}


def test_a_collection_frees_what_no_repo_holds(objects: ObjectStore) -> None:
    kept, freed, fresh = (receive(objects, content) for content in (b"kept", b"freed", b"fresh"))
    objects.link(KEY, kept, size_bytes=4, uploaded_by=None)
    long_ago = time.time() - 3 * 86400
    broken = objects.begin()
    broken.write_bytes(b"half an upl")
    for path in (objects.path(kept), objects.path(freed), broken):
        os.utime(path, (long_ago, long_ago))
    assert objects.collect(dry_run=True).size_bytes == 5 and objects.exists(freed)
    assert objects.collect().count == 1
    assert (
        objects.exists(kept) and objects.exists(fresh) and not objects.exists(freed) and not broken.exists()
    )
    assert objects.collect(unused_for=timedelta(0)).count == 1


def test_parts_are_joined_in_their_order_and_only_if_complete(objects: ObjectStore) -> None:
    upload = objects.begin_parts()
    pieces = {3: CONTENT[8000:], 1: CONTENT[:4000], 2: CONTENT[4000:8000]}

    def send(number: int, content: bytes) -> None:
        temp = objects.begin_part(upload)
        temp.write_bytes(content)
        objects.adopt_part(upload, number, temp)

    def assemble() -> None:
        objects.assemble(upload, part_count=3, sha256=SHA256, size_bytes=len(CONTENT))

    send(3, pieces[3])
    send(1, b"a first attempt")
    with pytest.raises(Invalid, match="part 2 of 3"):
        assemble()
    send(2, pieces[2])
    with pytest.raises(Invalid, match="sha256"):
        assemble()
    send(1, pieces[1])
    assemble()
    assert objects.path(SHA256).read_bytes() == CONTENT
    with pytest.raises(EntryNotFound):
        assemble()
    assert list(objects.begin().parent.iterdir()) == []


# Over HTTP.


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubOfOne]:
    with serve_hub(tmp_path_factory.mktemp("hub")) as hub:
        hub.shelf.add(REPO)
        hub.shelf.add(RepoRef("model", "ada", "secret"), "private")
        yield hub


@pytest.fixture
def key(hub: HubOfOne) -> str:
    """The key of REPO, which holds nothing yet."""
    key = hub.shelf.keys[REPO]
    hub.shelf.objects.drop_repo(key)
    return key


def ask(
    method: str, url: str, body: bytes | None = None, user: str | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    if user is not None:
        headers["Authorization"] = f"Bearer hf_{user}"
    request = urllib.request.Request(url, body, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def batch(hub: HubOfOne, user: str | None = "ada", path: str = "datasets/ada/d.git", **body: object) -> Any:
    asked = {"operation": "upload", "objects": [{"oid": SHA256, "size": len(CONTENT)}], **body}
    status, headers, answer = ask(
        "POST", f"{hub.url}/{path}/info/lfs/objects/batch", json.dumps(asked).encode(), user
    )
    assert headers["content-type"] == "application/vnd.git-lfs+json"
    return status, json.loads(answer)


def test_bytes_go_up_are_verified_and_come_down(hub: HubOfOne, key: str) -> None:
    status, answer = batch(hub)
    (item,) = answer["objects"]
    assert status == 200 and answer["transfer"] == "basic" and item["authenticated"]
    upload, verify = item["actions"]["upload"]["href"], item["actions"]["verify"]["href"]
    assert ask("POST", verify, b"{}")[0] == 404
    assert ask("PUT", upload, CONTENT)[0] == 200  # no credentials: the address is the proof
    assert ask("POST", verify, b"{}")[0] == 200
    assert "actions" not in batch(hub)[1]["objects"][0]
    (found,) = batch(hub, None, "datasets/ada/d", operation="download")[1]["objects"]
    href = found["actions"]["download"]["href"]
    status, headers, body = ask("GET", href)
    assert (status, body, headers["etag"]) == (200, CONTENT, f'"{SHA256}"')
    status, headers, body = ask("GET", href, Range="bytes=5-9")
    assert (status, body, headers["content-range"]) == (206, CONTENT[5:10], f"bytes 5-9/{len(CONTENT)}")
    assert ask("GET", href, Range=f"bytes={len(CONTENT)}-")[0] == 416


@pytest.mark.parametrize("content", [CONTENT[:-1], CONTENT + b"!", b"X" + CONTENT[1:], b""])
def test_other_bytes_than_announced_are_refused_and_not_kept(hub: HubOfOne, key: str, content: bytes) -> None:
    hub.shelf.objects.delete(SHA256)
    href = batch(hub)[1]["objects"][0]["actions"]["upload"]["href"]
    status, _, answer = ask("PUT", href, content)
    assert status in (400, 413, 422) and json.loads(answer)["message"]
    assert not hub.shelf.objects.exists(SHA256) and not hub.shelf.objects.is_linked(key, SHA256)
    assert [path for path in hub.shelf.objects.begin().parent.iterdir() if path.is_file()] == []


def test_a_digest_alone_gives_nothing(hub: HubOfOne, key: str) -> None:
    """eve knows the sha256 of an object in ada's private repo and asks for it by way of a public one."""
    objects = hub.shelf.objects
    objects.link(
        hub.shelf.keys[RepoRef("model", "ada", "secret")], receive(objects), size_bytes=1, uploaded_by=None
    )
    (item,) = batch(hub, "eve", operation="download")[1]["objects"]
    assert item["error"]["code"] == 404 and "actions" not in item
    (item,) = batch(hub, "ada")[1]["objects"]
    assert "upload" in item["actions"]  # even ada proves by sending it that she has it


def test_a_signed_address_serves_its_own_purpose_only(hub: HubOfOne, key: str) -> None:
    href = batch(hub)[1]["objects"][0]["actions"]["upload"]["href"]
    other = "c" * 64
    for forged in (
        href.replace(SHA256, other),
        href.replace(key, hub.shelf.keys[RepoRef("model", "ada", "secret")]),
        href.replace(f"size={len(CONTENT)}", "size=1"),
        href.replace("expires=", "expires=9"),
        href.replace("user=id-ada", "user=id-eve"),
        href.split("&signature")[0],
        href.replace("signature=", "signature=%C3%A4"),
    ):
        assert ask("PUT", forged, CONTENT)[0] == 403
    assert ask("GET", href)[0] == 403
    assert ask("POST", href.replace(f"{SHA256}?", f"{SHA256}/verify?"), b"{}")[0] == 403


def test_a_signed_address_expires() -> None:
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    grants = Grants(secret=bytes(32), clock=lambda: now[0])
    grant = Grant("upload", KEY, SHA256, 5, int(now[0].timestamp()) + 60, "ada")
    query = grants.sign(grant)
    assert grants.read("upload", KEY, SHA256, query) == grant
    now[0] += timedelta(seconds=61)
    with pytest.raises(Forbidden, match="expired"):
        grants.read("upload", KEY, SHA256, query)


def test_who_may_ask(hub: HubOfOne, key: str) -> None:
    status, answer = batch(hub, None)
    assert status == 401 and "Sign in" in answer["message"]
    assert batch(hub, "eve")[0] == 403
    assert batch(hub, "eve", "ada/secret.git")[0] == 404
    body = json.dumps({"operation": "upload", "objects": []}).encode()
    status, headers, _ = ask("POST", f"{hub.url}/ada/secret.git/info/lfs/objects/batch", body)
    assert status == 401 and headers["lfs-authenticate"].startswith("Basic")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"operation": "steal"}, 400),
        ({"objects": None}, 400),
        ({"objects": [{"oid": "x", "size": 1}]}, 400),
        ({"objects": [{"oid": SHA256, "size": -1}]}, 400),
        ({"objects": [{"oid": SHA256, "size": "1"}]}, 400),
        ({"objects": [{"oid": SHA256, "size": 1}] * 257}, 413),
        ({"hash_algo": "sha512"}, 501),
    ],
)
def test_bad_requests_name_what_is_wrong(hub: HubOfOne, body: dict[str, Any], status: int) -> None:
    found, answer = batch(hub, **body)
    assert found == status
    assert any(word in answer["message"] for word in body)


def test_what_is_too_large_is_refused_object_by_object(hub: HubOfOne, key: str) -> None:
    answer = batch(hub, objects=[{"oid": SHA256, "size": 1 << 50}, {"oid": "d" * 64, "size": 5}])[1]
    assert answer["objects"][0]["error"]["code"] == 413
    assert "upload" in answer["objects"][1]["actions"]


@pytest.fixture
def small_parts(hub: HubOfOne) -> Iterator[None]:
    """Uploads in parts begin at 1000 bytes, in parts of 4000."""
    before = hub.lfs.multipart_from_bytes, hub.lfs.part_bytes
    hub.lfs.multipart_from_bytes, hub.lfs.part_bytes = 1000, 4000
    yield
    hub.lfs.multipart_from_bytes, hub.lfs.part_bytes = before


def _upload_with_the_stock_client(hub: HubOfOne, content: bytes) -> str | None:
    operation = CommitOperationAdd(path_in_repo="f.bin", path_or_fileobj=content)
    headers = {"authorization": "Bearer hf_ada"}
    actions, errors, transfer = post_lfs_batch_info(
        [operation.upload_info],
        token=None,
        repo_type="dataset",
        repo_id="ada/d",
        endpoint=hub.url,
        headers=headers,
    )
    assert errors == []
    lfs_upload(operation, actions[0], headers=headers, endpoint=hub.url)
    return transfer


@CLIENT_WARNS
def test_the_stock_client_uploads_whole_files(hub: HubOfOne, key: str) -> None:
    assert _upload_with_the_stock_client(hub, CONTENT) == "basic"
    assert hub.shelf.objects.is_linked(key, SHA256)


@CLIENT_WARNS
@pytest.mark.usefixtures("small_parts")
def test_the_stock_client_uploads_in_parts(hub: HubOfOne, key: str) -> None:
    hub.shelf.objects.delete(SHA256)
    assert _upload_with_the_stock_client(hub, CONTENT) == "multipart"
    assert hub.shelf.objects.linked(key, [SHA256]) == {SHA256: len(CONTENT)}
    assert hub.shelf.objects.path(SHA256).read_bytes() == CONTENT


@pytest.mark.usefixtures("small_parts")
def test_a_completion_may_be_repeated_and_wrong_parts_are_refused(hub: HubOfOne, key: str) -> None:
    hub.shelf.objects.delete(SHA256)
    answer = batch(hub, transfers=["basic", "multipart"])[1]
    upload = answer["objects"][0]["actions"]["upload"]
    header = dict(upload["header"])
    assert header.pop("chunk_size") == "4000" and list(header) == ["00001", "00002", "00003"]
    etags = []
    for number, href in enumerate(header.values()):
        piece = CONTENT[number * 4000 : (number + 1) * 4000]
        assert ask("PUT", href, piece + b"!")[0] == 413
        assert ask("PUT", href, piece[:-1])[0] == 400
        status, headers, _ = ask("PUT", href, piece)
        assert status == 200
        etags.append({"partNumber": number + 1, "etag": headers["etag"]})
    assert ask("POST", upload["href"], json.dumps({"oid": SHA256, "parts": etags[:2]}).encode())[0] == 400
    for _ in range(2):
        assert ask("POST", upload["href"], json.dumps({"oid": SHA256, "parts": etags}).encode())[0] == 200
    assert ask("PUT", header["00001"], CONTENT[:4000])[0] == 404
    assert hub.shelf.objects.is_linked(key, SHA256)


@pytest.mark.skipif(shutil.which("git-lfs") is None, reason="git-lfs is not installed")
def test_git_lfs_pushes_and_clones(hub: HubOfOne, key: str, tmp_path: Path) -> None:
    remote = hub.remote(REPO, "ada")
    script = f"""
    git lfs install --local && git lfs track '*.bin' && head -c 300000 /dev/urandom > large.bin
    git add . && git commit -qm large && git push -q {remote} main
    """
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GIT_TERMINAL_PROMPT": "0"}
    names = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    work = tmp_path / "work"
    subprocess.run(["git", "init", "-q", "-b", "main", str(work)], check=True, timeout=60, env=environ)
    subprocess.run(["sh", "-ec", script], cwd=work, env={**environ, **names}, check=True, timeout=120)
    pushed = (work / "large.bin").read_bytes()
    assert hub.shelf.objects.is_linked(key, hashlib.sha256(pushed).hexdigest())
    clone = ["git", "-c", "filter.lfs.smudge=git-lfs smudge -- %f", "-c", "filter.lfs.required=true"]
    subprocess.run(
        [*clone, "clone", "-q", hub.remote(REPO), "copy"], cwd=tmp_path, env=environ, check=True, timeout=120
    )
    assert (tmp_path / "copy/large.bin").read_bytes() == pushed
