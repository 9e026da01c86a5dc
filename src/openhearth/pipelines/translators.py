"""Which models of this machine know the languages that somebody wants translated, told without loading one. Imports no torch."""

from openhearth.pipelines.apertium.pairs import can_translate, describe_route, list_pairs
from openhearth.pipelines.card import read_languages
from openhearth.pipelines.languages import Tongues, find_language
from openhearth.pipelines.libraries import APERTIUM, TRANSFORMERS
from openhearth.pipelines.model_folder import ModelFolder


def speaks(folder: ModelFolder, tongues: Tongues) -> bool:
    """Whether it may be chosen for `tongues`: by the pairs of an Apertium, by the card of a translation model.

    A model that turns texts into texts and says nothing of languages (one that summarises) is not taken unasked; a chat
    model is asked where nothing else is there.
    """
    if folder.library == APERTIUM:
        return can_translate(list_pairs(folder.path), tongues)
    if folder.library != TRANSFORMERS or folder.is_chat:
        return True
    stated = {find_language(said) or said for said in read_languages(folder.path)}
    wanted = {said for said in (tongues.source, tongues.target) if said}
    if len(stated) > 1:
        return wanted <= stated
    taught = folder.config.get("task_specific_params") or {}
    return folder.task == "translation" or any(name.startswith("translation") for name in taught)


def route_of(folder: ModelFolder, tongues: Tongues) -> str:
    """What is to be said of the way between the languages; nothing if it is straight."""
    return describe_route(list_pairs(folder.path), tongues) if folder.library == APERTIUM else ""
