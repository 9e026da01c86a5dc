"""Every recipe for real, made once in the starter cache outside the repo; conversions check themselves."""

import csv
from pathlib import Path

import pytest

from openhearth.cli.starter.install import default_cache, prepare
from openhearth.cli.starter.recipe import Recipe
from openhearth.cli.starter.recipes import all_recipes, choose_recipes
from openhearth.pipelines.model_folder import read_model_folder

pytestmark = [pytest.mark.run, pytest.mark.timeout(1200)]


def folder_of(name: str) -> Path:
    return prepare(choose_recipes([name])[0], default_cache())


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("recipe", all_recipes(), ids=lambda recipe: recipe.name)
def test_a_recipe_makes_a_folder_with_a_card(recipe: Recipe) -> None:
    folder = prepare(recipe, default_cache())
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert "README.md" in files
    if recipe.repo_type == "model":
        if recipe.card.library_name in ("transformers", "sentence-transformers"):
            assert {"config.json", "model.safetensors"} <= files
        assert read_model_folder(folder).task
        assert {example["src"] for example in recipe.card.widget if "src" in example} <= files
    else:
        assert any(name.startswith("data/") and name.endswith(".csv") for name in files)


def test_the_chat_template_of_smollm2_is_kept() -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder_of("SmolLM2-135M-Instruct"))
    text = tokenizer.apply_chat_template([{"role": "user", "content": "hi"}], tokenize=False)
    assert "<|im_start|>user\nhi<|im_end|>" in text


def test_every_photo_names_its_rights_and_opens() -> None:
    from PIL import Image

    data = folder_of("photos") / "data"
    rows = rows_of(data / "metadata.csv")
    assert {row["license"] for row in rows} == {"CC0-1.0", "public domain"}
    for row in rows:
        with Image.open(data / row["file_name"]) as photo:
            photo.verify()


def test_the_held_out_review_sentences_share_no_amazon_review_with_the_others() -> None:
    data = folder_of("rated-review-sentences") / "data"
    reviews = {
        split: {row["review_id"] for row in rows_of(data / f"{split}.csv")} for split in ("train", "test")
    }
    assert reviews["train"] and reviews["test"]
    assert not reviews["train"] & reviews["test"]
