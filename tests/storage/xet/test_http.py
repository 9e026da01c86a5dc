"""The CAS routes as a stranger may use them: statuses, scopes, ranges, and what is not there."""

import json
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from openhearth.errors import HubError
from openhearth.repos.cas_api import CasApi
from openhearth.storage.xet import XetFile, XetGrant, XetScope, XetSigner, XetStore, to_hex
from openhearth.urls import Urls
from openhearth.wire.render import render_error
from openhearth.wire.routing import RawPath
from tests.storage.xet.conftest import Uploads
from tests.storage.xet.packing import PackedFile, PackedShard, PackedXorb, cut

XORB = PackedXorb(cut(bytes(range(256)) * 300, 5000), scheme=1)
FILE = PackedFile.of([(XORB, 0, len(XORB.chunks))])
SHARD = PackedShard([FILE], [XORB]).body
NAME = to_hex(XORB.hash)
V1 = "/cas/e1/v1"


async def _render(request: Request, error: Exception) -> Response:
    assert isinstance(error, HubError)
    return render_error(request, error)


class Client(TestClient):
    """Sends the token of a scope in a repo."""

    signer: XetSigner

    def use(
        self, scope: XetScope, *, repo_key: str = "repo", uploader: str = "ada", namespace: str = "ada",
        only_proposes: bool = False,
    ) -> "Client":  # fmt: skip
        grant = XetGrant(
            uploader=uploader, repo_key=repo_key, namespace=namespace, is_public=False, scope=scope,
            only_proposes=only_proposes,
        )  # fmt: skip
        self.headers["Authorization"] = f"Bearer {self.signer.issue_token(grant).text}"
        return self


@pytest.fixture
def client(store: XetStore) -> Iterator[Client]:
    signer = XetSigner(key=b"s" * 32)
    api = CasApi(store=store, signer=signer, urls=Urls("http://hub.test"))
    app = Starlette(
        routes=api.routes(), middleware=[Middleware(RawPath)], exception_handlers={HubError: _render}
    )
    with Client(app, base_url="http://hub.test") as client:
        client.signer = signer
        yield client.use("write")
    api.close()


def _post_all(client: Client) -> None:
    assert client.post(f"{V1}/xorbs/default/{NAME}", content=XORB.body).status_code == 200
    assert client.post(f"{V1}/shards", content=SHARD).json() == {"result": 1}


@pytest.fixture
def linked(client: Client, uploads: Uploads, content: bytes) -> XetFile:
    file = uploads.file(content)
    uploads.store.link_files("repo", [file.file_hash_hex])
    return file


def test_an_upload_goes_grant_xorb_shard(client: Client, store: XetStore) -> None:
    grant = f"{V1}/xorb-grants/default/{NAME}"
    assert client.post(grant, json={"length": 5}).status_code == 404
    posted = client.post(f"{V1}/xorbs/default/{NAME}", content=XORB.body)
    assert (posted.status_code, posted.json()) == (200, {"was_inserted": True})
    assert client.post(f"{V1}/xorbs/default/{NAME}", content=XORB.body).json() == {"was_inserted": False}
    assert client.post(grant, json={"length": 5}).status_code == 200
    assert client.post(f"{V1}/xorb-commits/default/{NAME}/grant/any%2Fid").status_code == 200
    assert client.post(f"{V1}/shards", content=SHARD).json() == {"result": 1}
    assert client.post(f"{V1}/shards", content=SHARD).json() == {"result": 0}
    frames = [json.loads(line) for line in client.post("/cas/e1/v2/shards", content=SHARD).text.splitlines()]
    assert frames[-1] == {"type": "result"}
    assert store.may_read("repo", to_hex(FILE.hash), uploader="ada")


def test_a_bad_shard_ends_the_stream_with_an_error_frame(client: Client) -> None:
    answer = client.post("/cas/e1/v2/shards", content=SHARD)
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    frame = json.loads(answer.text.splitlines()[-1])
    assert frame["type"] == "error"
    assert "unknown xorb" in frame["message"]
    assert frame["retryable"] is False
    assert client.post(f"{V1}/shards", content=SHARD).status_code == 400


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        (NAME, XORB.body[:-1], 400),
        (NAME, b"", 400),
        ("00" * 32, XORB.body, 400),
        (NAME.upper(), XORB.body, 400),
        ("x", XORB.body, 400),
        ("..%2f..%2fetc%2fpasswd", XORB.body, 400),
    ],
)
def test_a_bad_xorb_is_refused(client: Client, store: XetStore, name: str, body: bytes, status: int) -> None:
    assert client.post(f"{V1}/xorbs/default/{name}", content=body).status_code == status
    assert store.stored_bytes() == 0
    assert not list(store.new_incoming().parent.iterdir())


def test_only_the_known_prefixes_are_accepted(client: Client) -> None:
    for prefix, status in (("default-merkledb", 404), ("default", 404), ("other", 400)):
        assert client.get(f"{V1}/chunks/{prefix}/{NAME}").status_code == status


def test_a_body_announced_beyond_the_limit_is_refused(client: Client) -> None:
    huge = {"Content-Length": str(70 << 20)}
    assert client.post(f"{V1}/xorbs/default/{NAME}", content=b"x", headers=huge).status_code == 413
    assert (
        client.post("/cas/e1/v2/shards", content=b"x", headers={"Content-Length": "999999999"}).status_code
        == 413
    )
    assert client.post("/v1/telemetry", content=bytes((1 << 20) + 1)).status_code == 413


_WRITING = [
    ("POST", f"{V1}/xorb-grants/default/{NAME}"),
    ("POST", f"{V1}/xorb-commits/default/{NAME}/grant/g"),
    ("POST", f"{V1}/xorbs/default/{NAME}"),
    ("POST", f"{V1}/shards"),
    ("POST", "/cas/e1/v2/shards"),
]
_READING = [
    ("HEAD", f"{V1}/xorbs/default/{NAME}"),
    ("GET", f"{V1}/chunks/default/{NAME}"),
    ("GET", f"{V1}/reconstructions/{NAME}"),
    ("GET", f"/cas/e1/v2/reconstructions/{NAME}"),
    ("GET", f"{V1}/reconstructions?file_id={NAME}"),
    ("POST", f"{V1}/reconstructions"),
    ("HEAD", f"{V1}/files/{NAME}"),
    ("POST", "/v1/telemetry"),
]


@pytest.mark.parametrize(("method", "path"), [*_WRITING, *_READING])
def test_without_a_token_everything_is_401(client: Client, method: str, path: str) -> None:
    for header in ("", "Bearer nonsense", "Basic YTpi"):
        client.headers["Authorization"] = header
        assert client.request(method, path, content=b"x").status_code == 401


@pytest.mark.parametrize(("method", "path"), _WRITING)
def test_with_a_read_token_writing_is_403(client: Client, method: str, path: str) -> None:
    assert client.use("read").request(method, path, content=b"x").status_code == 403


def test_writing_to_an_old_epoch_is_refused_and_reading_is_not(client: Client, linked: XetFile) -> None:
    assert client.post(f"/cas/e0/v1/xorbs/default/{NAME}", content=XORB.body).status_code == 409
    assert client.get(f"/cas/e0/v2/reconstructions/{linked.file_hash_hex}").status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/cas/"),
        ("GET", "/cas/e1/nothing"),
        ("PUT", f"{V1}/xorbs/default/{NAME}"),
        ("GET", f"{V1}/xorb-grants/default/{NAME}"),
        ("POST", "/cas/e1/v2/xorbs/default"),
        ("DELETE", f"{V1}/shards"),
        ("GET", f"/cas/e1/v2/file-chunk-hashes/{NAME}"),
        ("POST", "/cas/e1/../../etc/passwd"),
    ],
)
def test_what_is_unknown_below_the_prefix_is_404_for_every_method(
    client: Client, method: str, path: str
) -> None:
    assert client.request(method, path).status_code == 404


def test_plans_are_for_readers_of_the_repo(client: Client) -> None:
    _post_all(client)
    path = f"/cas/e1/v2/reconstructions/{to_hex(FILE.hash)}"
    assert client.get(path).status_code == 200  # the uploader, before the commit
    assert client.use("read", uploader="ben").get(path).status_code == 404
    assert client.use("read", uploader="").get(path).status_code == 404
    assert client.use("read", repo_key="other").get(path).status_code == 404
    assert client.use("read", uploader="ben").head(f"{V1}/files/{to_hex(FILE.hash)}").status_code == 404


def _fetch(client: Client, url: str, first: int, last: int) -> bytes:
    answer = client.get(url, headers={"Range": f"bytes={first}-{last}", "Authorization": ""})
    assert answer.status_code == 206
    assert answer.headers["content-range"].startswith(f"bytes {first}-{last}/")
    return answer.content


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_plan_leads_to_the_stored_bytes(
    client: Client, store: XetStore, linked: XetFile, version: str
) -> None:
    plan = client.get(f"/cas/e1/{version}/reconstructions/{linked.file_hash_hex}").json()
    assert plan["offset_into_first_range"] == 0
    assert sum(term["unpacked_length"] for term in plan["terms"]) == linked.size_bytes
    (name,) = {term["hash"] for term in plan["terms"]}
    if version == "v1":
        (fetch,) = plan["fetch_info"][name]
        url, span = fetch["url"], fetch["url_range"]
    else:
        (fetch,) = plan["xorbs"][name]
        url, span = fetch["url"], fetch["ranges"][0]["bytes"]
    assert url.startswith("http://hub.test/cas/e1/data/")
    content = _fetch(client, url, span["start"], span["end"])
    assert len(content) == store.stored_bytes()


def test_an_address_within_a_composed_xorb_gives_bytes_of_several_files(
    client: Client, content: bytes
) -> None:
    whole = PackedXorb(cut(content))
    turned = PackedXorb([*whole.chunks[32:], b"new", *whole.chunks[:32]])
    file = PackedFile.of([(turned, 0, len(turned.chunks))])
    for xorb in (whole, turned):
        posted = client.post(f"{V1}/xorbs/default/{to_hex(xorb.hash)}", content=xorb.body)
        assert posted.json() == {"was_inserted": True}
    assert client.post(f"{V1}/xorb-grants/default/{to_hex(turned.hash)}", json={}).status_code == 200
    head = client.head(f"{V1}/xorbs/default/{to_hex(turned.hash)}")
    assert head.headers["content-length"] == str(len(turned.body))
    client.post(f"{V1}/shards", content=PackedShard([file], [turned]).body)
    plan = client.get(f"/cas/e1/v2/reconstructions/{to_hex(file.hash)}").json()
    ((fetch,),) = plan["xorbs"].values()
    (span,) = fetch["ranges"]
    assert _fetch(client, fetch["url"], span["bytes"]["start"], span["bytes"]["end"]) == turned.body


def test_plans_honour_ranges(client: Client, linked: XetFile) -> None:
    path, size = f"/cas/e1/v2/reconstructions/{linked.file_hash_hex}", linked.size_bytes
    (term,) = client.get(path, headers={"Range": "bytes=20000-20001"}).json()["terms"]
    assert (term["range"], term["unpacked_length"]) == ({"start": 1, "end": 2}, 16384)
    beyond = client.get(path, headers={"Range": f"bytes=0-{size * 10}"})
    assert sum(term["unpacked_length"] for term in beyond.json()["terms"]) == size
    after = client.get(path, headers={"Range": f"bytes={size}-{size + 5}"})
    assert after.status_code == 416
    assert after.headers["content-range"] == f"bytes */{size}"


def test_an_empty_file_has_an_empty_plan(client: Client) -> None:
    empty = PackedFile(hash=bytes(32), terms=[])
    client.post(f"{V1}/shards", content=PackedShard([empty]).body)
    plan = client.get(f"/cas/e1/v2/reconstructions/{'0' * 64}", headers={"Range": "bytes=0-1000"})
    assert plan.json() == {"offset_into_first_range": 0, "terms": [], "xorbs": {}}


def test_several_plans_come_at_once(client: Client, linked: XetFile) -> None:
    path, name = f"{V1}/reconstructions", linked.file_hash_hex
    asked = client.get(path, params={"file_id": [name]}).json()
    posted = client.post(path, json=[{"prefix": "default", "hash": name}]).json()
    assert asked["files"] == posted["files"]
    assert list(asked["files"]) == [name]
    assert client.get(path, params={"file_id": [name, NAME]}).status_code == 404
    for body in (b"{", b"[1]", b'{"hash": 1}', b"[[]]"):
        assert client.post(path, content=body).status_code == 400


def test_an_address_gives_its_own_range_only(client: Client, linked: XetFile) -> None:
    plan = client.get(f"/cas/e1/v2/reconstructions/{linked.file_hash_hex}").json()
    ((fetch,),) = plan["xorbs"].values()
    url, last = fetch["url"], fetch["ranges"][0]["bytes"]["end"]
    for header in (f"bytes=0-{last - 1}", f"bytes=0-{last + 1}", "bytes=0-", "bytes=0-1,5-6", ""):
        assert client.get(url, headers={"Range": header}).status_code == 403
    right = {"Range": f"bytes=0-{last}"}
    assert client.get(url.replace("start=0", "start=1"), headers=right).status_code == 403
    assert client.get(url.partition("?")[0], headers=right).status_code == 403
    assert client.get(url, headers=right).status_code == 206


def test_a_dedup_answer_is_for_the_namespace(client: Client) -> None:
    _post_all(client)
    path = f"{V1}/chunks/default-merkledb/{to_hex(XORB.hashes[0])}"
    answer = client.use("write").get(path)
    assert answer.status_code == 200
    assert answer.content.startswith(b"HFRepoMetaData\0")
    assert client.use("write", namespace="eve").get(path).status_code == 404


def test_sizes_are_told_without_bodies(client: Client) -> None:
    _post_all(client)
    xorb = client.head(f"{V1}/xorbs/default/{NAME}")
    assert (xorb.status_code, xorb.headers["content-length"]) == (200, str(len(XORB.body)))
    file = client.head(f"{V1}/files/{to_hex(FILE.hash)}")
    assert file.headers["content-length"] == str(sum(len(chunk) for chunk in XORB.chunks))
    assert client.head(f"{V1}/xorbs/default/{'00' * 32}").status_code == 404
    assert client.post("/v1/telemetry", json={"metrics": {}}).status_code == 200


def test_whoever_may_only_read_a_repo_learns_nothing_of_what_its_namespace_keeps_private(
    client: Client,
) -> None:
    _post_all(client)
    question = f"{V1}/chunks/default/{to_hex(XORB.hashes[0])}"
    assert client.use("write", repo_key="another").get(question).status_code == 200
    assert client.use("read", repo_key="public", uploader="eve").get(question).status_code == 404
    proposer = client.use("write", repo_key="public", uploader="eve", only_proposes=True)
    assert proposer.get(question).status_code == 404


def test_whoever_only_proposes_has_their_claims_checked(client: Client) -> None:
    client.use("write", uploader="eve", only_proposes=True)
    assert client.post(f"{V1}/xorbs/default/{NAME}", content=XORB.body).status_code == 200
    false = PackedShard([PackedFile.of([(XORB, 0, len(XORB.chunks))], sha256=b"\1" * 32)], [XORB])
    answer = client.post(f"{V1}/shards", content=false.body)
    assert answer.status_code == 400
    assert "content has sha256" in answer.json()["error"]


def test_a_batch_question_nested_without_end_is_refused(client: Client) -> None:
    answer = client.use("read").post(f"{V1}/reconstructions", content=b"[" * 100_000)
    assert answer.status_code == 400
