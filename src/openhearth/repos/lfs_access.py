"""Who asks for LFS: the actor of the request, or the owner of the SSH key behind a ticket; and may they."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from openhearth.access import Action, Actor
from openhearth.errors import Forbidden, HubError, Unauthenticated
from openhearth.kit.names import RepoType
from openhearth.repos.git_doors import GitRepos, MovedTo, RepoHandle
from openhearth.repos.lfs_tickets import Tickets
from openhearth.wire.request import actor_of


class LfsAccess:
    def __init__(self, *, repos: GitRepos, tickets: Tickets) -> None:
        self._repos = repos
        self._tickets = tickets

    async def find(
        self, request: Request, repo_type: RepoType, action: Action
    ) -> tuple[Actor, RepoHandle | MovedTo]:
        """The repo of this address, if whoever asks may do `action` to it."""
        return await run_in_threadpool(self._find, request, repo_type, action)

    def _find(
        self, request: Request, repo_type: RepoType, action: Action
    ) -> tuple[Actor, RepoHandle | MovedTo]:
        actor = actor_of(request)
        try:
            ticket = self._tickets.read(request.headers.get("authorization", ""))
            actor = ticket.actor if ticket else actor
            name = request.path_params["name"].removesuffix(".git")
            namespace = request.path_params["ns"]
            if action == Action.WRITE:
                found = self._repos.find_to_push(actor, repo_type, namespace, name)
            else:
                found = self._repos.find_for_git(actor, repo_type, namespace, name, action)
        except HubError as error:
            raise _asking(error, actor) from None
        if (
            ticket
            and isinstance(found, RepoHandle)
            and (found.key != ticket.repo_key or action > ticket.action)
        ):
            raise Forbidden(
                "This ticket is for another repo or for downloads only; git-lfs asks for each by itself."
            )
        return actor, found


def _asking(error: HubError, actor: Actor) -> HubError:
    """`error`, such that git-lfs asks nobody's user for credentials: it does so at a 401 with these headers."""
    if isinstance(error, Forbidden) and error.status == 403 and actor.is_anonymous:
        error = Unauthenticated(error.message)
    if error.status == 401:
        error.headers["LFS-Authenticate"] = error.headers["WWW-Authenticate"] = 'Basic realm="openhearth"'
    return error
