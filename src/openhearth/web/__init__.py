"""How we look: layout, components, tokens, static files, and cards and code as safe HTML. Knows no domain."""

from openhearth.web.highlight import highlight_lines
from openhearth.web.markdown import is_costly, render_markdown
from openhearth.web.pages import ErrorPage, HomePage
from openhearth.web.render import Web
from openhearth.web.shell import Shell
from openhearth.web.theme import local_path

__all__ = [
    "ErrorPage",
    "HomePage",
    "Shell",
    "Web",
    "highlight_lines",
    "is_costly",
    "local_path",
    "render_markdown",
]
