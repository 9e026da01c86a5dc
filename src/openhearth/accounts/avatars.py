"""Pictures for accounts: initials on a colour that follows from the name. Nothing is stored or fetched.

The colours are spelled here and not in `tokens.css`: the picture travels to clients that know no style sheet.
"""

from html import escape

from openhearth.web.filters import initials, tone

_COLOURS = ("#9a3412", "#7c5e10", "#3f6212", "#115e59", "#1e4e8c", "#6b2d73")


def render_avatar(name: str, *, square: bool) -> str:
    """An SVG of 64 by 64 units; organisations are square."""
    corner = 8 if square else 32
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64" role="img">'
        f"<title>{escape(name)}</title>"
        f'<rect width="64" height="64" rx="{corner}" fill="{_COLOURS[tone(name) % len(_COLOURS)]}"/>'
        '<text x="32" y="33" fill="#fff" font-family="system-ui,sans-serif" font-size="26" font-weight="600" '
        f'dominant-baseline="central" text-anchor="middle">{escape(initials(name))}</text></svg>'
    )
