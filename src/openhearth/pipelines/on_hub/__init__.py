"""`pipeline(…, endpoint=…)`: the call of a pipe, made on a hub."""

from openhearth.pipelines.on_hub.pipe import HubPipe, connect

__all__ = ["HubPipe", "connect"]
