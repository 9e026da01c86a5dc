"""Tasks: all of them, with what this hub has for each."""

from openhearth.cards import TASK_NAMES
from tests.repos_pages.conftest import Site

CARD = "---\npipeline_tag: summarization\n---\n# It\n"


def test_nobody_sees_every_task_and_its_public_models(site: Site) -> None:
    site.commit(site.create("open"), {"README.md": CARD})
    site.commit(site.create("veiled", visibility="private"), {"README.md": CARD})
    page = site.nobody.read("/tasks")
    assert all(f'href="/tasks/{task}"' in page for task in TASK_NAMES)
    assert "1 model" in page
    assert "2 models" in site.ada.read("/tasks")
    page = site.nobody.read("/tasks/summarization")
    assert "ada/open" in page
    assert "veiled" not in page
    assert "veiled" in site.ada.read("/tasks/summarization")
    assert 'pipeline("summarization"' in page
    assert "No models for this yet" in site.nobody.read("/tasks/text-to-3d")
    site.nobody.read("/tasks/juggling", status=404)


def test_the_api_names_public_models_for_every_task(site: Site) -> None:
    site.commit(site.create("open"), {"README.md": CARD})
    site.commit(site.create("veiled", visibility="private"), {"README.md": CARD})
    found = site.ada.get("/api/tasks").json()
    assert set(found) == TASK_NAMES
    assert found["summarization"]["widgetModels"] == ["ada/open"]
    assert found["text-to-3d"]["widgetModels"] == []
