"""HTML forms: read with a cap, and refused without the page's own token."""

import hmac

from starlette.datastructures import FormData
from starlette.requests import Request

from openhearth.errors import Forbidden, Invalid
from openhearth.wire.request import csrf_of

FIELD_MAX_BYTES = 4 << 20


async def read_form(request: Request, *, max_files: int = 100) -> FormData:
    """The fields of a posted form. Raises Forbidden if its `csrf_token` is not the one this browser was given."""
    form = await request.form(max_files=max_files, max_fields=1000, max_part_size=FIELD_MAX_BYTES)
    given = form.get("csrf_token")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), csrf_of(request).encode()):
        await form.close()
        raise Forbidden(
            "This form is out of date (its csrf_token does not match your session); reload the page and send it again."
        )
    return form


def text_of(form: FormData, name: str, *, default: str | None = None) -> str:
    """A text field, without surrounding space. Raises Invalid if it is missing and has no default."""
    value = form.get(name)
    if isinstance(value, str):
        return value.strip()
    if default is None:
        raise Invalid(f"{name}: is missing from the form.")
    return default
