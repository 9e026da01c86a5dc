"""Translation by Apertium on a hub: the stock client, plain words, the box with its languages, the command line."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import InferenceClient

from openhearth.pipelines import pipeline
from tests.inference.conftest import CARDS, FolderModels, Served, serve
from tests.inference.test_run_command import openhearth
from tests.inference.test_task_api import refused
from tests.inference.test_widget import Browser
from tests.pipelines.installed_pairs import make_pairs

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def hub(tiny: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    pairs = make_pairs(tmp_path_factory.mktemp("pairs") / "pairs")
    models = FolderModels(
        {"forge/pairs": pairs, "forge/chat": tiny["text-generation"]}, {"forge/pairs": "translation"}
    )
    CARDS["pairs"] = {
        "language": ["en", "es", "fr"],
        "widget": [{"text": "El gato duerme.", "tgt_lang": "English"}],
    }
    with serve(models, tmp_path_factory.mktemp("data"), memory_gb=4, at_once=False) as room:
        yield room
    del CARDS["pairs"]


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notes of tests go into no person's book."""
    monkeypatch.setenv("OPENHEARTH_DATA", str(tmp_path / "own-data"))


def wish(hub: Served, **body: Any) -> Any:
    headers = {"Content-Type": "application/json", "Authorization": "Bearer ada"}
    request = urllib.request.Request(f"{hub.url}/api/pipeline", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as response:
        return json.loads(response.read())


def test_the_stock_client_names_the_languages_or_the_target_alone(hub: Served) -> None:
    client = InferenceClient(model=hub.model("forge/pairs"), token="ada")
    assert (
        client.translation("El gato duerme.", src_lang="es", tgt_lang="en").translation_text
        == "The cat sleeps."
    )
    body = b'{"inputs": "Les enfants jouent dans le jardin.", "parameters": {"tgt_lang": "Spanish"}}'
    request = urllib.request.Request(hub.model("forge/pairs"), body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as response:
        assert json.loads(response.read()) == [
            {"translation_text": "Los niños juegan en el jardín.", "src_lang": "fr"}
        ]


def test_an_unknown_pair_is_refused_with_those_there_are(hub: Served) -> None:
    body = b'{"inputs": "Hello.", "parameters": {"src_lang": "en", "tgt_lang": "de"}}'
    code, answer, _ = refused(hub.model("forge/pairs"), body)
    assert code == 400
    assert "does not translate English to German; it has English to Spanish" in answer["error"]


def test_plain_words_bring_the_language_and_a_model_that_knows_it(hub: Served) -> None:
    made = wish(hub, request="translate this letter into English", inputs="Los perros comen.")
    assert (made["model"], made["result"]) == (
        "forge/pairs",
        [{"translation_text": "The dogs eat.", "src_lang": "es"}],
    )
    other = wish(hub, request="translation_es_to_de", inputs="Hola.", parameters={"max_new_tokens": 2})
    assert other["model"] == "forge/chat"


def test_python_asks_the_hub_with_the_same_words(hub: Served) -> None:
    pipe = pipeline("traduce esto al inglés", endpoint=hub.url, token="ada")
    assert pipe("Los perros comen.") == [{"translation_text": "The dogs eat.", "src_lang": "es"}]


def test_the_command_line_translates(hub: Served) -> None:
    for words in ("translation_es_to_en", "translate to English"):
        done = openhearth(words, "El gato duerme.", endpoint=hub.url)
        assert done.stdout.decode().strip() == "The cat sleeps.", done.stderr


def test_the_box_offers_the_languages_of_the_card(hub: Served) -> None:
    browser = Browser(hub)
    page = browser.visit("translation", "forge/pairs")
    into = page.partition('name="tgt_lang"')[2].partition("</select>")[0]
    assert re.findall(r'value="(\w*)"', into) == ["", "en", "fr", "es"]
    assert re.search(r'value="en" selected>English', into)
    answered = browser.try_it(
        "forge/pairs", task="translation", text="El gato duerme.", src_lang="", tgt_lang="en"
    )
    assert "The cat sleeps." in answered
    again = answered.partition('name="tgt_lang"')[2].partition("</select>")[0]
    assert re.findall(r'value="(\w*)"', again) == ["", "en", "fr", "es"]
    wrong = browser.try_it("forge/pairs", task="translation", text="Hello.", src_lang="en", tgt_lang="de")
    assert "does not translate English to German" in wrong
    assert re.search(r'value="de" selected>German', wrong)


def test_a_card_that_names_no_pair_offers_every_language(hub: Served) -> None:
    page = Browser(hub).visit("translation", "forge/chat")
    into = page.partition('name="tgt_lang"')[2].partition("</select>")[0]
    assert len(re.findall(r"<option", into)) > 60
