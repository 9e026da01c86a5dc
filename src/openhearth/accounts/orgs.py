"""Organisations: their members, the members' roles, and the audit list of who changed which.

An organisation that has an admin keeps one: the last cannot leave or step down.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy.engine import Connection

from openhearth.access import Actor, Role
from openhearth.accounts.errors import LastAdmin, NameTaken, OrganisationNotFound, UserNotFound
from openhearth.accounts.known import KnownActors
from openhearth.accounts.people import check_bio, check_fullname
from openhearth.accounts.permits import require_admin_of, require_write
from openhearth.accounts.queries import orgs as queries
from openhearth.accounts.queries import people as people_queries
from openhearth.accounts.records import Member, Membership, Organisation, RoleChange, User
from openhearth.db import Database, Duplicate
from openhearth.errors import NotFound
from openhearth.events import Events, RoleChanged
from openhearth.kit.clock import Clock
from openhearth.kit.cursors import Page, decode_cursor, encode_cursor
from openhearth.kit.ids import new_id
from openhearth.kit.names import check_namespace

SHOWN_ROLE_CHANGES = 100


class Organisations:
    def __init__(self, *, db: Database, clock: Clock, known: KnownActors, events: Events) -> None:
        self._events = events
        self._db = db
        self._clock = clock
        self._known = known

    def create(
        self,
        actor: Actor,
        name: str,
        *,
        fullname: str | None = None,
        private_by_default: bool = False,
        members: Mapping[str, Role] | None = None,
    ) -> Organisation:
        """Make an organisation with the actor as admin. Raises NameTaken, Invalid, UserNotFound."""
        require_write(actor)
        check_namespace(name)
        fullname = check_fullname(fullname or name)
        roles = dict(members or {})
        if actor.name is not None:
            roles = {key: role for key, role in roles.items() if key.lower() != actor.name.lower()}
            roles[actor.name] = Role.ADMIN
        org_id = new_id()
        try:
            with self._db.write() as rows:
                people_queries.insert_namespace(
                    rows, id=org_id, kind="org", name=name, fullname=fullname, created_at=self._clock()
                )
                queries.insert_org(rows, id=org_id, private_by_default=private_by_default)
                changes = [
                    self._set_role(rows, org_id, _get_user(rows, user_name), role, by=actor)
                    for user_name, role in roles.items()
                ]
        except Duplicate:
            raise NameTaken(name) from None
        self._known.forget()
        self._announce(name, changes)
        return self.get_org(name)

    def find_org(self, name: str) -> Organisation | None:
        with self._db.read() as rows:
            return queries.find_org(rows, name)

    def get_org(self, name: str) -> Organisation:
        """Raises OrganisationNotFound."""
        org = self.find_org(name)
        if org is None:
            raise OrganisationNotFound(name)
        return org

    def update(
        self, actor: Actor, name: str, *, fullname: str, bio: str, private_by_default: bool
    ) -> Organisation:
        """Change what the organisation says of itself and how its new repos start. For its admins."""
        org = self.get_org(name)
        require_admin_of(actor, org.name)
        fullname, bio = check_fullname(fullname), check_bio(bio)
        with self._db.write() as rows:
            people_queries.update_namespace(rows, org.id, fullname=fullname, bio=bio)
            queries.update_org(rows, org.id, private_by_default=private_by_default)
        return self.get_org(name)

    def set_member(self, actor: Actor, name: str, user_name: str, role: Role) -> None:
        """Add a member or change their role. For admins. Raises UserNotFound, LastAdmin."""
        org = self.get_org(name)
        require_admin_of(actor, org.name)
        with self._db.write() as rows:
            user = _get_user(rows, user_name)
            change = self._set_role(rows, org.id, user, role, by=actor)
            self._keep_an_admin(rows, org, stepped_down=role < Role.ADMIN)
        self._known.forget()
        self._announce(org.name, [change])

    def remove_member(self, actor: Actor, name: str, user_name: str) -> None:
        """Take a member out; everybody may take themselves out. Raises NotFound, LastAdmin."""
        org = self.get_org(name)
        leaving = actor.name is not None and actor.name.lower() == user_name.lower()
        if leaving:
            require_write(actor)
        else:
            require_admin_of(actor, org.name)
        with self._db.write() as rows:
            user = _get_user(rows, user_name)
            before = queries.find_role(rows, org.id, user.id)
            if before is None:
                raise NotFound(f"{user.name} is no member of {org.name}.")
            queries.delete_member(rows, org.id, user.id)
            change = self._note_change(rows, org.id, user, before=before, after=None, by=actor)
            self._keep_an_admin(rows, org, stepped_down=before == Role.ADMIN)
        self._known.forget()
        self._announce(org.name, [change])

    def list_members(self, name: str, *, cursor: str | None = None, limit: int = 100) -> Page[Member]:
        """Members in order of their names. Raises OrganisationNotFound."""
        org = self.get_org(name)
        after = str(decode_cursor(cursor, 1)[0]) if cursor else ""
        with self._db.read() as rows:
            found = queries.list_members(rows, org.id, after=after, limit=limit + 1)
            total = queries.count_members(rows, org.id)
        next_cursor = encode_cursor(found[limit - 1].user.name) if len(found) > limit else None
        return Page(found[:limit], next_cursor, total)

    def list_writers(self, org_id: str, *, limit: int) -> list[str]:
        """The ids of members who may write everywhere, longest members first."""
        with self._db.read() as rows:
            return queries.list_member_ids(rows, org_id, least=Role.WRITE, limit=limit)

    def list_memberships(self, user_id: str) -> list[Membership]:
        """The organisations of one user, in order of their names."""
        with self._db.read() as rows:
            return queries.list_memberships(rows, user_id)

    def list_role_changes(self, actor: Actor, name: str) -> list[RoleChange]:
        """Who changed which role, newest first. For admins."""
        org = self.get_org(name)
        require_admin_of(actor, org.name)
        with self._db.read() as rows:
            return queries.list_role_changes(rows, org.id, limit=SHOWN_ROLE_CHANGES)

    def _announce(self, org: str, changes: Sequence[RoleChange | None]) -> None:
        for change in changes:
            if change is not None:
                self._events.publish(
                    RoleChanged(
                        org=org,
                        user_name=change.user_name,
                        before=change.before.name.lower() if change.before else None,
                        after=change.after.name.lower() if change.after else None,
                        actor_name=change.actor_name,
                    )
                )

    def _set_role(
        self, rows: Connection, org_id: str, user: User, role: Role, *, by: Actor
    ) -> RoleChange | None:
        before = queries.find_role(rows, org_id, user.id)
        if before == role:
            return None
        if before is None:
            queries.insert_member(rows, org_id, user.id, role, since=self._clock())
        else:
            queries.update_role(rows, org_id, user.id, role)
        return self._note_change(rows, org_id, user, before=before, after=role, by=by)

    def _note_change(
        self, rows: Connection, org_id: str, user: User, *, before: Role | None, after: Role | None, by: Actor
    ) -> RoleChange:
        change = RoleChange(
            at=self._clock(),
            actor_name=by.name or "operator",
            user_name=user.name,
            before=before,
            after=after,
        )
        queries.insert_role_change(rows, org_id, change)
        return change

    def _keep_an_admin(self, rows: Connection, org: Organisation, *, stepped_down: bool) -> None:
        """Raises LastAdmin, which undoes the transaction, if stepping down leaves nobody."""
        if stepped_down and not queries.count_members(rows, org.id, role=Role.ADMIN):
            raise LastAdmin(org.name)


def _get_user(rows: Connection, name: str) -> User:
    user = people_queries.find_user(rows, name)
    if user is None:
        raise UserNotFound(name)
    return user
