"""text-generation as the hub's engines load it: the parts over which they batch many callers."""

from pathlib import Path
from typing import Any

from transformers import AutoModelForCausalLM, AutoTokenizer

from openhearth.pipelines.loading import LoadOptions, load_model, load_part
from openhearth.pipelines.model_folder import read_model_folder


class TextGeneration:
    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.model = model
        self.tokenizer = tokenizer

    @property
    def context_length(self) -> int:
        """How many tokens the model can hold, prompt and answer together."""
        config = self.model.config.get_text_config(decoder=True)
        names = ("max_position_embeddings", "n_positions", "max_sequence_length", "seq_length")
        given = [getattr(config, name, None) for name in names]
        return next((int(length) for length in given if length), 2048)

    @property
    def end_ids(self) -> frozenset[int]:
        """The tokens that end a text."""
        stated = self.model.generation_config.eos_token_id
        ids = stated if isinstance(stated, list) else [stated]
        return frozenset(i for i in (*ids, self.tokenizer.eos_token_id) if i is not None)


def load(path: Path, **options: Any) -> TextGeneration:
    folder = read_model_folder(path, name=options.pop("name", None))
    tokenizer = load_part(AutoTokenizer, folder)
    return TextGeneration(load_model(AutoModelForCausalLM, folder, LoadOptions(**options)), tokenizer)
