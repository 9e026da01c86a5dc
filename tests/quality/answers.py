"""Question answering: spans against what a reader would mark, on passages whose questions are kept with this package."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from openhearth import pipeline
from tests.quality.figures import Figure, is_exact, overlap, share

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Question:
    """`answers` are all the spans of `context` that are right; none where the text does not say."""

    context: str
    text: str
    answers: tuple[str, ...]


def read_questions(name: str) -> Iterator[Question]:
    for line in (HERE / f"questions_{name}.jsonl").read_text(encoding="utf-8").splitlines():
        passage = json.loads(line)
        for asked in passage["questions"]:
            yield Question(passage["context"], asked["question"], tuple(asked["answers"]))


def judge() -> Iterator[Figure]:
    answer = pipeline("question-answering")
    for name in ("unseen", "tuned"):
        questions = list(read_questions(name))
        said = [
            answer(question=each.text, context=each.context, handle_impossible_answer=True)["answer"]
            for each in questions
        ]
        pairs = list(zip(questions, said, strict=True))
        yield Figure(
            name=f"answers, {name}: exact",
            value=share(is_exact(a, q.answers) for q, a in pairs),
            rows=len(pairs),
        )
        yield Figure(
            name=f"answers, {name}: F1 of words",
            value=sum(overlap(a, q.answers) for q, a in pairs) / len(pairs),
            rows=len(pairs),
        )
        nowhere = [(q, a) for q, a in pairs if not q.answers]
        yield Figure(
            name=f"answers, {name}: “not in this text” said where it is so",
            value=share(not a for _, a in nowhere),
            rows=len(nowhere),
        )
