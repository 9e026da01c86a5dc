"""A translation is what the model itself makes; one that was not taught to translate says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from openhearth.errors import Invalid
from openhearth.pipelines import pipeline
from tests.pipelines import tiny_models


def test_an_instruct_model_says_that_it_is_no_translator(tmp_path: Path) -> None:
    pipe = pipeline("translation", tiny_models.make_llama(tmp_path / "made"), device="cpu", threads=1)
    assert "no translator" in str(pipe.choice)
    pipe("Steel.", tgt_lang="fr", max_length=3)
    (note,) = [note for note in pipe.notes if "asked to translate" in note.message]
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
