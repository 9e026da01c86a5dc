"""From an answer to what is drawn of it. What has no shape that we know is shown as its JSON, which always stands below."""

from collections.abc import Callable, Mapping

from openhearth.inference.box.asking import Answer
from openhearth.inference.box.drawings import pictures, sounds, tables, texts, vectors
from openhearth.inference.box.drawings.records import Drawing, Plain
from openhearth.inference.box.given import Given

Draw = Callable[[Given, Answer], Drawing]
DRAWS: Mapping[str, Draw] = {
    "scores": texts.draw_scores,
    "guesses": texts.draw_guesses,
    "decisions": texts.draw_decisions,
    "quiz": texts.draw_quiz,
    "similarities": texts.draw_similarities,
    "ranking": texts.draw_ranking,
    "answers": texts.draw_answers,
    "text": texts.draw_text,
    "beside": texts.draw_beside,
    "spans": texts.draw_spans,
    "passage": texts.draw_passage,
    "boxes": pictures.draw_boxes,
    "lines": pictures.draw_lines,
    "masks": pictures.draw_masks,
    "depth": pictures.draw_depth,
    "points": pictures.draw_points,
    "media": sounds.draw_media,
    "voices": sounds.draw_voices,
    "transcript": sounds.draw_transcript,
    "cells": tables.draw_cells,
    "column": tables.draw_column,
    "forecast": tables.draw_forecast,
    "vectors": vectors.draw_vectors,
}
# What reading a value of another shape than expected raises.
_OTHER_SHAPE = (KeyError, IndexError, TypeError, ValueError, AttributeError, StopIteration)

__all__ = ["DRAWS", "Drawing", "draw"]


def draw(given: Given, answer: Answer) -> Drawing:
    """What is drawn of `answer`."""
    if answer.content_type:
        return sounds.draw_media(given, answer)
    try:
        return DRAWS[given.box.draws](given, answer)
    except _OTHER_SHAPE:
        return Plain()
