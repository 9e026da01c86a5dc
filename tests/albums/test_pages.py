"""The pages and the JSON of an album, as people with and without an account meet them."""

from __future__ import annotations

import re

import pytest

from openhearth.accounts import OPERATOR
from tests.albums.conftest import Desk

pytestmark = pytest.mark.run
REPO = "/datasets/forge/party"


def pictures_of(page: str) -> list[str]:
    return re.findall(r'src="(/datasets/forge/party/album/[^"]+)"', page)


def test_nobody_and_eve_learn_nothing(desk: Desk) -> None:
    desk.look()
    desk.name("Joe", "data/biden.jpg")
    (picture, *_) = pictures_of(desk.site.ada.read(desk.here))
    for address in (desk.here, f"{desk.here}/people/Joe", picture):
        assert desk.site.nobody.get(address).headers["location"].startswith("/login")
        desk.site.eve.read(address, status=404)
    for verb in ("look", "name", "not", "forget", "forget-all"):
        assert desk.site.eve.send(f"{desk.here}/{verb}", {}, page="/new").status_code == 404
    for method, address in (("GET", desk.api), ("GET", f"{desk.api}/find?name=Joe"), ("DELETE", desk.api)):
        assert desk.site.nobody.client.request(method, address).status_code == 401
    assert desk.open().album is not None


def test_of_a_public_dataset_only_who_may_change_it_sees_who_is_on_it(desk: Desk) -> None:
    desk.look()
    desk.name("Joe", "data/biden.jpg")
    desk.site.hub.repos.catalogue.change_settings(desk.site.ada_actor, desk.repo, visibility="public")
    assert "Joe" not in desk.site.eve.read(desk.here, status=404)
    card = desk.site.eve.read(REPO)
    assert "/album" not in card and "People" not in card
    assert desk.site.nobody.client.get(desk.api).status_code == 401
    assert "Joe" in desk.site.ben.read(desk.here)


def test_an_album_from_the_card_to_a_name_on_every_photo(desk: Desk) -> None:
    ada, ben = desk.site.ada, desk.site.ben
    assert f'href="{desk.here}"' in ada.read(REPO)
    page = ada.read(desk.here)
    assert "Nobody looked at these photos yet" in page and "8 photos are here" in page
    assert ada.send(f"{desk.here}/look", {}, page=desk.here).status_code == 303
    page = ada.read(desk.here)
    assert 'http-equiv="refresh"' in page and "Getting ready to look" in page
    desk.site.hub.queue.run_due()
    page = ada.read(desk.here)
    assert 'http-equiv="refresh"' not in page and "faces of somebody: who is it?" in page
    assert "1 photo could not be looked at" in page and "data/torn.jpg" in page
    asked = desk.eyes.asked
    assert ada.send(f"{desk.here}/look", {}, page=desk.here).status_code == 303
    desk.site.hub.queue.run_due()
    assert desk.eyes.asked == asked + 1, "only the torn one is tried again"
    page = ada.read(desk.here)
    shown = pictures_of(page)
    assert shown and all(ada.get(at).headers["content-type"] == "image/jpeg" for at in shown)

    (group,) = re.findall(r'name="group" value="(\w+)"', page)[:1]
    named = ben.send(f"{desk.here}/name", {"group": group, "name": "Barack Obama"}, page=desk.here)
    assert named.headers["location"] == desk.here
    assert "Barack Obama" in ada.read(desk.here) and ">People" in ada.read(REPO)
    found = ada.get(f"{desk.here}?name=barack")
    assert found.headers["location"] == f"{desk.here}/people/Barack%20Obama"
    person = ada.read(found.headers["location"])
    assert "5 photos" in person and f"{REPO}/blob/main/data/obama.jpg" in person and "named" in person
    assert ada.get(pictures_of(person)[0]).headers["cache-control"].startswith("private")
    unknown = ada.get(f"{desk.here}?name=Ana")
    assert unknown.status_code == 404 and "named are Barack Obama" in unknown.text


def test_a_face_that_is_not_theirs_is_taken_out_and_a_name_taken_back(desk: Desk) -> None:
    desk.look()
    desk.name("Barack", "data/obama.jpg")
    ada, person = desk.site.ada, f"{desk.here}/people/Barack"
    face = desk.face_on("data/obama3.jpg")
    assert ada.send(f"{desk.here}/not", {"name": "Barack", "face": face}, page=person).status_code == 303
    assert "obama3.jpg" not in ada.read(person)
    assert ada.send(f"{desk.here}/forget", {"name": "Barack"}, page=person).status_code == 303
    ada.read(person, status=404)


def test_a_group_is_named_without_whoever_was_unticked(desk: Desk) -> None:
    groups = desk.albums.gallery(desk.look()).unnamed
    ada = desk.site.ada
    page = ada.read(f"{desk.here}/groups/{groups[0][0].id}")
    ticked = re.findall(r'name="face" value="(\w+)" checked', page)
    assert len(ticked) == len(groups[0])
    sent = ada.send(f"{desk.here}/name", {"face": ticked[:2], "name": "B"}, page=desk.here)
    assert sent.status_code == 303
    said = [match.is_tagged for match in desk.albums.gallery(desk.open()).people["B"]]
    assert said.count(True) == 2
    refused = ada.send(f"{desk.here}/name", {"group": "none", "name": "B"}, page=desk.here)
    assert refused.status_code == 400 and "load the page again" in refused.text


def test_one_button_forgets_everything(desk: Desk) -> None:
    desk.look()
    page = desk.site.ada.read(desk.here)
    assert "Face data is sensitive" in page and "Forget everything" in page
    assert desk.site.ada.send(f"{desk.here}/forget-all", {}, page=desk.here).status_code == 303
    assert "Nobody looked at these photos yet" in desk.site.ada.read(desk.here)


def test_the_same_over_http(desk: Desk) -> None:
    token = desk.site.hub.accounts.tokens.create_for(OPERATOR, "ben", name="album", scope="write").value
    client, headers = desk.site.nobody.client, {"authorization": f"Bearer {token}"}

    def ask(method: str, address: str, **more: object) -> object:
        answer = client.request(method, f"{desk.api}{address}", headers=headers, **more)  # type: ignore[arg-type]
        assert answer.status_code in (200, 202), answer.text
        return answer.json()

    assert ask("GET", "")["state"] == "none"  # type: ignore[index]
    assert ask("POST", "")["state"] == "waiting"  # type: ignore[index]
    desk.site.hub.queue.run_due()
    ask("POST", "/tags", json={"name": "Barack", "path": "data/obama.jpg"})
    rows = ask("GET", "/find?name=barack")
    assert isinstance(rows, list) and rows[0]["path"] == "data/obama.jpg" and rows[0]["is_tagged"]
    assert rows[0]["url"].endswith("/datasets/forge/party/resolve/main/data/obama.jpg") and len(rows) == 5
    assert not any("vector" in row for row in rows)
    ask("POST", "/tags", json={"name": "Barack", "faces": [rows[-1]["face"]], "is_refused": True})
    assert len(ask("GET", "/find?name=barack")) == 4  # type: ignore[arg-type]
    told = ask("GET", "")
    assert told["people"] == [{"name": "Barack", "photos": 4, "faces": 4}]  # type: ignore[index]
    group = told["unnamed"][-1]["faces"]  # type: ignore[index]
    assert group[0].keys() == {"face", "path", "box", "score"}
    refused = client.post(f"{desk.api}/tags", headers=headers, json={"name": "B", "path": "data/coffee.jpg"})
    assert refused.status_code == 400 and "no face is found on data/coffee.jpg" in refused.json()["error"]
    ask("DELETE", "/people/Barack")
    missing = client.get(f"{desk.api}/find?name=Barack", headers=headers)
    assert missing.status_code == 404 and "nobody is named yet" in missing.json()["error"]
    ask("DELETE", "")
    assert ask("GET", "")["state"] == "none"  # type: ignore[index]
