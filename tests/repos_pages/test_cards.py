"""The first tab of a repo."""

import json
import struct

import pytest

from openhearth.cards import Tensor
from openhearth.kit.names import RepoRef, RepoType
from openhearth.repos.pages.layers import layer_tree
from openhearth.repos.pages.snippets import usages_of
from openhearth.repos.records import Facts
from openhearth.storage.git import PutFile
from tests.repos_pages.conftest import Site

HOSTILE = """---
license: mit
tags: ["<script>alert(0)</script>"]
---
<script>alert(1)</script><img src=x onerror="alert(2)"><a href="javascript:alert(3)">press</a>
<style>body{display:none}</style><iframe src="https://evil.example"></iframe>
<form action="/settings/password"><input name="password"></form><p id="main" style="position:fixed">here</p>
"""


@pytest.mark.parametrize(("kind", "prefix"), [("model", ""), ("dataset", "/datasets"), ("space", "/spaces")])
def test_every_page_of_a_fresh_repo_renders_for_nobody_and_ada(
    site: Site, kind: RepoType, prefix: str
) -> None:
    repo = site.create("fresh", kind=kind, sdk="static" if kind == "space" else None)
    head = site.hub.repos.content.resolve(repo)
    pages = ["", "/tree/main", "/blob/main/.gitattributes", "/commits/main", "/commits/main/.gitattributes"]
    for suffix in [*pages, f"/commit/{head}", "/layers/main"]:
        for person in (site.nobody, site.ada):
            assert "fresh" in person.read(f"{prefix}/ada/fresh{suffix}")


def test_a_repo_without_a_card_invites_its_owner_to_write_one(site: Site) -> None:
    site.create()
    assert "/ada/tiny/new/main?name=README.md" in site.ada.read("/ada/tiny")
    assert "No card yet" in site.nobody.read("/ada/tiny")
    assert "Write the card" not in site.nobody.read("/ada/tiny")


def test_a_hostile_card_reaches_the_page_as_harmless_text(site: Site) -> None:
    site.commit(site.create(), {"README.md": HOSTILE})
    page = site.nobody.get("/ada/tiny").text
    for bad in (
        "<script>alert",
        "onerror",
        "javascript:",
        "<style>",
        "<iframe",
        "position:fixed",
        'action="/settings',
    ):
        assert bad not in page
    assert page.count('id="main"') == 1


def test_relative_addresses_in_a_card_lead_into_the_repo(site: Site) -> None:
    text = "# It\n\n![a](docs/a b.png) [notes](./docs/notes.md#two) [up](../../../etc/passwd) [out](https://example.org)"
    site.commit(site.create(), {"README.md": text.replace("a b.png", "a%20b.png")})
    page = site.nobody.read("/ada/tiny")
    assert 'src="/ada/tiny/resolve/main/docs/a%20b.png"' in page
    assert 'href="/ada/tiny/blob/main/docs/notes.md#two"' in page
    assert 'href="/ada/tiny/blob/main/etc/passwd"' in page
    assert 'href="https://example.org"' in page


def test_metadata_that_cannot_be_read_is_told_and_the_card_still_shows(site: Site) -> None:
    repo = site.create()
    # The commit verb refuses such a card; a push may bring one, so it is written below the verb.
    git = site.hub.ground.storage.git
    head = site.hub.repos.content.resolve(repo)
    broken = git.write_commit(
        repo.key, parent=head, changes=[PutFile("README.md", b"---\na: [\n---\n# Still here\n")], message="x",
        author_name="ada", author_email="a@b", date=repo.created_at,
    )  # fmt: skip
    git.update_ref(repo.key, "refs/heads/main", broken, expected=head)
    page = site.nobody.read("/ada/tiny")
    assert "metadata cannot be read" in page
    assert "Still here" in page


def test_a_base_model_on_this_hub_is_linked_and_counts_its_adapters(site: Site) -> None:
    site.create("base")
    text = "---\nlibrary_name: peft\nbase_model: ada/base\ndatasets: [far/away]\n---\n# A\n\nWords.\n"
    site.commit(site.create("adapter"), {"README.md": text})
    page = site.nobody.read("/ada/adapter")
    assert '<a href="/ada/base">ada/base</a>' in page
    assert '<span title="Not on this hub">far/away</span>' in page
    assert "Adapters: 1" in site.nobody.read("/ada/base")
    assert ">adapter<" in site.nobody.read("/models?base_model=adapter:ada/base")


def test_a_private_base_model_is_not_betrayed_by_a_link(site: Site) -> None:
    site.create("base", visibility="private")
    site.commit(site.create("child"), {"README.md": "---\nbase_model: ada/base\n---\n# A\n\nWords.\n"})
    assert '<span title="Not on this hub">ada/base</span>' in site.eve.read("/ada/child")


def safetensors(tensors: dict[str, tuple[str, list[int]]]) -> bytes:
    sizes = {"F32": 4, "F16": 2}
    header: dict[str, object] = {}
    offset = 0
    for name, (dtype, shape) in tensors.items():
        size = sizes[dtype]
        for side in shape:
            size *= side
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(offset)


def test_the_layers_of_a_model_add_up_on_its_card_and_its_layers_page(site: Site) -> None:
    weights = safetensors({f"h.{i}.w": ("F16", [4, 8]) for i in range(11)} | {"head": ("F32", [10])})
    site.commit(site.create(), {"model.safetensors": weights, "config.json": b"{}"})
    card = site.nobody.read("/ada/tiny")
    assert "362</strong> parameters" in card
    layers = site.nobody.read("/ada/tiny/layers/main")
    assert "4 × 8" in layers
    assert "11 blocks" in layers
    assert layers.index(">2.w<") < layers.index(">10.w<")
    assert "362" in layers


def test_a_model_file_that_is_no_safetensors_says_so(site: Site) -> None:
    site.commit(site.create(), {"model.safetensors": b"not at all"})
    assert "safetensors:" in site.nobody.read("/ada/tiny/layers/main")
    assert "cannot be read" in site.nobody.read("/ada/tiny/blob/main/model.safetensors")


def test_tensor_names_cannot_exhaust_the_page() -> None:
    deep = Tensor(".".join("a" * 5000), "F32", (2,), (0, 8))
    odd = [Tensor(name, "F32", (), (0, 4)) for name in ("", ".", "..", "²", "9" * 6000, "a.b", "a")]
    nodes = layer_tree([deep, *odd])
    assert sum(node.parameters for node in nodes) == 2 + len(odd)


@pytest.mark.parametrize(
    "library", ["transformers", "sentence-transformers", "peft", "diffusers", "spacy", None]
)
def test_python_snippets_compile_whatever_the_model(library: str | None) -> None:
    facts = Facts(
        library_name=library,
        pipeline_tag="text-generation",
        card={"base_model": ["a/b"]},
        tags=["gguf"],
        transformers_info={"auto_model": "AutoModelForCausalLM", "processor": "AutoTokenizer"},
    )
    usages = usages_of(RepoRef("model", "ada", "tiny"), facts, endpoint="http://hub.test", needs_token=True)
    assert "HF_ENDPOINT=http://hub.test" in usages[0].snippets[0].code
    assert "hf auth login" in usages[0].snippets[0].code
    for snippet in (snippet for usage in usages for snippet in usage.snippets if not snippet.prompt):
        compile(snippet.code, snippet.title, "exec")


def test_a_gated_repo_shows_its_card_and_keeps_its_files(site: Site) -> None:
    repo = site.create()
    site.commit(site.create("other"), {"a.txt": "x"})
    site.commit(repo, {"README.md": "# Words", "weights.txt": "secret numbers"})
    site.hub.repos.catalogue.change_settings(site.ada_actor, repo, gated="manual")
    page = site.eve.read("/ada/tiny")
    assert "gated" in page
    assert "The files are for those who ask" in page
    assert "secret numbers" not in site.eve.read("/ada/tiny/blob/main/weights.txt", status=403)
    assert "secret numbers" in site.ada.read("/ada/tiny/blob/main/weights.txt")
    head = site.hub.repos.content.resolve(repo)
    assert "secret numbers" not in site.nobody.read(f"/ada/tiny/commit/{head}", status=401)
