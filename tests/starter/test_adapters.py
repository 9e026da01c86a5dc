"""Adapters of ours: laid into the weights they mean what they mean in peft, and the program that made them runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from openhearth.cli.starter.adapters import SENTIMENT
from openhearth.cli.starter.adapters.merge import merge_adapter
from openhearth.cli.starter.adapters.teaching import save_adapter
from openhearth.cli.starter.adapters.train_sentiment import opened_archive, train
from openhearth.cli.starter.install import default_cache, prepare
from openhearth.cli.starter.recipes import minilm, sentiment
from openhearth.cli.starter.recipes.review_sentences import is_test, is_tried, read_sentences
from tests.pipelines import tiny_models

# peft asks transformers for a name that is on its way out.
pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")
TEXTS = ["Steel is good.", "The furnace is cold and bad.", "iron"]


def logits_of(model: Any, base: Path) -> torch.Tensor:
    from transformers import AutoTokenizer

    inputs = AutoTokenizer.from_pretrained(base)(TEXTS, padding=True, return_tensors="pt")
    with torch.no_grad():
        logits: torch.Tensor = model.eval()(**inputs).logits
    return logits


def classifier(base: Path) -> Any:
    from transformers import BertForSequenceClassification

    return BertForSequenceClassification.from_pretrained(base, num_labels=2)


def with_peft(base: Path, adapter: Path) -> Any:
    from peft import PeftModel

    return PeftModel.from_pretrained(classifier(base), adapter)


@pytest.mark.run
def test_the_starter_model_answers_as_its_base_with_the_adapter_laid_over_it() -> None:
    base, made = (prepare(each.RECIPE, default_cache()) for each in (minilm, sentiment))
    assert torch.allclose(
        logits_of(classifier(made), made), logits_of(with_peft(base, SENTIMENT), base), atol=1e-4
    )


def test_an_adapter_stays_small_and_holds_no_pickle() -> None:
    assert {path.name for path in SENTIMENT.iterdir()} == {"adapter_config.json", "adapter_model.safetensors"}
    assert (SENTIMENT / "adapter_model.safetensors").stat().st_size < 1_500_000


def test_what_is_taught_is_learned_and_learned_alike_each_time(tmp_path: Path) -> None:
    base = tiny_models.make_encoder(tmp_path / "base")
    rated = [("Steel is good.", 3.0), ("The furnace is bad.", -3.0)] * 40
    first, second = (train(base, rated, again=rated[:8], epochs=30, mean_decay=0.9) for _ in range(2))
    assert torch.equal(logits_of(first, base), logits_of(second, base))
    good, bad, _ = logits_of(first, base).softmax(-1)[:, 1].tolist()
    assert good > bad + 0.5
    save_adapter(first, tmp_path / "adapter", base="forge/base")
    merged = classifier(base)
    merge_adapter(merged, tmp_path / "adapter")
    assert torch.allclose(
        logits_of(merged, base), logits_of(with_peft(base, tmp_path / "adapter"), base), atol=1e-4
    )


@pytest.mark.run
def test_no_review_is_both_learned_and_held_out() -> None:
    with opened_archive(default_cache()) as bundle:
        sentences = list(read_sentences(bundle, "amazon"))
    sides = {each.review_id: (is_test(each), is_tried(each)) for each in sentences}
    assert all(sides[each.review_id] == (is_test(each), is_tried(each)) for each in sentences)
    assert {(True, False), (False, True), (False, False)} == set(sides.values())
