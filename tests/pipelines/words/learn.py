"""Learn `learned.npz` from the tables that were looked at: `python -m tests.pipelines.words.learn` (two minutes).

`--check` prints instead how many phrasings are right in fifths that were left out of the learning; `--check told_b.tsv …` how many
of each of those tables, learned from all others: each has an author of its own, so that is how strangers fare.
"""

from __future__ import annotations

import hashlib
import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.optimize
import scipy.sparse

from openhearth.pipelines.tasks import TASKS
from openhearth.pipelines.words.ideas import idea_names, understand
from openhearth.pipelines.words.learned import LEARNED, NOTHING, PLACES, counted, weighted

HERE = Path(__file__).parent
TASK_NAMES = (*sorted(TASKS), NOTHING)
# How strongly pieces, ideas and pairs of ideas are held down, and how far each phrasing's task is doubted.
_BEND_PIECES, _BEND_IDEAS, _BEND_PAIRS, _DOUBT = 5e-6, 1e-4, 1e-4, 0.1
# What fewer phrasings have is no rule.
_LEAST_PHRASINGS, _LEAST_PAIRS = 2, 3
_ROUNDS, _FOLDS = 60, 5
# How many steps a usual weight spans: enough to lose nothing, few enough to pack small.
_STEPS = 2.0


@dataclass(frozen=True)
class Numbers:
    """Of R phrasings: `given` (R, places + ideas + pairs + 1) and `truth` (R,); `pairs` are the two ideas of each pair."""

    given: Any
    truth: Any
    rarity: Any
    pairs: Sequence[tuple[int, int]]


def tables() -> list[Path]:
    return [HERE / "tuned.tsv", *sorted(HERE.glob("told*.tsv")), HERE / "nothing.tsv"]


def rows() -> list[tuple[str, str, str]]:
    """Task, request, table."""
    return [
        (task, request, table.name)
        for table in tables()
        for task, _, request in (
            line.partition("\t") for line in table.read_text(encoding="utf-8").splitlines()
        )
        if request
    ]


def digest() -> str:
    """What the tables hold; lexicon and clues may grow without learning anew."""
    return hashlib.sha256(b"".join(table.read_bytes() for table in tables())).hexdigest()


def numbers(known: Sequence[tuple[str, str, str]]) -> Numbers:
    found = [counted(request) for _, request, _ in known]
    named_by = np.bincount(np.concatenate([at for at, _ in found]), minlength=PLACES)
    rarity = np.log((1 + len(known)) / (1 + named_by)) + 1
    rarity[named_by < _LEAST_PHRASINGS] = 0
    rarity = rarity.astype(np.float16).astype(np.float32)
    pieces = scipy.sparse.csr_matrix(
        (
            np.concatenate([weighted(at, counts, rarity) for at, counts in found]),
            np.concatenate([at for at, _ in found]),
            np.cumsum([0, *(len(at) for at, _ in found)]),
        ),
        shape=(len(known), PLACES),
    )
    spoken_of = [understand(request).ideas for _, request, _ in known]
    named = np.array([[idea in ideas for idea in idea_names()] for ideas in spoken_of], np.float32)
    both = named.T @ named
    pairs = [pair for pair in itertools.combinations(range(len(both)), 2) if both[pair] >= _LEAST_PAIRS]
    together = np.stack([named[:, one] * named[:, other] for one, other in pairs], 1)
    rest = np.concatenate([named, together, np.ones((len(known), 1), np.float32)], 1)
    given = scipy.sparse.hstack([pieces, scipy.sparse.csr_matrix(rest)]).tocsr().astype(np.float32)
    return Numbers(given, np.array([TASK_NAMES.index(row[0]) for row in known]), rarity, pairs)


def learn(given: Any, truth: Any, bend: Any) -> Any:
    """The weights (what is given, tasks) of a softmax over the tasks, by L-BFGS."""
    turned, shape = given.T.tocsr(), (given.shape[1], len(TASK_NAMES))
    right = np.full((len(truth), shape[1]), _DOUBT / shape[1], np.float32)
    right[np.arange(len(truth)), truth] += 1 - _DOUBT

    def loss(flat: Any) -> tuple[float, Any]:
        weights = flat.reshape(shape).astype(np.float32)
        odds = given @ weights
        odds -= odds.max(1, keepdims=True)
        powers = np.exp(odds)
        total = powers.sum(1, keepdims=True)
        missed = (right * (np.log(total) - odds)).sum() / len(truth)
        slope = turned @ ((powers / total - right) / np.float32(len(truth))) + 2 * bend[:, None] * weights
        return float(missed + (bend[:, None] * weights**2).sum()), slope.ravel().astype(np.float64)

    found = scipy.optimize.minimize(
        loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS, "maxcor": 6}
    )
    return found.x.reshape(shape).astype(np.float32)


def bend_of(known: Numbers) -> Any:
    sizes = (PLACES, len(idea_names()), len(known.pairs), 1)
    return np.repeat(np.array([_BEND_PIECES, _BEND_IDEAS, _BEND_PAIRS, 0], np.float32), sizes)


def check(names: Sequence[str]) -> None:
    found = rows()
    known = numbers(found)
    fold = np.random.default_rng(0).integers(0, _FOLDS, len(found))
    of = np.array([table for _, _, table in found])
    for name, held in [(name, of == name) for name in names] or [
        (f"fifth {n}", fold == n) for n in range(_FOLDS)
    ]:
        weights = learn(known.given[~held], known.truth[~held], bend_of(known))
        order = np.argsort(-(known.given[held] @ weights), 1)
        right = order[:, :4] == known.truth[held][:, None]
        print(
            f"{name}: {right[:, 0].mean():.3f} right, {right.any(1).mean():.3f} among four, of {held.sum()}"
        )


def main() -> None:
    known = numbers(rows())
    weights = learn(known.given, known.truth, bend_of(known))
    pieces, ideas, pairs, always = np.split(weights, np.cumsum([PLACES, len(idea_names()), len(known.pairs)]))
    step = float(pieces[known.rarity > 0].std()) / _STEPS
    np.savez_compressed(
        LEARNED, tasks=np.array(TASK_NAMES), idea_names=np.array(idea_names()), pair_ideas=np.array(known.pairs, np.uint8),
        step=np.float32(step), pieces=np.clip((pieces / step).round(), -127, 127).astype(np.int8),
        rarity=known.rarity.astype(np.float16), ideas=ideas.astype(np.float16), pairs=pairs.astype(np.float16),
        always=always[0].astype(np.float16), tables=np.array(digest()),
    )  # fmt: skip
    print(f"{LEARNED.name}: {LEARNED.stat().st_size >> 10} KiB from {len(known.truth)} phrasings")


if __name__ == "__main__":
    check(sys.argv[2:]) if "--check" in sys.argv else main()
