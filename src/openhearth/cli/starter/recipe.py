"""What a starter recipe is: pinned packages, one conversion, one honest card. It knows no hub and no network.

A conversion is a plain function `(src, out) -> None`: `src / package.name` holds each package unpacked, `out`
is an empty folder that becomes the repo. It must check its own result and raise ConversionFailed when that is
wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from openhearth.errors import HubError, UpstreamFailed

RepoType = Literal["model", "dataset"]
Stage = Literal["look", "fetch", "convert", "publish", "done"]

ORGANISATION = "starter"


class FetchFailed(UpstreamFailed):
    """A package could not be downloaded."""


class HashMismatch(FetchFailed):
    """A package arrived with other bytes than the ones this recipe was written for."""


class ConversionFailed(HubError):
    """A conversion broke, or its result did not pass its own check."""


@dataclass(frozen=True)
class Package:
    """One file of the package index, pinned by version and sha256."""

    name: str
    version: str
    filename: str
    sha256: str

    @property
    def is_sdist(self) -> bool:
        return self.filename.endswith(".tar.gz")


@dataclass(frozen=True, kw_only=True)
class Card:
    """The words of a README: metadata for machines, then what a person should know about the repo."""

    title: str
    summary: str
    license: str
    tags: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    pipeline_tag: str | None = None
    library_name: str | None = None
    base_model: str | None = None
    base_model_relation: str | None = None
    task_categories: tuple[str, ...] = ()
    configs: tuple[dict[str, object], ...] = ()
    widget: tuple[dict[str, object], ...] = ()  # examples on the model's page; `src` is a file of the repo
    origin: str
    rights: str
    conversion: str
    measured: tuple[str, ...]
    limits: tuple[str, ...]
    high_level: str
    low_level: str


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How one starter repo is made. Raise `version` whenever the resulting files or the card change."""

    name: str
    repo_type: RepoType
    version: int
    packages: tuple[Package, ...]
    convert: Callable[[Path, Path], None]
    card: Card
    private: bool = False
    optional: bool = False  # installed only where somebody names it

    @property
    def repo_id(self) -> str:
        return f"{ORGANISATION}/{self.name}"

    @property
    def stamp(self) -> str:
        """What the card carries, so that a second run can tell that nothing is left to do."""
        return f"{self.name}/{self.version}"


@dataclass(frozen=True)
class Outcome:
    """How one recipe ended: `installed`, `current` (nothing to do) or `failed` with the reason."""

    name: str
    repo_id: str
    status: Literal["installed", "current", "failed"]
    reason: str = ""
    elapsed_s: float = field(default=0.0, compare=False)


@dataclass(frozen=True)
class Progress:
    """Where one recipe stands; sizes are 0 where unknown, `outcome` comes with the stage `done`."""

    name: str
    stage: Stage
    detail: str = ""
    done_bytes: int = 0
    total_bytes: int = 0
    outcome: Outcome | None = None


Report = Callable[[Progress], None]
