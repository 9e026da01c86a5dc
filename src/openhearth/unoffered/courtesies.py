"""Addresses that clients knock at in passing; an empty answer is a true one and keeps them quiet."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


def courtesy_routes() -> list[Route]:
    return [
        Route("/api/telemetry/{topic:rest}", take_no_telemetry, methods=["HEAD", "GET", "POST"]),
        Route("/api/agent-harnesses", list_agent_harnesses, methods=["GET"]),
    ]


async def take_no_telemetry(_request: Request) -> Response:
    """Telemetry of clients (utils/_telemetry.py): accepted so that they go on, and kept nowhere."""
    return Response(status_code=204)


async def list_agent_harnesses(_request: Request) -> Response:
    """The registry that clients look up (utils/_detect_agent.py) to report who runs them: this hub asks of nobody."""
    return JSONResponse({"standardEnvVars": [], "harnesses": {}})
