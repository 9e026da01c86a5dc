"""`python -m openhearth.engine --model DIR --task TASK --socket PATH`: the process of one loaded model."""

import argparse
import asyncio
import faulthandler
import logging
import os
import sys
from pathlib import Path


def main() -> int:
    arguments = _parser().parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    faulthandler.enable()
    prepare_environment(arguments.threads)
    return asyncio.run(_serve(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="openhearth.engine", description="Run one model for a hub.")
    parser.add_argument("--model", type=Path, required=True, help="the folder of the model")
    parser.add_argument("--name", default="", help="what messages call the model; default: the folder's name")
    parser.add_argument("--task", required=True)
    parser.add_argument("--socket", type=Path, required=True, help="the Unix socket to listen on")
    parser.add_argument("--threads", type=int, default=0, help="0: one for each core")
    parser.add_argument("--dtype", default="auto", help="auto, float32, bfloat16 or float16")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda:0, …")
    return parser


def prepare_environment(threads: int) -> None:
    """Must run before torch is imported. Busy-waiting threads on shared cores cost up to tenfold."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if threads:
        os.environ["OMP_NUM_THREADS"] = str(threads)
    os.environ |= {
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "TRANSFORMERS_VERBOSITY": "error",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    }


async def _serve(arguments: argparse.Namespace) -> int:
    from openhearth.engine.loop import Loop, Report
    from openhearth.engine.server import Server
    from openhearth.protocol.engine import Ready

    def load(report: Report) -> tuple[Loop, Ready]:
        # Imported here, in the computing thread: torch takes seconds, and the socket answers meanwhile.
        from openhearth.engine.tasks import build_loop
        from openhearth.pipelines.loading import LoadOptions

        options = LoadOptions(dtype=arguments.dtype, device=arguments.device, threads=arguments.threads)
        return build_loop(
            arguments.task, arguments.model, arguments.name or arguments.model.name, options, report
        )

    return await Server(load, arguments.socket).serve()


if __name__ == "__main__":
    sys.exit(main())
