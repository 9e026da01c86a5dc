"""peft: an adapter pushed and loaded onto its base, both from the hub."""

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM

base = AutoModelForCausalLM.from_pretrained("ada/tiny-llama")
tuned = get_peft_model(
    base, LoraConfig(r=4, target_modules=["q_proj", "v_proj"], init_lora_weights=False)
).eval()
tuned.push_to_hub("ada/tiny-llama-lora")
fresh = PeftModel.from_pretrained(
    AutoModelForCausalLM.from_pretrained("ada/tiny-llama"), "ada/tiny-llama-lora"
).eval()
ids = torch.tensor([[3, 4, 5]])
assert torch.allclose(tuned(ids).logits, fresh(ids).logits)
