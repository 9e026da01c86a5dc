"""People with huggingface_hub: overviews, members, followers, likes. Who is asking decides what is counted."""

import os
import sys
import urllib.request

from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

TAG = sys.argv[1]
ENDPOINT = os.environ["HF_ENDPOINT"]
ada, eve, nobody = HfApi(), HfApi(token=os.environ["EVE_TOKEN"]), HfApi(token=False)


def press(method: str, path: str, token: str) -> None:
    """What a button of the web page does: the client has no method for it."""
    request = urllib.request.Request(
        f"{ENDPOINT}{path}", method=method, headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200


open_model, hidden = f"ada/liked-{TAG}", f"ada/liked-hidden-{TAG}"
for repo, private in ((open_model, False), (hidden, True)):
    ada.create_repo(repo, private=private)
    press("POST", f"/api/models/{repo}/like", os.environ["HF_TOKEN"])
ada.create_repo(f"ada/liked-data-{TAG}", repo_type="dataset")
press("POST", f"/api/datasets/ada/liked-data-{TAG}/like", os.environ["HF_TOKEN"])
press("POST", f"/api/models/{open_model}/like", os.environ["EVE_TOKEN"])

mine, hers = ada.list_liked_repos(), nobody.list_liked_repos("ada")
assert mine.user == hers.user == "ada"
assert {open_model, hidden} <= set(mine.models)
assert mine.datasets == hers.datasets == [f"ada/liked-data-{TAG}"]
assert open_model in hers.models
assert hidden not in hers.models
assert {liker.username for liker in nobody.list_repo_likers(open_model)} == {"ada", "eve"}
try:
    list(eve.list_repo_likers(hidden))
except RepositoryNotFoundError:
    pass
else:
    raise AssertionError("the likers of a hidden repo were told")
eve.unlike(open_model)
assert [liker.username for liker in nobody.list_repo_likers(open_model)] == ["ada"]

press("POST", "/api/users/ada/follow", os.environ["EVE_TOKEN"])
press("POST", "/api/organizations/forge/follow", os.environ["EVE_TOKEN"])
assert [user.username for user in nobody.list_user_followers("ada")] == ["eve"]
assert [user.username for user in nobody.list_user_following("eve")] == ["ada"]
assert [user.username for user in nobody.list_organization_followers("forge")] == ["eve"]
assert {user.username: user.is_following for user in eve.list_organization_members("forge")} == {
    "ada": True,
    "ben": False,
}

shown, own = eve.get_user_overview("ada"), ada.get_user_overview("ada")
assert (shown.username, shown.is_following, own.is_following) == ("ada", True, False)
assert shown.avatar_url
assert shown.fullname
assert own.num_models is not None
assert shown.num_models is not None
assert own.num_models > shown.num_models
assert own.num_likes == mine.total
assert shown.num_likes == hers.total
assert (shown.num_followers, shown.num_following) == (1, 0)
for number in (
    shown.num_datasets,
    shown.num_spaces,
    shown.num_discussions,
    shown.num_papers,
    shown.num_upvotes,
):
    assert isinstance(number, int)
before = nobody.get_user_overview("eve").num_discussions
assert before is not None
eve.create_discussion(open_model, title="It melts early")
eve.create_discussion(f"ada/liked-data-{TAG}", title="More of it?", repo_type="dataset")
assert nobody.get_user_overview("eve").num_discussions == before + 2
assert {org.name for org in shown.orgs} >= {"forge", "starter"}
assert eve.get_user_overview("eve").num_following == 1

forge = eve.get_organization_overview("forge")
assert (forge.name, forge.fullname, forge.is_following, forge.is_verified) == ("forge", "forge", True, False)
assert (forge.num_users, forge.num_followers) == (2, 1)
for number in (forge.num_models, forge.num_datasets, forge.num_spaces, forge.num_papers):
    assert isinstance(number, int)
assert nobody.get_organization_overview("forge").is_following is False

for call, name in (
    (nobody.get_user_overview, f"none-{TAG}"),
    (nobody.get_user_overview, "forge"),
    (nobody.get_organization_overview, "ada"),
):
    try:
        call(name)
    except HfHubHTTPError as error:
        assert error.response.status_code == 404
    else:
        raise AssertionError(f"{name} was found")
press("DELETE", "/api/users/ada/follow", os.environ["EVE_TOKEN"])
assert list(nobody.list_user_followers("ada")) == []
