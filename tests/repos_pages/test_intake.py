"""What forms with files may bring: as much as there is room for, and nothing where there is no place for files."""

from collections.abc import Iterator

import pytest

from openhearth.repos.pages import intake
from tests.repos_pages.conftest import Site

BOUNDARY = "multipart/form-data; boundary=x"


def _headers(site: Site, **more: str) -> dict[str, str]:
    cookie = "; ".join(f"{name}={value}" for name, value in site.ada.cookies.items())
    return {"accept": "text/html", "cookie": cookie, "content-type": BOUNDARY, **more}


def test_an_upload_beyond_the_room_is_refused_before_a_byte_is_read(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.create()
    monkeypatch.setattr(intake, "_MARGIN_BYTES", 1 << 62)  # as on a disk that is nearly full

    asked: list[str] = []

    def never() -> Iterator[bytes]:
        asked.append("the body")
        yield b""

    headers = _headers(site, **{"content-length": str(1 << 40)})
    answer = site.ada.client.post("/ada/tiny/upload/main", content=never(), headers=headers)
    assert answer.status_code == 413
    assert "command line" in answer.text
    assert asked == []


def test_an_upload_that_hides_its_length_is_stopped_where_the_room_ends(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.create()
    monkeypatch.setattr(intake, "_MARGIN_BYTES", 1 << 62)
    sent = 0

    def drip() -> Iterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
        while sent < 64 << 20:
            sent += 1 << 20
            yield b"a" * (1 << 20)

    answer = site.ada.client.post("/ada/tiny/upload/main", content=drip(), headers=_headers(site))
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "path", ["/ada/tiny/new/main", "/ada/tiny/rename/main/README.md", "/ada/tiny/settings/visibility", "/new",
             "/settings/profile", "/organizations/new", "/ada/tiny/like"]
)  # fmt: skip
def test_a_form_without_files_takes_none(site: Site, path: str) -> None:
    repo = site.create()
    site.commit(repo, {"README.md": "# Words"})
    files = {"files": ("a.txt", b"x")}
    assert site.ada.send(path, {}, page="/new", files=files).status_code == 400


def test_text_fields_cannot_fill_the_memory(site: Site) -> None:
    site.create()
    fields = {f"field{number}": "x" * (1 << 20) for number in range(9)}
    answer = site.ada.send("/ada/tiny/new/main", fields, page="/new")
    assert answer.status_code == 413
