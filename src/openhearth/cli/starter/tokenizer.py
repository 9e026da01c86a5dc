"""Save a tokenizer without traces of where and how it was loaded."""

from pathlib import Path
from typing import Any

# transformers 5 writes the flags of the last `from_pretrained` into tokenizer_config.json
# (tokenization_utils_base.py, `save_pretrained`); they speak about this machine, not about the tokenizer.
_LOADING_FLAGS = ("is_local", "local_files_only")


def save_tokenizer(tokenizer: Any, out: Path) -> None:
    """Write the tokenizer's files to `out`."""
    for flag in _LOADING_FLAGS:
        tokenizer.init_kwargs.pop(flag, None)
    tokenizer.save_pretrained(out)
