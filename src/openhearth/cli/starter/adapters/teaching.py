"""Teach a small encoder something new by a low-rank adapter: the loop that the adapters here were made with.

Deterministic but for the rounding of the machine: one thread, fixed seeds, batches in a fixed order.
"""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RANK = 16
_SEED = 0
_BATCH = 32
_WARM_UP = 0.06


@dataclass(frozen=True)
class Example:
    """A text as tokens, and what is to be learned of it, as the loss takes it."""

    tokens: list[int]
    target: Any


Loss = Callable[[Any, Sequence[Any]], Any]


def prepare_torch() -> None:
    """Fix what is left to chance. Before the model is made: its new head begins at random."""
    import torch

    torch.manual_seed(_SEED)
    random.seed(_SEED)
    torch.set_num_threads(1)


def adapted(model: Any, task_type: str) -> Any:
    """`model` with an untaught adapter at every linear layer, and its head free to move."""
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        task_type=task_type, r=RANK, lora_alpha=2 * RANK, lora_dropout=0.05,
        target_modules=["query", "key", "value", "dense"], modules_to_save=["classifier"],
    )  # fmt: skip
    return get_peft_model(model, config)


def teach(
    model: Any, examples: list[Example], loss: Loss, *, epochs: int, rate: float, mean_decay: float
) -> None:
    """Move the adapter of `model` so that `loss(logits, targets)` falls.

    What is kept is the running mean of the weights, which errs less than the last step does.
    """
    import torch

    weights = [weight for weight in model.parameters() if weight.requires_grad]
    means = [weight.detach().clone() for weight in weights]
    optimizer = torch.optim.AdamW(weights, lr=rate, weight_decay=0.01, fused=True)
    steps = epochs * math.ceil(len(examples) / _BATCH)
    rates = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / (_WARM_UP * steps)) * max(0, 1 - step / steps)
    )
    model.train()
    batches = (batch for _ in range(epochs) for batch in _batches(examples))
    for step, batch in enumerate(batches, 1):
        found = loss(_logits(model, batch), [each.target for each in batch])
        found.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        rates.step()
        optimizer.zero_grad()
        decay = min(mean_decay, (step + 1) / (step + 10))
        for mean, weight in zip(means, weights, strict=True):
            mean.lerp_(weight.detach(), 1 - decay)
        if step % 50 == 0:
            print(f"step {step} of {steps}, loss {found.item():.3f}", flush=True)
    for mean, weight in zip(means, weights, strict=True):
        weight.data.copy_(mean)
    model.eval()


def save_adapter(model: Any, out: Path, *, base: str) -> None:
    """Write the adapter to `out` in half precision; `base` is what it is to be laid over."""
    model.half()
    model.peft_config["default"].base_model_name_or_path = base
    model.save_pretrained(out, save_embedding_layers=False)  # "auto" asks a hub for the base
    (out / "README.md").unlink(missing_ok=True)


def _batches(examples: list[Example]) -> list[list[Example]]:
    """Shuffled, and still of like length: twenty batches at a time are sorted."""
    random.shuffle(examples)
    block = 20 * _BATCH
    ordered = [
        each for i in range(0, len(examples), block)
        for each in sorted(examples[i : i + block], key=lambda each: len(each.tokens))
    ]  # fmt: skip
    batches = [ordered[i : i + _BATCH] for i in range(0, len(ordered), _BATCH)]
    random.shuffle(batches)
    return batches


def _logits(model: Any, batch: Sequence[Example]) -> Any:
    import torch
    from torch.nn.utils.rnn import pad_sequence

    tokens = [torch.tensor(each.tokens) for each in batch]
    mask = pad_sequence([torch.ones_like(each) for each in tokens], batch_first=True)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(input_ids=pad_sequence(tokens, batch_first=True), attention_mask=mask).logits
    return logits.float()
