"""Every starter recipe, in the order of installing: what is small and quick comes first."""

from collections.abc import Iterable

from openhearth.cli.starter.recipe import ORGANISATION, Recipe
from openhearth.errors import Invalid


def all_recipes() -> tuple[Recipe, ...]:
    """All recipes of this version."""
    from openhearth.cli.starter.recipes import (
        apertium,
        efficientnet,
        faces,
        hibari,
        librivox_clips,
        minilm,
        names,
        photos,
        portraits,
        rampart,
        rapidocr,
        review_sentences,
        sentiment,
        silero_vad,
        smollm2,
        whisper,
        whisper_base,
    )

    modules = (
        silero_vad,
        hibari,
        names,
        rampart,
        efficientnet,
        faces,
        rapidocr,
        minilm,
        sentiment,
        whisper,
        smollm2,
        photos,
        portraits,
        librivox_clips,
        review_sentences,
        whisper_base,
        apertium,
    )
    return tuple(module.RECIPE for module in modules)


def choose_recipes(names: Iterable[str]) -> tuple[Recipe, ...]:
    """The recipes of these names (`starter/` in front and capitals do not matter); for no names, all that are not optional.

    Raises Invalid for a name that no recipe has.
    """
    known = {recipe.name.lower(): recipe for recipe in all_recipes()}
    usual = [name for name, recipe in known.items() if not recipe.optional]
    wanted = [name.lower().removeprefix(f"{ORGANISATION}/") for name in names]
    for name in wanted:
        if name not in known:
            choices = ", ".join(recipe.name for recipe in known.values())
            raise Invalid(f"{name!r} is no starter model or data set; choose from: {choices}.")
    return tuple(known[name] for name in dict.fromkeys(wanted or usual))
