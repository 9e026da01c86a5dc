"""A newcomer's first hour, in a real browser: sign in, look, talk to a model, make a repo, put files in, get a token."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import sign_in
from tests.support.running import RunningHub

pytestmark = pytest.mark.browser
CHAT = "starter/SmolLM2-135M-Instruct"


@pytest.mark.run
def test_a_newcomer_finds_the_chat_model_and_words_stream_in(starter: RunningHub, page: Page) -> None:
    sign_in(page)
    page.get_by_role("banner").get_by_role("link", name="Models").click()
    page.get_by_role("link", name=re.compile("SmolLM2-135M-Instruct")).first.click()
    expect(page).to_have_url(re.compile(f"{CHAT}$"))
    box = page.get_by_label("Message")
    box.fill("What is the capital of France? Answer in one sentence.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".try__turns")).to_contain_text("Paris", timeout=90_000)
    expect(page.get_by_text("parameters").first).to_be_visible()


@pytest.mark.run
def test_the_chat_works_without_javascript(starter: RunningHub, browser: Browser) -> None:
    context = browser.new_context(base_url=starter.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/{CHAT}")
    page.get_by_label("Message").fill("What is the capital of France? Answer in one sentence.")
    page.get_by_role("button", name="Send").click(timeout=90_000)
    expect(page.locator(".try__turns")).to_contain_text("Paris", timeout=90_000)
    context.close()


@pytest.mark.run
def test_a_conversation_goes_on_is_kept_and_can_be_begun_anew(starter: RunningHub, page: Page) -> None:
    page.goto(f"/{CHAT}")
    turns = page.locator(".try__turn")
    page.get_by_role("button", name="What is the capital of France?").click()
    expect(turns).to_have_count(2)
    expect(page.locator(".try__pace")).to_contain_text("tokens", timeout=90_000)
    page.reload()
    expect(turns).to_have_count(2)
    expect(turns.last).to_contain_text("Paris")
    page.get_by_role("link", name="Start over").click()
    expect(turns).to_have_count(0)


@pytest.mark.run
def test_an_answer_can_be_stopped_and_a_wrong_parameter_is_told(starter: RunningHub, page: Page) -> None:
    page.goto(f"/{CHAT}")
    page.get_by_label("Message").fill("Write a long story about a blacksmith.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".try__turn--writing")).to_contain_text(" ", timeout=90_000)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Send")).to_be_enabled()
    page.get_by_text("Parameters", exact=True).click()
    page.get_by_label("Temperature").fill("hot")
    page.get_by_label("Message").fill("Hello")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".try__turn--wrong")).to_contain_text("temperature")
    expect(page.get_by_label("Message")).to_have_value("Hello")


@pytest.mark.run
@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
@pytest.mark.parametrize(
    ("model", "example", "says"),
    [
        ("efficientnet-lite0", "A cat", "Egyptian cat"),
        ("whisper-tiny.en", "A sentence of Jane Austen", "amiable"),
    ],
)
def test_an_example_of_a_models_page_is_tried_by_one_click(
    starter: RunningHub, browser: Browser, model: str, example: str, says: str, script: bool
) -> None:
    context = browser.new_context(base_url=starter.url, java_script_enabled=script)
    page = context.new_page()
    page.goto(f"/starter/{model}")
    page.get_by_role("button", name=example).click(timeout=90_000)
    expect(page.locator(".try__outcome")).to_contain_text(says, timeout=90_000)
    context.close()


@pytest.mark.run
def test_the_layers_of_a_model_are_one_click_away(starter: RunningHub, page: Page) -> None:
    page.goto(f"/{CHAT}")
    page.get_by_role("link", name="Layers").first.click()
    expect(page.get_by_role("main")).to_contain_text("embed_tokens")
    expect(page.get_by_role("main")).to_contain_text("49152")


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_ada_makes_a_repo_writes_a_card_uploads_a_file_and_reads_it_back(
    running: RunningHub, browser: Browser, tmp_path: Path, script: bool
) -> None:
    context = browser.new_context(base_url=running.url, java_script_enabled=script)
    page = context.new_page()
    sign_in(page)
    name = f"by-hand-{'js' if script else 'plain'}"
    page.goto("/new")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("main").get_by_role("button", name=re.compile("Create", re.I)).click()
    expect(page).to_have_url(re.compile(f"/ada/{name}"))
    upload = tmp_path / "weights.bin"
    upload.write_bytes(os.urandom(2_000_000))
    page.goto(f"/ada/{name}/upload/main")
    page.locator('input[type="file"]').set_input_files(str(upload))
    page.get_by_role("main").get_by_role("button", name=re.compile("Upload|Commit", re.I)).last.click()
    page.goto(f"/ada/{name}/tree/main")
    expect(page.get_by_role("main")).to_contain_text("weights.bin")
    api = HfApi(endpoint=running.url, token=running.tokens["ada"])
    copy = api.hf_hub_download(f"ada/{name}", "weights.bin", cache_dir=tmp_path)
    assert Path(copy).read_bytes() == upload.read_bytes()
    context.close()


def test_a_new_token_is_shown_once_and_works_and_a_revoked_one_does_not(
    running: RunningHub, page: Page
) -> None:
    sign_in(page, "ben")
    page.goto("/settings/tokens/new")
    page.get_by_label("Name", exact=True).fill("laptop")
    page.get_by_role("radio", name=re.compile("^Write")).check()
    page.get_by_role("main").get_by_role("button", name=re.compile("Create|Make", re.I)).click()
    shown = re.search(r"hf_[A-Za-z0-9]{30,}", page.content())
    assert shown is not None
    assert HfApi(endpoint=running.url, token=shown.group()).whoami()["name"] == "ben"
    page.goto("/settings/tokens")
    assert shown.group() not in page.content()
    page.get_by_role("listitem").filter(has_text="laptop").get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("listitem").filter(has_text="laptop")).to_have_count(0)
    with pytest.raises(HfHubHTTPError):
        HfApi(endpoint=running.url, token=shown.group()).whoami()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/models",
        "/ada/by-phone",
        "/ada/by-phone/tree/main",
        "/ada",
        "/login",
        "/docs/guide/clients",
        "/none/such",
    ],
)
def test_no_page_scrolls_sideways_on_a_phone(
    running: RunningHub, browser: Browser, path: str, scheme: str
) -> None:
    api = HfApi(endpoint=running.url, token=running.tokens["ada"])
    api.create_repo("ada/by-phone", exist_ok=True)
    context = browser.new_context(
        base_url=running.url, viewport={"width": 360, "height": 740}, color_scheme=scheme
    )
    page = context.new_page()
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()
