"""Lay an adapter into the weights it was made for, without peft: each weight gains `scale * B @ A`.

Names and formula are those of peft's LoRA (`adapter_config.json` beside `adapter_model.safetensors`); a module that was
trained whole, like a classifier, stands there under its own name.
"""

import json
from pathlib import Path
from typing import Any

_PREFIX = "base_model.model."


def merge_adapter(model: Any, adapter: Path) -> None:
    """Change the weights of `model` in place. Raises KeyError for an adapter that was made for another architecture."""
    import torch
    from safetensors.torch import load_file

    config = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
    scale = config["lora_alpha"] / config["r"]
    weights = dict(model.named_parameters())
    stored = {
        name.removeprefix(_PREFIX): tensor.float()
        for name, tensor in load_file(adapter / "adapter_model.safetensors").items()
    }
    with torch.no_grad():
        for name, tensor in stored.items():
            if name.endswith(".lora_A.weight"):
                module = name.removesuffix(".lora_A.weight")
                weights[f"{module}.weight"] += scale * (stored[f"{module}.lora_B.weight"] @ tensor)
            elif not name.endswith(".lora_B.weight"):
                weights[name].copy_(tensor)
