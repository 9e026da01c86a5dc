"""The hub a starter repo goes to, spoken to as any stranger's program would: through the stock client."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import httpx2
from huggingface_hub import HfApi
from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError, RepositoryNotFoundError
from huggingface_hub.utils.tqdm import disable_progress_bars

from openhearth.cli.starter.card import stamp_of
from openhearth.cli.starter.recipe import Recipe
from openhearth.errors import Unauthenticated, UpstreamFailed

# What the client raises: refusals, broken connections, and what its native uploader (hf_xet) makes of both.
_CLIENT_ERRORS = (HfHubHTTPError, httpx2.HTTPError, RuntimeError)

_REMEDY = (
    "give one that may write with --token or OPENHEARTH_TOKEN. "
    "`openhearth admin token add NAME --role write` makes one."
)


class Destination(Protocol):
    """Where finished folders go."""

    def find_stamp(self, recipe: Recipe) -> str | None:
        """The stamp of what is there now; None when there is nothing, or nothing of ours."""

    def publish(self, recipe: Recipe, folder: Path) -> None:
        """Make the folder the content of the recipe's repo. Raises HubError."""


class HubDestination:
    """A hub's public API, as the owner of the token."""

    def __init__(self, *, endpoint: str, token: str | None) -> None:
        self._endpoint = endpoint
        # False: never fall back to a token that the client finds and that was meant for another hub.
        self._api = HfApi(endpoint=endpoint, token=token or False, library_name="openhearth-starter")
        disable_progress_bars()

    def check_access(self) -> None:
        """Find out before anything is downloaded.

        Raises Unauthenticated without a valid token, UpstreamFailed when nobody answers.
        """
        if not self._api.token:
            raise Unauthenticated(f"Writing to {self._endpoint} needs a token; {_REMEDY}")
        try:
            self._api.whoami()
        except HfHubHTTPError as error:
            status = error.response.status_code
            raise Unauthenticated(
                f"{self._endpoint} refuses the token (status {status}); {_REMEDY}"
            ) from None
        except httpx2.HTTPError as error:
            raise UpstreamFailed(
                f"No hub answers at {self._endpoint} ({error}); start it with `openhearth serve`."
            ) from None

    def find_stamp(self, recipe: Recipe) -> str | None:
        """Read the card of the repo, if there is one that this token may see."""
        with tempfile.TemporaryDirectory() as scratch, _told_as_ours("its card cannot be read"):
            try:
                card = self._api.hf_hub_download(
                    recipe.repo_id, "README.md", repo_type=recipe.repo_type, local_dir=scratch
                )
            except (RepositoryNotFoundError, EntryNotFoundError):
                return None
            return stamp_of(Path(card).read_text(encoding="utf-8"))

    def publish(self, recipe: Recipe, folder: Path) -> None:
        """Make the repo unless it exists, and put the folder there in one commit."""
        with _told_as_ours("it cannot be written"):
            self._api.create_repo(
                recipe.repo_id,
                repo_type=recipe.repo_type,
                visibility="private" if recipe.private else "public",
                exist_ok=True,
            )
            self._api.upload_folder(
                repo_id=recipe.repo_id,
                repo_type=recipe.repo_type,
                folder_path=folder,
                commit_message=f"Add {recipe.card.title} (starter recipe {recipe.version})",
            )


@contextmanager
def fresh_uploads() -> Iterator[None]:
    """Have the uploader forget: it remembers which chunks an address holds, and a hub begun anew there lacks them."""
    before = os.environ.get("HF_XET_CACHE")
    with tempfile.TemporaryDirectory(prefix="openhearth-uploads-") as folder:
        os.environ["HF_XET_CACHE"] = folder
        try:
            yield
        finally:
            del os.environ["HF_XET_CACHE"]
            if before is not None:
                os.environ["HF_XET_CACHE"] = before


@contextmanager
def _told_as_ours(what: str) -> Iterator[None]:
    try:
        yield
    except _CLIENT_ERRORS as error:
        said = getattr(error, "server_message", None) or str(error)
        raise UpstreamFailed(f"{what}: {' '.join(said.split())}") from error
