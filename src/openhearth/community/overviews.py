"""What the overviews of people and organisations say beside their names: numbers of what the asker may see.

The names are those that huggingface_hub reads (hf_api.py `User`, `Organization`).
"""

from collections.abc import Mapping

from openhearth.access import Actor
from openhearth.accounts import Organisation, User
from openhearth.community.collections import Collections
from openhearth.community.discussions import Discussions
from openhearth.community.follows import Follows
from openhearth.repos import Repos


class Overviews:
    def __init__(
        self, *, repos: Repos, discussions: Discussions, follows: Follows, collections: Collections
    ) -> None:
        self._repos = repos
        self._discussions = discussions
        self._follows = follows
        self._collections = collections

    def describe(self, namespace: User | Organisation, actor: Actor) -> Mapping[str, object]:
        """What joins the JSON of the overview of `namespace`."""
        repos = self._repos.count_by_type(namespace.name, actor)
        shared = {
            "numModels": repos["model"],
            "numDatasets": repos["dataset"],
            "numSpaces": repos["space"],
            "numKernels": repos["kernel"],
            "numCollections": self._collections.catalogue.count_of(actor, namespace.id),
            "numPapers": 0,
            "numFollowers": self._follows.count_followers(namespace.id),
            "isFollowing": bool(self._follows.find_followed(actor, [namespace.id])),
        }
        return {**shared, **self._of_person(namespace, actor)} if isinstance(namespace, User) else shared

    def _of_person(self, user: User, actor: Actor) -> Mapping[str, object]:
        return {
            "numDiscussions": self._discussions.threads.count_opened(
                user.id, self._repos.catalogue.readable_keys(actor)
            ),
            "numUpvotes": self._collections.catalogue.count_upvotes(actor, user.id),
            "numLikes": self._repos.likes.count_liked(actor, user.id),
            "numFollowing": self._follows.count_following(user.id, people_only=True),
        }
