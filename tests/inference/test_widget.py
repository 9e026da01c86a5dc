"""The box on a model's page, as a browser without script uses it."""

from __future__ import annotations

import html
import json
import re
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.cookiejar import CookieJar

import pytest

from tests.inference.conftest import Served
from tests.pipelines.tiny_models import png_bytes, wav_bytes

BOUNDARY = "a-line-that-no-field-holds"


def multipart(fields: Mapping[str, str | bytes]) -> bytes:
    parts = b""
    for name, value in fields.items():
        filename = '; filename="upload"' if isinstance(value, bytes) else ""
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{filename}\r\n\r\n'
        parts += head.encode() + (value if isinstance(value, bytes) else value.encode()) + b"\r\n"
    return parts + f"--{BOUNDARY}--\r\n".encode()


class Browser:
    """Keeps cookies, fills in the form's own token, sends no script."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.csrf = ""

    def try_it(self, repo_id: str, **fields: str | bytes) -> str:
        return self.try_at(f"/models/{repo_id}/try", **fields)

    def try_at(self, path: str, **fields: str | bytes) -> str:
        body = multipart({"csrf_token": self.csrf, **fields})
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Accept": "text/html"}
        request = urllib.request.Request(self._served.url + path, body, headers)
        with self._opener.open(request) as response:
            return html.unescape(response.read().decode())

    def refused(self, repo_id: str, **fields: str | bytes) -> int:
        """The status of a refusal."""
        return self.refused_at(f"/models/{repo_id}/try", **fields)

    def refused_at(self, path: str, **fields: str | bytes) -> int:
        with pytest.raises(urllib.error.HTTPError) as refused:
            self.try_at(path, **fields)
        with refused.value:
            return refused.value.code

    def visit(self, task: str, repo_id: str) -> str:
        """The page of a model; its form is tied to the cookie that comes with it."""
        return self._open(f"/page/{task}/{repo_id}")

    def visit_task(self, task: str) -> str:
        """The page of a task that needs no model."""
        return self._open(f"/page/{task}")

    def _open(self, path: str) -> str:
        with self._opener.open(self._served.url + path) as response:
            page: str = response.read().decode()
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        self.csrf = found.group(1) if found else ""
        return page


@pytest.fixture
def browser(served: Served) -> Browser:
    return Browser(served)


def outcome(page: str) -> str:
    """What the page says came of the try: the conversation, and what lies below the form."""
    turns = page.partition('<div class="try__turns"')[2].partition("<form")[0]
    return turns + page.partition('<div class="try__outcome"')[2].partition("</section>")[0]


@pytest.mark.parametrize(
    ("task", "repo_id", "fields", "says"),
    [
        (
            "text-generation",
            "forge/chat",
            {"text": "Hello"},
            r"try__turn--user.>Hello<.+try__turn--assistant.>.+<",
        ),
        ("text-generation", "forge/plain", {"text": "Hello"}, r'class="try__text">.+<'),
        ("sentence-similarity", "forge/embed", {"source": "Steel", "sentences": "Steel\nA duck"}, r"A duck"),
        ("feature-extraction", "forge/embed", {"text": "Steel"}, r"A vector of \d+ numbers"),
        ("text-classification", "forge/judge", {"text": "Steel"}, r"iron"),
        ("token-classification", "forge/names", {"text": "Ada forged it"}, r"draw-mark|Nothing in this text"),
        (
            "question-answering",
            "forge/passages",
            {"question": "Who?", "context": "Ada forged it"},
            r'<strong>.+</strong>.+draw-mark[^>]+>.+Ada|aria-label="The text">.*<mark',
        ),
        (
            "summarization",
            "forge/short",
            {"text": "Ada forged it.", "max_length": "8"},
            r"Given.+Ada forged it",
        ),
        ("image-classification", "forge/look", {"picture_link": "{url}/picture.png"}, r"steel"),
        ("image-classification", "forge/look", {"picture": png_bytes()}, r"steel"),
        ("automatic-speech-recognition", "forge/listen", {"sound": wav_bytes()}, r'class="try__text">'),
    ],
)
def test_nobody_tries_a_public_model_without_script(
    browser: Browser, served: Served, task: str, repo_id: str, fields: dict[str, str | bytes], says: str
) -> None:
    form = browser.visit(task, repo_id)
    assert f'action="/models/{repo_id}/try"' in form
    given = {
        name: text.format(url=served.url) if isinstance(text, str) else text for name, text in fields.items()
    }
    came = outcome(browser.try_it(repo_id, task=task, **given))
    assert re.search(says, came, re.DOTALL) and "notice--bad" not in came
    assert task == "text-generation" or re.search(r"Answered in \d+\.\d\d s", came)


def test_a_link_is_read_and_what_was_read_is_shown(browser: Browser, served: Served) -> None:
    browser.visit("summarization", "forge/short")
    page = browser.try_it("forge/short", task="summarization", text=f"{served.url}/article", max_length="8")
    assert "What was read: Steel" in page and "burns the carbon out" in outcome(page)


def test_a_link_that_leads_nowhere_is_told_in_the_form(browser: Browser, served: Served) -> None:
    browser.visit("summarization", "forge/short")
    page = browser.try_it("forge/short", task="summarization", text=f"{served.url}/none")
    assert "There is nothing at" in page.partition('id="field-text-error"')[2].partition("</p>")[0]


def test_an_example_is_tried_again_with_other_parameters(browser: Browser) -> None:
    browser.visit("image-classification", "forge/look")
    example = json.dumps({"picture": "examples/iron.png"})
    first = browser.try_it("forge/look", task="image-classification", example=example)
    kept = re.search(r'name="kept" value="(.+?\})">', first)
    assert kept is not None
    again = browser.try_it(
        "forge/look", task="image-classification", kept=kept.group(1), top_k="1", picture=b""
    )
    assert outcome(first).count('class="bar ') == 3 and outcome(again).count('class="bar ') == 1


def test_the_answer_stands_below_as_json(browser: Browser) -> None:
    browser.visit("text-classification", "forge/judge")
    page = outcome(browser.try_it("forge/judge", task="text-classification", text="Steel"))
    shown = re.search(r"<code>(.+?)</code>", page, re.DOTALL)
    assert shown is not None
    assert {row["label"] for row in json.loads(shown.group(1))[0]} == {"iron", "steel"}


def test_what_was_written_stays_on_the_page(browser: Browser) -> None:
    browser.visit("text-generation", "forge/chat")
    page = browser.try_it("forge/chat", task="text-generation", text="A <b>bold</b> question")
    assert "A <b>bold</b> question" in page


def test_a_conversation_goes_on_without_script(browser: Browser) -> None:
    browser.visit("text-generation", "forge/chat")
    first = browser.try_it("forge/chat", task="text-generation", text="Hello", max_tokens="5")
    carried = re.search(r'name="messages" value="(.+?\])">', first)
    assert carried is not None
    second = browser.try_it(
        "forge/chat", task="text-generation", text="And steel?", messages=carried.group(1), max_tokens="5"
    )
    assert re.findall(r"try__turn--(\w+)", second) == ["user", "assistant"] * 2


@pytest.mark.parametrize(
    ("task", "repo_id", "title", "says"),
    [
        ("image-classification", "forge/look", "Hot iron", "steel"),
        ("automatic-speech-recognition", "forge/listen", "tone.wav", "try__text"),
        ("text-generation", "forge/plain", "Steel is", "Steel is"),
        ("text-generation", "forge/plain", "What is steel?", "What is steel?"),
    ],
)
def test_an_example_is_tried_by_its_button(
    browser: Browser, task: str, repo_id: str, title: str, says: str
) -> None:
    form = browser.visit(task, repo_id)
    buttons = re.findall(r'name="example" value="([^"]+)"[^>]*>(.*?)</button>', form, re.DOTALL)
    (value,) = [html.unescape(value) for value, shown in buttons if title in shown]
    assert "else.where" not in form
    page = browser.try_it(repo_id, task=task, example=value, text="", picture=b"")
    assert says in outcome(page) and "notice--bad" not in page


@pytest.mark.parametrize(
    ("task", "repo_id", "says"),
    [
        ("text-generation", "forge/chat", "Why is steel harder"),
        ("sentence-similarity", "forge/embed", "A guitar"),
        ("feature-extraction", "forge/embed", "A guitar"),
        ("zero-shot-classification", "forge/embed", "sport, politics"),
    ],
)
def test_a_model_without_examples_gets_ours_in_its_fields(
    browser: Browser, task: str, repo_id: str, says: str
) -> None:
    assert says in browser.visit(task, repo_id)


@pytest.mark.parametrize("name", ["../config.json", "/etc/passwd", "examples/none.png", "examples"])
def test_an_example_outside_the_repo_is_refused(browser: Browser, name: str) -> None:
    browser.visit("image-classification", "forge/look")
    page = browser.try_it("forge/look", task="image-classification", example=json.dumps({"picture": name}))
    assert "notice--bad" in outcome(page)


@pytest.mark.parametrize(
    ("task", "repo_id", "fields", "says"),
    [
        ("image-classification", "forge/look", {"picture": b"no picture"}, "PNG, JPEG"),
        ("text-generation", "forge/embed", {"text": "Hello"}, "made for feature-extraction"),
    ],
)
def test_failures_are_told_in_plain_words_in_the_form(
    browser: Browser, task: str, repo_id: str, fields: dict[str, str | bytes], says: str
) -> None:
    browser.visit(task, repo_id)
    told = outcome(browser.try_it(repo_id, task=task, **fields))
    assert says in told and "notice--bad" in told


@pytest.mark.parametrize(
    ("task", "repo_id", "fields", "field", "says"),
    [
        ("text-generation", "forge/chat", {"text": " "}, "text", "Write something first."),
        ("text-generation", "forge/chat", {"text": "A", "temperature": "hot"}, "temperature", "'hot' is no number"),
        ("text-generation", "forge/chat", {"text": "A", "top_p": "7"}, "top_p", "7"),
        ("text-generation", "forge/chat", {"text": "A", "max_tokens": "5000"}, "max_tokens", "can hold"),
        ("image-classification", "forge/look", {}, "picture", "Choose a picture first."),
        ("image-classification", "forge/look", {"picture_link": "cat"}, "picture_link", "'cat' is no link"),
        ("sentence-similarity", "forge/embed", {"source": "A", "sentences": ""}, "sentences", "Write at least one"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_field_stands_beside_it(
    browser: Browser, task: str, repo_id: str, fields: dict[str, str | bytes], field: str, says: str
) -> None:
    browser.visit(task, repo_id)
    page = browser.try_it(repo_id, task=task, **fields)
    told = page.partition(f'id="field-{field}-error"')[2].partition("</p>")[0]
    assert says in told
    assert re.search(
        rf'id="field-{field}"[^>]*aria-describedby="[^"]*field-{field}-error"[^>]*aria-invalid', page
    )
    assert "notice--bad" not in outcome(page)


def test_a_private_model_does_not_exist_for_nobody(browser: Browser) -> None:
    browser.visit("text-generation", "ada/private")
    assert browser.refused("ada/private", task="text-generation", text="Hello") == 401


def test_a_form_from_elsewhere_is_refused(browser: Browser) -> None:
    assert browser.refused("forge/chat", task="text-generation", text="Hello") == 403


def test_a_model_whose_task_nothing_here_works_says_so_in_one_line(browser: Browser) -> None:
    page = browser.visit("reinforcement-learning", "forge/chat")
    assert "Models for reinforcement-learning cannot be run here yet" in page and "<form" not in page
