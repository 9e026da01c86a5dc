"""The nouns of following. Frozen."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Party:
    """A user or an organisation in a list of those who follow or are followed."""

    id: str
    name: str
    fullname: str
    is_org: bool
