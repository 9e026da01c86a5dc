"""What may be called what: namespaces, repo names, revisions and paths inside a repo.

Knows no storage. Rules for names follow the client's `validate_repo_id` (huggingface_hub utils/_validators.py),
widened by names that begin with an underscore; rules for refs follow git-check-ref-format(1).
"""

import re
from dataclasses import dataclass
from typing import Literal, get_args

from openhearth.errors import Invalid
from openhearth.kit.text import is_storable

RepoType = Literal["model", "dataset", "space", "kernel"]
REPO_TYPES: tuple[RepoType, ...] = get_args(RepoType)
_PLURALS: dict[str, RepoType] = {f"{kind}s": kind for kind in REPO_TYPES}
# What stands before `namespace/name` in the addresses of pages, git, LFS and files.
PAGE_PREFIXES: dict[RepoType, str] = {
    kind: "" if kind == "model" else f"/{plural}" for plural, kind in _PLURALS.items()
}

NAME_MAX_LENGTH = 96
PATH_MAX_BYTES = 4096
SEGMENT_MAX_BYTES = 255

_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?")
_NAMESPACE = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?")
_COMMIT = re.compile(r"[0-9a-f]{40}")
# First segments of page addresses: a namespace of that name could never be opened.
RESERVED_NAMESPACES = frozenset(
    [
        "api",
        "models",
        "datasets",
        "spaces",
        "kernels",
        "buckets",
        "papers",
        "collections",
        "columns",
        "notes",
        "tasks",
        "docs",
        "static",
        "health",
        "metrics",
        "new",
        "new-dataset",
        "new-space",
        "new-bucket",
        "new-kernel",
        "login",
        "logout",
        "join",
        "settings",
        "oauth",
        "sso",
        ".well-known",
        "v1",
        "v2",
        "cas",
        "-",
        "resolve-cache",
        "organizations",
        "users",
        "me",
        "admin",
        "search",
        "lfs",
        "assets",
        "setup",
        "avatars",
        "notifications",
        "uploads",
    ]
)


class PathEscapes(Invalid):
    """A path that would leave its folder where `\\` parts folders. 422, as clients expect (huggingface_hub's own tests)."""

    status = 422


@dataclass(frozen=True, order=True)
class RepoRef:
    """The public address of a repo: its type and `namespace/name`."""

    type: RepoType
    namespace: str
    name: str

    @property
    def id(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def plural(self) -> str:
        return f"{self.type}s"

    def __str__(self) -> str:
        return self.id


@dataclass(frozen=True, order=True)
class BucketRef:
    """The public address of a bucket. Buckets share their namespaces with repos, not their names."""

    namespace: str
    name: str

    @property
    def type(self) -> str:
        return "bucket"

    @property
    def plural(self) -> str:
        return "buckets"

    @property
    def id(self) -> str:
        return f"{self.namespace}/{self.name}"

    def __str__(self) -> str:
        return self.id


def repo_type_of(text: str | None, *, field: str = "type") -> RepoType:
    """Read `model`, `models`, `dataset`, … ; None means model, as the client omits it there."""
    if text is None:
        return "model"
    kind = _PLURALS.get(text, text)
    if kind not in REPO_TYPES:
        raise Invalid(f"{field}: {text!r} is no repo type; use one of {', '.join(REPO_TYPES)}.")
    return kind


def check_repo_name(name: str) -> str:
    """Return `name` if a repo may be called so. Raises Invalid."""
    _check_plain(name, "name", _NAME, "letters, digits, '-', '_' and '.'")
    if "--" in name or ".." in name:
        raise Invalid(f"name: {name!r} holds '--' or '..'; use single dashes and dots.")
    if name.lower().endswith((".git", ".ipynb")):
        raise Invalid(f"name: {name!r} may not end in '.git' or '.ipynb'; leave the ending off.")
    return name


def check_namespace(name: str, *, field: str = "name") -> str:
    """Return `name` if a user or an organisation may be called so. Raises Invalid."""
    _check_plain(name, field, _NAMESPACE, "letters, digits, '-' and '_'")
    if "--" in name:
        raise Invalid(f"{field}: {name!r} holds '--'; use single dashes.")
    if name.lower() in RESERVED_NAMESPACES:
        raise Invalid(f"{field}: {name!r} is used by the hub's own pages; choose another.")
    return name


def _check_plain(name: str, field: str, pattern: re.Pattern[str], allowed: str) -> None:
    if not name:
        raise Invalid(f"{field}: is empty; give a name of {allowed}.")
    if len(name) > NAME_MAX_LENGTH:
        raise Invalid(
            f"{field}: {name[:40]!r}… has {len(name)} characters; at most {NAME_MAX_LENGTH} are allowed."
        )
    if not pattern.fullmatch(name):
        raise Invalid(
            f"{field}: {name!r} is not allowed; use {allowed}, beginning and ending with a letter, digit or '_'."
        )


def split_repo_id(repo_id: str, repo_type: RepoType = "model", *, field: str = "repo id") -> RepoRef:
    """Read `namespace/name`. Raises Invalid if it is spelled otherwise."""
    namespace, slash, name = repo_id.partition("/")
    if not slash or "/" in name:
        raise Invalid(f"{field}: {repo_id!r} is not of the form namespace/name.")
    return RepoRef(repo_type, check_namespace(namespace, field=field), check_repo_name(name))


def split_bucket_id(bucket_id: str, *, field: str = "bucket id") -> BucketRef:
    """Read `namespace/name`. Raises Invalid if it is spelled otherwise; buckets are named as repos are."""
    ref = split_repo_id(bucket_id, field=field)
    return BucketRef(ref.namespace, ref.name)


def is_commit_id(text: str) -> bool:
    return bool(_COMMIT.fullmatch(text))


def check_ref_name(name: str, *, field: str = "branch") -> str:
    """Return `name` if git may use it below refs/heads or refs/tags (git-check-ref-format). Raises Invalid."""
    bad = (
        not name
        or not is_storable(name)
        or len(name.encode()) > SEGMENT_MAX_BYTES
        or name.startswith(("/", "-", "refs/"))
        or name.endswith(("/", "."))
        or ".." in name
        or "//" in name
        or "@{" in name
        or name in ("@", "HEAD")
        or is_commit_id(name)
        or any(ord(c) < 33 or ord(c) == 127 or c in "~^:?*[\\" for c in name)
        or any(part.startswith(".") or part.endswith(".lock") for part in name.split("/"))
    )
    if bad:
        raise Invalid(
            f"{field}: {name!r} is no valid git ref name; use letters, digits, '-', '_', '.' and single '/'."
        )
    return name


def check_path(path: str, *, field: str = "path", in_git: bool = True) -> str:
    """Return `path` if it names a file or folder inside a repo, or with `in_git` False, a bucket. Raises Invalid.

    Refuses absolute paths, `.` and `..` segments, NUL and control characters, backslashes as separators of
    escapes, `.git` in any spelling that a case-folding file system would accept, and over-long names.
    """
    shown = path if len(path) <= 80 else path[:80] + "…"
    if not path:
        raise Invalid(f"{field}: is empty; give a path inside the repo.")
    if path.startswith("/"):
        raise Invalid(f"{field}: {shown!r} is absolute; give a path relative to the repo.")
    if any(ord(c) < 32 or ord(c) == 127 for c in path):
        raise Invalid(f"{field}: {shown!r} holds control characters; remove them.")
    try:
        raw = path.encode()
    except UnicodeEncodeError:
        raise Invalid(f"{field}: {shown!r} is not valid Unicode text.") from None
    if len(raw) > PATH_MAX_BYTES:
        raise Invalid(f"{field}: {shown!r} has {len(raw)} bytes; at most {PATH_MAX_BYTES} are allowed.")
    if "\\" in path and ".." in path.replace("\\", "/").split("/"):
        raise PathEscapes(
            f"{field}: {shown!r} leads out of the repo on some machines; name the file directly."
        )
    for segment in path.split("/"):
        _check_segment(segment, shown, field)
        if in_git:
            _refuse_git_folder(segment, shown, field)
    return path


def _check_segment(segment: str, shown: str, field: str) -> None:
    if segment in ("", ".", ".."):
        raise Invalid(f"{field}: {shown!r} holds an empty, '.' or '..' part; name the file directly.")
    if len(segment.encode()) > SEGMENT_MAX_BYTES:
        raise Invalid(f"{field}: a part of {shown!r} is longer than {SEGMENT_MAX_BYTES} bytes; shorten it.")


def _refuse_git_folder(segment: str, shown: str, field: str) -> None:
    # HFS+ ignores some code points and NTFS trailing dots and spaces and 8.3 names: git's own verify_path rules.
    folded = "".join(
        c for c in segment if c not in "\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufeff"
    )
    if folded.lower().rstrip(". ").split(":")[0] in (".git", "git~1"):
        raise Invalid(f"{field}: {shown!r} reaches into '.git', which holds the repo itself.")
