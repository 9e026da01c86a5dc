"""Files over real sockets: the kernel's copy sends exactly the bytes asked for, and survives rude clients."""

from __future__ import annotations

import http.client
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from openhearth.kit.ranges import ByteRange, parse_range
from openhearth.wire.files import FileAnswer, PiecesAnswer
from openhearth.wire.routing import RawPath
from openhearth.wire.server import ZeroCopyProtocol
from tests.support.running import free_port

CONTENT = os.urandom(5_000_011)
PIECES = [(3_000_000, 5_000_011), (5, 6), (0, 2_500_000), (17, 4_000)]
JOINED = b"".join(CONTENT[start:end] for start, end in PIECES)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    path: Path = tmp_path_factory.mktemp("files") / "file.bin"
    path.write_bytes(CONTENT)

    async def file(request: Request) -> Response:
        span = parse_range(request.headers.get("range"), len(CONTENT))
        return FileAnswer(path, size_bytes=len(CONTENT), span=span)

    async def pieces(_request: Request) -> Response:
        parts = [(path, ByteRange(start, end)) for start, end in PIECES]
        return PiecesAnswer(parts, size_bytes=10**9, span=ByteRange(7, 7 + len(JOINED)))

    async def echo(request: Request) -> Response:
        return Response("|".join([request.path_params["rev"], request.path_params["path"]]))

    app = Starlette(
        routes=[
            Route("/file", file, methods=["GET", "HEAD"]),
            Route("/pieces", pieces),
            Route("/echo/{rev:seg}/{path:rest}", echo),
        ]
    )
    chosen = free_port()
    server = uvicorn.Server(
        uvicorn.Config(RawPath(app), port=chosen, http=ZeroCopyProtocol, log_level="warning", lifespan="off")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield chosen
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        (None, 0, len(CONTENT)),
        ("bytes=0-0", 0, 1),
        ("bytes=4999990-", 4_999_990, len(CONTENT)),
        ("bytes=7-3000000", 7, 3_000_001),
    ],
)
def test_whole_files_and_ranges_arrive_byte_for_byte_on_one_connection(
    port: int, header: str | None, start: int, end: int
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    for _ in range(3):  # the connection is kept, so a wrong count would garble the next answer
        connection.request("GET", "/file", headers={"Range": header} if header else {})
        answer = connection.getresponse()
        assert answer.status == (206 if header else 200)
        assert answer.read() == CONTENT[start:end]
    connection.close()


def test_head_names_the_size_and_sends_nothing(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("HEAD", "/file")
    answer = connection.getresponse()
    assert (answer.headers["Content-Length"], answer.read()) == (str(len(CONTENT)), b"")
    connection.close()


def test_a_client_that_hangs_up_half_way_harms_nobody(port: int) -> None:
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", port)) as rude:
            rude.sendall(b"GET /file HTTP/1.1\r\nHost: x\r\n\r\n")
            rude.recv(1000)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/file")
    assert connection.getresponse().read() == CONTENT
    connection.close()


def test_eight_clients_at_once_each_get_all_bytes(port: int) -> None:
    results: list[bytes] = []

    def fetch() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/file")
        results.append(connection.getresponse().read())
        connection.close()

    threads = [threading.Thread(target=fetch) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [CONTENT] * 8


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("/echo/refs%2Fpr%2F1/a/b", "refs/pr/1|a/b"),
        ("/echo/main/a%2Fb%23c%3Fd", "main|a/b#c?d"),
        ("/echo/main/%2525", "main|%25"),
        ("/echo/a%20b/%F0%9F%94%A5", "a b|🔥"),
    ],
)
def test_each_part_of_an_address_is_decoded_exactly_once(port: int, sent: str, seen: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", sent)
    assert connection.getresponse().read().decode() == seen
    connection.close()


def test_pieces_of_several_files_arrive_as_one_body(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    for _ in range(3):
        connection.request("GET", "/pieces")
        answer = connection.getresponse()
        assert answer.status == 206
        assert answer.headers["Content-Range"] == f"bytes 7-{6 + len(JOINED)}/{10**9}"
        assert answer.read() == JOINED
    connection.close()
