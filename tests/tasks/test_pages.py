"""Tasks: all of them, found by plain words, with what this hub has for each."""

from __future__ import annotations

import re

import pytest

from openhearth.cards import TASK_NAMES
from openhearth.pipelines.tasks import TASKS
from openhearth.tasks.about import GROUPS, about_tasks
from tests.repos_pages.conftest import Site

CARD = "---\npipeline_tag: summarization\n---\n# It\n"


def test_nobody_sees_every_task_and_its_public_models(site: Site) -> None:
    site.commit(site.create("open"), {"README.md": CARD})
    site.commit(site.create("veiled", visibility="private"), {"README.md": CARD})
    page = site.nobody.read("/tasks")
    assert all(f'href="/tasks/{task}"' in page for task in TASK_NAMES | TASKS.keys())
    assert "1 model" in page
    assert "2 models" in site.ada.read("/tasks")
    page = site.nobody.read("/tasks/summarization")
    assert "ada/open" in page
    assert "veiled" not in page
    assert "veiled" in site.ada.read("/tasks/summarization")
    assert "No models for this yet" in site.nobody.read("/tasks/text-to-3d")


def test_every_task_is_explained_with_an_example() -> None:
    """A task that was added to tasks.toml or cards/tasks.py gets its entry in tasks/about.toml."""
    assert set(about_tasks()) == TASK_NAMES | TASKS.keys()
    for task in about_tasks().values():
        assert task.about and task.given and task.gives, f"tasks/about.toml says too little of {task.name}"
        assert task.group in GROUPS
        assert set(task.also) <= TASKS.keys()


@pytest.mark.parametrize(
    ("words", "task"),
    [
        ("I want to summarise a website", "summarization"),
        ("übersetze einen Text", "translation"),
        ("quiero resumir un texto", "summarization"),
        ("音声を文字に起こす", "automatic-speech-recognition"),
        ("sentiment-analysis", "text-classification"),
        ("Text to image", "text-to-image"),
    ],
)
def test_nobody_finds_a_task_by_plain_words(site: Site, words: str, task: str) -> None:
    found = site.nobody.read(f"/tasks?q={words}").partition('class="wish-found')[2].partition("</section>")[0]
    assert re.search(rf'class="wish-found__task" href="/tasks/{task}"', found)
    assert "because" in found


def test_words_that_fit_nothing_lead_to_the_nearest(site: Site) -> None:
    page = site.nobody.get("/tasks?q=" + "<b>juggle</b> " * 200).text
    assert "name nothing that can be done here" in page and 'href="/tasks/summarization"' in page
    assert "<b>juggle" not in page


def test_an_alias_leads_to_the_task_and_a_slip_to_its_neighbours(site: Site) -> None:
    moved = site.nobody.get("/tasks/sentiment-analysis")
    assert (moved.status_code, moved.headers["location"]) == (301, "/tasks/text-classification")
    missing = site.nobody.read("/tasks/sumarisation", status=404)
    assert 'href="/tasks/summarization"' in missing
    assert 'href="/tasks/' in site.nobody.read("/tasks/juggling", status=404)


def test_a_model_of_a_more_general_kind_is_offered(site: Site) -> None:
    card = "---\npipeline_tag: text-generation\n---\n# It\n"
    site.commit(site.create("chatty"), {"README.md": card})
    page = site.nobody.read("/tasks/summarization")
    assert "Can be put to it as well" in page and 'Tried with <a href="/ada/chatty">' in page
    assert 'action="/models/ada/chatty/try"' in page or 'href="/ada/chatty"' in page
    line = site.nobody.read("/tasks").partition('href="/tasks/summarization"')[2].partition("</a>")[0]
    assert "runs here" in line and "by more general models" in line


def test_the_page_starts_with_a_model_that_can_be_run(site: Site) -> None:
    """Others are tagged with the task as well: they hold no weights, or are made for something else."""
    card = "---\npipeline_tag: text-classification\n---\n# It\n"
    config = '{"model_type": "bert", "architectures": ["BertForSequenceClassification"]}'
    other = config.replace("SequenceClassification", "MaskedLM")
    whole: dict[str, bytes | str] = {"README.md": card, "config.json": config, "model.safetensors": b"-"}
    for name in ("a", "b", "c", "d"):
        site.commit(site.create(f"{name}-empty"), {"README.md": card, "config.json": config})
        site.commit(site.create(f"{name}-other"), {**whole, "config.json": other})
    site.commit(site.create("able"), whole)
    page = site.nobody.read("/tasks/text-classification")
    assert '<option value="ada/able" selected' in page and '<option value="ada/a-other">' in page
    assert '<option value="ada/a-empty" selected' in site.nobody.read(
        "/tasks/text-classification?model=ada/a-empty"
    )


def test_nobody_tries_a_task_that_needs_no_model_whoever_is_tagged_with_it(site: Site) -> None:
    line = (
        site.nobody.read("/tasks").partition('href="/tasks/tabular-classification"')[2].partition("</a>")[0]
    )
    assert "runs here" in line and "learns from your rows" in line
    site.commit(site.create("rows"), {"README.md": "---\npipeline_tag: tabular-classification\n---\n"})
    assert 'action="/tasks/tabular-classification/try"' in site.nobody.read("/tasks/tabular-classification")


def test_the_api_names_public_models_for_every_task(site: Site) -> None:
    site.commit(site.create("open"), {"README.md": CARD})
    site.commit(site.create("veiled", visibility="private"), {"README.md": CARD})
    found = site.ada.get("/api/tasks").json()
    assert set(found) == TASK_NAMES
    assert found["summarization"]["widgetModels"] == ["ada/open"]
    assert found["text-to-3d"]["widgetModels"] == []
