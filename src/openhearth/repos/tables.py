"""The tables of repos: the truth in `repos`, `repo_redirects` and `repo_likes`, the others made from git."""

import sqlalchemy as sa

from openhearth.db import UtcDateTime, metadata

_KEY = sa.String(24)
_SHA256 = sa.String(64)


def _repo_key(*, primary_key: bool = True) -> sa.Column[str]:
    return sa.Column(
        "repo_key", _KEY, sa.ForeignKey("repos.key", ondelete="CASCADE"), primary_key=primary_key
    )


repos = sa.Table(
    "repos",
    metadata,
    sa.Column("key", _KEY, primary_key=True),
    sa.Column("type", sa.String(8), nullable=False),
    sa.Column("namespace", sa.String(96), nullable=False, index=True),
    sa.Column("name", sa.String(96), nullable=False),
    sa.Column("address", sa.String(220), nullable=False, unique=True),  # lower case: models/ada/tiny
    sa.Column("visibility", sa.String(9), nullable=False),
    sa.Column("gated", sa.String(6)),
    sa.Column("sdk", sa.String(20)),
    # No foreign key: a repo outlives the account that made it, when an organisation holds it.
    sa.Column("creator_id", _KEY),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("last_modified", UtcDateTime, nullable=False),
    sa.Column("downloads", sa.BigInteger, nullable=False, default=0),  # of the last 30 days
    sa.Column("downloads_all_time", sa.BigInteger, nullable=False, default=0, server_default="0"),
    sa.Column("likes", sa.BigInteger, nullable=False, default=0),
    sa.Column("trending", sa.BigInteger, nullable=False, default=0),  # heat, see trending.py
)
for _sorted_by in ("created_at", "last_modified", "downloads", "likes", "trending"):
    sa.Index(f"ix_repos_type_{_sorted_by}", repos.c.type, repos.c[_sorted_by], repos.c.key)

# Where a moved repo was: its old addresses lead to it until another repo takes them.
repo_redirects = sa.Table(
    "repo_redirects",
    metadata,
    sa.Column("address", sa.String(220), primary_key=True),
    sa.Column("repo_key", _KEY, sa.ForeignKey("repos.key", ondelete="CASCADE"), nullable=False, index=True),
)

repo_facts = sa.Table(
    "repo_facts",
    metadata,
    _repo_key(),
    sa.Column("commit", sa.String(40), nullable=False),
    sa.Column("card", sa.JSON, nullable=False),
    sa.Column("card_problem", sa.Text),
    sa.Column("description", sa.Text),
    sa.Column("tags", sa.JSON, nullable=False),
    sa.Column("pipeline_tag", sa.String(200), index=True),
    sa.Column("library_name", sa.String(200)),
    sa.Column("config", sa.JSON(none_as_null=True)),
    sa.Column("transformers_info", sa.JSON(none_as_null=True)),
    sa.Column("safetensors", sa.JSON(none_as_null=True)),
    sa.Column("parameters", sa.BigInteger),
    sa.Column("gguf", sa.JSON(none_as_null=True)),
    sa.Column("citation", sa.Text),
    sa.Column("eval_results", sa.JSON(none_as_null=True)),
    sa.Column("used_storage_bytes", sa.BigInteger, nullable=False),
)

# What the card of a Space says that it uses; the targets need not be there.
repo_links = sa.Table(
    "repo_links",
    metadata,
    _repo_key(),
    sa.Column("type", sa.String(8), primary_key=True),  # model or dataset
    sa.Column("target_key", sa.String(200), primary_key=True),  # namespace/name in lower case
    sa.Index("ix_repo_links_type_target_key", "type", "target_key"),
)

# Downloads by day; `is_recent` while the day counts in `repos.downloads`.
repo_downloads = sa.Table(
    "repo_downloads",
    metadata,
    _repo_key(),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.Column("is_recent", sa.Boolean, nullable=False),
    sa.Index("ix_repo_downloads_is_recent_day", "is_recent", "day"),
)

repo_tags = sa.Table(
    "repo_tags",
    metadata,
    _repo_key(),
    sa.Column("tag", sa.String(200), primary_key=True, index=True),
)

# Every large file that a repo ever committed: what its storage use is made of.
repo_large_files = sa.Table(
    "repo_large_files",
    metadata,
    _repo_key(),
    sa.Column("sha256", _SHA256, primary_key=True),
    sa.Column("path", sa.Text, nullable=False),  # where it was committed first
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("pushed_at", UtcDateTime, nullable=False),
)

# Who likes what. The numbers in `repos.likes` are counts of these rows.
repo_likes = sa.Table(
    "repo_likes",
    metadata,
    _repo_key(),
    sa.Column("user_id", _KEY, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True),
    sa.Column("at", UtcDateTime, nullable=False),
)

# Branches that lose no commits and cannot be deleted; `admins_only`: only admins move them.
branch_protections = sa.Table(
    "branch_protections",
    metadata,
    _repo_key(),
    sa.Column("pattern", sa.String(200), primary_key=True),  # a name, or with * for any characters
    sa.Column("admins_only", sa.Boolean, nullable=False),
)

lfs_locks = sa.Table(
    "lfs_locks",
    metadata,
    sa.Column("id", _KEY, primary_key=True),
    sa.Column("repo_key", _KEY, sa.ForeignKey("repos.key", ondelete="CASCADE"), nullable=False),
    sa.Column("path_hash", _SHA256, nullable=False),  # of the path, which may be too long for an index
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("user_id", _KEY, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("user_name", sa.String(96), nullable=False),
    sa.Column("locked_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("repo_key", "path_hash"),
)

# How much a namespace may store, where it differs from the setting; 0: no limit.
namespace_quotas = sa.Table(
    "namespace_quotas",
    metadata,
    sa.Column("namespace", sa.String(96), primary_key=True),  # lower case
    sa.Column("limit_bytes", sa.BigInteger, nullable=False),
)

# Who asked for the files of a gated repo, or was let in without asking. A closed account takes its requests along.
repo_access_requests = sa.Table(
    "repo_access_requests",
    metadata,
    sa.Column("id", _KEY, primary_key=True),
    sa.Column("repo_key", _KEY, sa.ForeignKey("repos.key", ondelete="CASCADE"), nullable=False),
    sa.Column("user_id", _KEY, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("status", sa.String(8), nullable=False),  # gates.AccessStatus
    sa.Column("asked_at", UtcDateTime, nullable=False),
    sa.Column("has_asked", sa.Boolean, nullable=False),
    sa.Column("answered_at", UtcDateTime),
    sa.Column("answered_by", sa.String(96)),
    sa.Column("reason", sa.Text),
    sa.Column("answers", sa.JSON, nullable=False),
    sa.UniqueConstraint("repo_key", "user_id"),
    sa.Index("ix_repo_access_requests_repo_key_status_asked_at", "repo_key", "status", "asked_at", "id"),
)

REPO_COLUMNS = [column for column in repos.c if column.name != "address"]
FACT_COLUMNS = [column for column in repo_facts.c if column.name != "repo_key"]
JOINED = repos.outerjoin(repo_facts, repo_facts.c.repo_key == repos.c.key)
