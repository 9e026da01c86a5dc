"""Rows of organisations, their members and what became of their roles."""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from openhearth.access import Role
from openhearth.accounts.queries.people import NAMESPACE_COLUMNS, USER_COLUMNS
from openhearth.accounts.records import Member, Membership, Organisation, RoleChange, User
from openhearth.accounts.tables import memberships, namespaces, organisations, role_changes, users

_COLUMNS = (*NAMESPACE_COLUMNS, organisations.c.private_by_default)
_SELECT = sa.select(*_COLUMNS).join_from(organisations, namespaces, namespaces.c.id == organisations.c.id)


def find_org(rows: Connection, name: str) -> Organisation | None:
    row = rows.execute(_SELECT.where(namespaces.c.name_key == name.lower())).mappings().first()
    return Organisation(**row) if row else None


def find_org_by_id(rows: Connection, org_id: str) -> Organisation | None:
    row = rows.execute(_SELECT.where(organisations.c.id == org_id)).mappings().first()
    return Organisation(**row) if row else None


def insert_org(rows: Connection, *, id: str, private_by_default: bool) -> None:
    rows.execute(organisations.insert().values(id=id, private_by_default=private_by_default))


def update_org(rows: Connection, id: str, *, private_by_default: bool) -> None:
    rows.execute(
        organisations.update().where(organisations.c.id == id).values(private_by_default=private_by_default)
    )


def list_memberships(rows: Connection, user_id: str) -> list[Membership]:
    query = (
        sa.select(*_COLUMNS, memberships.c.role)
        .join_from(memberships, organisations, organisations.c.id == memberships.c.org_id)
        .join(namespaces, namespaces.c.id == organisations.c.id)
        .where(memberships.c.user_id == user_id)
        .order_by(namespaces.c.name_key)
    )
    return [
        Membership(
            organisation=Organisation(**{k: v for k, v in row.items() if k != "role"}), role=Role(row["role"])
        )
        for row in rows.execute(query).mappings()
    ]


def roles_of(rows: Connection, user_id: str) -> Mapping[str, Role]:
    """Organisation name → role, of one user."""
    query = (
        sa.select(namespaces.c.name, memberships.c.role)
        .join_from(memberships, namespaces, namespaces.c.id == memberships.c.org_id)
        .where(memberships.c.user_id == user_id)
    )
    return {name: Role(role) for name, role in rows.execute(query)}


def list_roles(rows: Connection, user_ids: Collection[str]) -> Mapping[str, dict[str, Role]]:
    """User id → organisation name → role, of those who have any."""
    query = (
        sa.select(memberships.c.user_id, namespaces.c.name, memberships.c.role)
        .join_from(memberships, namespaces, namespaces.c.id == memberships.c.org_id)
        .where(memberships.c.user_id.in_(user_ids))
    )
    found: dict[str, dict[str, Role]] = {}
    for user_id, name, role in rows.execute(query):
        found.setdefault(user_id, {})[name] = Role(role)
    return found


def list_member_ids(rows: Connection, org_id: str, *, least: Role, limit: int) -> list[str]:
    """The members with at least a role, longest members first."""
    query = (
        sa.select(memberships.c.user_id)
        .where(memberships.c.org_id == org_id, memberships.c.role >= int(least))
        .order_by(memberships.c.since, memberships.c.user_id)
        .limit(limit)
    )
    return list(rows.execute(query).scalars())


def list_members(rows: Connection, org_id: str, *, after: str, limit: int) -> list[Member]:
    """Members in order of their names, from behind the name `after`."""
    query = (
        sa.select(*USER_COLUMNS, memberships.c.role, memberships.c.since)
        .join_from(memberships, users, users.c.id == memberships.c.user_id)
        .join(namespaces, namespaces.c.id == users.c.id)
        .where(memberships.c.org_id == org_id, namespaces.c.name_key > after.lower())
        .order_by(namespaces.c.name_key)
        .limit(limit)
    )
    return [
        Member(
            user=User(**{k: v for k, v in row.items() if k not in ("role", "since")}),
            role=Role(row["role"]),
            since=row["since"],
        )
        for row in rows.execute(query).mappings()
    ]


def count_members(rows: Connection, org_id: str, *, role: Role | None = None) -> int:
    query = sa.select(sa.func.count()).select_from(memberships).where(memberships.c.org_id == org_id)
    if role is not None:
        query = query.where(memberships.c.role == int(role))
    return rows.execute(query).scalar_one()


def find_role(rows: Connection, org_id: str, user_id: str) -> Role | None:
    query = sa.select(memberships.c.role).where(
        memberships.c.org_id == org_id, memberships.c.user_id == user_id
    )
    role = rows.execute(query).scalar()
    return None if role is None else Role(role)


def insert_member(rows: Connection, org_id: str, user_id: str, role: Role, *, since: datetime) -> None:
    rows.execute(memberships.insert().values(org_id=org_id, user_id=user_id, role=int(role), since=since))


def update_role(rows: Connection, org_id: str, user_id: str, role: Role) -> None:
    rows.execute(
        memberships.update()
        .where(memberships.c.org_id == org_id, memberships.c.user_id == user_id)
        .values(role=int(role))
    )


def delete_member(rows: Connection, org_id: str, user_id: str) -> None:
    rows.execute(memberships.delete().where(memberships.c.org_id == org_id, memberships.c.user_id == user_id))


def insert_role_change(rows: Connection, org_id: str, change: RoleChange) -> None:
    rows.execute(
        role_changes.insert().values(
            org_id=org_id,
            at=change.at,
            actor_name=change.actor_name,
            user_name=change.user_name,
            before=change.before,
            after=change.after,
        )
    )


def list_role_changes(rows: Connection, org_id: str, *, limit: int) -> list[RoleChange]:
    """The newest changes, newest first."""
    query = (
        sa.select(role_changes)
        .where(role_changes.c.org_id == org_id)
        .order_by(role_changes.c.id.desc())
        .limit(limit)
    )
    return [
        RoleChange(
            at=row.at,
            actor_name=row.actor_name,
            user_name=row.user_name,
            before=None if row.before is None else Role(row.before),
            after=None if row.after is None else Role(row.after),
        )
        for row in rows.execute(query)
    ]
