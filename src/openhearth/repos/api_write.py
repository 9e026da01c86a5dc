"""JSON routes that change what repos hold: advice and tokens before an upload, commits, branches, tags.

Routes and answers follow huggingface_hub 2.4 (_commit_api.py; hf_api.py `create_branch`, `create_tag`,
`super_squash_history`); bodies tolerate fields this hub does not know.
"""

import base64
import binascii
from collections.abc import Callable
from pathlib import Path

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from openhearth.access import Action
from openhearth.errors import Invalid, Unsupported
from openhearth.repos.addressing import API, Addressed
from openhearth.repos.commit_lines import BODY_MAX_BYTES, read_commit_lines
from openhearth.repos.records import MAIN, PlannedFile
from openhearth.repos.service import Repos
from openhearth.urls import Urls
from openhearth.wire.bodies import receive_to_file
from openhearth.wire.paging import read_flag

SAMPLE_MAX_LENGTH = 64 << 10


class PlannedBody(BaseModel):
    path: str
    size: int = Field(ge=0)
    sample: str = Field(default="", max_length=SAMPLE_MAX_LENGTH)


class PreuploadBody(BaseModel):
    files: list[PlannedBody] = Field(max_length=10_000)
    gitIgnore: str | None = None


class BranchBody(BaseModel):
    startingPoint: str | None = None
    emptyBranch: bool = False
    overwrite: bool = False


class TagBody(BaseModel):
    tag: str
    message: str | None = None


class SquashBody(BaseModel):
    message: str | None = None


class WriteApi:
    def __init__(self, *, repos: Repos, urls: Urls, spool: Callable[[], Path]) -> None:
        """`spool` names a fresh file for a request body on its way in."""
        self._repos = repos
        self._urls = urls
        self._spool = spool
        self._addressed = Addressed(repos.catalogue)

    def router(self) -> APIRouter:
        router = APIRouter(tags=["write"])
        for method, path, endpoint in (
            ("POST", f"{API}/preupload/{{rev:seg}}", self.preupload),
            ("POST", f"{API}/commit/{{rev:seg}}", self.commit),
            ("POST", f"{API}/branch/{{branch:rest}}", self.create_branch),
            ("DELETE", f"{API}/branch/{{branch:rest}}", self.delete_branch),
            ("POST", f"{API}/tag/{{rev:rest}}", self.create_tag),
            ("DELETE", f"{API}/tag/{{tag:rest}}", self.delete_tag),
            ("POST", f"{API}/super-squash/{{branch:rest}}", self.squash),
        ):
            router.add_api_route(path, endpoint, methods=[method], response_class=JSONResponse)
        return router

    def preupload(self, request: Request, body: PreuploadBody) -> Response:
        actor, repo = self._addressed.both(request)
        files = [PlannedFile(path=f.path, size_bytes=f.size, sample=_sample(f)) for f in body.files]
        advice = self._repos.commits.advise(
            actor, repo, request.path_params["rev"], files, git_ignore=body.gitIgnore,
            new_pull_request=read_flag(request, "create_pr"),
        )  # fmt: skip
        answer = [
            {"path": a.path, "uploadMode": a.mode, "shouldIgnore": a.should_ignore, "oid": a.oid}
            for a in advice
        ]
        return JSONResponse({"files": answer})

    async def commit(self, request: Request) -> Response:
        """The body goes to disk first: it may be large, and nothing is decided before it is complete."""
        await run_in_threadpool(self._require, request)
        spool = self._spool()
        try:
            await receive_to_file(request, spool, limit_bytes=BODY_MAX_BYTES)
            return await run_in_threadpool(self._commit, request, spool)
        finally:
            spool.unlink(missing_ok=True)

    def _require(self, request: Request) -> None:
        """Refuse whoever may not commit there before their body is taken in."""
        actor, repo = self._addressed.both(request)
        revision, proposes = request.path_params["rev"], read_flag(request, "create_pr")
        self._repos.contributions.require(actor, repo, revision, new_pull_request=proposes)
        if proposes:
            self._repos.pull_refs.get_base(repo, revision)

    def _commit(self, request: Request, body: Path) -> Response:
        actor, repo = self._addressed.both(request)
        revision, lines = request.path_params["rev"], read_commit_lines(body)
        answer: dict[str, object] = {"success": True, "hookOutput": ""}
        if read_flag(request, "create_pr"):
            proposed = self._repos.commits.propose(actor, repo, revision, lines)
            oid = proposed.oid
            page = self._urls.discussion(repo.ref, proposed.number)
            answer["pullRequestUrl"] = self._urls.absolute(page)
        else:
            oid = self._repos.commits.commit(actor, repo, revision, lines).oid
        url = self._urls.absolute(self._urls.commit(repo.ref, oid))
        return JSONResponse({**answer, "commitOid": oid, "commitUrl": url})

    def create_branch(self, request: Request, body: BranchBody | None = None) -> Response:
        actor, repo = self._addressed.both(request, Action.WRITE)
        body = body or BranchBody()
        if body.emptyBranch:
            raise Unsupported("emptyBranch: branches begin at a commit here; leave it out.")
        self._repos.refs.create_branch(
            actor, repo, request.path_params["branch"], start=body.startingPoint, overwrite=body.overwrite
        )
        return JSONResponse({"success": True})

    def delete_branch(self, request: Request) -> Response:
        actor, repo = self._addressed.both(request, Action.WRITE)
        self._repos.refs.delete_branch(actor, repo, request.path_params["branch"])
        return JSONResponse({"success": True})

    def create_tag(self, request: Request, body: TagBody) -> Response:
        actor, repo = self._addressed.both(request, Action.WRITE)
        self._repos.refs.create_tag(
            actor, repo, body.tag, revision=request.path_params["rev"] or MAIN, message=body.message or ""
        )
        return JSONResponse({"success": True})

    def delete_tag(self, request: Request) -> Response:
        actor, repo = self._addressed.both(request, Action.WRITE)
        self._repos.refs.delete_tag(actor, repo, request.path_params["tag"])
        return JSONResponse({"success": True})

    def squash(self, request: Request, body: SquashBody | None = None) -> Response:
        actor, repo = self._addressed.both(request)
        message = body.message if body else None
        self._repos.refs.squash(actor, repo, request.path_params["branch"], message or "")
        return JSONResponse({"success": True})


def _sample(file: PlannedBody) -> bytes:
    try:
        return base64.b64decode(file.sample, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid(f"sample: that of {file.path[:80]!r} is not valid base64.") from None
