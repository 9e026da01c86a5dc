"""Languages as a form offers them: those that a model's card names, else every one that has a name here."""

from collections.abc import Mapping, Sequence

from openhearth.inference.box.declared import Box
from openhearth.pipelines.languages import find_language, languages, name_of
from openhearth.web.parts import Choice


def languages_of_card(card: Mapping[str, object]) -> tuple[str, ...]:
    """What a card's `language` names: one, or a list."""
    stated = card.get("language")
    return tuple(str(said) for said in (stated if isinstance(stated, list) else [stated]) if said)


def language_choices(box: Box, values: Mapping[str, str], said: Sequence[str]) -> dict[str, list[Choice]]:
    """What each field for a language offers. A card that names one alone does not say what it is translated into."""
    named = [code for code in dict.fromkeys(map(find_language, said)) if code]
    offered = sorted(named if len(named) > 1 else languages(), key=name_of)
    found = {}
    for field in (field for field in box.fields if field.kind == "language"):
        chosen = in_codes(box, values).get(field.name, "")
        codes = offered if chosen in ("", *offered) else [chosen, *offered]
        found[field.name] = [
            Choice(value="", label=field.unsaid),
            *(Choice(value=code, label=name_of(code)) for code in codes),
        ]
    return found


def in_codes(box: Box, values: Mapping[str, str]) -> dict[str, str]:
    """`values` with languages by their codes: an example may name them otherwise."""
    asked = {field.name for field in box.fields if field.kind == "language"}
    return {
        name: (find_language(value) or value) if name in asked else value for name, value in values.items()
    }
