"""What can be drawn of an answer: one dataclass for each macro of `drawings.html`, whose name is `kind`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

TONES = 6


@dataclass(frozen=True, kw_only=True)
class Drawing:
    kind: ClassVar[str]


@dataclass(frozen=True, kw_only=True)
class Score:
    """A label, or a sentence, and how much of it. `text`: how much, if not written in per cent."""

    label: str
    share: float
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Scores(Drawing):
    """Bars. `is_wide`: labels are sentences, which need room. `nearness`: of each with each, in per cent of one."""

    kind = "scores"
    title: str = ""
    rows: Sequence[Score]
    is_wide: bool = False
    nearness: Sequence[Sequence[float]] = ()


@dataclass(frozen=True, kw_only=True)
class Groups(Drawing):
    """Bars under several headings."""

    kind = "groups"
    groups: Sequence[Scores]


@dataclass(frozen=True, kw_only=True)
class Words(Drawing):
    """A text; `before` is what it continues, `source` what it was made from, in a `language` that was found out."""

    kind = "words"
    text: str
    before: str = ""
    source: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A run of a text. With a `label` it is marked; `tone` is the colour of the label."""

    text: str
    label: str = ""
    score: float | None = None
    tone: int = 0


@dataclass(frozen=True, kw_only=True)
class Spans(Drawing):
    """A text with marks in it. `found` says how many, `title` what stands above it."""

    kind = "spans"
    pieces: Sequence[Piece]
    title: str = ""
    empty: str = ""  # said instead, where nothing is marked


@dataclass(frozen=True, kw_only=True)
class Passage(Drawing):
    """The answer to a question and where the text gives it; `answers` empty: the text does not."""

    kind = "passage"
    answers: Sequence[Score]
    pieces: Sequence[Piece]


@dataclass(frozen=True, kw_only=True)
class Ranking(Drawing):
    kind = "ranking"
    rows: Sequence[Score]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """`href` None: too large to show again, or of a kind that browsers do not."""

    href: str | None
    width: int
    height: int
    alt: str


@dataclass(frozen=True, kw_only=True)
class Outline:
    """Something found in a picture: a closed line through `points` ("x,y x,y …"), or `mask`, a picture that is white there."""

    label: str
    score: float | None
    tone: int
    x: float = 0
    y: float = 0
    points: str = ""
    mask: str = ""


@dataclass(frozen=True, kw_only=True)
class Overlay(Drawing):
    """A picture with what was found in it. `text`: what it says, for pages of text."""

    kind = "overlay"
    picture: Picture
    outlines: Sequence[Outline]
    text: str = ""
    empty: str = "Nothing was found."
    id: str = field(default="masks")

    @property
    def letter(self) -> float:
        """Height of a label, in pixels of the picture."""
        return max(self.picture.width, self.picture.height) * 0.032

    def label_at(self, outline: Outline) -> tuple[float, float, float]:
        """Where the plate of a label begins and how wide it is: above what it names, and within the picture."""
        width = min((len(self.words(outline)) * 0.62 + 0.9) * self.letter, self.picture.width)
        x = min(max(outline.x, 0.0), self.picture.width - width)
        return x, max(outline.y - self.letter * 1.35, 0.0), width

    def words(self, outline: Outline) -> str:
        """What the label of `outline` says."""
        if self.text or outline.score is None:
            return outline.label
        return f"{outline.label} {outline.score * 100:.0f} %"


@dataclass(frozen=True, kw_only=True)
class Match:
    x1: float
    y1: float
    x2: float
    y2: float
    score: float
    tone: int


@dataclass(frozen=True, kw_only=True)
class Matches(Drawing):
    """Points of one picture and the same points of another, side by side."""

    kind = "matches"
    first: Picture
    second: Picture
    offset: int
    width: int
    height: int
    matches: Sequence[Match]
    count: int


@dataclass(frozen=True, kw_only=True)
class Image(Drawing):
    kind = "image"
    href: str
    alt: str
    file_name: str
    beside: Picture | None = None


@dataclass(frozen=True, kw_only=True)
class Film(Drawing):
    kind = "film"
    href: str
    file_name: str


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A part of a sound, in seconds, and where it stands on the drawing (0 to 1000)."""

    start: float
    end: float
    x: float
    width: float
    score: float | None = None


@dataclass(frozen=True, kw_only=True)
class Sound(Drawing):
    """A sound with its wave, `WAVE_WIDTH` by 100. `stretches`: where somebody speaks; None if nobody was looked for."""

    kind = "sound"
    href: str | None
    wave: str
    length_s: float
    stretches: Sequence[Stretch] | None = None
    file_name: str = ""


@dataclass(frozen=True, kw_only=True)
class Line:
    start: float
    end: float
    text: str


@dataclass(frozen=True, kw_only=True)
class Transcript(Drawing):
    """What was said. `srt_href` gives the lines as subtitles, where they have times."""

    kind = "transcript"
    text: str
    lines: Sequence[Line] = ()
    srt_href: str = ""


@dataclass(frozen=True, kw_only=True)
class Cell:
    text: str
    is_marked: bool = False


@dataclass(frozen=True, kw_only=True)
class Table(Drawing):
    """`answer` stands above; `csv_href` gives the whole table; `left_out` rows are not shown."""

    kind = "table"
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    answer: str = ""
    csv_href: str = ""
    left_out: int = 0


@dataclass(frozen=True, kw_only=True)
class Learnt(Drawing):
    """What was learnt from a table: predictions for the rows that asked, how good they are, and which columns tell most."""

    kind = "learnt"
    table: Table
    measured: str
    importance: Sequence[Score]


@dataclass(frozen=True, kw_only=True)
class Forecast(Drawing):
    """A series and how it may go on, on a field of 1000 by 300: what was, the likeliest, and the range around it."""

    kind = "forecast"
    past: str
    likeliest: str
    around: str
    lowest: str
    highest: str
    measured: str
    level: float
    table: Table


@dataclass(frozen=True, kw_only=True)
class Shade:
    """Cells of one strength (1 to 5), warm above zero and cool below, as one path."""

    path: str
    is_warm: bool
    strength: int


@dataclass(frozen=True, kw_only=True)
class Strip:
    length: int
    shades: Sequence[Shade]
    first: str  # its first numbers


@dataclass(frozen=True, kw_only=True)
class Vectors(Drawing):
    kind = "vectors"
    shape: str
    strips: Sequence[Strip]
    left_out: int = 0


@dataclass(frozen=True, kw_only=True)
class Plain(Drawing):
    """Nothing but the JSON below, which is open then."""

    kind = "plain"
