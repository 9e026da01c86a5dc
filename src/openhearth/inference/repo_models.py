"""The models of this hub, as inference asks for them: repos opened for the actor, commits as folders."""

from collections.abc import Sequence
from pathlib import Path

from openhearth.access import Actor
from openhearth.inference.records import ListedModel, ResolvedModel
from openhearth.kit.names import split_repo_id
from openhearth.repos import Repos
from openhearth.repos.records import RepoFilter

LISTED_MAX = 1000


class RepoModels:
    def __init__(self, repos: Repos) -> None:
        self._repos = repos

    def resolve(self, actor: Actor, repo_id: str, revision: str) -> ResolvedModel:
        """Raises RepoNotFound, RevisionNotFound."""
        repo = self._repos.catalogue.get(actor, split_repo_id(repo_id, field="model"))
        return ResolvedModel(
            repo_key=repo.key,
            repo_id=repo.id,
            commit=self._repos.content.resolve(repo, revision),
            pipeline_tag=self._repos.facts.get(repo).pipeline_tag,
        )

    def materialise(self, actor: Actor, model: ResolvedModel) -> Path:
        """The folder of `model`. Raises Gated for files that `actor` may not have."""
        folder, _ = self._repos.snapshots.materialise(actor, split_repo_id(model.repo_id), model.commit)
        return folder

    def list_models(self, actor: Actor, pipeline_tags: Sequence[str]) -> list[ListedModel]:
        found = [
            ListedModel(repo_id=listed.repo.id, created_at=listed.repo.created_at, pipeline_tag=tag)
            for tag in pipeline_tags
            for listed in self._repos.catalogue.list_repos(
                actor, RepoFilter(type="model", pipeline_tag=tag), limit=LISTED_MAX
            ).items
        ]
        return sorted(found, key=lambda model: model.repo_id)
