import ast
import re

import pytest
from huggingface_hub import DatasetCard, ModelCard

from openhearth.cli.starter.card import render_card, stamp_of
from openhearth.cli.starter.recipe import Recipe
from openhearth.cli.starter.recipes import all_recipes, choose_recipes

FOREIGN_CARDS = ("", "# Hello", "---\nlicense: mit\n---\n", "---\n[\n---\n", "---\n- a\n---\n")
RECIPES = pytest.mark.parametrize("recipe", all_recipes(), ids=lambda recipe: recipe.name)


@RECIPES
def test_the_stock_client_reads_the_metadata_of_a_card(recipe: Recipe) -> None:
    kind = ModelCard if recipe.repo_type == "model" else DatasetCard
    metadata: dict[str, object] = kind(render_card(recipe)).data.to_dict()  # type: ignore[no-untyped-call]

    assert metadata["license"] == recipe.card.license
    assert metadata["tags"] == [*recipe.card.tags, "starter"]
    wanted = ("pipeline_tag", "library_name", "tags") if recipe.repo_type == "model" else ("task_categories",)
    assert all(metadata.get(name) for name in wanted)


@RECIPES
def test_a_card_says_where_everything_came_from(recipe: Recipe) -> None:
    card = render_card(recipe)

    for package in recipe.packages:
        assert package.filename in card
        assert package.sha256 in card
        assert re.fullmatch(r"[0-9a-f]{64}", package.sha256)
    for title in ("Limits", "Where it comes from", "What was done to it", "Licence"):
        assert f"\n## {title}\n" in card


@RECIPES
def test_the_programs_on_a_card_are_python(recipe: Recipe) -> None:
    for program in re.findall(r"```python\n(.*?)```", render_card(recipe), re.DOTALL):
        ast.parse(program)


@RECIPES
def test_a_card_carries_the_stamp_of_its_recipe(recipe: Recipe) -> None:
    assert stamp_of(render_card(recipe)) == recipe.stamp


@pytest.mark.parametrize("card", FOREIGN_CARDS)
def test_a_card_of_somebody_else_carries_no_stamp(card: str) -> None:
    assert stamp_of(card) is None


def test_texts_and_photos_that_belong_to_their_authors_stay_private() -> None:
    assert [recipe.name for recipe in all_recipes() if recipe.private] == [
        "portraits",
        "rated-review-sentences",
    ]


def test_names_may_carry_the_organisation_and_any_capitals() -> None:
    chosen = choose_recipes(["starter/smollm2-135m-instruct", "PHOTOS", "photos"])
    assert [recipe.name for recipe in chosen] == ["SmolLM2-135M-Instruct", "photos"]


def test_every_conversion_can_be_named_to_another_process() -> None:
    entries = {f"{recipe.convert.__module__}:{recipe.convert.__qualname__}" for recipe in all_recipes()}
    assert len(entries) == len(all_recipes())
    assert not any("<" in entry for entry in entries)
