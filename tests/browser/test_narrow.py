"""Every kind of page at the width of a small phone, signed in: nothing scrolls sideways, nothing is broken."""

from __future__ import annotations

import pytest
from huggingface_hub import CommitOperationAdd, HfApi
from playwright.sync_api import Browser

from tests.browser.conftest import sign_in
from tests.support.running import RunningHub

pytestmark = pytest.mark.browser
REPO = "ada/narrow"
LONG = "A_name_as_long_as_people_give_them-with_parts_and_versions_and_more-v1.0.3-final"
PAGES = (
    "/", "/models", "/datasets", "/spaces", "/kernels", "/buckets", "/collections", "/collections/new", "/tasks?q=x", "/papers",
    "/tasks/summarization", "/columns", "/notes", f"/columns/new?model={REPO}&dataset={REPO}",
    "/papers/2401.12345", "/notifications", "/ada", "/forge", "/new", "/new-bucket", "/settings",
    "/settings/tokens", "/settings/webhooks", "/settings/applications", "/settings/keys",
    f"/{REPO}", f"/{REPO}/tree/main", f"/{REPO}/blob/main/melt.py", f"/{REPO}/blame/main/melt.py", f"/{REPO}/commits/main",
    f"/{REPO}/discussions", f"/{REPO}/discussions/1", f"/{REPO}/discussions/1/files", f"/{REPO}/discussions/2",
    f"/{REPO}/discussions/new", f"/{REPO}/compare/main...refs%2Fpr%2F1", f"/{REPO}/settings", f"/{REPO}/duplicate", f"/ada/{LONG}",
    "/buckets/ada/narrow", "/docs/reference/compatibility", "/docs/guide/pipelines",
)  # fmt: skip


def furnish(hub: RunningHub) -> None:
    """A repo, a pull request, a discussion, a bucket and a collection with something in them."""
    api = HfApi(endpoint=hub.url, token=hub.tokens["ada"])
    for name in (REPO, f"ada/{LONG}"):
        api.create_repo(name, exist_ok=True)
    card = b"---\nlicense: mit\n---\n# Narrow\nSee https://arxiv.org/abs/2401.12345\n\n" + b"wide " * 200
    api.upload_file(path_or_fileobj=card, path_in_repo="README.md", repo_id=REPO)
    code = b"def melt(x):\n    return x  # " + b"a very long line " * 30 + b"\n"
    api.upload_file(path_or_fileobj=code, path_in_repo="melt.py", repo_id=REPO)
    change = [CommitOperationAdd("melt.py", code.replace(b"x", b"y"))]
    api.create_commit(REPO, change, commit_message="Change a long line " * 4, create_pr=True)
    api.create_discussion(REPO, title="Unbreakable" * 12, description="`" + "code" * 80 + "`")
    api.create_bucket("ada/narrow", exist_ok=True)
    api.batch_bucket_files("ada/narrow", add=[(b"hello", f"{LONG}/{LONG}.txt")])
    made = api.create_collection("Narrow things", namespace="ada", exists_ok=True)
    api.add_collection_item(made.slug, REPO, "model", note="n" * 200, exists_ok=True)


def test_no_page_scrolls_sideways_on_a_small_phone(running: RunningHub, browser: Browser) -> None:
    furnish(running)
    context = browser.new_context(base_url=running.url, viewport={"width": 360, "height": 740})
    page = context.new_page()
    sign_in(page)
    wrong = []
    for path in PAGES:
        answer = page.goto(path)
        assert answer is not None
        width = page.evaluate("document.documentElement.scrollWidth")
        if answer.status != 200 or width > 360:
            wrong.append((path, answer.status, width))
    context.close()
    assert not wrong
