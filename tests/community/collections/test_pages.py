"""Collections in a browser without script: made, filled, ordered, shared, hidden."""

from __future__ import annotations

import re

from openhearth.kit.names import RepoRef
from tests.repos_pages.conftest import Browser, Site, site

__all__ = ["site"]


def make(site: Site, title: str = "Steel", who: Browser | None = None, **fields: str) -> str:
    """The address of a new collection of ada's."""
    browser = who or site.ada
    answer = browser.send("/collections/new", {"title": title, "namespace": "ada", **fields})
    assert answer.status_code == 303, answer.text
    location: str = answer.headers["location"]
    return location


def item_addresses(page: str) -> list[str]:
    return re.findall(r'action="(/collections/[^"]+/items/[0-9a-f]{24})" ?(?=[^>]*>)', page)


def order(site: Site, address: str, *names: str) -> list[str]:
    page = site.nobody.read(address)
    return sorted(names, key=lambda name: page.index(f'href="{name}"'))


def test_nobody_reads_and_is_asked_to_sign_in_for_the_rest(site: Site) -> None:
    address = make(site)
    assert "Steel" in site.nobody.read("/collections")
    page = site.nobody.read(address)
    assert "Settings" not in page
    assert "Add something" not in page
    for path in ("/collections/new", "/collections/add?type=model&item=ada/tiny", f"{address}/edit"):
        assert site.nobody.get(path).headers["location"].startswith("/login?next=")
    for path, fields in (
        ("/collections/new", {"title": "x", "namespace": "ada"}),
        (f"{address}/upvote", {"upvote": "1"}),
        (f"{address}/items", {"type": "model", "item": "ada/tiny"}),
        (f"{address}/delete", {}),
    ):
        assert site.nobody.send(path, fields, page=address).status_code == 401


def test_a_repo_goes_in_from_its_own_page_and_out_again(site: Site) -> None:
    site.create()
    address = make(site)
    assert 'href="/collections/add?type=model&item=ada%2Ftiny"' in site.ada.read("/ada/tiny")
    choose = "/collections/add?type=model&item=ada/tiny"
    slug = address.removeprefix("/collections/")
    fields = {"type": "model", "item": "ada/tiny", "slug": slug}
    assert "Add it to Steel" in site.ada.read(choose)
    site.ada.send("/collections/add", fields, page=choose)
    assert "Take it out of Steel" in site.ada.read(choose)
    assert "/ada/tiny" in site.nobody.read(address)
    assert "In collections" in site.nobody.read("/ada/tiny")
    site.ada.send("/collections/add", fields, page=choose)
    assert "/ada/tiny" not in site.nobody.read(address)
    refused = site.eve.send("/collections/add", fields, page=choose)
    assert refused.status_code == 403
    site.ada.read("/collections/add?type=model&item=ada/none", status=404)


def test_a_new_collection_begins_with_what_it_was_made_for(site: Site) -> None:
    site.create()
    page = site.ada.read("/collections/new?item=models/ada/tiny")
    assert "models/ada/tiny" in page
    address = make(site, item="models/ada/tiny", description="For a start", private="on")
    page = site.ada.read(address)
    assert "/ada/tiny" in page
    assert "For a start" in page
    site.nobody.read(address, status=404)
    site.eve.read(address, status=404)


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(site: Site) -> None:
    make(site)
    for fields, said in (
        ({"title": " ", "namespace": "ada"}, "title: is empty"),
        ({"title": "Steel", "namespace": "ada"}, "is the title of another collection"),
        ({"title": "x", "namespace": "ada", "description": "d" * 151}, "description: has 151 characters"),
        ({"title": "x", "namespace": "ada", "item": "models/ada/none"}, "there is no model"),
    ):
        answer = site.ada.send("/collections/new", fields)
        assert answer.status_code == 400, fields
        assert said in answer.text
    assert site.eve.send("/collections/new", {"title": "x", "namespace": "ada"}).status_code == 403


def test_items_are_added_noted_ordered_and_removed(site: Site) -> None:
    site.create("one")
    site.create("two", kind="dataset")
    address = make(site)
    for kind, name in (("model", "ada/one"), ("dataset", "ada/two"), ("paper", "2311.12983")):
        site.ada.send(f"{address}/items", {"type": kind, "item": name, "note": f"About {kind}"}, page=address)
    links = ("/ada/one", "/datasets/ada/two", "https://arxiv.org/abs/2311.12983")
    assert order(site, address, *links) == list(links)
    first = item_addresses(site.ada.get(address).text)[0]
    answer = site.ada.send(first, {"action": "down"}, page=address)
    assert answer.headers["location"].startswith(f"{address}#item-")
    assert order(site, address, *links) == [links[1], links[0], links[2]]
    for _ in range(3):
        site.ada.send(first, {"action": "up"}, page=address)
    assert order(site, address, *links) == list(links)
    site.ada.send(first, {"action": "note", "note": "<b>Bold</b> words"}, page=address)
    assert "&lt;b&gt;Bold&lt;/b&gt; words" in site.nobody.get(address).text
    assert site.ada.send(first, {"action": "spin"}, page=address).status_code == 400
    again = site.ada.send(f"{address}/items", {"type": "model", "item": "ada/one"}, page=address)
    assert again.status_code == 400
    assert "is in ada/steel" in again.text
    site.ada.send(first, {"action": "remove"}, page=address)
    assert "/ada/one" not in site.nobody.read(address)


def test_settings_change_the_address_and_the_old_one_leads_there(site: Site) -> None:
    address = make(site)
    fields = {"title": "Iron", "description": "", "theme": "pink", "position": "2"}
    moved = site.ada.send(f"{address}/edit", fields).headers["location"]
    assert "/ada/iron-" in moved
    assert site.nobody.get(address).headers["location"] == moved
    assert "shelf-head--pink" in site.nobody.read(moved)
    for wrong in ({"theme": "plaid"}, {"position": "-1"}, {"title": ""}):
        assert site.ada.send(f"{moved}/edit", {**fields, **wrong}).status_code == 400
    assert site.eve.get(f"{moved}/edit").status_code == 403
    assert site.eve.send(f"{moved}/delete", {}, page=moved).status_code == 403
    assert site.ada.send(f"{moved}/delete", {}, page=f"{moved}/edit").status_code == 303
    site.ada.read(moved, status=404)


def test_an_upvote_is_given_and_taken_back(site: Site) -> None:
    address = make(site)
    site.eve.send(f"{address}/upvote", {"upvote": "1"}, page=address)
    assert 'aria-pressed="true"' in site.eve.read(address)
    assert "1 upvote so far" in site.nobody.read(address)
    site.eve.send(f"{address}/upvote", {"upvote": "0"}, page=address)
    assert "0 upvotes so far" in site.nobody.read(address)


def test_profiles_show_what_their_reader_may_see_in_the_owners_order(site: Site) -> None:
    addresses = [make(site, title) for title in ("First", "Second", "Third")]
    make(site, "Hidden shelf", private="on")
    for place, address in enumerate(reversed(addresses)):
        slug = address.removeprefix("/collections/")
        title = ("First", "Second", "Third")[2 - place]
        form = {"title": title, "description": "", "theme": "blue", "position": str(place)}
        site.ada.send(f"/collections/{slug}/edit", form)
    page = site.nobody.read("/ada")
    assert page.index("Third") < page.index("Second") < page.index("First")
    assert "Hidden shelf" not in page
    assert "Hidden shelf" in site.ada.read("/ada")
    assert "Make the first one" in site.eve.read("/eve")
    assert "collections" not in site.nobody.read("/eve").split("<main")[1].split("<footer")[0].lower()


def test_lists_are_searched_sorted_and_narrowed(site: Site) -> None:
    site.create()
    make(site, "Hot iron", item="models/ada/tiny")
    make(site, "Cold steel")
    assert "Hot iron" in site.nobody.read("/collections?search=IRON&sort=upvotes")
    assert "Cold steel" not in site.nobody.read("/collections?search=IRON")
    holding = site.nobody.read("/collections?item=models/ada/tiny")
    assert "Hot iron" in holding
    assert "Cold steel" not in holding
    assert "No collections here" in site.nobody.read("/collections?owner=eve")
    assert site.nobody.get("/collections?sort=best").status_code == 400


def test_what_became_private_leaves_pages_of_collections(site: Site) -> None:
    repo = site.create("soon-hidden")
    address = make(site, item="models/ada/soon-hidden")
    assert "soon-hidden" in site.nobody.read("/collections")
    site.hub.repos.catalogue.change_settings(site.ada_actor, repo, visibility="private")
    for path in (address, "/collections", "/ada"):
        assert "soon-hidden" not in site.nobody.read(path)
    site.nobody.read("/collections?item=models/ada/soon-hidden")
    assert "soon-hidden" in site.ada.read(address)
    assert site.hub.repos.catalogue.get(site.ada_actor, RepoRef("model", "ada", "soon-hidden"))
