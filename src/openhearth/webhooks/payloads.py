"""What receivers are sent, version 3 of the format that huggingface_hub parses (_webhooks_payload.py). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Literal, Protocol

from openhearth.events import (
    DiscussionChanged,
    RefUpdated,
    RepoCreated,
    RepoDeleted,
    RepoMoved,
    RepoSettingsChanged,
)
from openhearth.kit.names import RepoRef
from openhearth.repos.records import MAIN
from openhearth.urls import Urls
from openhearth.webhooks.records import Domain

VERSION = 3
Json = dict[str, Any]
Told = RefUpdated | RepoCreated | RepoMoved | RepoDeleted | RepoSettingsChanged | DiscussionChanged
_TOLD_REFS = ("refs/heads/", "refs/tags/", "refs/pr/", "refs/convert/")
_NOBODY = "0" * 24


@dataclass(frozen=True, kw_only=True)
class Happened:
    """What an event says: `scope` and `action` as receivers know them, and the parts that depend on the kind."""

    scope: Literal["repo", "repo.content", "repo.config", "discussion", "discussion.comment"]
    action: Literal["create", "delete", "move", "update"]
    parts: Json

    @property
    def domain(self) -> Domain:
        return "discussion" if self.scope.startswith("discussion") else "repo"

    @property
    def words(self) -> str:
        return f"{self.scope} {self.action}"


@dataclass(frozen=True, kw_only=True)
class RepoFacts:
    """What every message says of the repo it is about."""

    key: str
    ref: RepoRef
    owner_id: str
    is_private: bool
    head: str | None = None
    tags: tuple[str, ...] = ()


class DiscussionFacts(Protocol):
    """What the room of discussions knows of one."""

    @property
    def id(self) -> str: ...
    @property
    def author_id(self) -> str | None: ...
    @property
    def status(self) -> str: ...
    @property
    def base(self) -> str: ...
    @property
    def merge_commit(self) -> str | None: ...


def happened(
    event: Told, *, urls: Urls, moved_to_owner: str = _NOBODY, discussion: DiscussionFacts | None = None
) -> Happened | None:
    """None for what nobody is told of, such as refs that the hub keeps for itself."""
    if isinstance(event, RefUpdated):
        if not event.ref.startswith(_TOLD_REFS):
            return None
        refs = [{"ref": event.ref, "oldSha": event.old, "newSha": event.new}]
        return Happened(scope="repo.content", action="update", parts={"updatedRefs": refs})
    if isinstance(event, RepoSettingsChanged):
        return Happened(scope="repo.config", action="update", parts={"updatedConfig": _config(event.changes)})
    if isinstance(event, RepoMoved):
        moved = {"name": event.new.id, "owner": {"id": moved_to_owner}}
        return Happened(scope="repo", action="move", parts={"movedTo": moved})
    if isinstance(event, DiscussionChanged):
        return _of_discussion(event, urls, discussion)
    return Happened(scope="repo", action="create" if isinstance(event, RepoCreated) else "delete", parts={})


def describe(what: Happened, repo: RepoFacts, webhook_id: str, *, urls: Urls) -> Json:
    """The body of a message."""
    described: Json = {
        "type": repo.ref.type,
        "name": repo.ref.id,
        "id": repo.key,
        "private": repo.is_private,
        "url": {"web": urls.absolute(urls.repo(repo.ref)), "api": urls.absolute(urls.api_repo(repo.ref))},
        "owner": {"id": repo.owner_id},
        "tags": list(repo.tags),
    }
    if repo.head is not None:
        described["headSha"] = repo.head
    event = {"action": what.action, "scope": what.scope}
    webhook = {"id": webhook_id, "version": VERSION}
    return {"event": event, "repo": described, **what.parts, "webhook": webhook}


def _config(changes: Mapping[str, str]) -> Json:
    """Settings as the API spells them: `private` beside the visibility, an open repo's `gated` is false."""
    found: Json = {name: False if value == "off" else value for name, value in changes.items()}
    if "visibility" in found:
        found["private"] = found["visibility"] != "public"
    return found


def _of_discussion(event: DiscussionChanged, urls: Urls, known: DiscussionFacts | None) -> Happened:
    parts: Json = {"discussion": _discussion(event, urls, known)}
    if event.comment_id is not None and event.change in ("opened", "commented", "edited", "hidden"):
        parts["comment"] = _comment(event, urls)
    if event.change in ("commented", "edited", "hidden"):
        action: Literal["create", "update"] = "create" if event.change == "commented" else "update"
        return Happened(scope="discussion.comment", action=action, parts=parts)
    return Happened(
        scope="discussion", action="create" if event.change == "opened" else "update", parts=parts
    )


def _discussion(event: DiscussionChanged, urls: Urls, known: DiscussionFacts | None) -> Json:
    place = f"/discussions/{event.number}"
    described: Json = {
        "id": known.id
        if known
        else blake2b(f"{event.repo_key}/{event.number}".encode(), digest_size=12).hexdigest(),
        "num": event.number,
        "title": event.title,
        "url": _urls(event.repo, place, urls),
        "status": known.status if known else _status_after(event),
        "author": {"id": (known.author_id if known else event.actor_id) or _NOBODY},
        "isPullRequest": event.is_pull_request,
    }
    if event.is_pull_request:
        changes: Json = {"base": f"refs/heads/{known.base if known else MAIN}"}
        if known is not None and known.merge_commit:
            changes["mergeCommitId"] = known.merge_commit
        described["changes"] = changes
    return described


def _status_after(event: DiscussionChanged) -> str:
    if event.change in ("closed", "merged"):
        return event.change
    return "draft" if event.change == "opened" and event.is_pull_request else "open"


def _comment(event: DiscussionChanged, urls: Urls) -> Json:
    hidden = event.change == "hidden"
    described: Json = {
        "id": event.comment_id,
        "author": {"id": event.actor_id or _NOBODY},
        "hidden": hidden,
        "url": _urls(event.repo, f"/discussions/{event.number}", urls, anchor=f"#{event.comment_id}"),
    }
    # What opens a discussion is announced with its title, where people may be mentioned too.
    said = event.text.removeprefix(f"{event.title}\n\n") if event.change == "opened" else event.text
    return described if hidden else {**described, "content": said}


def _urls(repo: RepoRef, place: str, urls: Urls, *, anchor: str = "") -> Mapping[str, str]:
    return {
        "web": urls.absolute(urls.repo(repo) + place + anchor),
        "api": urls.absolute(urls.api_repo(repo) + place),
    }
