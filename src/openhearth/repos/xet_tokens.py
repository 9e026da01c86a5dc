"""Routes that hand out tokens of the chunk store. The answer stands twice: Python reads the headers, hf_xet
and JavaScript the JSON (huggingface_hub utils/_xet.py `parse_xet_connection_info_from_headers`).
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from openhearth.repos.addressing import API, Addressed
from openhearth.repos.service import Repos
from openhearth.storage.xet import XetGrant, XetScope, XetSigner
from openhearth.wire.paging import read_flag
from openhearth.wire.request import actor_of


class XetTokens:
    def __init__(self, *, repos: Repos, signer: XetSigner, cas_url: str) -> None:
        self._content = repos.content
        self._quotas = repos.quotas
        self._contributions = repos.contributions
        self._addressed = Addressed(repos.catalogue)
        self._signer = signer
        self._cas_url = cas_url

    def routes(self) -> list[BaseRoute]:
        return [
            Route(f"{API}/xet-read-token/{{rev:seg}}", self.read_token, methods=["GET"]),
            Route(f"{API}/xet-write-token/{{rev:seg}}", self.write_token, methods=["GET"]),
        ]

    def read_token(self, request: Request) -> Response:
        return self._issue(request, "read")

    def write_token(self, request: Request) -> Response:
        return self._issue(request, "write")

    def _issue(self, request: Request, scope: XetScope) -> Response:
        repo = self._addressed.repo(request, files=True)
        revision = request.path_params["rev"]
        actor = actor_of(request)
        only_proposes = scope == "write" and self._contributions.require(
            actor, repo, revision, new_pull_request=read_flag(request, "create_pr")
        )
        if revision != "None":  # what the client writes where it has no revision
            self._content.resolve(repo, revision)
        if scope == "write":
            self._quotas.check(repo.ref.namespace, 0)
        return answer_token(
            self._signer,
            XetGrant(
                uploader=actor.user_id or "",
                repo_key=repo.key,
                namespace=repo.ref.namespace,
                is_public=not repo.is_private,
                scope=scope,
                only_proposes=only_proposes,
            ),
            cas_url=self._cas_url,
        )


def answer_token(signer: XetSigner, grant: XetGrant, *, cas_url: str) -> Response:
    token = signer.issue_token(grant)
    answer = {"accessToken": token.text, "exp": token.expires_at, "casUrl": cas_url}
    headers = {
        "X-Xet-Access-Token": token.text,
        "X-Xet-Token-Expiration": str(token.expires_at),
        "X-Xet-Cas-Url": cas_url,
        "Cache-Control": "no-store",
    }
    return JSONResponse(answer, headers=headers)
