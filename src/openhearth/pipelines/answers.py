"""What transformers' pipelines are given of many inputs, and what a pipe gives back for them."""

import importlib
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from openhearth.pipelines.notes import Run
from openhearth.pipelines.reading import Many

T = TypeVar("T")
_END = object()


class Answers:
    """What a pipe gives for a generator or a data set: an iterator, whose length is known where that of the input is."""

    def __init__(self, answers: Iterable[Any], length: int | None, run: Run) -> None:
        self._answers = iter(answers)
        self._length = length
        self._run = run

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        # Between two answers the caller's own code runs, and what that warns of is not ours to keep.
        with self._run.watched():
            answer = next(self._answers, _END)
        if answer is _END:
            raise StopIteration
        return answer

    def __len__(self) -> int:
        if self._length is None:
            raise TypeError("how many answers come is not known before the last one")
        return self._length


def each_when_taken(many: Many, read: Callable[[int, Any], Any]) -> Any:
    """The items of `many` as transformers' pipelines take them, each read when it is taken: a data set, or a generator."""
    if not many.is_indexed:
        return (read(index, item) for index, item in enumerate(many.items))
    key_dataset: Any = importlib.import_module("transformers.pipelines.pt_utils").KeyDataset

    class Reading(key_dataset):  # type: ignore[misc]  # transformers looks for conversations in this one alone
        def __init__(self) -> None:
            super().__init__(many.items, "")

        def __getitem__(self, index: int) -> Any:
            return read(index, many.items[index])

    return Reading()


class CountedList(list[T]):
    """A list that moves a bar on as its items are taken; to all else it is that list."""

    def __init__(self, items: Iterable[T], what: str) -> None:
        from tqdm.auto import tqdm

        super().__init__(items)
        self._bar = tqdm(desc=what, total=len(self), leave=False, file=sys.stderr)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, int) and place >= self._bar.n:
            self._bar.update(place + 1 - self._bar.n)
        return super().__getitem__(place)

    def close(self) -> None:
        self._bar.close()
