"""Somebody who leaves before the answer is no fault of the hub: nothing is raised, nothing is logged as one."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from starlette.testclient import TestClient


def test_nobody_who_leaves_while_sending_is_logged_as_a_failure(
    web: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    path = "/models/ada/m"
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": path, "raw_path": path.encode(), "root_path": "", "query_string": b"", "headers": [],
        "server": ("testserver", 80), "client": ("127.0.0.1", 1),
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(_message: Any) -> None: ...

    with caplog.at_level(logging.WARNING):
        asyncio.run(_call(web, scope, receive, send))
    assert caplog.records == []


async def _call(web: TestClient, *asgi: Any) -> None:
    await web.app(*asgi)
