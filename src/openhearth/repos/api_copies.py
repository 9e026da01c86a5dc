"""JSON routes that copy repos and large files without moving bytes, and that remove large files for good.

Routes and answers follow huggingface_hub 2.4 (hf_api.py `duplicate_repo`, `_duplicate_lfs_files`,
`permanently_delete_lfs_files`); bodies tolerate fields this hub does not know.
"""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.requests import Request

from openhearth.access import Action
from openhearth.errors import Invalid, Unsupported
from openhearth.kit.names import repo_type_of, split_repo_id
from openhearth.repos.addressing import API, Addressed
from openhearth.repos.records import RepoVisibility
from openhearth.repos.service import Repos
from openhearth.wire.request import actor_of

DELETIONS_MAX = 1000
_SHA256 = r"^[0-9a-f]{64}$"


class DuplicateBody(BaseModel):
    repository: str
    visibility: RepoVisibility | None = None
    private: bool | None = None
    resourceGroupId: str | None = None
    hardware: str | None = None
    secrets: list[Any] = Field(default_factory=list)
    variables: list[Any] = Field(default_factory=list)
    volumes: list[Any] = Field(default_factory=list)


class CopiedFile(BaseModel):
    sha256: str = Field(pattern=_SHA256)
    xetHash: str | None = None
    filename: str = ""


class CopyTarget(BaseModel):
    type: str | None = None
    name: str


class CopyBody(BaseModel):
    target: CopyTarget
    files: list[CopiedFile] = Field(max_length=10_000)


class Deletions(BaseModel):
    sha: list[str] = Field(max_length=DELETIONS_MAX)
    rewriteHistory: bool = True


class DeletionsBody(BaseModel):
    deletions: Deletions


class CopyApi:
    def __init__(self, *, repos: Repos) -> None:
        self._repos = repos
        self._addressed = Addressed(repos.catalogue)

    def router(self) -> APIRouter:
        router = APIRouter(tags=["copies"])
        for path, endpoint in (
            ("duplicate", self.duplicate),
            ("lfs-files/duplicate", self.copy_large_files),
            ("lfs-files/batch", self.delete_large_files),
        ):
            router.add_api_route(f"{API}/{path}", endpoint, methods=["POST"], response_class=JSONResponse)
        return router

    def duplicate(self, request: Request, body: DuplicateBody) -> Response:
        """Copy a repo with its history to a new name; instant, and complete on return."""
        _refuse_extras(body)
        source = self._addressed.repo(request)
        target = split_repo_id(body.repository, source.ref.type, field="repository")
        visibility = body.visibility
        if visibility is None and body.private is not None:
            visibility = "private" if body.private else "public"
        if visibility == "protected" and source.ref.type != "space":
            raise Invalid("visibility: 'protected' is for Spaces; use 'public' or 'private'.")
        copy = self._repos.copies.duplicate(actor_of(request), source, target, visibility=visibility)
        return JSONResponse(
            {
                "url": self._repos.catalogue.url(copy.ref),
                "name": copy.id,
                "id": copy.key,
                "filesCopyPending": False,
            }
        )

    def copy_large_files(self, request: Request, body: CopyBody) -> Response:
        """Let another repo name large files of this one in a commit; no bytes move."""
        actor, source = self._addressed.both(request)
        target = split_repo_id(body.target.name, repo_type_of(body.target.type), field="target.name")
        receiving = self._repos.catalogue.get(actor, target, Action.WRITE)
        failed = self._repos.copies.copy_large_files(actor, source, receiving, [f.sha256 for f in body.files])
        sentence = f"{source.id} does not hold this file; look at its files again."
        return JSONResponse({"failed": [{"sha256": sha, "error": sentence} for sha in failed]})

    def delete_large_files(self, request: Request, body: DeletionsBody) -> Response:
        """Remove large files for good, and with `rewriteHistory` every pointer to them."""
        actor, repo = self._addressed.both(request, Action.WRITE)
        deletions = body.deletions
        self._repos.purge.delete_large_files(
            actor, repo, deletions.sha, rewrite_history=deletions.rewriteHistory
        )
        return JSONResponse({"success": True})


def _refuse_extras(body: DuplicateBody) -> None:
    """Refuse what would be lost without a word."""
    for name in ("secrets", "variables", "volumes"):
        if getattr(body, name):
            raise Unsupported(f"{name}: this hub does not run Spaces yet; duplicate the Space without.")
    if body.resourceGroupId is not None:
        raise Unsupported("resourceGroupId: this hub has no resource groups; duplicate the repo without.")
    if body.hardware not in (None, "cpu-basic"):
        raise Unsupported(f"hardware: {body.hardware!r} is not offered by this hub; leave it out.")
