"""Sentences as vectors by the words they share, where no model is at hand. No torch."""

import re
import zlib
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
_WORD = re.compile(r"\w{3,}")
_DIMENSIONS = 4096
# Words of which more than this share of the sentences hold one say nothing of what a text is about.
_COMMON = 0.25


def by_words(texts: Sequence[str]) -> Vectors:
    """(N, D) of length one: how often a word stands in a sentence, by how few sentences hold it (tf-idf), words hashed."""
    counted = [Counter(word.lower() for word in _WORD.findall(text)) for text in texts]
    held = Counter(word for words in counted for word in words)
    weight = {
        word: np.log((1 + len(texts)) / (1 + count)) for word, count in held.items()
        if count <= max(2, _COMMON * len(texts))
    }  # fmt: skip
    vectors = np.zeros((len(texts), _DIMENSIONS), np.float32)
    for row, words in enumerate(counted):
        for word, count in words.items():
            vectors[row, zlib.crc32(word.encode()) % _DIMENSIONS] += count * weight.get(word, 0.0)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths == 0, 1, lengths)).astype(np.float32)
