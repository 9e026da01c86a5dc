"""Whether a hub is there to be asked."""

import urllib.request

HEALTH_TIMEOUT_S = 1.0


def hub_answers(endpoint: str, *, timeout_s: float = HEALTH_TIMEOUT_S) -> bool:
    """Whether a hub serves at `endpoint`."""
    try:
        health = f"{endpoint.rstrip('/')}/health"
        with urllib.request.urlopen(health, timeout=timeout_s) as response:  # noqa: S310 - the owner's setting
            return bool(response.status == 200)
    except (OSError, ValueError):
        return False
