"""The permission table, in executable form."""

import pytest

from openhearth.access import (
    NOBODY,
    Action,
    Actor,
    RepoResource,
    Role,
    TokenLimits,
    Visibility,
    decide,
    decide_create,
)
from openhearth.errors import Forbidden, RepoNotFound, Unauthenticated
from openhearth.kit.names import RepoRef

REPO = RepoRef("model", "forge", "steel")
ADA = Actor(user_id="1", name="ada", roles={"forge": Role.ADMIN})
BEN = Actor(user_id="2", name="ben", roles={"forge": Role.WRITE})
CAL = Actor(user_id="3", name="cal", roles={"forge": Role.CONTRIBUTOR})
DEE = Actor(user_id="4", name="dee", roles={"forge": Role.READ})
EVE = Actor(user_id="5", name="eve")


def repo(visibility: Visibility, creator_id: str | None = None) -> RepoResource:
    return RepoResource(ref=REPO, visibility=visibility, creator_id=creator_id)


@pytest.mark.parametrize(
    ("actor", "highest"),
    [
        (ADA, Action.ADMIN),
        (BEN, Action.WRITE),
        (CAL, Action.READ),
        (DEE, Action.READ),
        (EVE, None),
        (NOBODY, None),
    ],
)
def test_a_private_repo_opens_by_role(actor: Actor, highest: Action | None) -> None:
    for action in Action:
        assert decide(actor, action, repo("private")).allowed == (highest is not None and action <= highest)


def test_a_contributor_writes_to_what_they_made_and_to_nothing_else() -> None:
    assert decide(CAL, Action.WRITE, repo("private", creator_id="3")).allowed
    assert not decide(CAL, Action.WRITE, repo("private", creator_id="4")).allowed


@pytest.mark.parametrize("actor", [EVE, NOBODY])
def test_a_private_repo_does_not_exist_for_a_stranger(actor: Actor) -> None:
    with pytest.raises(RepoNotFound):
        decide(actor, Action.READ, repo("private")).require(actor, repo("private"))


def test_a_public_repo_is_read_by_all_and_written_by_members() -> None:
    assert decide(NOBODY, Action.READ, repo("public")).allowed
    with pytest.raises(Unauthenticated):
        decide(NOBODY, Action.WRITE, repo("public")).require(NOBODY, repo("public"))
    with pytest.raises(Forbidden):
        decide(EVE, Action.WRITE, repo("public")).require(EVE, repo("public"))


def with_token(actor: Actor, limits: TokenLimits) -> Actor:
    return Actor(user_id=actor.user_id, name=actor.name, roles=actor.roles, token=limits)


def test_a_read_token_reads_and_never_writes() -> None:
    reader = with_token(ADA, TokenLimits(scope="read"))
    assert decide(reader, Action.READ, repo("private")).allowed
    with pytest.raises(Forbidden, match="token"):
        decide(reader, Action.WRITE, repo("private")).require(reader, repo("private"))
    assert not decide_create(reader, REPO).allowed


def test_a_fine_grained_token_hides_the_private_repos_it_does_not_name() -> None:
    narrow = with_token(ADA, TokenLimits(scope="fineGrained", repos={"models/forge/iron": Action.WRITE}))
    with pytest.raises(RepoNotFound):
        decide(narrow, Action.READ, repo("private")).require(narrow, repo("private"))
    named = with_token(ADA, TokenLimits(scope="fineGrained", repos={"models/forge/steel": Action.WRITE}))
    assert decide(named, Action.WRITE, repo("private")).allowed
    assert not decide(named, Action.ADMIN, repo("private")).allowed


def test_a_token_never_widens_what_its_person_may_do() -> None:
    wide = with_token(EVE, TokenLimits(scope="fineGrained", namespaces={"forge": Action.ADMIN}))
    assert not decide(wide, Action.READ, repo("private")).allowed
    assert not decide_create(wide, REPO).allowed
