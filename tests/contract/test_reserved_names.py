"""Nobody can be called what the hub calls its own pages."""

from starlette.routing import Route

from openhearth.app import app_of
from openhearth.kit.names import RESERVED_NAMESPACES
from openhearth.rooms import Hub


def test_the_first_word_of_every_address_is_no_name_for_people(hub: Hub) -> None:
    routes = [route for route in app_of(hub).routes if isinstance(route, Route)]
    words = {route.path.split("/")[1] for route in routes}
    fixed = {word for word in words if word and "{" not in word}
    assert fixed - RESERVED_NAMESPACES == set()
