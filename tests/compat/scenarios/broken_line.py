"""A line between client and hub that breaks once, in the middle of a file."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from rows import HUB

_FORWARDED = ("authorization", "range", "accept-encoding", "user-agent")


class BrokenLine:
    """Forwards GET and HEAD to the hub; the first file it carries ends after `cut_after` bytes."""

    def __init__(self, *, cut_after: int) -> None:
        line = self
        self.ranges: list[str | None] = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                headers = {name: self.headers[name] for name in _FORWARDED if name in self.headers}
                try:
                    answer = urlopen(
                        Request(HUB + self.path, headers=headers, method=self.command), timeout=20
                    )
                except HTTPError as refusal:
                    answer = refusal
                body = answer.read()
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    if name.lower() not in ("connection", "transfer-encoding"):
                        self.send_header(name, value)
                self.end_headers()
                if self.command == "HEAD" or "/resolve/" not in self.path:
                    self.wfile.write(body)
                    return
                line.ranges.append(self.headers.get("range"))
                self.wfile.write(body[:cut_after] if len(line.ranges) == 1 else body)
                self.close_connection = len(line.ranges) == 1

            do_HEAD = do_GET

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> BrokenLine:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
