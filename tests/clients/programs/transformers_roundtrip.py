"""transformers: push a model, its tokenizer and config; load them again; shards too."""

import torch
from huggingface_hub import HfApi
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    pipeline,
)

words = {word: i for i, word in enumerate(["<unk>", "<s>", "</s>", "iron", "into", "steel", "the", "hearth"])}
plain = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
plain.pre_tokenizer = pre_tokenizers.Whitespace()
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=plain, unk_token="<unk>", bos_token="<s>", eos_token="</s>", pad_token="</s>"
)
torch.manual_seed(0)
config = LlamaConfig(
    vocab_size=8,
    hidden_size=64,
    intermediate_size=128,
    num_hidden_layers=2,
    num_attention_heads=4,
    bos_token_id=1,
    eos_token_id=2,
    pad_token_id=2,
)
model = LlamaForCausalLM(config).eval()

model.push_to_hub("ada/tiny-llama", commit_message="A model")
tokenizer.push_to_hub("ada/tiny-llama")
again = AutoModelForCausalLM.from_pretrained("ada/tiny-llama").eval()
assert AutoConfig.from_pretrained("ada/tiny-llama").hidden_size == 64
assert (
    AutoTokenizer.from_pretrained("ada/tiny-llama")("iron into steel").input_ids
    == tokenizer("iron into steel").input_ids
)
ids = torch.tensor([[3, 4, 5]])
assert torch.equal(model(ids).logits, again(ids).logits)
info = HfApi().model_info("ada/tiny-llama")
assert info.pipeline_tag == "text-generation", info.pipeline_tag
assert info.library_name == "transformers", info.library_name
assert info.safetensors is not None
assert info.safetensors.total == sum(p.numel() for p in model.parameters()), info.safetensors
assert "parameters" in info.safetensors

model.push_to_hub("ada/tiny-llama-sharded", max_shard_size="100KB", private=True)
files = HfApi().list_repo_files("ada/tiny-llama-sharded")
assert sum(name.endswith(".safetensors") for name in files) > 1, files
sharded = AutoModelForCausalLM.from_pretrained("ada/tiny-llama-sharded").eval()
assert torch.equal(model(ids).logits, sharded(ids).logits)
total = HfApi().model_info("ada/tiny-llama-sharded").safetensors
assert total is not None
assert total.total == info.safetensors.total

made = pipeline("text-generation", model="ada/tiny-llama")("iron into", max_new_tokens=3, do_sample=False)
assert made[0]["generated_text"].startswith("iron into"), made
