"""Records as the JSON that clients read. Keys and shapes are huggingface_hub's (hf_api.py: ModelInfo,
DatasetInfo, SpaceInfo, RepoFile, RepoFolder, GitCommitInfo, GitRefs); what has no value is left out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from openhearth.cards import LIBRARIES
from openhearth.errors import Invalid
from openhearth.kit.clock import iso
from openhearth.kit.names import RepoType
from openhearth.repos import trending
from openhearth.repos.records import Entry, Facts, LargeFile, Ref, Refs, Repo
from openhearth.repos.relations import Related
from openhearth.repos.runtime import app_file, describe_runtime
from openhearth.storage.git import Commit, LfsPointer

Json = dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """What a description of a repo is made from; files are read only if they are shown."""

    repo: Repo
    facts: Facts
    sha: str | None
    list_files: Callable[[], Sequence[Entry]]
    now: datetime
    blobs: bool = False
    related: Related | None = None  # None: what is shown is the same for every reader
    spaces: Sequence[str] = ()  # that use it, where `related` is not given

    def card(self, name: str) -> Any:
        return self.facts.card.get(name)

    def has_app(self) -> bool:
        """Whether a Space has the file it starts from."""
        name = app_file(self.repo.sdk, self.facts.card)
        return any(entry.path == name for entry in self.list_files())

    def siblings(self) -> list[Json]:
        return [_sibling(entry, blobs=self.blobs) for entry in self.list_files()]

    def mask_token(self) -> Any:
        token = ((self.facts.config or {}).get("tokenizer_config") or {}).get("mask_token")
        return token.get("content") if isinstance(token, dict) else token


Field = Callable[[Shown], Any]

_SHARED: dict[str, Field] = {
    "author": lambda s: s.repo.ref.namespace,
    "sha": lambda s: s.sha,
    "lastModified": lambda s: iso(s.repo.last_modified),
    "createdAt": lambda s: iso(s.repo.created_at),
    "private": lambda s: s.repo.is_private,
    "disabled": lambda s: False,
    "likes": lambda s: s.repo.likes,
    "trendingScore": lambda s: trending.score(s.repo.trending, s.now),
    "tags": lambda s: list(s.facts.tags),
    "cardData": lambda s: {k: v for k, v in s.facts.card.items() if k != "model-index"} or None,
    "usedStorage": lambda s: s.facts.used_storage_bytes,
    "resourceGroup": lambda s: None,
    "siblings": lambda s: s.siblings(),
}
_DOWNLOADED: dict[str, Field] = {
    "gated": lambda s: s.repo.gated or False,
    "downloads": lambda s: s.repo.downloads,
    "downloadsAllTime": lambda s: s.repo.downloads_all_time,
}
_OF_MODELS: dict[str, Field] = {
    "pipeline_tag": lambda s: s.facts.pipeline_tag,
    "library_name": lambda s: s.facts.library_name,
    "config": lambda s: s.facts.config,
    "transformersInfo": lambda s: s.facts.transformers_info,
    "safetensors": lambda s: s.facts.safetensors,
    "model-index": lambda s: s.card("model-index"),
    "mask_token": lambda s: s.mask_token(),
    "widgetData": lambda s: s.card("widget"),
    "baseModels": lambda s: s.related.base_models() if s.related else None,
    "childrenModelCount": lambda s: s.related.children_count() if s.related else None,
    "evalResults": lambda s: s.facts.eval_results,
    "gguf": lambda s: s.facts.gguf,
    "inference": lambda s: None,
    "inferenceProviderMapping": lambda s: {},
    "spaces": lambda s: s.related.spaces() if s.related else list(s.spaces),
}
_OF_DATASETS: dict[str, Field] = {
    "description": lambda s: s.facts.description,
    "citation": lambda s: s.facts.citation,
    "paperswithcode_id": lambda s: s.card("paperswithcode_id"),
    "mainSize": lambda s: sum(entry.size_bytes for entry in s.list_files()),
}
_OF_SPACES: dict[str, Field] = {
    "sdk": lambda s: s.repo.sdk,
    "subdomain": lambda s: (
        f"{s.repo.ref.namespace}-{s.repo.ref.name}".lower().replace(".", "-").replace("_", "-")
    ),
    "models": lambda s: s.card("models"),
    "datasets": lambda s: s.card("datasets"),
    "runtime": lambda s: describe_runtime(has_app=s.has_app()),
    "region": lambda s: None,
}
FIELDS: dict[RepoType, dict[str, Field]] = {
    "model": {**_SHARED, **_DOWNLOADED, **_OF_MODELS},
    "dataset": {**_SHARED, **_DOWNLOADED, **_OF_DATASETS},
    "space": {**_SHARED, **_OF_SPACES},
    "kernel": {**_SHARED, **_DOWNLOADED, "library_name": _OF_MODELS["library_name"]},
}
_ONLY_EXPANDED = frozenset(
    {"downloadsAllTime", "trendingScore", "resourceGroup", "baseModels", "childrenModelCount", "evalResults",
     "inference", "inferenceProviderMapping", "mainSize", "region"}
)  # fmt: skip
# What depends on who asks, or on the time, and is told anew each time.
UNREMEMBERED = frozenset({"baseModels", "childrenModelCount", "spaces", "trendingScore"})
_LISTED = ("likes", "trendingScore", "private", "downloads", "tags", "pipeline_tag", "library_name",
           "createdAt", "sdk", "subdomain", "lastModified", "gated", "author")  # fmt: skip
_LISTED_FULL = ("sha", "disabled", "siblings", "description", "paperswithcode_id")


def describe_repo(shown: Shown, expand: Sequence[str] = ()) -> Json:
    """The answer to a question about one repo. Raises Invalid for an unknown `expand`."""
    fields = FIELDS[shown.repo.ref.type]
    names = check_expand(shown.repo.ref.type, expand) or [
        name for name in fields if name not in _ONLY_EXPANDED
    ]
    return _describe(shown, names)


def describe_listed(
    shown: Shown, expand: Sequence[str] = (), *, full: bool = False, card: bool = False, config: bool = False
) -> Json:
    """One item of a list; only the names in `expand`, if there are any."""
    fields = FIELDS[shown.repo.ref.type]
    if expand:
        return _describe(shown, check_expand(shown.repo.ref.type, expand))
    wanted = [*_LISTED, *(_LISTED_FULL if full else ())]
    wanted += ["cardData"] * (card or (full and shown.repo.ref.type != "model"))
    wanted += ["config"] * config
    return _describe(shown, [name for name in wanted if name in fields])


def _describe(shown: Shown, names: Sequence[str]) -> Json:
    repo = shown.repo
    found: Json = {"_id": repo.key, "id": repo.id}
    if repo.ref.type == "model":
        found["modelId"] = repo.id
    for name in names:
        value = FIELDS[repo.ref.type][name](shown)
        if value is not None:
            found[name] = value
    return found


def check_expand(repo_type: RepoType, names: Sequence[str]) -> list[str]:
    """Raises Invalid, naming what may be asked for."""
    allowed = FIELDS[repo_type]
    for name in names:
        if name not in allowed:
            # Word for word: programs read the names out of this sentence (huggingface_hub's own tests).
            raise Invalid(f'"expand" must be one of [{", ".join(sorted(allowed))}]', value=name)
    return list(names)


def _sibling(entry: Entry, *, blobs: bool) -> Json:
    if not blobs:
        return {"rfilename": entry.path}
    found: Json = {"rfilename": entry.path, "size": entry.size_bytes, "blobId": entry.oid}
    if entry.lfs:
        found["lfs"] = _pointer(entry.lfs, "sha256")
    return found


def _pointer(lfs: LfsPointer, name: str) -> Json:
    """The digest goes by two names: `sha256` among siblings, `oid` in trees."""
    return {name: lfs.sha256, "size": lfs.size_bytes, "pointerSize": lfs.pointer_size_bytes}


def describe_entry(entry: Entry) -> Json:
    """A file or folder, as trees and paths-info list it."""
    found: Json = {"type": entry.type, "oid": entry.oid, "size": entry.size_bytes, "path": entry.path}
    if entry.lfs:
        found["lfs"] = _pointer(entry.lfs, "oid")
    if entry.xet_hash:
        found["xetHash"] = entry.xet_hash
    if (commit := entry.last_commit) is not None:
        found["lastCommit"] = {"id": commit.oid, "title": commit.title, "date": iso(commit.date)}
    return found


def describe_commit(commit: Commit, *, formatted: bool) -> Json:
    body = commit.message[len(commit.title) :].strip("\n")
    found: Json = {
        "id": commit.oid,
        "title": commit.title,
        "message": body,
        "authors": [{"user": commit.author_name}],
        "date": iso(commit.date),
    }
    if formatted:
        found["formatted"] = {"title": escape(commit.title), "message": escape(body)}
    return found


def describe_refs(refs: Refs, *, with_pull_requests: bool) -> Json:
    def described(items: Sequence[Ref]) -> list[Json]:
        return [{"name": ref.name, "ref": ref.ref, "targetCommit": ref.target} for ref in items]

    found: Json = {
        "branches": described(refs.branches),
        "tags": described(refs.tags),
        "converts": described(refs.converts),
    }
    if with_pull_requests:
        found["pullRequests"] = described(refs.pull_requests)
    return found


def describe_large_file(file: LargeFile, ref: str | None) -> Json:
    return {
        "fileOid": file.sha256, "filename": file.path, "oid": file.sha256, "pushedAt": iso(file.pushed_at),
        "size": file.size_bytes, **({"ref": ref} if ref else {}),
    }  # fmt: skip


def describe_tags(
    counted: Sequence[tuple[str, int]], tasks: Mapping[str, Sequence[str]]
) -> dict[str, list[Json]]:
    """Tags grouped by what they speak of, as `get_model_tags` and `get_dataset_tags` return them."""
    kinds = {task: kind for kind, names in tasks.items() for task in names}
    grouped: dict[str, list[Json]] = {}
    for tag, count in counted:
        kind, label = _kind_of_tag(tag, kinds)
        item: Json = {"id": tag, "label": label, "type": kind, "count": count}
        if tag in kinds:
            item["subType"] = kinds[tag]
        grouped.setdefault(kind, []).append(item)
    return grouped


def _kind_of_tag(tag: str, tasks: Mapping[str, str]) -> tuple[str, str]:
    """What a tag speaks of, and the part of it to show."""
    if tag in tasks:
        return "pipeline_tag", tag
    if tag in LIBRARIES:
        return "library", tag
    prefix, colon, rest = tag.partition(":")
    if colon and prefix.replace("_", "").isalpha():
        return prefix, rest
    return "language" if tag.isalpha() and len(tag) in (2, 3) else "other", tag
