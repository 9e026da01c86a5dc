"""The pages of buckets, in browsers without script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from openhearth.app import app_of
from openhearth.buckets import Bucket
from openhearth.wire.request import SESSION_COOKIE
from tests.buckets.conftest import Yard
from tests.repos_pages.conftest import Browser


class Browsers:
    def __init__(self, yard: Yard, client: TestClient) -> None:
        accounts = yard.hub.accounts

        def signed_in(name: str) -> Browser:
            session = accounts.sessions.begin(accounts.people.get_user(name).id, agent="test")
            return Browser(client, {SESSION_COOKIE: session.value})

        self.ada, self.ben, self.eve = signed_in("ada"), signed_in("ben"), signed_in("eve")
        self.nobody = Browser(client)


@pytest.fixture
def site(yard: Yard) -> Iterator[Browsers]:
    with TestClient(app_of(yard.hub), base_url="http://hub.test", follow_redirects=False) as client:
        yield Browsers(yard, client)


@pytest.fixture
def bucket(yard: Yard) -> Bucket:
    bucket = yard.create(visibility="public")
    yard.put(bucket, sub__deep__a=b"iron" * 100, sub__b=b"steel", top=b"slag")
    return bucket


def test_nobody_sees_public_buckets_only(yard: Yard, site: Browsers, bucket: Bucket) -> None:
    yard.create("secluded", visibility="private")
    for path in ("/buckets", "/buckets?owner=ada", "/buckets?search=i", "/ada"):
        assert "secluded" not in site.nobody.read(path)
        assert "secluded" not in site.eve.read(path)
    assert "ada/scratch" in site.nobody.read("/buckets")
    assert "ada/scratch" in site.nobody.read("/ada")
    assert "ada/secluded" in site.ada.read("/buckets?search=SECL")
    for page in ("", "/tree/x", "/settings", "/upload", "/delete"):
        hidden = site.eve.get(f"/buckets/ada/secluded{page}")
        missing = site.eve.get(f"/buckets/ada/missing{page}")
        assert hidden.status_code == missing.status_code == 404
        assert hidden.text.replace("secluded", "") == missing.text.replace("missing", "")
        assert site.nobody.get(f"/buckets/ada/secluded{page}").status_code == 401


def test_folders_files_and_what_is_not_there(site: Browsers, bucket: Bucket) -> None:
    top = site.nobody.read("/buckets/ada/scratch")
    assert 'href="/buckets/ada/scratch/tree/sub"' in top
    assert 'href="/buckets/ada/scratch/resolve/top"' in top
    assert "3 files" in top
    assert "Upload files" not in top
    inside = site.nobody.read("/buckets/ada/scratch/tree/sub")
    assert "/tree/sub/deep" in inside
    assert ">top<" not in inside
    assert site.nobody.get("/buckets/ada/scratch/tree/top").headers["Location"].endswith("/resolve/top")
    assert site.nobody.get("/buckets/ada/scratch/tree/none").status_code == 404
    assert site.nobody.get("/buckets/ada/scratch/tree/..%2Fx").status_code == 400
    assert site.nobody.get("/buckets/Ada/Scratch").status_code == 307


def test_making_one(yard: Yard, site: Browsers) -> None:
    assert site.nobody.get("/new-bucket").headers["Location"] == "/login?next=/new-bucket"
    fields = {"owner": "forge", "name": "shared", "visibility": "private"}
    assert site.ben.send("/new-bucket", fields).headers["Location"] == "/buckets/forge/shared"
    assert "There is a bucket forge/shared already" in site.ben.send("/new-bucket", fields).text
    refused = site.eve.send("/new-bucket", fields)
    assert refused.status_code == 403
    assert site.ada.send("/new-bucket", {**fields, "name": "../x"}).status_code == 400
    assert "holds no files yet" in site.ada.read("/buckets/forge/shared")


def test_uploading_and_deleting(yard: Yard, site: Browsers, bucket: Bucket) -> None:
    content = bytes(range(256)) * 2000
    files = [("files", ("big.bin", content)), ("files", ("empty", b"")), ("files", ("top", b"new"))]
    refused = site.eve.post("/buckets/ada/scratch/upload", {}, files=files)
    assert refused.status_code == 403
    answer = site.ada.send("/buckets/ada/scratch/upload", {"folder": "new/place"}, files=files)
    assert answer.headers["Location"] == "/buckets/ada/scratch/tree/new/place"
    assert yard.read(bucket, "new/place/big.bin") == content
    assert yard.read(bucket, "new/place/empty") == b""
    nothing = site.ada.send("/buckets/ada/scratch/upload", {"folder": ""})
    assert (nothing.status_code, "none were chosen" in nothing.text) == (400, True)
    outside = site.ada.send("/buckets/ada/scratch/upload", {"folder": "../.."}, files=files)
    assert outside.status_code == 400

    assert site.eve.get("/buckets/ada/scratch/delete").status_code == 403
    assert "sub/" in site.ada.read("/buckets/ada/scratch/delete")
    gone = site.ada.send("/buckets/ada/scratch/delete", {"names": ["sub/", "top"]})
    assert gone.status_code == 303
    assert yard.paths(bucket) == ["new/place/big.bin", "new/place/empty", "new/place/top"]
    site.ada.send("/buckets/ada/scratch/delete/new/place", {"names": "top"})
    assert yard.paths(bucket) == ["new/place/big.bin", "new/place/empty"]
    assert site.ada.send("/buckets/ada/scratch/delete", {}).status_code == 400


def test_a_form_needs_its_token(site: Browsers, yard: Yard, bucket: Bucket) -> None:
    for path in ("delete", "settings/delete", "settings/move", "settings/visibility", "upload"):
        answer = site.ada.post(f"/buckets/ada/scratch/{path}", {"names": "top", "confirm": "ada/scratch"})
        assert answer.status_code == 403
    assert len(yard.paths(bucket)) == 3


def test_settings(yard: Yard, site: Browsers, bucket: Bucket) -> None:
    page = "/buckets/ada/scratch/settings"
    assert site.eve.get(page).status_code == 403
    site.ada.send(f"{page}/visibility", {"visibility": "private"}, page=page)
    assert yard.again(bucket).is_private
    moved = site.ada.send(f"{page}/move", {"owner": "forge", "name": "kept"}, page=page)
    assert moved.headers["Location"] == "/buckets/forge/kept/settings?saved=1"
    assert "Saved." in site.ada.read(moved.headers["Location"])
    page = "/buckets/forge/kept/settings"
    assert site.ada.send(f"{page}/delete", {"confirm": "kept"}, page=page).status_code == 400
    assert (
        site.ada.send(f"{page}/delete", {"confirm": "forge/kept"}, page=page).headers["Location"] == "/forge"
    )
    assert site.ada.get("/buckets/forge/kept").status_code == 404
