"""An engine's process without torch: real socket, real protocol, a model that repeats its prompt. Starts at once.

Run as `python -m tests.inference.echo_engine`. A prompt of "sleep" is never answered, one of "die" ends the process,
one of "break" breaks the step that works it, and one that begins with "warn " is answered with a warning.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import warnings
from pathlib import Path

from openhearth.engine.loop import Loop, Report
from openhearth.engine.server import Server
from openhearth.errors import Invalid
from openhearth.protocol.engine import Failed, Generate, Generated, Load, Message, Ready, Stats, Usage


class EchoLoop:
    """Implements Loop."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._waiting: dict[int, Generate] = {}

    def add(self, request: Message) -> None:
        assert isinstance(request, Generate)
        if request.prompt == "die":
            sys.stderr.write("the furnace is out\n")
            os._exit(3)
        self._waiting[request.request_id] = request

    def cancel(self, request_id: int) -> None:
        self._waiting.pop(request_id, None)

    def step(self) -> bool:
        done = [request for request in self._waiting.values() if request.prompt != "sleep"]
        for request in done:
            text = request.prompt or ""
            if text == "break":
                raise RuntimeError("decoder.layers.0.fc1.weight has the wrong shape")
            if text.startswith("warn "):
                warnings.warn(text.removeprefix("warn "), FutureWarning, stacklevel=1)
            del self._waiting[request.request_id]
            self._report(
                Generated(request_id=request.request_id, text=text, finish_reason="stop", usage=Usage())
            )
        return bool(done)

    def fail_all(self, message: str) -> None:
        for request_id in self._waiting:
            self._report(Failed(request_id=request_id, message=message))
        self._waiting.clear()

    def stats(self, rss_bytes: int) -> Stats:
        return Stats(waiting=len(self._waiting), running=0, steps=0, generated_tokens=0, rss_bytes=rss_bytes)


class EchoLoader:
    """Implements Loader. A folder called `broken` cannot be loaded, one called `noisy` is reported on."""

    def prepare(self) -> None:
        pass

    def load(self, wanted: Load, report: Report) -> tuple[Loop, Ready]:
        if Path(wanted.folder).name == "broken":
            raise Invalid(f"{wanted.name} cannot be loaded: it is broken.")
        if Path(wanted.folder).name == "noisy":
            logging.getLogger("transformers.loading").warning("LOAD REPORT: fc1.weight was newly initialized")
        ready = Ready(
            task=wanted.task, architecture="Echo", parameters=0, dtype="float32", device="cpu", load_s=0
        )
        return EchoLoop(report), ready


async def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--socket", type=Path)
    parser.add_argument("--threads")
    return await Server(EchoLoader(), parser.parse_args().socket).serve()


if __name__ == "__main__":
    asyncio.run(main())
