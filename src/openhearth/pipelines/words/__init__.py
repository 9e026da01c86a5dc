"""Plain words to a task, offline: see `choose.py`. Add words to `lexicon.toml`, meanings to `clues.toml`."""

from openhearth.pipelines.words.choose import NotUnderstood, WordChoice, choose

__all__ = ["NotUnderstood", "WordChoice", "choose"]
