"""The refusals of this room that are no plain refusal of `openhearth.errors`."""

from openhearth.errors import Conflict, HubError
from openhearth.kit.names import RepoRef


class RepoExists(Conflict):
    """With `exist_ok`, the stock client reads `url` from this answer's body (hf_api.py `create_repo`)."""

    def __init__(self, repo: RepoRef, url: str) -> None:
        super().__init__(f"You already created this {repo.type} repo: {repo.id}.", url=url)


class MovedRepo(HubError):
    """The repo has another address now. 307: clients repeat the request there, body and all."""

    status = 307

    def __init__(self, repo: RepoRef, location: str) -> None:
        super().__init__(f"This repo has moved to {repo.id}.", headers={"Location": location})
