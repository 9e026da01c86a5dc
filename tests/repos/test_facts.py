"""What the files say becomes rows, and can be read again from git."""

import json

import numpy as np
import pytest
from safetensors.numpy import save

from openhearth.access import NOBODY
from openhearth.errors import RepoNotFound
from openhearth.repos import AddFile, RepoFilter
from openhearth.repos.tables import repo_facts, repo_large_files, repo_tags
from tests.repos.conftest import Workshop

CARD = "---\nlicense: mit\ndatasets: [ada/reviews]\n---\n# Tiny\n\nA model of **nothing**.\n"
CONFIG = '{"architectures": ["BertForMaskedLM"], "model_type": "bert"}'


def test_card_config_and_tensors_are_read_when_main_moves(workshop: Workshop) -> None:
    repo = workshop.create()
    workshop.put(repo, README__md=CARD, config__json=CONFIG)
    workshop.put_large(repo, "model.safetensors", save({"a": np.zeros((3, 4), np.float32)}))
    facts = workshop.repos.facts.get(repo)
    assert (facts.pipeline_tag, facts.library_name, facts.parameters) == ("fill-mask", "transformers", 12)
    assert {"license:mit", "bert", "safetensors", "dataset:ada/reviews"} <= set(facts.tags)
    assert facts.description == "A model of **nothing**."
    assert facts.transformers_info == {"auto_model": "AutoModelForMaskedLM", "pipeline_tag": "fill-mask"}
    assert facts.used_storage_bytes > 48


def test_shards_named_by_an_index_are_added_up(workshop: Workshop) -> None:
    repo = workshop.create()
    for number in (1, 2):
        workshop.put_large(
            repo, f"m-{number}.safetensors", save({f"t{number}": np.zeros(number, np.float32)})
        )
    index = {"weight_map": {"t1": "m-1.safetensors", "t2": "m-2.safetensors", "t3": "../../etc/passwd"}}
    workshop.commit(repo, AddFile("model.safetensors.index.json", json.dumps(index).encode()))
    assert workshop.repos.facts.get(repo).safetensors == {"parameters": {"F32": 3}, "total": 3}


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"architectures": 7}', b"\xff", b"[" * 100_000])
def test_a_config_that_cannot_be_read_stops_nothing(workshop: Workshop, content: bytes) -> None:
    repo = workshop.create()
    head = workshop.commit(repo, AddFile("config.json", content), AddFile("x", b""))
    assert workshop.repos.facts.get(repo).commit == head


def test_rows_made_from_git_can_be_made_again(workshop: Workshop) -> None:
    repo = workshop.create()
    workshop.put(repo, README__md=CARD, config__json=CONFIG)
    workshop.put_large(repo, "a.bin", b"large")
    before = workshop.repos.facts.get(repo)
    with workshop.hub.ground.db.write() as rows:
        for table in (repo_facts, repo_tags, repo_large_files):
            rows.execute(table.delete())
    workshop.repos.facts.reindex_all()
    assert workshop.repos.facts.get(repo) == before
    listed = workshop.repos.catalogue.list_repos(NOBODY, RepoFilter(type="model", tags=["license:mit"]))
    assert [item.repo.key for item in listed.items] == [repo.key]


def test_facts_left_behind_by_a_crash_are_read_anew(workshop: Workshop) -> None:
    repo = workshop.create()
    head = workshop.put(repo, README__md=CARD)
    with workshop.hub.ground.db.write() as rows:
        rows.execute(repo_facts.update().values(commit="0" * 40, tags=[]))
    assert "license:mit" in workshop.repos.facts.get(repo, head).tags


def test_a_snapshot_is_a_folder_of_the_commit(workshop: Workshop) -> None:
    repo = workshop.create()
    workshop.put(repo, config__json=CONFIG)
    head = workshop.put_large(repo, "sub/a.bin", b"large")
    folder, commit = workshop.repos.snapshots.materialise(workshop.ada, repo.ref)
    assert commit == head
    assert (folder / "config.json").read_text() == CONFIG
    assert (folder / "sub/a.bin").read_bytes() == b"large"
    assert (folder / "sub/a.bin").stat().st_nlink == 2, "the object itself, under another name"
    assert workshop.repos.snapshots.materialise(workshop.ada, repo.ref, head) == (folder, head)


def test_a_snapshot_asks_who_wants_it(workshop: Workshop) -> None:
    repo = workshop.create(visibility="private")
    with pytest.raises(RepoNotFound):
        workshop.repos.snapshots.materialise(workshop.eve, repo.ref)
