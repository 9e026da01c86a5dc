"""What clients send. Unknown fields are tolerated."""

from typing import get_args

from pydantic import BaseModel

from openhearth.community.discussions.records import Line, Side
from openhearth.errors import Invalid
from openhearth.repos.records import MAIN


class NewBody(BaseModel):
    title: str
    description: str = ""
    pullRequest: bool = False
    base: str = MAIN


class LineBody(BaseModel):
    path: str
    side: str = "new"
    line: int

    @property
    def line_asked(self) -> Line:
        """Raises Invalid for a side that is none."""
        if self.side not in get_args(Side):
            raise Invalid(f"side: {self.side[:40]!r} is neither old nor new.")
        return Line(self.path, self.side, self.line)  # type: ignore[arg-type]


class CommentBody(BaseModel):
    comment: str
    anchor: LineBody | None = None


class TitleBody(BaseModel):
    title: str


class StatusBody(BaseModel):
    status: str
    comment: str | None = None


class MergeBody(BaseModel):
    comment: str | None = None


class EditBody(BaseModel):
    content: str


class ReactionBody(BaseModel):
    reaction: str


class PinBody(BaseModel):
    pinned: bool


class LockBody(BaseModel):
    locked: bool


class SettingsBody(BaseModel):
    disabled: bool
