"""The keys and values of a running batch, in buffers that rows join and leave between steps.

Rows of different lengths are aligned at their right end: row r of length n holds the columns
[columns - n, columns), what is left of it is padding that the attention mask hides. So every row writes its next
token into the same column, and one slice serves all. Knows no tokens and no requests.

Shapes: R rows, H key-value heads, C columns allocated, D head size.
"""

import torch
from transformers.cache_utils import (
    Cache,
    CacheLayerMixin,
    DynamicCache,
    DynamicLayer,
    DynamicSlidingWindowLayer,
)
from transformers.configuration_utils import PreTrainedConfig

GROW_COLUMNS = 128


class BatchLayer(CacheLayerMixin):  # type: ignore[misc]  # transformers publishes no types
    """One layer: `keys` and `values` of shape (R, H, C, D), of which the batch's rows and columns are in use."""

    is_sliding = False

    def __init__(self, batch: "BatchCache") -> None:
        super().__init__()
        self._batch = batch

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        """Allocate for the rows in use. Zeros, not garbage: a masked NaN would still poison the sum."""
        rows, columns = self._batch.allocated
        self.keys = key_states.new_zeros((rows, key_states.shape[1], columns, key_states.shape[3]))
        self.values = value_states.new_zeros((rows, value_states.shape[1], columns, value_states.shape[3]))
        self.is_initialized = True

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_args: object, **_kwargs: object
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Write one token a row into the next column; returns views of everything up to it."""
        rows, column = len(self._batch.lengths), self._batch.columns
        assert key_states.shape[0] == rows and key_states.shape[2] == 1
        self.keys[:rows, :, column] = key_states[:, :, 0]
        self.values[:rows, :, column] = value_states[:, :, 0]
        return self.keys[:rows, :, : column + 1], self.values[:rows, :, : column + 1]

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        return self._batch.columns + query_length, 0

    def get_seq_length(self) -> int:
        return self._batch.columns

    def get_max_length(self) -> int:
        return -1

    def reallocate(self) -> None:
        """Move into buffers of the batch's new size."""
        rows, columns = self._batch.allocated
        for name in ("keys", "values"):
            old: torch.Tensor = getattr(self, name)
            new = old.new_zeros((rows, old.shape[1], columns, old.shape[3]))
            kept_rows, kept_columns = min(rows, old.shape[0]), min(columns, old.shape[2])
            new[:kept_rows, :, :kept_columns] = old[:kept_rows, :, :kept_columns]
            setattr(self, name, new)

    def shift(self, rows: int, source: slice, target: slice) -> None:
        for buffer in (self.keys, self.values):
            buffer[:rows, :, target] = buffer[:rows, :, source].clone()

    def move_row(self, source: int, target: int) -> None:
        for buffer in (self.keys, self.values):
            buffer[target] = buffer[source]

    def write_row(self, row: int, end: int, keys: torch.Tensor, values: torch.Tensor) -> None:
        """Put `keys` and `values` (H, n, D) so that they end at column `end`."""
        start = end - keys.shape[1]
        self.keys[row, :, start:end] = keys
        self.values[row, :, start:end] = values


class BatchCache(Cache):  # type: ignore[misc]  # transformers publishes no types
    """The cache of the whole running batch. `lengths[r]` tokens are cached for row r."""

    def __init__(self) -> None:
        super().__init__(layers=[])
        self.lengths: list[int] = []
        self.columns = 0
        self.allocated = (0, 0)

    def admit(self, prefilled: Cache, lengths: list[int]) -> None:
        """Append the rows of `prefilled`, a plain cache of prompts padded on the left to the longest of `lengths`."""
        before, width = len(self.lengths), max(lengths)
        self._make_room(before + len(lengths), max(self.columns, width))
        if width > self.columns:
            self._realign(width)
        self._add_layers(prefilled)
        for layer, filled in zip(self.layers, prefilled.layers, strict=True):
            for offset, length in enumerate(lengths):
                keys, values = (
                    filled.keys[offset, :, width - length :],
                    filled.values[offset, :, width - length :],
                )
                layer.write_row(before + offset, self.columns, keys, values)
        self.lengths += lengths

    def drop(self, row: int) -> None:
        """Forget `row`; the last row takes its place."""
        last = len(self.lengths) - 1
        if row != last:
            for layer in self.layers:
                layer.move_row(last, row)
            self.lengths[row] = self.lengths[last]
        self.lengths.pop()
        if not self.lengths:
            self.columns = 0

    def prepare_step(self) -> torch.Tensor | None:
        """Make room for one more column; returns the (R, columns + 1) mask of the step, None if nothing is padded."""
        if self.columns + 1 > self.allocated[1]:
            self._realign(max(self.lengths))
            self._make_room(len(self.lengths), self.columns + 1)
        if min(self.lengths) == self.columns:
            return None
        starts = self.columns - torch.tensor(self.lengths)
        return torch.arange(self.columns + 1)[None, :] >= starts[:, None]

    def finish_step(self) -> None:
        """Every row has written one token."""
        self.columns += 1
        self.lengths = [length + 1 for length in self.lengths]

    def check_integrity(self) -> None:
        rows, columns = self.allocated
        assert len(self.lengths) <= rows and self.columns <= columns
        assert all(0 < length <= self.columns for length in self.lengths)

    def _add_layers(self, prefilled: Cache) -> None:
        for filled in prefilled.layers[len(self.layers) :]:
            layer = BatchLayer(self)
            layer.lazy_initialization(filled.keys, filled.values)
            self.layers.append(layer)

    def _make_room(self, rows: int, columns: int) -> None:
        have_rows, have_columns = self.allocated
        if rows <= have_rows and columns <= have_columns:
            return
        if rows > have_rows:
            have_rows = max(rows, min(2 * have_rows, have_rows + 8))
        if columns > have_columns:
            have_columns = columns + max(GROW_COLUMNS, columns // 4)
        self.allocated = (have_rows, have_columns)
        for layer in self.layers:
            layer.reallocate()

    def _realign(self, columns: int) -> None:
        """Move the rows' right end from the present column to `columns`, which must hold the longest row."""
        if columns == self.columns:
            return
        used = max(self.lengths, default=0)
        if used:
            source, target = slice(self.columns - used, self.columns), slice(columns - used, columns)
            for layer in self.layers:
                layer.shift(len(self.lengths), source, target)
        self.columns = columns


def plain_cache() -> Cache:
    """A cache for one prefill: every layer keeps everything, windows are the mask's business."""
    return Cache(layer_class_to_replicate=DynamicLayer)


def batches(config: PreTrainedConfig) -> bool:
    """Whether a model of `config` keeps nothing but keys and values: recurrent states cannot be padded."""
    layers = DynamicCache(config=config).layers
    return all(type(layer) in (DynamicLayer, DynamicSlidingWindowLayer) for layer in layers)
