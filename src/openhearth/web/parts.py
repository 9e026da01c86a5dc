"""The nouns of the component macros: what a room fills in and hands to `components.html`.

Plain frozen records; a room may also pass its own objects with the same attribute names.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from markupsafe import Markup

from openhearth.kit.names import RepoType

Notice = Literal["info", "good", "warn", "bad"]
LineKind = Literal["same", "added", "removed"]
Mark = Literal["", "lfs", "xet", "added", "changed", "removed"]


@dataclass(frozen=True, kw_only=True)
class Crumb:
    """One step of a breadcrumb; the last one, without `href`, is the page itself."""

    label: str
    href: str | None = None


@dataclass(frozen=True, kw_only=True)
class Tab:
    label: str
    href: str
    current: bool = False
    count: int | None = None
    icon: str | None = None


@dataclass(frozen=True, kw_only=True)
class RepoSummary:
    """A repo as lists and cards show it."""

    type: RepoType
    id: str  # namespace/name
    href: str
    updated_at: datetime
    summary: str = ""
    task: str | None = None
    library: str | None = None
    parameters: int | None = None  # of a model
    rows: int | None = None  # of a dataset
    stage: str | None = None  # of a Space: running, building, sleeping, stopped, error
    downloads: int = 0
    likes: int = 0
    private: bool = False
    gated: bool = False


@dataclass(frozen=True, kw_only=True)
class FacetOption:
    label: str
    href: str  # the same list with this option switched
    count: int | None = None
    selected: bool = False


@dataclass(frozen=True, kw_only=True)
class Facet:
    """A group of filters. `more_href` leads to the whole group where only the first options are shown."""

    title: str
    options: Sequence[FacetOption]
    more_href: str | None = None
    open: bool = True


@dataclass(frozen=True, kw_only=True)
class Paging:
    """Where the reader is in a list. `total` is None where nobody counts."""

    previous_href: str | None = None
    next_href: str | None = None
    page: int = 1
    page_count: int | None = None
    total: int | None = None


@dataclass(frozen=True, kw_only=True)
class FileRow:
    """An entry of a folder. `size_bytes` is None for folders."""

    name: str
    href: str
    is_folder: bool = False
    size_bytes: int | None = None
    mark: Mark = ""
    download_href: str | None = None
    commit_title: str | None = None
    commit_href: str | None = None
    changed_at: datetime | None = None
    warning: str | None = None  # what the scan found, in one sentence


@dataclass(frozen=True, kw_only=True)
class DiffLine:
    """`id` lets links lead to the line; `below` stands under it, over the whole width: what was said about it."""

    kind: LineKind
    text: str
    old_number: int | None = None
    new_number: int | None = None
    id: str = ""
    comment_href: str | None = None  # where a form to comment on this line opens
    below: Markup | None = None


@dataclass(frozen=True, kw_only=True)
class DiffHunk:
    header: str
    lines: Sequence[DiffLine]


@dataclass(frozen=True, kw_only=True)
class DiffFile:
    """One changed file. `note` says why there are no hunks: binary, too large, stored in the chunk store."""

    path: str
    old_path: str | None = None
    status: Literal["added", "changed", "removed", "renamed"] = "changed"
    added: int = 0
    removed: int = 0
    hunks: Sequence[DiffHunk] = ()
    note: str = ""
    href: str | None = None


@dataclass(frozen=True, kw_only=True)
class TensorNode:
    """A module (with children) or a tensor (with shape and dtype) of a model."""

    name: str
    kind: str = ""  # class of the module: Linear, LayerNorm
    shape: Sequence[int] = ()
    dtype: str = ""
    parameters: int = 0
    children: Sequence["TensorNode"] = ()
    mark: Mark = ""
    href: str | None = None
    open: bool = False


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of `data_table`. `align` is `end` for numbers."""

    label: str
    detail: str = ""  # its type, below the label
    align: Literal["start", "end"] = "start"
    sort_href: str | None = None
    sorted: Literal["", "ascending", "descending"] = ""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An option of a select field."""

    value: str
    label: str
    hint: str = ""
    disabled: bool = field(default=False)
