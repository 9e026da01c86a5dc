"""A name for somebody new, from what the provider calls them."""

import re
import unicodedata

from openhearth.accounts.sso.records import Statement


def suggest_name(statement: Statement) -> str:
    """The provider's short name, else the mail address's first part, else the full name; perhaps still no good."""
    wished = statement.name or statement.email or statement.fullname
    plain = unicodedata.normalize("NFKD", wished.partition("@")[0]).encode("ascii", "ignore").decode()
    return re.sub(r"-{2,}", "-", re.sub(r"[^A-Za-z0-9_-]+", "-", plain)).strip("-")[:40].strip("-")
