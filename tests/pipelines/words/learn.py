"""Learn `learned.npz` from the tables that were looked at: `python -m tests.pipelines.words.learn` (a minute).

`--check` prints instead how many phrasings are right in fifths of the tables that were left out of the learning.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch

from openhearth.pipelines.tasks import TASKS
from openhearth.pipelines.words.choose import weigh
from openhearth.pipelines.words.ideas import LEXICON, idea_names, understand
from openhearth.pipelines.words.learned import LEARNED, buckets

HERE = Path(__file__).parent
TABLES = ("tuned.tsv", "told.tsv")
# How much a clue's weight counts, and how strongly the rest is held down: best on the tables by fifths.
CLUE = 0.5
_BEND_PIECES, _BEND_IDEAS = 1e-5, 1e-4
_FOLDS = 5

# Pieces (R, buckets), ideas (R, ideas), clues (R, tasks) of R phrasings, and their right tasks (R,).
Numbers = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]


def rows() -> list[tuple[str, str]]:
    lines = [
        line for name in TABLES for line in (HERE / name).read_text(encoding="utf-8").splitlines() if line
    ]
    return [(task, request) for task, _, request in (line.partition("\t") for line in lines)]


def digest() -> str:
    """What `told.tsv` holds; lexicon, clues and `tuned.tsv`, which they follow, may grow without learning anew."""
    return hashlib.sha256((HERE / TABLES[-1]).read_bytes()).hexdigest()


def numbers(known: list[tuple[str, str]], tasks: list[str], ideas: list[str]) -> Numbers:
    clues, named = np.zeros((len(known), len(tasks))), np.zeros((len(known), len(ideas)))
    for at, (_, request) in enumerate(known):
        understood = understand(request)
        for task, weight in weigh(understood.ideas).items():
            clues[at, tasks.index(task)] = weight
        named[at, [ideas.index(idea) for idea in understood.ideas]] = 1
    pieces = np.stack([buckets(request) for _, request in known])
    truth = torch.tensor([tasks.index(task) for task, _ in known])
    return torch.tensor(pieces), torch.tensor(named).float(), torch.tensor(clues).float(), truth


def learn(pieces: Any, named: Any, clues: Any, truth: Any, tasks: int) -> list[torch.Tensor]:
    weights = [torch.zeros(n, tasks, requires_grad=True) for n in (pieces.shape[1], named.shape[1], 1)]
    search = torch.optim.LBFGS(weights, max_iter=50, line_search_fn="strong_wolfe")

    def step() -> torch.Tensor:
        search.zero_grad()
        odds = CLUE * clues + pieces @ weights[0] + named @ weights[1] + weights[2]
        bend = _BEND_PIECES * (weights[0] ** 2).sum() + _BEND_IDEAS * (weights[1] ** 2).sum()
        loss: torch.Tensor = torch.nn.functional.cross_entropy(odds, truth) + bend
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    search.step(step)  # type: ignore[no-untyped-call]
    return [each.detach() for each in weights]


def check() -> None:
    tasks, ideas = sorted(TASKS), list(idea_names())
    *given, truth = numbers(rows(), tasks, ideas)
    fold = torch.randint(0, _FOLDS, truth.shape, generator=torch.Generator().manual_seed(0))
    right = torch.zeros(len(truth))
    for number in range(_FOLDS):
        seen, held = fold != number, fold == number
        found = learn(given[0][seen], given[1][seen], given[2][seen], truth[seen], len(tasks))
        odds = CLUE * given[2][held] + given[0][held] @ found[0] + given[1][held] @ found[1] + found[2]
        right[held] = (odds.argmax(1) == truth[held]).float()
    print(f"right where left out of the learning: {right.mean():.3f} of {len(truth)}")


def main() -> None:
    tasks, ideas = sorted(TASKS), list(idea_names())
    pieces, named, always = learn(*numbers(rows(), tasks, ideas), len(tasks))
    step = float(pieces.abs().max()) / 127
    np.savez_compressed(
        LEARNED, tasks=np.array(tasks), idea_names=np.array(ideas), clue=np.float32(CLUE), step=np.float32(step),
        pieces=(pieces / step).round().to(torch.int8).numpy(), ideas=named.half().numpy(), always=always[0].half().numpy(),
        tables=np.array(digest()),
    )  # fmt: skip
    print(
        f"{LEARNED.name}: {LEARNED.stat().st_size >> 10} KiB from {len(rows())} phrasings, beside {LEXICON.name}"
    )


if __name__ == "__main__":
    check() if "--check" in sys.argv else main()
