"""What people give by mistake, and what strangers give on purpose: each is answered by a sentence that says what to do."""

from __future__ import annotations

import gzip
import http.server
import io
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import HfApi
from PIL import Image

from openhearth.errors import Forbidden, HubError, Invalid, NotFound, TooLarge, Unsupported, UpstreamFailed
from openhearth.kit.addresses import find_objection
from openhearth.pipelines import pipeline
from openhearth.pipelines.pipe import Pipe
from openhearth.pipelines.reading.links import fetch
from tests.pipelines.tiny_models import png_bytes
from tests.support.running import RunningHub

GIB = 1 << 30


@pytest.fixture(scope="module")
def judge(tiny: dict[str, Path]) -> Pipe:
    return pipeline("text-classification", tiny["text-classification"], device="cpu")


@pytest.fixture(scope="module")
def look(tiny: dict[str, Path]) -> Pipe:
    return pipeline("image-classification", tiny["image-classification"], device="cpu")


class Stranger(http.server.BaseHTTPRequestHandler):
    """A site on loopback that sends a gibibyte if it is let, and leads to where nobody should go."""

    protocol_version = "HTTP/1.1"
    sent = 0

    def do_GET(self) -> None:
        if self.path == "/to-metadata":
            self._answer(302, {"Location": "http://169.254.169.254/latest/meta-data"})
        elif self.path == "/declared":
            self._answer(200, {"Content-Type": "text/plain", "Content-Length": str(GIB)}, b"a" * 1000)
        elif self.path == "/endless":
            self._answer(200, {"Content-Type": "text/plain", "Transfer-Encoding": "chunked"})
            self._send_a_gibibyte()
        elif self.path == "/broken-off":
            self._answer(200, {"Content-Type": "text/plain", "Content-Length": "5000"}, b"Steel is hard. ")
        elif self.path.startswith("/packed"):
            packing = self.path.removeprefix("/packed-")
            body = gzip.compress(b"Steel is hard. " * 2_000_000)
            body = zlib.compress(b"iron") if packing == "deflate" else body
            named = "br" if packing == "brotli" else packing
            self._answer(200, {"Content-Type": "text/plain", "Content-Encoding": named}, body)
        elif self.path == "/mislabelled":
            self._answer(200, {"Content-Type": "text/plain"}, png_bytes())
        elif self.path == "/drips":
            self._answer(200, {"Content-Type": "text/plain", "Content-Length": "5000"})
            self._drip()
        elif self.path == "/no-text":
            self._answer(
                200, {"Content-Type": "text/html"}, b"<html><body><nav></nav><script>1</script></body></html>"
            )
        else:
            self._answer(404, {})

    def _answer(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers and "Transfer-Encoding" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = "Content-Length" in headers

    def _drip(self) -> None:
        """A byte now and then: never silent, and never done."""
        try:
            for _ in range(200):
                self.wfile.write(b"a")
                time.sleep(0.05)
        except OSError:
            self.close_connection = True

    def _send_a_gibibyte(self) -> None:
        block = b"a" * (1 << 20)
        try:
            for _ in range(GIB >> 20):
                self.wfile.write(b"%x\r\n%b\r\n" % (len(block), block))
                Stranger.sent += len(block)
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Keep the terminal quiet."""


@pytest.fixture(scope="module")
def stranger() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stranger)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch, tiny: dict[str, Path]) -> Pipe:
    """A pipe that may read links to this machine."""
    monkeypatch.setenv("OPENHEARTH_FETCH_ALLOW_PRIVATE", "1")
    return pipeline("text-classification", tiny["text-classification"], device="cpu")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("", "inputs: the text is empty; give one with words in it."),
        (" \n", "inputs: the text is empty; give one with words in it."),
        ([], "inputs: the list is empty; give at least one text."),
        (None, "inputs: are missing; give a text, or a list."),
        (5, "inputs: int is no text; give a text, a link, the path of a file, or a list of these."),
        (b"\x00\x01", "input: is binary data, which holds no text; name a task for it, or give a text, page or PDF."),
        (Path("/no/such.txt"), "input: /no/such.txt cannot be read (No such file or directory); give the path of a file."),
        ("hf://", "input: hf:// cannot be read"),
        ("data:text/plain;base64,!!!", "input: the data: address holds no base64; copy it whole, or give a file."),
    ],
)  # fmt: skip
def test_texts_that_are_none(judge: Pipe, given: Any, sentence: str) -> None:
    with pytest.raises(HubError) as refused:
        judge(given)
    assert refused.value.message.startswith(sentence)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (b"", "input: is empty; give a file that holds something."),
        (png_bytes()[:60], "input: this is no picture that can be read; send PNG, JPEG, WebP or GIF."),
        ("cat.png", "image: 'cat.png' is neither a link nor a file here; give the path or link of one."),
        (5, "inputs: int is no image; give the path or link of one, its bytes, or a list."),
        (None, "inputs: are missing; give an image, or a list."),
    ],
)
def test_pictures_that_are_none(look: Pipe, given: Any, sentence: str) -> None:
    with pytest.raises(HubError) as refused:
        look(given)
    assert refused.value.message == sentence


def test_a_corrupt_file_is_named(look: Pipe, tmp_path: Path) -> None:
    (tmp_path / "cut.png").write_bytes(png_bytes()[:60])
    (tmp_path / "empty.jpg").touch()
    with pytest.raises(Invalid, match=r"cut\.png: this is no picture that can be read"):
        look(tmp_path / "cut.png")
    with pytest.raises(Invalid, match=r"empty\.jpg: is empty"):
        look(str(tmp_path / "empty.jpg"))


def test_a_picture_that_would_fill_the_memory_is_not_opened(look: Pipe) -> None:
    stream = io.BytesIO()
    Image.new("1", (40_000, 40_000)).save(stream, "PNG")
    assert len(stream.getvalue()) < 1 << 20
    with pytest.raises(Invalid, match=r"pixels are too many; send it smaller"):
        look(stream.getvalue())


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.1:1/", "http://localhost/", "http://[::1]/", "http://0.0.0.0/", "http://2130706433/", "http://10.1.2.3/",
        "http://169.254.169.254/latest/meta-data", "http://[::ffff:169.254.169.254]/", "http://[fd00:ec2::254]/", "http://168.63.129.16/",
        f"http://{socket.gethostname()}/",
    ],
)  # fmt: skip
def test_links_into_this_machine_its_network_and_its_cloud_are_not_fetched(judge: Pipe, link: str) -> None:
    with pytest.raises((Forbidden, UpstreamFailed)) as refused:
        judge(link)
    assert (
        "only public addresses are fetched" in refused.value.message
        or "is not known" in refused.value.message
    )


def test_a_redirect_into_the_cloud_is_not_followed(stranger: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first address is taken for a public one; what it leads to is looked at for itself."""
    monkeypatch.setattr(
        "openhearth.pipelines.reading.links.find_objection",
        lambda address: None if address == "127.0.0.1" else find_objection(address),
    )
    with pytest.raises(Forbidden, match=r"169\.254\.169\.254, which is"):
        fetch(f"{stranger}/to-metadata")


def test_a_page_that_is_not_there_and_one_without_text(allowed: Pipe, stranger: str) -> None:
    with pytest.raises(
        NotFound, match=r"there is nothing at .*/missing \(it answered 404\); check the address\."
    ):
        allowed(f"{stranger}/missing")
    with pytest.raises(
        Invalid, match=r"holds no readable text; give another page, or paste the text itself\."
    ):
        allowed(f"{stranger}/no-text")
    with pytest.raises(UpstreamFailed, match=r"the name 'no-such-host\.invalid' is not known"):
        allowed("http://no-such-host.invalid/")


def test_a_gibibyte_is_refused_by_its_label_or_stopped_at_the_limit(stranger: str) -> None:
    with pytest.raises(TooLarge, match="gives more than 8 MiB; give the part you need as a file"):
        fetch(f"{stranger}/declared", allow_private=True, limit_bytes=8 << 20)
    Stranger.sent = 0
    with pytest.raises(TooLarge, match="gives more than 8 MiB"):
        fetch(f"{stranger}/endless", allow_private=True, limit_bytes=8 << 20)
    assert Stranger.sent < 64 << 20, "what was under way when the line was cut, and no more"


def test_a_page_that_comes_packed_is_unpacked_as_far_as_it_may(stranger: str) -> None:
    assert fetch(f"{stranger}/packed-gzip", allow_private=True).content.startswith(b"Steel is hard.")
    assert fetch(f"{stranger}/packed-deflate", allow_private=True).content == b"iron"
    with pytest.raises(TooLarge, match="unpacks to more than 8 MiB; give the part you need as a file"):
        fetch(f"{stranger}/packed-gzip", allow_private=True, limit_bytes=8 << 20)
    with pytest.raises(UpstreamFailed, match="answers packed as 'br'; download it and give the file"):
        fetch(f"{stranger}/packed-brotli", allow_private=True)


def test_a_picture_that_calls_itself_a_text_is_none(allowed: Pipe, stranger: str) -> None:
    with pytest.raises(Unsupported, match="is binary data, which holds no text; name a task for it"):
        allowed(f"{stranger}/mislabelled")


def test_a_page_that_breaks_off_or_never_ends_is_no_page(
    stranger: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UpstreamFailed, match="/broken-off broke off before its end; try again"):
        fetch(f"{stranger}/broken-off", allow_private=True)
    monkeypatch.setattr("openhearth.pipelines.reading.links.FETCH_MAX_S", 0.5)
    started = time.monotonic()
    with pytest.raises(UpstreamFailed, match=r"/drips takes longer than 0\.5 seconds; download it"):
        fetch(f"{stranger}/drips", allow_private=True)
    assert time.monotonic() - started < 5


def test_a_text_that_begins_with_http_and_a_file_whose_name_looks_like_a_link(
    judge: Pipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in ("http is a protocol", "https://example.org is where it began", "http://"):
        assert judge(text) == judge(text, as_text=True)
        assert judge.read == []
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "http:" / "127.0.0.1" / "steel.txt"
    file.parent.mkdir(parents=True)
    file.write_text("Steel is hard.")
    with pytest.raises(Forbidden):
        judge("http://127.0.0.1/steel.txt")
    assert judge(Path("http://127.0.0.1/steel.txt")) == judge("Steel is hard.")


def test_a_prompt_longer_than_the_context_is_refused_and_a_long_text_says_what_helps(
    judge: Pipe, tiny: dict[str, Path]
) -> None:
    long = "Steel is hard. " * 60
    chat = pipeline("text-generation", tiny["text-generation"], device="cpu")
    for prompt in (long, [{"role": "user", "content": long}]):
        with pytest.raises(Invalid, match=r"a text has \d+ tokens and this model looks at 160; shorten it\."):
            chat(prompt, max_new_tokens=2)
    with pytest.raises(Invalid, match=r"looks at 64; give it in parts, or pass truncation=True to cut it\."):
        judge(long)
    assert judge(long, truncation=True)[0]["label"] in ("iron", "steel")
    with pytest.raises(Invalid, match=r"input 2: inputs: a text has"):
        list(judge(text for text in ("Steel", long)))


def test_names_are_looked_for_in_windows_and_what_is_cut_is_noted(tiny: dict[str, Path]) -> None:
    namer = pipeline("token-classification", tiny["token-classification"], device="cpu")
    long = "Ada makes steel in Turin. " * 40
    found = namer(long, aggregation_strategy="simple", ignore_labels=[])
    assert max(row["end"] for row in found) > len(long) * 0.8
    assert max(row["end"] for row in namer(long, ignore_labels=[])) < len(long) // 2
    assert any("only the first 64 are looked at" in note.message for note in namer.notes)


def test_what_a_task_cannot_do_without_is_named(tiny: dict[str, Path]) -> None:
    sort = pipeline("zero-shot-classification", tiny["zero-shot-classification"], device="cpu")
    with pytest.raises(Invalid, match="candidate_labels: is missing; zero-shot-classification needs it"):
        sort("Steel")
    assert sort("Steel", ["metal", "sport"])["labels"]


def test_a_model_larger_than_the_memory_is_refused_by_its_header(
    tiny: dict[str, Path], tmp_path: Path
) -> None:
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((tiny["text-generation"] / name).read_bytes())
    header = {"w": {"dtype": "F32", "shape": [1 << 20, 1 << 22], "data_offsets": [0, 1 << 44]}}
    said = json.dumps(header).encode()
    (tmp_path / "model.safetensors").write_bytes(struct.pack("<Q", len(said)) + said)
    with pytest.raises(
        TooLarge,
        match=r"needs about \d+\.\d GB of memory and .* GB are free; close other programs, or choose",
    ):
        pipeline("text-generation", tmp_path)


def test_models_that_nobody_has_are_said_to_be_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    with pytest.raises(
        NotFound, match="is no folder and not in the local cache; fetch it first with `hf download"
    ):
        pipeline("ner", "nobody/nothing")
    with pytest.raises(Unsupported, match="holds no"):
        pipeline("ner", tmp_path)
    with pytest.raises(NotFound, match=r"there is no file 'no\.gguf'"):
        pipeline("chat", "no.gguf")


def test_gated_and_unknown_models_of_a_hub_and_exit_codes_at_the_prompt(
    running: RunningHub, tmp_path: Path
) -> None:
    ada = HfApi(running.url, token=running.tokens["ada"])
    ada.create_repo("ada/asks-first", exist_ok=True)
    ada.upload_file(path_or_fileobj=b"{}", path_in_repo="config.json", repo_id="ada/asks-first")
    ada.update_repo_settings("ada/asks-first", gated="manual")
    environ = {
        **os.environ, "HF_ENDPOINT": running.url, "HF_TOKEN": running.tokens["eve"], "HF_HOME": str(tmp_path),
        "OPENHEARTH_ENDPOINT": "http://127.0.0.1:9", "OPENHEARTH_DATA": str(tmp_path / "data"),
    }  # fmt: skip
    for model, sentence in (
        ("ada/asks-first", "asks for permission first; open its page, ask for access, then sign in here."),
        ("ada/nothing-there", "Repository not found: ada/nothing-there."),
    ):
        command = [sys.executable, "-m", "openhearth", "run", "ner", "Ada", "--model", model]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
        assert (done.returncode, done.stdout) == (1, "")
        assert sentence in done.stderr
        assert "Traceback" not in done.stderr
