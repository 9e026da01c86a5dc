"""Answers in the shapes that pipelines give them: the task, the answer, what was given, and what a drawing says of it."""

from __future__ import annotations

import base64
from typing import Any

from openhearth.inference.box.given import GivenFile
from tests.pipelines.tiny_models import png_bytes, wav_bytes

PICTURE = GivenFile(content=png_bytes(size=(48, 40)))
SOUND = GivenFile(content=wav_bytes(seconds=2.0))
MASK = base64.b64encode(png_bytes((255, 255, 255), (48, 40))).decode()
BOX = {"xmin": 4, "ymin": 6, "xmax": 20, "ymax": 30}
SENTENCE = "Maria lives in Berlin."
CASES: list[tuple[str, Any, dict[str, Any], list[str]]] = [
    ("text-classification", [[{"label": "good", "score": 0.91}]], {"text": "A"}, ["good", "91 %", "bar--5"]),
    ("image-classification", [{"label": "cat", "score": 0.5}], {"picture": PICTURE}, ["cat", "bar--3"]),
    ("zero-shot-classification", {"sequence": "A", "labels": ["art", "sport"], "scores": [0.7, 0.3]}, {}, ["art", "sport"]),
    (
        "token-classification",
        [{"entity_group": "PER", "score": 0.99, "word": "maria", "start": 0, "end": 5},
         {"entity": "B-LOC", "score": 0.8, "word": "berlin", "start": 15, "end": 21}],
        {"text": SENTENCE},
        ['draw-mark--0">Maria<span class="draw-mark__label"> PER', 'draw-mark--1">Berlin', "B-LOC", " lives in "],
    ),
    ("token-classification", [], {"text": SENTENCE}, ["Nothing in this text is marked"]),
    (
        "question-answering",
        {"score": 0.9, "start": 15, "end": 21, "answer": "Berlin"},
        {"question": "Where?", "context": SENTENCE},
        ["<strong>Berlin</strong>", 'draw-mark--0">Berlin'],
    ),
    (
        "question-answering",
        [{"score": 0.9, "start": 15, "end": 21, "answer": "Berlin"}, {"score": 0.1, "start": 0, "end": 5, "answer": "Maria"}],
        {"question": "Where?", "context": SENTENCE},
        ["<strong>Berlin</strong>", "<strong>Maria</strong>"],
    ),
    (
        "question-answering",
        {"score": 0.9, "start": 0, "end": 0, "answer": ""},
        {"question": "Who?", "context": SENTENCE},
        ["Not in this text.", SENTENCE],
    ),
    ("fill-mask", [{"token_str": "capital", "score": 0.6, "sequence": "…"}], {"text": "A"}, ["capital", "60 %"]),
    ("fill-mask", [[{"token_str": "a", "score": 0.6}], [{"token_str": "b", "score": 0.2}]], {}, ["Hidden word 1", "Hidden word 2"]),
    ("summarization", [{"summary_text": "Short."}], {"text": "Long."}, ["Short.", "Long.", "draw-beside"]),
    ("translation", [{"translation_text": "Katze"}], {"text": "cat"}, ["Katze", "cat"]),
    ("translation", [{"translation_text": "Katze", "src_lang": "en"}], {"text": "cat"}, ["Katze", "found to be English"]),
    ("text2text-generation", [{"generated_text": "B"}], {"text": "A"}, ["B"]),
    ("text-generation", [{"generated_text": " on and on"}], {"text": "It goes"}, ["It goes", " on and on"]),
    ("text-ranking", [{"index": 1, "score": 0.9, "text": "Steel"}], {}, ["<ol", "Steel", "0.900"]),
    ("feature-extraction", [0.5, -0.25, 0.0, 1.0], {}, ["4 numbers", "draw-strip__shade--cool", "0.500, -0.250"]),
    ("image-feature-extraction", [[[0.5, -0.25], [0.1, 0.2]]], {}, ["2 × 2 numbers"]),
    ("decision", {"mood": {"type": "choice", "probabilities": {"angry": 0.8, "calm": 0.2}}}, {}, ["mood", "angry", "80 %"]),
    ("automatic-speech-recognition", {"text": "Hello."}, {"sound": SOUND}, ["Hello."]),
    (
        "automatic-speech-recognition",
        {"text": "Hello there.", "chunks": [{"text": " Hello there.", "timestamp": [0.0, 1.5]}]},
        {"sound": SOUND},
        ["0.0 – 1.5 s", 'download="transcript.srt"'],
    ),
    ("automatic-speech-recognition", {"text": ""}, {"sound": SOUND}, ["nothing is said"]),
    (
        "voice-activity-detection",
        [{"start": 0.5, "end": 1.5, "score": 0.97}],
        {"sound": SOUND},
        ['x="250.0" width="500.0"', "0.50 – 1.50 s", "97 %", "data:audio/wav;base64,", "draw-sound__line"],
    ),
    ("voice-activity-detection", [], {"sound": SOUND}, ["Nobody speaks here"]),
    (
        "object-detection",
        [{"label": "cat", "score": 0.98, "box": BOX}],
        {"picture": PICTURE},
        ['viewBox="0 0 48 40"', 'points="4,6 20,6 20,30 4,30"', "cat 98 %", "data:image/png;base64,"],
    ),
    ("face-detection", [{"label": "face", "score": 0.9, "box": BOX}], {"picture": PICTURE}, ["face", "90 %"]),
    ("object-detection", [], {"picture": PICTURE}, ["Nothing was found", "data:image/png"]),
    (
        "optical-character-recognition",
        [{"generated_text": "Total\n12.50", "lines": [{"text": "Total", "score": 0.9, "box": [[1, 2], [9, 2], [9, 8], [1, 8]]}]}],
        {"picture": PICTURE},
        ["Total\n12.50", 'points="1,2 9,2 9,8 1,8"'],
    ),
    ("optical-character-recognition", {"generated_text": "", "lines": []}, {"picture": PICTURE}, ["no text in this picture"]),
    (
        "image-segmentation",
        [{"label": "sky", "score": None, "mask": MASK}, {"label": "road", "score": 0.9, "mask": MASK}],
        {"picture": PICTURE},
        ['mask="url(#masks-1)"', 'mask="url(#masks-2)"', "sky", "road"],
    ),
    ("mask-generation", {"masks": [[[True, False]]], "scores": [0.9]}, {"picture": PICTURE}, ["Mask 1", "data:image/png"]),
    ("depth-estimation", {"predicted_depth": [[1.0]], "depth": MASK}, {"picture": PICTURE}, ["the brighter", "depth.png"]),
    (
        "keypoint-matching",
        [[{"keypoint_image_0": {"x": 1, "y": 2}, "keypoint_image_1": {"x": 3, "y": 4}, "score": 0.9}]],
        {"first_picture": PICTURE, "second_picture": PICTURE},
        ['x1="1" y1="2" x2="51" y2="4"', "1 point in both"],
    ),
    ("visual-question-answering", [{"score": 0.6, "answer": "red"}], {"picture": PICTURE}, ["red", "60 %"]),
    ("visual-question-answering", [{"answer": "It is red."}], {"picture": PICTURE}, ["It is red."]),
    ("document-question-answering", [{"score": 0.6, "answer": "12", "start": 1, "end": 1}], {"picture": PICTURE}, ["12"]),
    ("image-to-text", [{"generated_text": "a cat"}], {"picture": PICTURE}, ["a cat"]),
    ("image-text-to-text", [{"input_text": "?", "generated_text": "a cat"}], {"picture": PICTURE}, ["a cat"]),
    (
        "table-question-answering",
        {"answer": "1890", "coordinates": [[1, 1]], "cells": ["1890"], "aggregator": "NONE"},
        {"table": {"name": ["Iron Bridge", "Forth Bridge"], "opened": ["1781", "1890"]}, "query": "When?"},
        ["<strong>1890</strong>", '<mark class="draw-cell__mark">1890</mark>', "<td>1781</td>"],
    ),
    (
        "tabular-regression",
        [1.5, 2.25],
        {"table": {"length": ["5", "6"]}},
        ["prediction", '<mark class="draw-cell__mark">2.25</mark>', 'download="predictions.csv"'],
    ),
    (
        "tabular-classification",
        {"predictions": ["steel"], "rows": [1], "held_out": {"measure": "accuracy", "value": 0.9, "guess": 0.4, "rows": 10},
         "importance": [{"column": "carbon", "loss": 0.5}], "left_out": []},
        {"table": {"carbon": ["3.4", "0.7"], "iron": ["cast", ""]}, "target": "iron"},
        ["accuracy 0.9; guessing reaches 0.4", '<mark class="draw-cell__mark">steel</mark>', "What tells most", "carbon"],
    ),
    (
        "time-series-forecasting",
        {"forecast": [4.0, 5.0], "low": [3.0, 3.5], "high": [5.0, 6.5], "level": 0.9, "model": "ETS(A,A,N)", "season": 1,
         "held_out": {"measure": "mean absolute error", "value": 0.1, "guess": 1.0, "rows": 2}, "at": ["2024-04-01", "2024-05-01"]},
        {"table": {"month": ["2024-01", "2024-02", "2024-03"], "sales": ["1", "2", "3"]}},
        ["draw-chart__likeliest", "2024-05-01", "from 1 to 6.5", "90 %"],
    ),
]  # fmt: skip
