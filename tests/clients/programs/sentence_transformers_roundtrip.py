"""sentence-transformers: a model of modules, pushed and loaded again; it says the same of a sentence."""

import tempfile
from pathlib import Path

import numpy
from huggingface_hub import HfApi
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

words = {word: i for i, word in enumerate(["[PAD]", "[UNK]", "iron", "into", "steel"])}
plain = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
plain.pre_tokenizer = pre_tokenizers.Whitespace()
tokenizer = PreTrainedTokenizerFast(tokenizer_object=plain, pad_token="[PAD]", unk_token="[UNK]")
config = BertConfig(
    vocab_size=5, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
)
with tempfile.TemporaryDirectory() as folder:
    BertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    inner = Transformer(folder)
    made = SentenceTransformer(modules=[inner, Pooling(16)], device="cpu")
    made.push_to_hub("ada/tiny-sentences")
    files = HfApi().list_repo_files("ada/tiny-sentences")
    assert {"modules.json", "1_Pooling/config.json", "README.md"} <= set(files), files
    again = SentenceTransformer("ada/tiny-sentences", device="cpu")
    assert numpy.allclose(made.encode("iron into steel"), again.encode("iron into steel"), atol=1e-6)
    info = HfApi().model_info("ada/tiny-sentences")
    assert info.library_name == "sentence-transformers", info.library_name
    assert Path(folder).exists()
