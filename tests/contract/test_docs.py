"""The manual tells the truth: links lead somewhere, and every setting, error and command has its entry."""

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from openhearth.cli.reference import PAGES

ROOT = Path(__file__).parents[2]
PAGES_OF_THE_REPO = [
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "src").rglob("README.md")),
]


@pytest.mark.parametrize("page", PAGES_OF_THE_REPO, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_files_lead_to_files(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", page.read_text()):
        if "://" not in target and not target.startswith("/"):
            assert (page.parent / target).exists(), f"{page}: {target}"


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_reference_is_what_the_code_says_now(name: str) -> None:
    assert (ROOT / "docs" / "reference" / name).read_text().partition("\n")[2] == PAGES[name]() + "\n"


def test_the_hub_serves_its_manual_and_every_link_in_it_opens(web: TestClient) -> None:
    headers = {"accept": "text/html"}
    assert web.get("/docs", headers=headers, follow_redirects=True).status_code == 200
    todo, seen = ["/docs/guide/index"], set()
    while todo:
        address = todo.pop()
        seen.add(address)
        page = web.get(address, headers=headers)
        assert page.status_code == 200, address
        todo += set(re.findall(r'href="(/docs/[^"#]+)', page.text)) - seen - {"/docs/api"}
    assert "/docs/guide/clients" in seen
    assert "/docs/reference/settings" in seen


@pytest.mark.parametrize(
    "page", ["/docs/../pyproject", "/docs/%2e%2e/README", "/docs/guide/none", "/docs/guide%00"]
)
def test_the_manual_leads_nowhere_else(web: TestClient, page: str) -> None:
    assert web.get(page, headers={"accept": "text/html"}).status_code in (400, 404)
