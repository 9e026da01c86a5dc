"""Text from outside: whether rows, git and headers can hold it. JSON may carry NULs and halves of characters."""


def is_storable(text: str) -> bool:
    """Whether `text` is UTF-8 without NUL, which is all that databases and git take."""
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


def is_one_line(text: str) -> bool:
    """Whether `text` is storable and made of visible characters and spaces alone."""
    return is_storable(text) and not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in text)
