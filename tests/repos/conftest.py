"""A hub in process with the permanent people, and the words in which these tests speak of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from openhearth.access import Action, Actor, Role, TokenScope
from openhearth.accounts import OPERATOR
from openhearth.kit.names import RepoRef
from openhearth.repos import AddFile, AddLargeFile, CommitRequest, Entry, Repo, Repos
from openhearth.repos.records import Operation, RepoVisibility
from openhearth.rooms import Hub
from openhearth.wire.request import Credentials


@dataclass
class Workshop:
    """Ada's repos, and what others may do with them."""

    hub: Hub
    ada: Actor
    ben: Actor
    eve: Actor

    @property
    def repos(self) -> Repos:
        return self.hub.repos

    def token(self, actor: Actor, scope: TokenScope = "write", **grants: Action) -> str:
        given = {name.replace("__", "/"): action for name, action in grants.items()}
        return self.hub.accounts.tokens.create(
            actor, name=f"{scope}-{len(given)}", scope=scope, grants=given
        ).value

    def acting(self, actor: Actor, scope: TokenScope = "write", **grants: Action) -> Actor:
        """`actor` as they are with a token."""
        return self.hub.accounts.identify(Credentials(token=self.token(actor, scope, **grants)))

    def create(
        self, name: str = "tiny", *, visibility: RepoVisibility = "public", namespace: str = "ada"
    ) -> Repo:
        return self.repos.catalogue.create(self.ada, RepoRef("model", namespace, name), visibility=visibility)

    def commit(self, repo: Repo, *operations: Operation, **request: Any) -> str:
        made = self.repos.commits.commit(
            self.ada, repo, "main", CommitRequest(summary="a change", operations=operations, **request)
        )
        return made.oid

    def put(self, repo: Repo, **files: str) -> str:
        return self.commit(
            repo, *(AddFile(name.replace("__", "."), text.encode()) for name, text in files.items())
        )

    def put_large(self, repo: Repo, path: str, content: bytes) -> str:
        """Bring a large file as git-lfs would, and commit it."""
        sha256 = self.upload(repo, content)
        return self.commit(repo, AddLargeFile(path, sha256, len(content)))

    def upload(self, repo: Repo, content: bytes) -> str:
        lfs = self.hub.ground.storage.lfs
        sha256 = hashlib.sha256(content).hexdigest()
        temp = lfs.begin()
        temp.write_bytes(content)
        lfs.adopt(temp, sha256, len(content))
        lfs.link(repo.key, sha256, size_bytes=len(content), uploaded_by=self.ada.user_id)
        return sha256

    def files(self, repo: Repo, revision: str = "main") -> Sequence[Entry]:
        return self.repos.content.list_files(repo, self.repos.content.resolve(repo, revision))

    def paths(self, repo: Repo) -> list[str]:
        return [entry.path for entry in self.files(repo)]

    def text(self, repo: Repo, path: str, revision: str = "main") -> str:
        content = self.repos.content
        return content.read_file(repo, content.resolve(repo, revision), path).decode()


def _join(hub: Hub, name: str) -> Actor:
    user = hub.accounts.people.add(OPERATOR, name)
    return Actor(user_id=user.id, name=name, session_id="browser")


def _with_roles(actor: Actor, **roles: Role) -> Actor:
    return Actor(user_id=actor.user_id, name=actor.name, session_id="browser", roles=roles)


@pytest.fixture
def workshop(hub: Hub) -> Workshop:
    """Ada owns, ben collaborates in ada's organisation `forge`, eve is a stranger."""
    ada, ben, eve = (_join(hub, name) for name in ("ada", "ben", "eve"))
    hub.accounts.orgs.create(ada, "forge", members={"ben": Role.WRITE}, private_by_default=True)
    return Workshop(hub, _with_roles(ada, forge=Role.ADMIN), _with_roles(ben, forge=Role.WRITE), eve)
