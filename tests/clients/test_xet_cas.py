"""The released Xet client, unmodified, against our CAS routes alone.

A real server in a thread; every call of the client is a process of its own with a fresh cache, because a warm
one hides what the server forgets.
"""

import hashlib
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from openhearth.db import Database
from openhearth.errors import HubError, Invalid
from openhearth.repos.cas_api import CasApi
from openhearth.storage.xet import XetGrant, XetScope, XetSigner, XetStore
from openhearth.urls import Urls
from openhearth.wire.render import render_error
from openhearth.wire.server import ZeroCopyProtocol
from tests.support.running import free_port

MIB = 1 << 20

_ASKED = """
import hf_xet, json, sys
asked = json.load(sys.stdin)
session = hf_xet.XetSession()
access = dict(endpoint=asked["url"], token=asked["token"], token_expiry_unix_secs=asked["exp"])
"""

_UPLOAD = f"""{_ASKED}
with session.new_upload_commit(**access) as commit:
    sent = [commit.start_upload_file(path) for path in asked["paths"]]
infos = [upload.result().xet_info for upload in sent]
json.dump([[info.hash, info.sha256, info.file_size] for info in infos], sys.stdout)
"""

_DOWNLOAD = f"""{_ASKED}
with session.new_file_download_group(**access) as group:
    group.start_download_file(hf_xet.XetFileInfo(asked["hash"], asked["size"]), asked["path"])
"""

_RANGES = f"""{_ASKED}
info = hf_xet.XetFileInfo(asked["hash"], asked["size"])
group = session.new_download_stream_group(**access)
with open(asked["path"], "rb") as file:
    whole = file.read()
for start, end in asked["ranges"]:
    got = b"".join(group.download_stream(info, start=start, end=end))
    assert got == whole[start:end], (start, end, len(got))
"""


@dataclass(frozen=True)
class Sent:
    hash: str
    sha256: str
    size_bytes: int


class Faults:
    """Answers the first requests for chosen paths with a fault, and remembers what was asked."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.seen: list[str] = []
        self.planned: dict[str, list[int]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.seen.append(f"{scope['method']} {scope['path']}")
            for part, statuses in self.planned.items():
                if part in scope["path"] and statuses:
                    await Response(status_code=statuses.pop(0))(scope, receive, send)
                    return
        await self.app(scope, receive, send)


@dataclass
class Cas:
    """A CAS server in a thread, and the client beside it."""

    folder: Path
    port: int = field(default_factory=free_port)
    clients: int = 0

    def __post_init__(self) -> None:
        self.db = Database.in_folder(self.folder / "db")
        self.db.create_missing_tables()
        self.store = XetStore(db=self.db, folder=self.folder / "xet", key=b"k" * 32)
        self.signer = XetSigner(key=b"s" * 32)
        self.api = CasApi(store=self.store, signer=self.signer, urls=Urls(f"http://127.0.0.1:{self.port}"))
        app = Starlette(
            routes=self.api.routes(), exception_handlers={HubError: _render, HTTPException: _no_other_refusal}
        )
        self.faults = Faults(app)
        config = uvicorn.Config(
            self.faults, port=self.port, http=ZeroCopyProtocol, log_level="warning", lifespan="off"
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def start(self) -> "Cas":
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        return self

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)
        self.api.close()
        self.store.close()
        self.db.close()

    def upload(self, *paths: Path, repo_key: str = "repo", **environ: str) -> list[Sent]:
        asked = {"paths": [str(path) for path in paths]}
        return [
            Sent(*entry) for entry in json.loads(self._client(_UPLOAD, "write", repo_key, asked, environ))
        ]

    def upload_and_link(self, path: Path, **environ: str) -> Sent:
        (sent,) = self.upload(path, **environ)
        self.store.link_files("repo", [sent.hash])
        return sent

    def download(self, sent: Sent, *, repo_key: str = "repo", **environ: str) -> bytes:
        target = self.folder / "downloaded"
        asked = {"hash": sent.hash, "size": sent.size_bytes, "path": str(target)}
        self._client(_DOWNLOAD, "read", repo_key, asked, environ)
        return target.read_bytes()

    def compare_ranges(self, sent: Sent, path: Path, ranges: list[tuple[int, int]]) -> None:
        asked = {"hash": sent.hash, "size": sent.size_bytes, "path": str(path), "ranges": ranges}
        self._client(_RANGES, "read", "repo", asked, {})

    def _client(
        self, program: str, scope: XetScope, repo_key: str, asked: dict[str, Any], environ: dict[str, str]
    ) -> str:
        grant = XetGrant(uploader="ada", repo_key=repo_key, namespace="ada", is_public=False, scope=scope)
        token = self.signer.issue_token(grant)
        access = {"url": self.api.url, "token": token.text, "exp": token.expires_at}
        self.clients += 1
        own = {
            "HF_HOME": str(self.folder / f"client{self.clients}"),
            "HF_XET_CLIENT_RETRY_BASE_DELAY": "200ms",
        }
        done = subprocess.run(
            [sys.executable, "-c", program],
            input=json.dumps({**access, **asked}),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, **own, **environ},
        )
        if done.returncode:
            raise ClientFailed(done.stderr)
        return done.stdout


class ClientFailed(Exception):
    pass


async def _render(request: Request, error: Exception) -> Response:
    assert isinstance(error, HubError)
    return render_error(request, error)


async def _no_other_refusal(_request: Request, error: Exception) -> Response:
    raise AssertionError(f"the router refused by itself: {error!r}")


@pytest.fixture
def cas(tmp_path: Path) -> Iterator[Cas]:
    cas = Cas(tmp_path).start()
    yield cas
    cas.stop()


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files") / "weights.bin"
    path.write_bytes(random.Random(1).randbytes(64 * MIB))
    return path


def _variant(original: Path, name: str, content: bytes) -> Path:
    path = original.with_name(name)
    path.write_bytes(content)
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """3 MiB like weights in 16 bits: compressible when its bytes are grouped."""
    path = tmp_path_factory.mktemp("files") / "small.bin"
    noise = random.Random(3)
    path.write_bytes(b"".join(bytes([noise.getrandbits(8), 0x3C]) for _ in range(3 * MIB // 2)))
    return path


def test_a_changed_file_costs_little_and_the_same_file_nothing(cas: Cas, original: Path) -> None:
    content = original.read_bytes()
    patch = random.Random(2).randbytes(MIB)
    middle = 30 * MIB + 12345
    changed = _variant(original, "changed.bin", content[:middle] + patch + content[middle + MIB :])
    grown = _variant(original, "grown.bin", content[:middle] + patch[::-1] + content[middle:])
    costs = []
    for path in (original, changed, grown, original):
        before = cas.store.stored_bytes()
        sent = cas.upload_and_link(path)
        costs.append(cas.store.stored_bytes() - before)
        assert cas.download(sent) == path.read_bytes()
        found = cas.store.find_file("repo", sent.sha256)
        assert found is not None
        assert (found.file_hash_hex, found.size_bytes) == (sent.hash, path.stat().st_size)
        assert cas.store.verify_claim("repo", sent.sha256)
    first, *others, again = costs
    assert first >= len(content)
    assert all(0 < cost < first * 0.03 for cost in others), costs
    assert again == 0


def test_a_stored_xorb_is_not_sent_again_even_by_a_client_that_finds_no_duplicates(
    cas: Cas, small: Path
) -> None:
    cas.upload(small)
    cas.faults.seen.clear()
    cas.upload(small, HF_XET_DEDUPLICATION_GLOBAL_DEDUP_QUERY_ENABLED="false")
    asked = [line for line in cas.faults.seen if "/v1/xorb" in line]
    assert asked
    assert all("/v1/xorb-grants/" in line for line in asked)


def test_weights_are_stored_compressed_and_come_back(cas: Cas, small: Path) -> None:
    sent = cas.upload_and_link(small)
    assert cas.store.stored_bytes() < small.stat().st_size * 0.6
    assert cas.download(sent) == small.read_bytes() == b"".join(cas.store.stream(sent.hash))


def test_ranges_read_by_the_client_are_correct_to_the_byte(cas: Cas, original: Path) -> None:
    sent = cas.upload_and_link(original)
    size = sent.size_bytes
    pick = random.Random(4)
    spans = [sorted(pick.sample(range(size), 2)) for _ in range(8)]
    small = [(at, at + 1000) for at in pick.sample(range(size - 1000), 20)]
    edges = [(0, 1), (0, size), (size - 1, size), (1, size)]
    cas.compare_ranges(sent, original, [*edges, *small, *((start, end) for start, end in spans)])


def test_many_files_go_in_one_upload(cas: Cas, tmp_path: Path) -> None:
    pick = random.Random(5)
    paths = [tmp_path / f"{at}.bin" for at in range(60)]
    for path in paths:
        path.write_bytes(pick.randbytes(pick.randint(1, 200_000)))
    sent = cas.upload(*paths)
    cas.store.link_files("repo", [file.hash for file in sent])
    for file, path in zip(sent, paths, strict=True):
        assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert b"".join(cas.store.stream(file.hash)) == path.read_bytes()
    assert cas.download(sent[7]) == paths[7].read_bytes()


def test_another_repos_token_reads_nothing(cas: Cas, small: Path) -> None:
    sent = cas.upload_and_link(small)
    with pytest.raises(ClientFailed):
        cas.download(sent, repo_key="other")


@pytest.mark.parametrize(
    ("environ", "asked", "not_asked"),
    [
        ({"HF_XET_CLIENT_SHARD_API_VERSION": "1"}, "/v1/shards", "/v2/shards"),
        ({"HF_XET_CLIENT_RECONSTRUCTION_API_VERSION": "1"}, "/v1/reconstructions/", "/v2/reconstructions/"),
        ({"HF_XET_CLIENT_LEGACY_DIRECT_XORB_UPLOAD": "true"}, "/v1/xorbs/", "/v1/xorb-grants/"),
    ],
)
def test_older_ways_of_speaking_work(
    cas: Cas, small: Path, environ: dict[str, str], asked: str, not_asked: str
) -> None:
    sent = cas.upload_and_link(small, **environ)
    assert cas.download(sent, **environ) == small.read_bytes()
    assert any(asked in line for line in cas.faults.seen)
    assert not any(not_asked in line for line in cas.faults.seen)


@pytest.mark.parametrize(
    ("part", "statuses"),
    [
        ("/v1/xorbs/", [500, 503]),
        ("/v1/xorb-grants/", [503, 429]),
        ("/v2/shards", [500, 429]),
        ("/v1/chunks/", [500, 500]),
        ("/v2/reconstructions/", [503, 500]),
        ("/v2/reconstructions/", [404]),
        ("/data/", [503, 500]),
        ("/data/", [403]),
        ("/v1/telemetry", [500]),
    ],
)
def test_a_fault_on_the_way_is_survived(cas: Cas, small: Path, part: str, statuses: list[int]) -> None:
    cas.faults.planned[part] = statuses
    sent = cas.upload_and_link(small)
    assert cas.download(sent) == small.read_bytes()
    assert not cas.faults.planned[part], "the client never met the fault"


def test_what_the_store_refuses_reaches_the_person_in_words(cas: Cas, small: Path) -> None:
    cas.store.register_shard = _refuse  # type: ignore[method-assign]
    with pytest.raises(ClientFailed, match="shard: refused for this test"):
        cas.upload(small)


def _refuse(*_arguments: object, **_named: object) -> int:
    raise Invalid("shard: refused for this test.")
