"""Languages as people name them, and the language of a text found out offline."""

from __future__ import annotations

import subprocess
import sys

import pytest

from openhearth.errors import Invalid
from openhearth.pipelines.language_detection import detect, find_source
from openhearth.pipelines.languages import Tongues, find_language, get_language, languages, tongues_in
from openhearth.pipelines.words.ideas import plain


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("es", "es"),
        ("spa", "es"),
        ("ES", "es"),
        ("es_XX", "es"),
        ("spa_Latn", "es"),
        ("pt-BR", "pt"),
        ("Spanish", "es"),
        ("español", "es"),
        ("Französisch", "fr"),
        ("polski", "pl"),
        ("日本語", "ja"),
        ("no", "nb"),
        ("hbs", "sh"),
        ("klingon", None),
        ("xx", None),
        ("", None),
    ],
)
def test_a_language_is_known_by_code_and_by_name(said: str, code: str | None) -> None:
    assert find_language(said) == code


def test_an_unknown_language_is_named_with_its_field() -> None:
    with pytest.raises(Invalid, match="tgt_lang: 'klingon' is no language known here"):
        get_language("klingon", field="tgt_lang")


@pytest.mark.parametrize(
    ("request_", "source", "target"),
    [
        ("translation_en_to_es", "en", "es"),
        ("translation_eng_to_spa", "en", "es"),
        ("translation", None, None),
        ("translate to Spanish", None, "es"),
        ("translate this letter into Spanish", None, "es"),
        ("Spanish translation of a letter", None, "es"),
        ("translate this Spanish letter to English", "es", "en"),
        ("translate English to French", "en", "fr"),
        ("I want to translate a French website", "fr", None),
        ("übersetze den Brief ins Französische", None, "fr"),
        ("aus dem Englischen ins Deutsche übersetzen", "en", "de"),
        ("traduce esto al inglés", None, "en"),
        ("traduire du français en anglais", "fr", "en"),
        ("traduis ce texte de l'anglais vers l'espagnol", "en", "es"),
        ("traduci dall'inglese all'italiano", "en", "it"),
        ("traduza para o português", None, "pt"),
        ("vertaal naar het engels", None, "en"),
        ("przetłumacz na polski", None, "pl"),
        ("переведи на английский", None, "en"),
        ("bunu ingilizceye çevir", None, "en"),
        ("将这段翻译成英文", None, "en"),
        ("英語に翻訳して", None, "en"),
        ("영어로 번역", None, "en"),
        ("ترجم إلى الإنجليزية", None, "en"),
        ("इसे हिंदी में अनुवाद करें", None, "hi"),
    ],
)
def test_plain_words_name_the_languages(request_: str, source: str | None, target: str | None) -> None:
    assert tongues_in(request_) == Tongues(source, target)


def test_the_table_names_each_language_once() -> None:
    words = [word for known in languages().values() for word in known.words]
    assert len(words) == len(set(words))
    assert [word for word in words if plain(word).strip() != word] == []
    assert len({known.iso3 for known in languages().values()}) == len(languages())


SENTENCES = {
    "en": ["Where is the station?", "Thank you very much.", "We close at six today."],
    "es": ["Buenos días", "¿Dónde está la estación?", "Mañana no trabajo."],
    "fr": ["Bonjour à tous", "Où est la gare ?", "Demain je ne travaille pas."],
    "de": ["Die Katze schläft.", "Wo ist der Bahnhof?", "Morgen arbeite ich nicht."],
    "it": ["Buongiorno a tutti", "Dov'è la stazione?", "Domani non lavoro."],
    "pt": ["Onde fica a estação?", "Muito obrigado.", "Amanhã não trabalho."],
    "ca": ["Bon dia a tothom", "On és l'estació?", "Moltes gràcies."],
    "nb": ["Jeg kommer ikke i morgen.", "Hvor er jernbanestasjonen?", "Takk for maten."],
    "ru": ["Где вокзал?", "Спасибо большое.", "Завтра я не работаю."],
    "ja": ["駅はどこですか。", "ありがとう。", "猫が寝ています。"],
}


def test_short_sentences_show_their_language() -> None:
    told = {(code, text): detect(text).language for code, texts in SENTENCES.items() for text in texts}
    assert sum(found == code for (code, _), found in told.items()) >= len(told) - 2, told


def test_a_text_is_in_the_target_or_in_one_of_the_sources() -> None:
    assert find_source("Where is the station, please?", "es", ["en", "fr"], by="apertium") == "en"
    assert find_source("¿Dónde está la estación, por favor?", "es", ["en", "fr"], by="apertium") == "es"
    # Too short to be sure (it looks Dutch): the likeliest of what can be translated.
    assert detect("Steel is hard.").language == "nl"
    assert find_source("Steel is hard.", "es", ["en", "fr"], by="apertium") == "en"
    with pytest.raises(
        Invalid, match="looks like German, and apertium translates into Spanish from English, French"
    ):
        find_source("Die Katze schläft auf dem Sofa.", "es", ["en", "fr"], by="apertium")


def test_nothing_is_loaded_before_a_language_is_asked_for() -> None:
    code = "import sys; import openhearth.pipelines.apertium.translating; print({'py3langid', 'torch'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
