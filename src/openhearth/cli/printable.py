"""Texts of models, files and other people on a terminal: shown, and never obeyed."""

import re

# Everything that moves a cursor, names a window or rings, but for the ends of lines and tabs.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def printable(text: str) -> str:
    """`text` without the characters that terminals take for commands."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)
