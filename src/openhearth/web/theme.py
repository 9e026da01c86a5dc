"""The choice between light, dark and the system's theme, kept in a cookie. Works as a plain form."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.web.shell import THEME_COOKIE, THEMES

_YEAR_S = 365 * 24 * 3600


def local_path(text: str, default: str = "/") -> str:
    """`text` if it is a path on this hub, else `default`: a redirect never leads elsewhere."""
    # Browsers read `\` as `/` and drop tabs and newlines, so `/\t/evil` would leave the site too.
    safe = text.startswith("/") and not text.startswith("//") and "\\" not in text and text.isprintable()
    return text if safe else default


async def choose_theme(request: Request) -> Response:
    """Keep `theme` (auto, light or dark) and go back to `next`. Anything unknown means auto."""
    async with request.form(max_files=0, max_fields=4, max_part_size=4096) as form:
        chosen, back = str(form.get("theme", "auto")), str(form.get("next", "/"))
    response = RedirectResponse(local_path(back), 303)
    theme = chosen if chosen in THEMES else "auto"
    # Script may read it: the switch in the page changes it without a reload.
    response.set_cookie(THEME_COOKIE, theme, max_age=_YEAR_S, samesite="lax")
    return response


def theme_routes() -> list[Route]:
    return [Route("/-/theme", choose_theme, methods=["POST"], name="choose_theme")]
