"""How repos start where nobody says otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from openhearth.access import Role
from openhearth.accounts import OPERATOR
from openhearth.config import DefaultVisibility, Settings
from openhearth.kit.names import BucketRef, RepoRef
from openhearth.rooms import build_hub
from openhearth.wire.request import Credentials


@pytest.mark.parametrize(
    ("hub_default", "org_default", "expected"),
    [
        ("public", False, ("public", "public")),
        ("public", True, ("public", "private")),
        ("private", False, ("private", "private")),
        ("private", True, ("private", "private")),
    ],
)
def test_the_hub_and_the_organisation_say_how_repos_start(
    tmp_path: Path, hub_default: DefaultVisibility, org_default: bool, expected: tuple[str, str]
) -> None:
    hub = build_hub(Settings(data=tmp_path, default_visibility=hub_default))
    ada = hub.accounts.people.add(OPERATOR, "ada")
    hub.accounts.orgs.create(OPERATOR, "forge", private_by_default=org_default, members={"ada": Role.ADMIN})
    session = hub.accounts.sessions.begin(ada.id, agent="test").value
    actor = hub.accounts.identify(Credentials(session=session))
    for namespace, visibility in zip(("ada", "forge"), expected, strict=True):
        repo = hub.repos.catalogue.create(actor, RepoRef("model", namespace, "tiny"))
        bucket = hub.buckets.catalogue.create(actor, BucketRef(namespace, "store"))
        assert (repo.visibility, bucket.visibility) == (visibility, visibility)
        said = hub.repos.catalogue.create(actor, RepoRef("model", namespace, "said"), visibility="public")
        assert said.visibility == "public"
    hub.ground.db.close()
