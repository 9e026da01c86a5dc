"""Inputs as people have them, from a page served on loopback to a PDF, and what is refused with which words."""

from __future__ import annotations

import http.server
import io
import random
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from openhearth.errors import Forbidden, HubError, Invalid, NotFound, TooLarge, Unsupported, UpstreamFailed
from openhearth.kit.addresses import find_objection
from openhearth.pipelines.reading import Reader
from openhearth.pipelines.reading.links import fetch, is_link
from openhearth.pipelines.reading.scans import read_scans
from openhearth.pipelines.reading.texts import read_document
from tests.pipelines.tiny_models import png_bytes, wav_bytes

ARTICLE = (
    "<html><head><title>Steel</title></head><body><nav>Home | Shop | Log in</nav><article><h1>Steel</h1><p>"
    + "Steel is an alloy of iron and carbon that has been made for more than two thousand years. " * 3
    + "</p><script>alert(1)</script></article><footer>Cookies</footer></body></html>"
)
PAGES: dict[str, tuple[int, str, bytes]] = {
    "/steel": (200, "text/html; charset=utf-8", ARTICLE.encode()),
    "/empty": (200, "text/html", b"<html><body><nav></nav></body></html>"),
    "/plain.txt": (200, "text/plain; charset=latin-1", "Öfen".encode("latin-1")),
    "/picture": (200, "image/png", png_bytes()),
    "/loop": (302, "/loop", b""),
    "/moved": (301, "/steel", b""),
    "/broken": (500, "text/html", b"sorry"),
    "/big": (200, "text/plain", b"a" * 100_000),
    "/to-metadata": (302, "http://169.254.169.254/latest/meta-data", b""),
}


class Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, kind, body = PAGES.get(self.path.partition("?")[0], (404, "text/plain", b"nothing"))
        self.send_response(status)
        self.send_header("Location" if status in (301, 302) else "Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the terminal quiet."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def texts() -> Reader:
    return Reader("text", allow_private=True)


def test_a_page_becomes_its_readable_text_and_is_named(site: str, texts: Reader) -> None:
    text, (read,) = texts.read(f"{site}/steel")
    assert text.count("alloy of iron") == 3
    assert not {"Cookies", "Log in", "alert"} & set(text.split())
    assert (read.kind, read.title, read.text) == ("web page", "Steel", text)
    assert read.origin in str(read)


def test_a_text_that_merely_begins_with_http_is_a_text(texts: Reader) -> None:
    for text in ("http is a protocol", "https://example.org is where it began", "http://", "Steel"):
        assert not is_link(text)
        assert texts.read(text) == (text, [])
    assert is_link("  https://example.org/a?b=c#d ")


def test_redirects_are_followed_and_counted(site: str) -> None:
    assert fetch(f"{site}/moved", allow_private=True).url.endswith("/steel")
    with pytest.raises(UpstreamFailed, match="redirects more than"):
        fetch(f"{site}/loop", allow_private=True)


@pytest.mark.parametrize(
    "link",
    ["http://127.0.0.1:1/", "http://localhost:1/", "http://[::1]:1/", "http://169.254.169.254/", "http://10.0.0.1/",
     "http://[::ffff:127.0.0.1]:1/", "http://0.0.0.0:1/", "http://2130706433:1/"],
)  # fmt: skip
def test_addresses_that_are_not_public_are_never_asked(link: str) -> None:
    with pytest.raises(Forbidden, match="only public addresses") as refused:
        fetch(link)
    assert "OPENHEARTH_FETCH_ALLOW_PRIVATE" in refused.value.message


def test_a_redirect_does_not_lead_where_a_link_may_not(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first address is taken for a public one; what it redirects to is looked at for itself."""
    monkeypatch.setattr(
        "openhearth.pipelines.reading.links.find_objection",
        lambda address: None if address == "127.0.0.1" else find_objection(address),
    )
    with pytest.raises(Forbidden, match=r"169\.254\.169\.254"):
        fetch(f"{site}/to-metadata")


@pytest.mark.parametrize(
    ("path", "kind", "words"),
    [
        ("/missing", NotFound, "there is nothing at"),
        ("/broken", UpstreamFailed, "answered 500"),
        ("/empty", Invalid, "holds no readable text"),
        ("/picture", Unsupported, "image/png, which holds no text"),
    ],
)
def test_each_way_a_link_can_fail_has_its_own_words(
    site: str, texts: Reader, path: str, kind: type[HubError], words: str
) -> None:
    with pytest.raises(kind, match=words):
        texts.read(site + path)


def test_more_than_the_limit_is_not_received(site: str) -> None:
    with pytest.raises(TooLarge):
        fetch(f"{site}/big", allow_private=True, limit_bytes=10_000)


def test_an_unknown_name_and_a_closed_port_are_told_apart() -> None:
    with pytest.raises(UpstreamFailed, match="is not known"):
        fetch("http://no-such-host.invalid/")
    with pytest.raises(UpstreamFailed, match="cannot be fetched"):
        fetch("http://127.0.0.1:1/", allow_private=True)


def test_files_are_read_by_what_they_hold(tmp_path: Path, texts: Reader) -> None:
    (tmp_path / "notes.md").write_text("# Notes\nSteel.")
    (tmp_path / "page.html").write_text(ARTICLE)
    assert texts.read(str(tmp_path / "notes.md"))[0] == "# Notes\nSteel."
    assert "alloy" in texts.read(tmp_path / "page.html")[0]
    values, read = texts.read([str(tmp_path / "notes.md"), "a plain text"])
    assert values == ["# Notes\nSteel.", "a plain text"]
    assert [r.origin for r in read] == [str(tmp_path / "notes.md")]


def test_a_word_that_happens_to_be_a_file_of_another_kind_stays_a_word(
    tmp_path: Path, texts: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "steel").write_bytes(b"\0\1")
    monkeypatch.chdir(tmp_path)
    assert texts.read("steel") == ("steel", [])


def test_a_pdf_gives_its_text_and_one_without_text_says_what_to_do(tmp_path: Path, texts: Reader) -> None:
    (tmp_path / "steel.pdf").write_bytes(_pdf("Steel is made of iron"))
    text, (read,) = texts.read(str(tmp_path / "steel.pdf"))
    assert "Steel is made of iron" in text
    assert read.kind == "PDF"
    (tmp_path / "scan.pdf").write_bytes(_pdf(""))
    with pytest.raises(Invalid, match="optical-character-recognition"):
        texts.read(tmp_path / "scan.pdf")
    (tmp_path / "cut.pdf").write_bytes(_pdf("Steel")[:200])
    with pytest.raises(Invalid, match="PDF"):
        texts.read(tmp_path / "cut.pdf")


def test_pictures_and_sounds_are_decoded_wherever_they_lie(site: str, tmp_path: Path) -> None:
    images = Reader("image", allow_private=True)
    assert images.read(f"{site}/picture")[0].size == (48, 40)
    assert images.read(png_bytes())[0].mode == "RGB"
    (tmp_path / "a.wav").write_bytes(wav_bytes())
    sound, (read,) = Reader("audio", rate_hz=8000).read(str(tmp_path / "a.wav"))
    assert abs(len(sound) - 8000) < 100
    assert sound.dtype == np.float32
    assert read.kind == "audio"


@pytest.mark.parametrize("kind", ["image", "audio"])
def test_what_is_no_picture_and_no_sound_is_refused(kind: str, tmp_path: Path) -> None:
    reader = Reader(kind)  # type: ignore[arg-type]  # each of the two
    with pytest.raises(NotFound, match="neither a link nor a file"):
        reader.read("steel.png")
    (tmp_path / "empty").touch()
    with pytest.raises(Invalid, match="is empty"):
        reader.read(tmp_path / "empty")
    with pytest.raises(Invalid):
        reader.read(b"not of this kind")
    with pytest.raises(NotFound):
        reader.read(tmp_path / "missing")


def _pdf(text: str) -> bytes:
    """A PDF of one page with `text` on it."""
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = PdfWriter()
    page = writer.add_blank_page(300, 100)
    named = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    font = DictionaryObject({NameObject(key): NameObject(value) for key, value in named.items()})
    fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    content = DecodedStreamObject()
    content.set_data(f"BT /F1 12 Tf 10 50 Td ({text}) Tj ET".encode())
    page[NameObject("/Contents")] = writer._add_object(content)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def _scan() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 60), "red").save(buffer, "PDF")
    return buffer.getvalue()


def test_broken_pdfs_end_in_a_sentence() -> None:
    """Bytes changed, left out and doubled at random, the same each time."""
    chance, whole, ends = random.Random(3), _scan(), set()
    for _ in range(120):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 12)):
            place = chance.randrange(len(broken))
            broken[place : place + chance.randint(0, 20)] = chance.randbytes(chance.randint(0, 3))
        for read in (partial(read_scans, name="a.pdf"), partial(read_document, name="a.pdf")):
            try:
                read(bytes(broken))
            except HubError as error:
                ends.add(error.message.partition("(")[0])
    assert "a.pdf: the PDF cannot be read " in ends
