"""Refusals of this room. A collection that one may not see is missing, in the same words."""

from openhearth.errors import Conflict, NotFound


class CollectionNotFound(NotFound):
    def __init__(self, slug: str) -> None:
        super().__init__(
            f"Collection not found: {slug[:200]}. If it is private, sign in with an account that may read it."
        )


class ItemNotFound(NotFound):
    pass


class CollectionExists(Conflict):
    def __init__(self, title: str, slug: str) -> None:
        """huggingface_hub reads `slug` from the body (hf_api.py `create_collection`)."""
        super().__init__(
            f"title: {title!r} is the title of another collection of the same owner, {slug}; choose another.",
            slug=slug,
        )


class ItemExists(Conflict):
    pass
