"""The JSON of the log: one object per entry."""

from typing import Any

from openhearth.audit.records import Logged
from openhearth.kit.clock import iso


def shape_of(logged: Logged, *, with_address: bool) -> dict[str, Any]:
    """`with_address`: whether the reader may know the network address that a request came from."""
    entry = logged.entry
    shape: dict[str, Any] = {
        "id": logged.id,
        "at": iso(entry.at),
        "verdict": entry.verdict,
        "action": entry.action,
        "actor": {
            "id": entry.actor_id,
            "name": entry.actor_name,
            "via": entry.via,
            "tokenId": entry.token_id,
        },
        "target": entry.target,
        "status": entry.status,
        "detail": dict(entry.detail),
        "count": entry.count,
        "requestId": entry.request_id,
        "hash": logged.hash,
    }
    if with_address:
        shape["address"] = entry.address
    return shape
