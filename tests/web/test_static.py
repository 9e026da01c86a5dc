"""Static files: cached well, and nothing beyond the folders."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from openhearth.errors import NotFound
from openhearth.web import Web


def test_the_stylesheet_holds_the_tokens_and_every_component(client: TestClient, web: Web) -> None:
    answer = client.get(web.assets.url("web/all.css"))

    assert answer.headers["content-type"].startswith("text/css")
    assert "--ember:" in answer.text
    assert ".tensors" in answer.text


def test_an_address_with_the_hash_is_kept_for_good_and_one_without_is_asked_again(
    client: TestClient, web: Web
) -> None:
    pinned = client.get(web.assets.url("forge/page.css"))
    bare = client.get("/static/forge/page.css")
    stale = client.get("/static/forge/page.css?v=0123456789abcdef")

    assert "immutable" in pinned.headers["cache-control"]
    assert bare.headers["cache-control"] == stale.headers["cache-control"] == "no-cache"


def test_an_unchanged_file_is_not_sent_again(client: TestClient) -> None:
    etag = client.get("/static/forge/page.css").headers["etag"]

    again = client.get("/static/forge/page.css", headers={"If-None-Match": etag})

    assert again.status_code == 304
    assert again.content == b""


def test_the_address_follows_the_content(web: Web) -> None:
    before = web.assets.url("forge/page.css")
    file = web.assets.folders["forge"] / "page.css"
    file.write_text(".forge { display: none; }")

    assert web.assets.url("forge/page.css") != before


def test_a_template_that_names_a_missing_file_fails(web: Web) -> None:
    with pytest.raises(NotFound, match="no-such"):
        web.assets.url("forge/no-such.css")


@pytest.mark.parametrize(
    "path",
    [
        "forge/../secret.txt",
        "forge/%2e%2e/secret.txt",
        "forge/..%2fsecret.txt",
        "forge/%2Fetc/passwd",
        "forge//etc/passwd",
        "forge/page.css%00.txt",
        "forge",
        "forge/",
        "../forge/static/page.css",
        "nowhere/page.css",
        "web/../../errors.py",
        "",
    ],
)
def test_no_path_leaves_the_folder(client: TestClient, path: str) -> None:
    answer = client.get(f"/static/{path}")

    assert answer.status_code == 404
    assert "not for you" not in answer.text


def test_a_link_out_of_the_folder_is_not_followed(client: TestClient, web: Web, tmp_path: Path) -> None:
    (web.assets.folders["forge"] / "way-out.txt").symlink_to(tmp_path / "forge" / "secret.txt")

    assert client.get("/static/forge/way-out.txt").status_code == 404


def test_scripts_are_sent_as_scripts(client: TestClient) -> None:
    assert client.get("/static/web/js/copy-button.js").headers["content-type"].startswith("text/javascript")
