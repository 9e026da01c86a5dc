"""`python -m openhearth.engine --socket PATH`: the process of one model, which the hub names over the socket."""

import argparse
import asyncio
import faulthandler
import logging
import os
from pathlib import Path
from typing import NoReturn

from openhearth.engine.loader import ModelLoader
from openhearth.engine.server import Server
from openhearth.pipelines.machine import prepare_environment


def main() -> NoReturn:
    arguments = _parser().parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    faulthandler.enable()
    prepare_environment(arguments.threads)
    status = asyncio.run(_serve(arguments))
    logging.shutdown()
    # Without the interpreter's farewell: it would wait for torch, and a thread that still computes could crash in it.
    os._exit(status)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="openhearth.engine", description="Run one model for a hub.")
    parser.add_argument("--socket", type=Path, required=True, help="the Unix socket to listen on")
    parser.add_argument("--threads", type=int, default=0, help="0: one for each core")
    parser.add_argument("--dtype", default="auto", help="auto, float32, bfloat16 or float16")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda:0, …")
    return parser


async def _serve(arguments: argparse.Namespace) -> int:
    loader = ModelLoader(dtype=arguments.dtype, device=arguments.device, threads=arguments.threads)
    return await Server(loader, arguments.socket).serve()


if __name__ == "__main__":
    main()
