"""Attachments of comments: who may send what, and how it comes back."""

from __future__ import annotations

import hashlib

import pytest
from starlette.testclient import TestClient

from openhearth.attachments.media import sniff
from openhearth.attachments.store import ATTACHMENT_MAX_BYTES
from tests.repos.conftest import Workshop

PNG = b"\x89PNG\r\n\x1a\n" + b"a picture of a furnace"


@pytest.fixture
def ada(workshop: Workshop) -> dict[str, str]:
    return {"Authorization": f"Bearer {workshop.token(workshop.ada)}", "Content-Type": "image/png"}


def test_nobody_and_a_token_for_reading_upload_nothing(web: TestClient, workshop: Workshop) -> None:
    assert web.post("/uploads", content=PNG).status_code == 401
    reader = {"Authorization": f"Bearer {workshop.token(workshop.ada, 'read')}"}
    assert web.post("/uploads", content=PNG, headers=reader).status_code == 403
    assert not [path for path in workshop.hub.ground.settings.data.glob("attachments/**/*") if path.is_file()]


def test_an_upload_answers_its_address_and_comes_back_harmless(web: TestClient, ada: dict[str, str]) -> None:
    answer = web.post("/uploads", content=PNG, headers=ada)
    assert answer.text == f"http://hub.test/uploads/{hashlib.sha256(PNG).hexdigest()}.png"
    assert answer.headers["content-type"].startswith("text/plain")
    assert web.post("/uploads", content=PNG, headers=ada).text == answer.text
    picture = web.get(answer.text)
    assert (picture.content, picture.headers["content-type"]) == (PNG, "image/png")
    assert "sandbox" in picture.headers["content-security-policy"]
    assert picture.headers["x-content-type-options"] == "nosniff"
    part = web.get(answer.text, headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.content) == (206, b"PNG")


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"<html>", b"RIFF....AVI "])
def test_what_is_no_picture_is_refused_whatever_it_is_called(
    web: TestClient, ada: dict[str, str], workshop: Workshop, content: bytes
) -> None:
    answer = web.post("/uploads", content=content, headers=ada)
    assert answer.status_code == 400
    assert "png" in answer.json()["error"]
    assert not [path for path in workshop.hub.ground.settings.data.glob("attachments/**/*") if path.is_file()]


def test_too_large_a_file_is_refused_before_it_is_kept(web: TestClient, ada: dict[str, str]) -> None:
    answer = web.post("/uploads", content=PNG + bytes(ATTACHMENT_MAX_BYTES), headers=ada)
    assert answer.status_code == 413


@pytest.mark.parametrize("name", ["x.png", f"{'0' * 64}.png", f"{'0' * 64}.svg", "..%2F..%2Fsecret.key"])
def test_other_addresses_lead_to_nothing(web: TestClient, name: str) -> None:
    assert web.get(f"/uploads/{name}").status_code == 404


@pytest.mark.parametrize(
    ("head", "ending"),
    [
        (b"\xff\xd8\xff\xe0", "jpg"), (b"GIF89a", "gif"), (b"RIFF\0\0\0\0WEBP", "webp"), (b"RIFF\0\0\0\0WAVE", "wav"),
        (b"\0\0\0\x18ftypisom", "mp4"), (b"\0\0\0\x14ftypqt  ", "mov"), (b"\x1aE\xdf\xa3", "webm"), (b"ID3\x04", "mp3"),
    ],
)  # fmt: skip
def test_every_kind_that_the_client_sends_is_known(head: bytes, ending: str) -> None:
    found = sniff(head)
    assert found is not None
    assert found.ending == ending
