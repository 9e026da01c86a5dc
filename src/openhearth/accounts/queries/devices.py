"""Rows of devices that wait for a sign-in code to be typed."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from openhearth.accounts.oauth.scopes import read_scopes, scope_text
from openhearth.accounts.records import DeviceRequest, DeviceStatus
from openhearth.accounts.tables import device_requests

_COLUMNS = (
    device_requests.c.id,
    device_requests.c.user_code,
    device_requests.c.client_id,
    device_requests.c.status,
    device_requests.c.user_id,
    device_requests.c.scopes,
    device_requests.c.interval_s,
    device_requests.c.last_polled_at,
    device_requests.c.expires_at,
)


def insert_request(rows: Connection, request: DeviceRequest, *, device_code_hash: str) -> None:
    fields = {column.name: getattr(request, column.name) for column in _COLUMNS}
    fields["scopes"] = None if request.scopes is None else scope_text(request.scopes)
    rows.execute(device_requests.insert().values(**fields, device_code_hash=device_code_hash))


def count_pending(rows: Connection) -> int:
    return rows.execute(sa.select(sa.func.count()).select_from(device_requests)).scalar_one()


def find_by_device_code(rows: Connection, device_code_hash: str) -> DeviceRequest | None:
    return _find(rows, device_requests.c.device_code_hash == device_code_hash)


def find_by_user_code(rows: Connection, user_code: str) -> DeviceRequest | None:
    return _find(rows, device_requests.c.user_code == user_code)


def _find(rows: Connection, condition: sa.ColumnElement[bool]) -> DeviceRequest | None:
    row = rows.execute(sa.select(*_COLUMNS).where(condition)).mappings().first()
    if row is None:
        return None
    scopes = row["scopes"]
    return DeviceRequest(**{**row, "scopes": None if scopes is None else read_scopes(scopes)})


def update_request(rows: Connection, request_id: str, **values: Any) -> None:
    rows.execute(device_requests.update().where(device_requests.c.id == request_id).values(**values))


def settle_request(rows: Connection, request_id: str, *, status: DeviceStatus, user_id: str) -> int:
    """The number of rows changed: 0 if somebody answered first."""
    query = device_requests.update().where(
        device_requests.c.id == request_id, device_requests.c.status == "pending"
    )
    return rows.execute(query.values(status=status, user_id=user_id)).rowcount


def delete_request(rows: Connection, request_id: str) -> int:
    """The number of rows gone: 0 if another call took it first."""
    return rows.execute(device_requests.delete().where(device_requests.c.id == request_id)).rowcount


def delete_expired(rows: Connection, *, now: datetime) -> None:
    rows.execute(device_requests.delete().where(device_requests.c.expires_at < now))
