"""Learn the weights by which passages are chosen as answers: `python -m tests.quality.fit_questions` (some ten minutes).

Reads `questions_fitted.jsonl` and `questions_tuned.jsonl`, never the unseen ones; prints what is right in texts that were
left out of the learning, and writes `question_weights.toml`.
"""

from __future__ import annotations

import json
import string
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from openhearth.pipelines import pipeline
from openhearth.pipelines.question_asked import ANSWER_TOKENS, WEIGHTS, AskedAnswers, answerable_features

HERE = Path(__file__).parent
FILES = ("questions_fitted.jsonl", "questions_tuned.jsonl")
FOLDS = 11
_BEND_PASSAGE, _BEND_ANSWERABLE = 0.01, 0.01
_HEAD = "# What speaks for a passage as an answer, and for there being one: learned by tests/quality/fit_questions.py.\n"

Vector = torch.Tensor


@dataclass
class Question:
    """Its passages: what speaks for each (P, F), whether it is a right answer (P,), and its gain by the text (P,)."""

    context: str
    answers: list[str]
    asked: Any
    known: list[dict[str, float]]
    right: Vector
    gains: list[float]
    numbers: Vector = field(default_factory=lambda: torch.empty(0))


def main() -> None:
    worker = pipeline("question-answering", threads=1).worker.answers
    questions = [look(worker, row, asked) for row in contexts() for asked in row["questions"]]
    names = sorted({name for question in questions for known in question.known for name in known})
    for question in questions:
        question.numbers = torch.tensor([[k.get(name, 0.0) for name in names] for k in question.known])
    texts = sorted({question.context for question in questions})
    fold = [texts.index(question.context) % FOLDS for question in questions]
    held = [0.0] * len(questions)
    for number in range(FOLDS):
        weights = learn_passages([q for q, f in zip(questions, fold, strict=True) if f != number])
        for i, question in enumerate(questions):
            if fold[i] == number:
                held[i] = float(question.right[int((question.numbers @ weights).argmax())])
    answered = [h for h, question in zip(held, questions, strict=True) if question.answers]
    print(f"exact in texts left out: {sum(answered) / len(answered):.3f} of {len(answered)}", file=sys.stderr)
    passage = learn_passages(questions)
    write(dict(zip(names, passage.tolist(), strict=True)), learn_answerable(questions, passage))


def contexts() -> list[dict[str, Any]]:
    return [
        json.loads(line) for name in FILES for line in (HERE / name).read_text(encoding="utf-8").splitlines()
    ]


def look(worker: AskedAnswers, row: dict[str, Any], asked: dict[str, Any]) -> Question:
    context, question = row["context"], asked["question"]
    meant, places = worker._look(question, context)
    found = worker._weigh(question, context, meant, places, ANSWER_TOKENS)
    texts = [context[each.passage.start : each.passage.end] for each in found]
    right = torch.tensor([float(any(plain(text) == plain(a) for a in asked["answers"])) for text in texts])
    gains = [
        each.passage.said + each.passage.ended - worker.likelihood.guessed(question, text)
        for each, text in zip(found, texts, strict=True)
    ]
    return Question(context, asked["answers"], meant, [dict(each.features) for each in found], right, gains)


def plain(text: str) -> str:
    """As SQuAD compares answers: without case, signs and articles."""
    bare = "".join(letter for letter in text.lower() if letter not in string.punctuation)
    return " ".join(word for word in bare.split() if word not in ("a", "an", "the"))


def learn_passages(questions: list[Question]) -> Vector:
    """Weights under which the right passages of a question have the largest share."""
    usable = [question for question in questions if question.right.any()]

    def loss(weights: Vector) -> Vector:
        shares = [(q.numbers @ weights).log_softmax(0)[q.right > 0].logsumexp(0) for q in usable]
        return -torch.stack(shares).mean() + _BEND_PASSAGE * (weights * weights).sum()

    return minimise(loss, usable[0].numbers.shape[1])


def learn_answerable(questions: list[Question], passage: Vector) -> dict[str, float]:
    rows = []
    for question in questions:
        weights = question.numbers @ passage
        best = int(weights.argmax())
        rows.append(
            answerable_features(
                question.context, question.asked, max(question.asked.nearness), question.known[best],
                share=float(weights.softmax(0)[best]), ahead=float(weights[best] - weights.mean()),
                by_text=question.gains[best],
            )
        )  # fmt: skip
    numbers = torch.tensor([list(row.values()) for row in rows])
    truth = torch.tensor([float(bool(question.answers)) for question in questions])
    mean, spread = numbers.mean(0), numbers.std(0) + 1e-6
    mean[0], spread[0] = 0.0, 1.0

    def loss(weights: Vector) -> Vector:
        odds = ((numbers - mean) / spread) @ weights
        bend = _BEND_ANSWERABLE * (weights[1:] ** 2).sum()
        return torch.nn.functional.binary_cross_entropy_with_logits(odds, truth) + bend

    weights = minimise(loss, numbers.shape[1]) / spread
    weights[0] -= (weights[1:] * mean[1:]).sum()
    return dict(zip(rows[0], weights.tolist(), strict=True))


def minimise(loss: Any, size: int) -> Vector:
    weights = torch.zeros(size, requires_grad=True)
    search = torch.optim.LBFGS([weights], max_iter=100, line_search_fn="strong_wolfe")

    def step() -> Vector:
        search.zero_grad()
        value: Vector = loss(weights)
        value.backward()  # type: ignore[no-untyped-call]
        return value

    search.step(step)  # type: ignore[no-untyped-call]
    return weights.detach()


def write(passage: dict[str, float], answerable: dict[str, float]) -> None:
    lines = [f'"{name}" = {value:.3f}' for name, value in passage.items() if abs(value) >= 0.005]
    odds = [f"{name} = {value:.3f}" for name, value in answerable.items()]
    text = [
        _HEAD,
        "[passage]",
        *lines,
        "",
        "# The logarithm of the odds that the text answers.",
        "[answerable]",
        *odds,
    ]
    WEIGHTS.write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
