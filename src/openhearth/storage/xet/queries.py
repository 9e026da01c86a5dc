"""All SQL of the chunk store: functions over a Connection that decide nothing."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from openhearth.db import insert_into
from openhearth.storage.xet.records import Claim, XetFile
from openhearth.storage.xet.tables import (
    claims,
    compositions,
    entrances,
    files,
    groups,
    repo_files,
    repos,
    samples,
    xorbs,
)

T = TypeVar("T")
_KEYS_AT_ONCE = 500  # both engines limit the parameters of a statement


class GroupMember(NamedTuple):
    """Where a chunk leads: all xorbs of an upload, and the place among them of the one that holds it."""

    group_id: int
    xorbs: bytes
    place: int
    last_used_at: datetime


class StoredXorb(NamedTuple):
    hash: bytes
    size_bytes: int


def _in_batches(keys: Collection[T]) -> Iterator[list[T]]:
    ordered = list(keys)
    return (ordered[at : at + _KEYS_AT_ONCE] for at in range(0, len(ordered), _KEYS_AT_ONCE))


# Xorbs


def put_xorb(connection: Connection, **values: object) -> None:
    """Insert a xorb, or note that it was used again."""
    insert = insert_into(connection, xorbs).values(**values)
    again = {name: values[name] for name in ("last_used_at", "size_bytes")}
    connection.execute(insert.on_conflict_do_update(index_elements=["hash"], set_=again))


def touch_xorbs(connection: Connection, hashes: Collection[bytes], now: datetime) -> int:
    """Note that these xorbs are used; gives how many of them have a row."""
    updates = (
        xorbs.update().where(xorbs.c.hash.in_(batch)).values(last_used_at=now)
        for batch in _in_batches(hashes)
    )
    return sum(connection.execute(update).rowcount for update in updates)


def has_xorb(connection: Connection, xorb: bytes) -> bool:
    return connection.scalar(sa.select(sa.literal(1)).where(xorbs.c.hash == xorb)) is not None


def list_xorbs(connection: Connection) -> list[bytes]:
    return list(connection.scalars(sa.select(xorbs.c.hash)))


def sum_stored_bytes(connection: Connection) -> int:
    return connection.scalar(sa.select(sa.func.coalesce(sa.func.sum(xorbs.c.size_bytes), 0))) or 0


def list_xorbs_unused_since(connection: Connection, moment: datetime) -> list[StoredXorb]:
    rows = connection.execute(
        sa.select(xorbs.c.hash, xorbs.c.size_bytes).where(xorbs.c.last_used_at < moment)
    )
    return [StoredXorb(row.hash, row.size_bytes) for row in rows]


def delete_xorb_unused_since(connection: Connection, xorb: bytes, moment: datetime) -> bool:
    """Delete a xorb with its composition, unless it was used or a composed xorb needs it."""
    is_home = sa.exists().where(compositions.c.home == xorb)
    delete = xorbs.delete().where(xorbs.c.hash == xorb, xorbs.c.last_used_at < moment, ~is_home)
    is_deleted = connection.execute(delete).rowcount > 0
    if is_deleted:
        connection.execute(compositions.delete().where(compositions.c.xorb == xorb))
    return is_deleted


# Composed xorbs


def put_composition(connection: Connection, xorb: bytes, homes: Collection[bytes]) -> None:
    if homes:
        rows = [{"xorb": xorb, "home": home} for home in homes]
        connection.execute(insert_into(connection, compositions).on_conflict_do_nothing(), rows)


def list_compositions(connection: Connection) -> list[tuple[bytes, bytes]]:
    """Every composed xorb with each of its homes."""
    return [(row.xorb, row.home) for row in connection.execute(sa.select(compositions))]


def put_samples(connection: Connection, xorb: bytes, words: Collection[int]) -> None:
    """Let these chunks lead to the xorb, except those that lead to another already."""
    rows = [{"word": word, "xorb": xorb} for word in words]
    connection.execute(insert_into(connection, samples).on_conflict_do_nothing(), rows)


def list_sampled(connection: Connection, words: Collection[int]) -> list[bytes]:
    """The xorbs to which these chunks lead, once for each chunk that does."""
    queries = (sa.select(samples.c.xorb).where(samples.c.word.in_(batch)) for batch in _in_batches(words))
    return [xorb for query in queries for xorb in connection.scalars(query)]


def delete_samples(connection: Connection, xorb: bytes, words: Collection[int]) -> None:
    for batch in _in_batches(words):
        connection.execute(samples.delete().where(samples.c.word.in_(batch), samples.c.xorb == xorb))


# Files and who may read them


def put_files(connection: Connection, rows: Sequence[Mapping[str, object]]) -> int:
    """Insert files that are not there yet; gives how many were new."""
    insert = insert_into(connection, files).on_conflict_do_nothing()
    return sum(connection.execute(insert, row).rowcount for row in rows)


def find_terms(connection: Connection, file_hash: bytes) -> bytes | None:
    terms: bytes | None = connection.scalar(sa.select(files.c.terms).where(files.c.hash == file_hash))
    return terms


def find_size(connection: Connection, file_hash: bytes) -> int | None:
    size: int | None = connection.scalar(sa.select(files.c.size_bytes).where(files.c.hash == file_hash))
    return size


def put_repo_files(
    connection: Connection, repo_key: str, file_hashes: Collection[bytes], uploader: str, now: datetime
) -> None:
    """Note that `uploader` has sent these files to the repo, now or again."""
    rows = [
        {"repo_key": repo_key, "file_hash": file_hash, "uploader": uploader, "created_at": now}
        for file_hash in file_hashes
    ]
    if rows:
        again = {"index_elements": ["repo_key", "file_hash", "uploader"], "set_": {"created_at": now}}
        connection.execute(insert_into(connection, repo_files).on_conflict_do_update(**again), rows)


def link_files(connection: Connection, repo_key: str, file_hashes: Collection[bytes], now: datetime) -> None:
    for batch in _in_batches(file_hashes):
        mine = (
            repo_files.c.repo_key == repo_key,
            repo_files.c.file_hash.in_(batch),
            repo_files.c.linked_at.is_(None),
        )
        connection.execute(repo_files.update().where(*mine).values(linked_at=now))


def list_missing(connection: Connection, repo_key: str, file_hashes: Collection[bytes]) -> set[bytes]:
    """Those of `file_hashes` that nobody has uploaded to the repo."""
    missing = set(file_hashes)
    for batch in _in_batches(file_hashes):
        found = sa.select(repo_files.c.file_hash).where(
            repo_files.c.repo_key == repo_key, repo_files.c.file_hash.in_(batch)
        )
        missing.difference_update(connection.scalars(found))
    return missing


def _readable_by(uploader: str | None) -> sa.ColumnElement[bool]:
    return sa.or_(repo_files.c.linked_at.is_not(None), repo_files.c.uploader == uploader)


def may_read(connection: Connection, repo_key: str, file_hash: bytes, uploader: str | None) -> bool:
    row = sa.select(sa.literal(1)).where(
        repo_files.c.repo_key == repo_key, repo_files.c.file_hash == file_hash, _readable_by(uploader)
    )
    return connection.scalar(row.limit(1)) is not None


def find_readable_sizes(
    connection: Connection, repo_key: str, file_hashes: Collection[bytes], uploader: str | None
) -> dict[bytes, int]:
    """File hash → size, for those of `file_hashes` that readers of the repo, or `uploader`, may read."""
    joined = repo_files.join(files, files.c.hash == repo_files.c.file_hash)
    columns = sa.select(files.c.hash, files.c.size_bytes).select_from(joined)
    found: dict[bytes, int] = {}
    for batch in _in_batches(file_hashes):
        mine = (repo_files.c.repo_key == repo_key, repo_files.c.file_hash.in_(batch), _readable_by(uploader))
        found |= {row.hash: row.size_bytes for row in connection.execute(columns.where(*mine).distinct())}
    return found


def hold_files(connection: Connection, repo_key: str, file_hashes: Collection[bytes], now: datetime) -> None:
    """Link files to the repo in nobody's name."""
    rows = [
        {"repo_key": repo_key, "file_hash": hash, "uploader": "", "created_at": now, "linked_at": now}
        for hash in file_hashes
    ]
    if rows:
        connection.execute(insert_into(connection, repo_files).on_conflict_do_nothing(), rows)


def release_files(connection: Connection, repo_key: str, file_hashes: Collection[bytes]) -> None:
    """Undo `hold_files`."""
    for batch in _in_batches(file_hashes):
        mine = (repo_files.c.repo_key == repo_key, repo_files.c.file_hash.in_(batch))
        connection.execute(repo_files.delete().where(*mine, repo_files.c.uploader == ""))


def delete_files(
    connection: Connection, repo_key: str, file_hashes: Collection[bytes], sha256s: Collection[str]
) -> None:
    """Take files and the claims on them from the repo."""
    for batch in _in_batches(file_hashes):
        mine = (repo_files.c.repo_key == repo_key, repo_files.c.file_hash.in_(batch))
        connection.execute(repo_files.delete().where(*mine))
    for names in _in_batches(sha256s):
        connection.execute(claims.delete().where(claims.c.repo_key == repo_key, claims.c.sha256.in_(names)))


def copy_links(
    connection: Connection, source_key: str, target_key: str, sha256s: Collection[str] | None, now: datetime
) -> int:
    """Copy linked files with their claims from repo to repo (None: all of them); gives how many."""
    linked = _linked_claims(source_key)
    batches = (
        [linked] if sha256s is None else [linked.where(claims.c.sha256.in_(b)) for b in _in_batches(sha256s)]
    )
    rows = [row for batch in batches for row in connection.execute(batch.distinct())]
    put_claims(connection, target_key, [(row.sha256, row.file_hash, row.is_verified) for row in rows])
    hashes = {row.file_hash for row in rows}
    put_repo_files(connection, target_key, hashes, "", now)
    link_files(connection, target_key, hashes, now)
    return len(rows)


def _linked_claims(repo_key: str) -> "sa.Select[str, str, bytes, bool]":
    on_repo = sa.and_(
        repo_files.c.repo_key == claims.c.repo_key, repo_files.c.file_hash == claims.c.file_hash
    )
    linked = (claims.c.repo_key == repo_key, repo_files.c.linked_at.is_not(None))
    return sa.select(claims).join_from(claims, repo_files, on_repo).where(*linked)


def delete_abandoned_files(connection: Connection, moment: datetime) -> None:
    """Forget uploads before `moment` that no commit took up, and files that no repo holds."""
    waiting = (repo_files.c.linked_at.is_(None), repo_files.c.created_at < moment)
    connection.execute(repo_files.delete().where(*waiting))
    held = sa.select(repo_files.c.file_hash)
    in_repo = (repo_files.c.repo_key == claims.c.repo_key, repo_files.c.file_hash == claims.c.file_hash)
    connection.execute(claims.delete().where(~sa.exists().where(*in_repo)))
    connection.execute(files.delete().where(files.c.hash.not_in(held)))


def list_live_terms(connection: Connection, moment: datetime) -> Iterator[bytes]:
    """Terms of every file that a repo holds, or that came after `moment` and waits for its commit."""
    live = sa.or_(repo_files.c.linked_at.is_not(None), repo_files.c.created_at >= moment)
    held = sa.select(repo_files.c.file_hash).where(live)
    yield from connection.scalars(sa.select(files.c.terms).where(files.c.hash.in_(held)))


# Claims


def put_claims(connection: Connection, repo_key: str, rows: Iterable[tuple[str, bytes, bool]]) -> None:
    """Insert claims (sha256, file hash, is verified); one that is there already stays as it is."""
    values = [
        {"repo_key": repo_key, "sha256": sha256, "file_hash": file_hash, "is_verified": is_verified}
        for sha256, file_hash, is_verified in rows
    ]
    if values:
        connection.execute(insert_into(connection, claims).on_conflict_do_nothing(), values)


def list_claims(connection: Connection, repo_key: str, sha256s: Collection[str]) -> dict[str, Claim]:
    found: dict[str, Claim] = {}
    for batch in _in_batches(sha256s):
        rows = connection.execute(
            sa.select(claims).where(claims.c.repo_key == repo_key, claims.c.sha256.in_(batch))
        )
        found |= {row.sha256: Claim(row.file_hash, row.is_verified) for row in rows}
    return found


def find_files(
    connection: Connection, repo_key: str, sha256s: Collection[str], uploader: str | None
) -> dict[str, XetFile]:
    """The files that `sha256s` name in the repo: those linked, and those that `uploader` has just sent."""
    found: dict[str, XetFile] = {}
    on_repo = sa.and_(
        repo_files.c.repo_key == claims.c.repo_key, repo_files.c.file_hash == claims.c.file_hash
    )
    joined = claims.join(files, files.c.hash == claims.c.file_hash).join(repo_files, on_repo)
    columns = sa.select(claims.c.sha256, claims.c.file_hash, files.c.size_bytes).select_from(joined)
    for batch in _in_batches(sha256s):
        mine = (claims.c.repo_key == repo_key, claims.c.sha256.in_(batch), _readable_by(uploader))
        for row in connection.execute(columns.where(*mine).distinct()):
            found[row.sha256] = XetFile.of(row.file_hash, row.sha256, row.size_bytes)
    return found


def list_unverified_claims(connection: Connection, limit: int) -> list[tuple[str, str]]:
    """Repo and sha256 of linked files whose sha256 nobody has checked yet."""
    on_repo = sa.and_(
        repo_files.c.repo_key == claims.c.repo_key, repo_files.c.file_hash == claims.c.file_hash
    )
    unchecked = sa.select(claims.c.repo_key, claims.c.sha256).join_from(claims, repo_files, on_repo)
    waiting = unchecked.where(claims.c.is_verified.is_(False), repo_files.c.linked_at.is_not(None))
    return [(row.repo_key, row.sha256) for row in connection.execute(waiting.distinct().limit(limit))]


def mark_claim_verified(connection: Connection, repo_key: str, sha256: str, file_hash: bytes) -> None:
    this = (claims.c.repo_key == repo_key, claims.c.sha256 == sha256, claims.c.file_hash == file_hash)
    connection.execute(claims.update().where(*this).values(is_verified=True))


def delete_claim(connection: Connection, repo_key: str, sha256: str, file_hash: bytes) -> None:
    this = (claims.c.repo_key == repo_key, claims.c.sha256 == sha256, claims.c.file_hash == file_hash)
    connection.execute(claims.delete().where(*this))


# Dedup


def put_repo(connection: Connection, repo_key: str, *, namespace: str, is_public: bool) -> None:
    seen = {"namespace": namespace, "is_public": is_public}
    insert = insert_into(connection, repos).values(repo_key=repo_key, **seen)
    connection.execute(insert.on_conflict_do_update(index_elements=["repo_key"], set_=seen))


def update_repo(connection: Connection, repo_key: str, *, namespace: str, is_public: bool) -> None:
    connection.execute(
        repos.update().where(repos.c.repo_key == repo_key).values(namespace=namespace, is_public=is_public)
    )


def add_group(
    connection: Connection,
    repo_key: str,
    xorb_hashes: bytes,
    entries: Iterable[tuple[bytes, int]],
    now: datetime,
) -> None:
    """Insert a group; `entries` (chunk hash, place) lead to it from now on in this repo."""
    inserted = connection.execute(
        groups.insert().values(repo_key=repo_key, xorbs=xorb_hashes, last_used_at=now)
    )
    group_id = inserted.inserted_primary_key[0] if inserted.inserted_primary_key else None
    rows = [
        {"chunk_hash": chunk, "repo_key": repo_key, "group_id": group_id, "place": place}
        for chunk, place in entries
    ]
    if rows:
        insert = insert_into(connection, entrances)
        newest = {"group_id": insert.excluded.group_id, "place": insert.excluded.place}
        connection.execute(
            insert.on_conflict_do_update(index_elements=["chunk_hash", "repo_key"], set_=newest), rows
        )


def find_group(connection: Connection, chunk_hash: bytes, namespace: str | None) -> GroupMember | None:
    """The newest group that holds the chunk, in `namespace` or in public repos (None: anywhere)."""
    joined = entrances.join(repos, repos.c.repo_key == entrances.c.repo_key)
    joined = joined.join(groups, groups.c.id == entrances.c.group_id)
    query = (
        sa.select(groups.c.id, groups.c.xorbs, entrances.c.place, groups.c.last_used_at)
        .select_from(joined)
        .where(entrances.c.chunk_hash == chunk_hash)
        .order_by(entrances.c.group_id.desc())
        .limit(1)
    )
    if namespace is not None:
        query = query.where(sa.or_(repos.c.is_public, repos.c.namespace == namespace))
    row = connection.execute(query).first()
    return None if row is None else GroupMember(row.id, row.xorbs, row.place, row.last_used_at)


def touch_group(connection: Connection, group_id: int, now: datetime) -> None:
    connection.execute(groups.update().where(groups.c.id == group_id).values(last_used_at=now))


def delete_repo(connection: Connection, repo_key: str) -> None:
    """Forget all that a repo could read, had claimed or led to. Files and xorbs stay until collected."""
    for table in (repo_files, claims, entrances, groups, repos):
        connection.execute(table.delete().where(table.c.repo_key == repo_key))


def sum_bytes(connection: Connection, repo_keys: Sequence[str]) -> int:
    """The sizes of all files of the repos, each repo by itself, whoever uploaded them."""
    total = 0
    for start in range(0, len(repo_keys), _KEYS_AT_ONCE):
        batch = repo_keys[start : start + _KEYS_AT_ONCE]
        held = (
            sa.select(repo_files.c.repo_key, repo_files.c.file_hash)
            .where(repo_files.c.repo_key.in_(batch))
            .distinct()
            .subquery()
        )
        query = sa.select(sa.func.sum(files.c.size_bytes)).join_from(
            held, files, files.c.hash == held.c.file_hash
        )
        total += int(connection.execute(query).scalar() or 0)
    return total
