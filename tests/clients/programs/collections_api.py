"""Collections with huggingface_hub: every method, and what each refusal looks like to the client."""

import os
import subprocess
import sys
from pathlib import Path

from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.hf_api import Collection

TAG = sys.argv[1]
ada, stranger = HfApi(), HfApi(token=os.environ["EVE_TOKEN"])
HF = str(Path(sys.executable).parent / "hf")


def refused(status: int, call: object, *arguments: object, **options: object) -> HfHubHTTPError:
    assert callable(call)
    try:
        call(*arguments, **options)
    except HfHubHTTPError as error:
        assert error.response.status_code == status, (status, error.response.status_code, error.response.text)
        return error
    raise AssertionError(f"{call.__name__}{arguments} was not refused")


def make_things() -> tuple[str, str, str, str]:
    model, hidden = f"ada/shelf-{TAG}", f"ada/shelf-hidden-{TAG}"
    dataset, space = f"ada/shelf-data-{TAG}", f"ada/shelf-app-{TAG}"
    ada.create_repo(model)
    ada.create_repo(hidden, private=True)
    ada.create_repo(dataset, repo_type="dataset")
    ada.create_repo(space, repo_type="space", space_sdk="static")
    return model, hidden, dataset, space


def make_and_describe(title: str) -> Collection:
    made = ada.create_collection(title, description="What melts well.")
    words = title.lower().replace(" ", "-")
    assert made.slug.startswith(f"ada/{words}-")
    assert len(made.slug.rsplit("-", 1)[1]) == 24
    assert made.owner["name"] == "ada", made.owner
    assert (made.title, made.description, made.private, made.upvotes) == (title, "What melts well.", False, 0)
    assert made.items == []
    assert made.url == f"{os.environ['HF_ENDPOINT']}/collections/{made.slug}"
    assert ada.get_collection(made.slug) == made
    refused(409, ada.create_collection, title)
    assert ada.create_collection(title, exists_ok=True).slug == made.slug
    return made


def fill(slug: str, model: str, hidden: str, dataset: str, space: str, inner: str) -> None:
    ada.add_collection_item(slug, model, "model", note="The first one")
    for item_id, kind in ((dataset, "dataset"), (space, "space"), (hidden, "model")):
        filled = ada.add_collection_item(slug, item_id, kind)
    filled = ada.add_collection_item(slug, inner, "collection")
    filled = ada.add_collection_item(slug, "2311.12983", "paper")
    assert [item.item_id for item in filled.items] == [model, dataset, space, hidden, inner, "2311.12983"]
    assert [item.position for item in filled.items] == list(range(6))
    assert (filled.items[0].note, filled.items[1].note) == ("The first one", None)
    refused(409, ada.add_collection_item, slug, model, "model")
    assert len(ada.add_collection_item(slug, model, "model", exists_ok=True).items) == 6
    refused(404, ada.add_collection_item, slug, model, "dataset")
    refused(404, ada.add_collection_item, slug, f"ada/none-{TAG}", "model")
    refused(400, ada.add_collection_item, slug, dataset, "dataset", note="x" * 501)
    refused(403, stranger.add_collection_item, slug, dataset, "dataset")
    assert hidden not in [item.item_id for item in stranger.get_collection(slug).items]


def rearrange(slug: str, model: str, dataset: str) -> None:
    first, _, *rest = ada.get_collection(slug).items
    ada.update_collection_item(slug, first.item_object_id, note="Second now", position=1)
    changed = ada.get_collection(slug).items
    assert [item.item_id for item in changed[:2]] == [dataset, model]
    assert changed[1].note == "Second now"
    for item in rest:
        ada.delete_collection_item(slug, item.item_object_id)
    refused(404, ada.delete_collection_item, slug, rest[0].item_object_id)
    ada.delete_collection_item(slug, rest[0].item_object_id, missing_ok=True)
    assert [item.item_id for item in ada.get_collection(slug).items] == [dataset, model]
    new_home = f"{model}-moved"
    ada.move_repo(model, new_home)
    assert [item.item_id for item in ada.get_collection(slug).items] == [dataset, new_home]
    ada.delete_repo(new_home)
    assert [item.item_id for item in ada.get_collection(slug).items] == [dataset]


def rename_and_hide(slug: str, title: str) -> str:
    changed = ada.update_collection_metadata(
        slug, title=f"{title} anew", description="Melted.", position=3, private=True, theme="pink"
    )
    assert (changed.title, changed.description, changed.position) == (f"{title} anew", "Melted.", 3)
    assert (changed.private, changed.theme) == (True, "pink")
    assert changed.slug != slug
    assert changed.slug.rsplit("-", 1)[1] == slug.rsplit("-", 1)[1]
    assert ada.get_collection(slug).slug == changed.slug
    refused(404, stranger.get_collection, changed.slug)
    refused(404, stranger.delete_collection, changed.slug)
    refused(400, ada.update_collection_metadata, slug, theme="plaid")
    refused(501, ada.update_collection_resource_group, slug, "some-group")
    return changed.slug


def find(slug: str, dataset: str) -> None:
    assert slug in [found.slug for found in ada.list_collections(owner="ada")]
    assert slug in [found.slug for found in ada.list_collections(owner=["ben", "ada"], sort="upvotes")]
    by_item = list(ada.list_collections(item=f"datasets/{dataset}", sort="trending"))
    assert [found.slug for found in by_item] == [slug]
    assert len(by_item[0].items) <= 4
    assert list(ada.list_collections(item=f"models/ada/none-{TAG}")) == []
    assert list(stranger.list_collections(item=f"datasets/{dataset}")) == []
    some = [ada.create_collection(f"Paged {number} {TAG}") for number in range(3)]
    listed = [found.slug for found in ada.list_collections(owner="ada", limit=2)]
    assert listed == [some[2].slug, some[1].slug]


def by_command(title: str, dataset: str) -> None:
    def hf(*arguments: str) -> str:
        done = subprocess.run([HF, "collections", *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return done.stdout

    hf("create", title, "--description", "By command", "--exists-ok")
    (slug,) = [found.slug for found in ada.list_collections(owner="ada") if found.title == title]
    hf("add-item", slug, dataset, "dataset", "--note", "useful", "--exists-ok")
    (item,) = ada.get_collection(slug).items
    hf("update-item", slug, item.item_object_id, "--note", "very useful", "--position", "0")
    assert "very useful" in hf("info", slug)
    hf("update", slug, "--theme", "green", "--private")
    assert slug in hf("ls", "--owner", "ada", "--item", f"datasets/{dataset}", "--format", "json")
    hf("delete-item", slug, item.item_object_id)
    hf("delete", slug)
    hf("delete", slug, "--missing-ok")


model, hidden, dataset, space = make_things()
inner = ada.create_collection(f"Inner {TAG}").slug
title = f"Steel {TAG}"
made = make_and_describe(title)
fill(made.slug, model, hidden, dataset, space, inner)
rearrange(made.slug, model, dataset)
slug = rename_and_hide(made.slug, title)
find(slug, dataset)
by_command(f"Commanded {TAG}", dataset)
ada.delete_collection(slug)
refused(404, ada.delete_collection, slug)
ada.delete_collection(slug, missing_ok=True)
refused(404, ada.get_collection, slug)
