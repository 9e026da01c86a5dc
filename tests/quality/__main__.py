"""`python -m tests.quality [TOPIC …]`, all topics where none is named: how good the starter set is, on data it never saw."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping

from tests.quality import answers, feelings, hearing, names, summaries, translations, wishes
from tests.quality.figures import Figure

TOPICS: Mapping[str, Callable[[], Iterator[Figure]]] = {
    "wishes": wishes.judge,
    "names": names.judge,
    "feelings": feelings.judge,
    "hearing": hearing.judge,
    "answers": answers.judge,
    "summaries": summaries.judge,
    "translations": translations.judge,
}


def main() -> None:
    wanted = sys.argv[1:] or list(TOPICS)
    if unknown := [topic for topic in wanted if topic not in TOPICS]:
        sys.exit(f"{unknown[0]!r} is nothing that is judged; choose among {', '.join(TOPICS)}.")
    missed = 0
    for topic in wanted:
        for figure in TOPICS[topic]():
            print(figure, flush=True)
            missed += not figure.is_reached
    print(f"{missed} of the aims missed." if missed else "Every aim is reached.")


main()
