"""From the provider's groups to roles here, at every sign-in.

What a group gives is given, and noted; what was noted and is given no more is taken back. A role that somebody
set by hand stays, unless a group of the person's says otherwise about the same organisation.
"""

import logging
from collections.abc import Collection, Mapping

from openhearth.access import Actor, Role
from openhearth.accounts.errors import LastAdmin
from openhearth.accounts.orgs import Organisations
from openhearth.accounts.people import People
from openhearth.accounts.records import User
from openhearth.accounts.sso import queries
from openhearth.accounts.sso.policy import SITE_ADMIN
from openhearth.accounts.sso.records import GroupGrant
from openhearth.db import Database
from openhearth.errors import Conflict, NotFound

log = logging.getLogger(__name__)

# Acts for the provider. The space keeps the name out of everybody's reach.
SSO_ACTOR = Actor(user_id="single-sign-on", name="single sign-on", is_site_admin=True)


class Groups:
    def __init__(
        self, grants: Collection[GroupGrant], *, db: Database, people: People, orgs: Organisations
    ) -> None:
        self._grants = grants
        self._db = db
        self._people = people
        self._orgs = orgs

    def apply(self, user: User, groups: Collection[str]) -> None:
        """Bring the roles of `user` to what their `groups` give."""
        wanted = self._wanted(groups)
        with self._db.read() as rows:
            before = queries.list_grants(rows, user.id)
        roles = {
            entry.organisation.id: (entry.organisation.name, entry.role)
            for entry in self._orgs.list_memberships(user.id)
        }
        for org_id, (name, role) in wanted.items():
            if org_id == SITE_ADMIN:
                self._people.set_site_admin(SSO_ACTOR, user.id, is_site_admin=True)
            elif roles.get(org_id, ("", None))[1] != role:
                self._set(user, name, role)
        kept = {target for target in before - wanted.keys() if not self._take_back(user, target, roles)}
        with self._db.write() as rows:
            queries.replace_grants(rows, user.id, wanted.keys() | kept)

    def _wanted(self, groups: Collection[str]) -> dict[str, tuple[str, Role]]:
        """Organisation's id → its name and the highest role that a group gives."""
        wanted: dict[str, tuple[str, Role]] = {}
        for grant in self._grants:
            if grant.group not in groups:
                continue
            if grant.org is None:
                wanted[SITE_ADMIN] = (SITE_ADMIN, grant.role)
                continue
            org = self._orgs.find_org(grant.org)
            if org is None:
                log.warning(
                    "sso_group_roles: %s gives a role in %s, which does not exist", grant.group, grant.org
                )
            elif org.id not in wanted or wanted[org.id][1] < grant.role:
                wanted[org.id] = (org.name, grant.role)
        return wanted

    def _set(self, user: User, org: str, role: Role) -> None:
        try:
            self._orgs.set_member(SSO_ACTOR, org, user.name, role)
        except LastAdmin as error:
            log.warning("single sign-on leaves %s an admin of %s: %s", user.name, org, error.message)

    def _take_back(self, user: User, target: str, roles: Mapping[str, tuple[str, Role]]) -> bool:
        """Whether `user` has no more what a group once gave; not, where the last admin would be gone."""
        try:
            if target == SITE_ADMIN:
                self._people.set_site_admin(SSO_ACTOR, user.id, is_site_admin=False)
            elif target in roles:
                self._orgs.remove_member(SSO_ACTOR, roles[target][0], user.name)
        except NotFound:
            return True
        except Conflict as error:
            log.warning("single sign-on cannot take %s back from %s: %s", target, user.name, error.message)
            return False
        return True
