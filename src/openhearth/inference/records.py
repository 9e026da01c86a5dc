"""The nouns of running models, and what this room needs of the one that keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from openhearth.access import Actor


@dataclass(frozen=True, kw_only=True)
class ResolvedModel:
    """A model repo at a commit, which the asking actor may read. `pipeline_tag` is what its card says it does."""

    repo_key: str
    repo_id: str
    commit: str
    pipeline_tag: str | None = None


@dataclass(frozen=True, kw_only=True)
class ListedModel:
    repo_id: str
    created_at: datetime
    pipeline_tag: str | None = None


class Models(Protocol):
    """What inference needs of the repos: names to commits, commits to folders."""

    def resolve(self, actor: Actor, repo_id: str, revision: str) -> ResolvedModel:
        """Check that `actor` may read the model. Raises RepoNotFound, RevisionNotFound."""
        ...

    def materialise(self, actor: Actor, model: ResolvedModel) -> Path:
        """A folder with every file of `model`, made once and kept; nobody may write into it. Raises Gated."""
        ...

    def list_models(self, actor: Actor, pipeline_tags: Sequence[str]) -> list[ListedModel]:
        """The models that `actor` may read whose cards carry one of `pipeline_tags`, by name."""
        ...


@dataclass(frozen=True, kw_only=True)
class EngineKey:
    """One engine serves one task of one commit."""

    repo_key: str
    commit: str
    task: str


@dataclass(frozen=True, kw_only=True)
class EngineSpec:
    """What it takes to start an engine. `needs_bytes` is an estimate, made before anything is loaded."""

    key: EngineKey
    name: str
    folder: Path
    needs_bytes: int


@dataclass(frozen=True, kw_only=True)
class EngineStatus:
    """An engine as the doctor and the metrics see it."""

    name: str
    task: str
    state: str  # "loading" or "ready"
    needs_bytes: int
    active_requests: int
    idle_s: float
