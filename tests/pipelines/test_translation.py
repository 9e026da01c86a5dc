"""A translation is what the model itself makes; one that was not taught to translate says so."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from openhearth.errors import Invalid
from openhearth.pipelines import pipeline
from openhearth.pipelines.choice import decide
from tests.pipelines import tiny_models
from tests.pipelines.installed_pairs import DATA


def test_an_instruct_model_says_that_it_is_no_translator(tmp_path: Path) -> None:
    pipe = pipeline("translation", tiny_models.make_llama(tmp_path / "made"), device="cpu", threads=1)
    assert "no translator" in str(pipe.choice)
    pipe("Steel.", tgt_lang="fr", max_length=3)
    (note,) = [note for note in pipe.notes if "asked to translate" in note.message]
    assert "sudo apt-get install apertium-eng-spa apertium-fr-es" in note.message
    assert "translation model" in str(note.remedy)
    with pytest.raises(Invalid, match="into which language"):
        pipe("Steel.")


def test_an_encoder_decoder_model_gives_what_generate_gives(tiny: dict[str, Path]) -> None:
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    made = tiny["summarization"]
    (row,) = pipeline("translation_en_to_fr", made, device="cpu", threads=1)("Steel is hard.", max_length=8)
    tokenizer = AutoTokenizer.from_pretrained(made)
    model = AutoModelForSeq2SeqLM.from_pretrained(made).eval()
    with torch.inference_mode():
        ids = model.generate(**tokenizer("Steel is hard.", return_tensors="pt"), max_new_tokens=8)[0]
    assert row == {"translation_text": tokenizer.decode(ids, skip_special_tokens=True).strip()}


@pytest.fixture(scope="module")
def nllb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.make_nllb(tmp_path_factory.mktemp("nllb") / "made")


def generated(made: Path, text: str, source: str, target: str) -> str:
    """What transformers makes of `text` with the model's own codes."""
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(made, src_lang=source)
    model = AutoModelForSeq2SeqLM.from_pretrained(made).eval()
    first = tokenizer.convert_tokens_to_ids(target)
    assert first != tokenizer.unk_token_id
    with torch.inference_mode():
        ids = model.generate(
            **tokenizer(text, return_tensors="pt"), forced_bos_token_id=first, max_new_tokens=6
        )
    return str(tokenizer.decode(ids[0], skip_special_tokens=True)).strip()


def test_a_model_of_many_languages_is_told_them_in_its_own_codes(nllb: Path) -> None:
    pipe = pipeline("translation", nllb, device="cpu", threads=1)
    text = "Where is the station, please?"
    expected = generated(nllb, text, "eng_Latn", "fra_Latn")
    assert expected != generated(nllb, text, "eng_Latn", "deu_Latn")
    for source, target in (("eng_Latn", "fra_Latn"), ("en", "fr"), ("English", "francais")):
        assert pipe(text, src_lang=source, tgt_lang=target, max_length=6) == [{"translation_text": expected}]
    assert pipe(text, tgt_lang="fr", max_length=6) == [{"translation_text": expected, "src_lang": "en"}]
    named = pipeline("translate from English into French", nllb, device="cpu", threads=1)
    assert named(text, max_length=6) == [{"translation_text": expected}]


def test_a_language_that_a_model_lacks_is_refused(nllb: Path) -> None:
    pipe = pipeline("translation", nllb, device="cpu", threads=1)
    with pytest.raises(Invalid, match="tgt_lang: 'klingon' is no language of this model"):
        pipe("Where is the station?", src_lang="en", tgt_lang="klingon")
    with pytest.raises(Invalid, match="into which language"):
        pipe("Where is the station?")


def test_a_text_in_the_target_language_comes_back(nllb: Path) -> None:
    pipe = pipeline("translation", nllb, device="cpu", threads=1)
    text = "Where is the railway station of this town?"
    assert pipe(text, tgt_lang="English") == [{"translation_text": text, "src_lang": "en"}]
    assert "in English already" in pipe.notes[0].message


def test_translators_go_before_rules_and_rules_before_a_model_that_is_asked(
    nllb: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENHEARTH_STARTER_CACHE", str(tmp_path))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    (tmp_path / "converted").mkdir()

    def install(made: Path, name: str, card: str) -> None:
        folder = shutil.copytree(made, tmp_path / "converted" / name)
        (folder / "README.md").write_text(f"---\nstarter_recipe: {name}/1\n{card}---\n")

    def chosen(words: str) -> tuple[str, str]:
        found = decide(words, None)
        return found.model.name, found.way.module

    install(tiny_models.make_llama(tmp_path / "llama"), "chat", "pipeline_tag: text-generation\n")
    install(tiny_models.make_t5(tmp_path / "t5"), "short", "pipeline_tag: summarization\n")
    assert chosen("translate into Spanish") == ("starter/chat", "translation")
    monkeypatch.setenv("APERTIUM_DATADIR", str(DATA))
    assert chosen("translate into Spanish") == ("apertium", "apertium.translating")
    assert chosen("translation_en_to_ja") == ("starter/chat", "translation")
    install(nllb, "many", "language:\n- en\n- es\n- de\npipeline_tag: translation\n")
    assert chosen("translation_en_to_es") == ("starter/many", "translation")
    assert chosen("translation_fr_to_es") == ("apertium", "apertium.translating")
