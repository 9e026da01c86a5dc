"""Teach MiniLM to tell good from bad: how `sentiment/` was made, and how to make it again.

`python -m openhearth.cli.starter.adapters.train_sentiment OUT` takes half an hour of one core. It learns from sentences that
some 20 people rated each, and from a list of words that 10 people rated; nothing of either is kept but the weights. The
reviews that are held out (`review_sentences.is_test`) are not learned from.
"""

import math
import random
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openhearth.cli.starter.fetch import fetch_package
from openhearth.cli.starter.install import default_cache, prepare
from openhearth.cli.starter.recipes import minilm
from openhearth.cli.starter.recipes.review_sentences import (
    PACKAGE,
    SOURCES,
    is_test,
    read_sentences,
    read_words,
)
from openhearth.cli.starter.unpack import unpack_package

LABELS = {0: "NEGATIVE", 1: "POSITIVE"}
MAX_TOKENS = 48
RANK = 16
_SEED = 0
_EPOCHS = 3
_BATCH = 32
_RATE = 1e-3
_WARM_UP = 0.06
# A rating becomes the chance of POSITIVE by a sigmoid this steep: 0.5 is 68 %, 1 is 82 %, 2 is 95 %.
_STEEPNESS = 1.5
# What is kept is the running mean of the weights over about the last 500 steps, which errs less than the last step.
_MEAN_DECAY = 0.998


@dataclass(frozen=True)
class Example:
    tokens: list[int]
    rating: float


def main(out: Path) -> None:
    cache = default_cache()
    with opened_archive(cache) as bundle:
        sentences = [each for source in SOURCES for each in read_sentences(bundle, source)]
        words = read_words(bundle)
    taught = [(each.text, each.score) for each in sentences if not is_test(each)] + list(words.items())
    model = teach(prepare(minilm.RECIPE, cache), taught)
    save(model, out)


@contextmanager
def opened_archive(cache: Path) -> Iterator[tarfile.TarFile]:
    """The archive of rated sentences inside the package."""
    with tempfile.TemporaryDirectory() as scratch:
        unpack_package(PACKAGE, fetch_package(PACKAGE, cache / "packages"), Path(scratch))
        with tarfile.open(Path(scratch, "additional_resources", "hutto_ICWSM_2014.tar.gz")) as bundle:
            yield bundle


def teach(base: Path, taught: list[tuple[str, float]], *, epochs: int = _EPOCHS) -> Any:
    """A peft model over `base` that learned texts with their ratings."""
    import torch

    torch.manual_seed(_SEED)
    random.seed(_SEED)
    torch.set_num_threads(1)
    model, tokenizer = _fresh(base)
    examples = [
        Example(tokenizer(text, truncation=True, max_length=MAX_TOKENS)["input_ids"], rating)
        for text, rating in taught
    ]
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    means = [weight.detach().clone() for weight in weights]
    optimizer = torch.optim.AdamW(weights, lr=_RATE, weight_decay=0.01)
    steps = epochs * math.ceil(len(examples) / _BATCH)
    rates = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / (_WARM_UP * steps)) * max(0, 1 - step / steps)
    )
    model.train()
    step = 0
    for _ in range(epochs):
        for batch in _batches(examples):
            loss = _loss(model, batch)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            rates.step()
            optimizer.zero_grad()
            step += 1
            decay = min(_MEAN_DECAY, (step + 1) / (step + 10))
            for mean, weight in zip(means, weights, strict=True):
                mean.lerp_(weight.detach(), 1 - decay)
            if step % 50 == 0:
                print(f"step {step} of {steps}, loss {loss.item():.3f}", flush=True)
    for mean, weight in zip(means, weights, strict=True):
        weight.data.copy_(mean)
    return model


def _fresh(base: Path) -> tuple[Any, Any]:
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    model = AutoModelForSequenceClassification.from_pretrained(base, num_labels=len(LABELS))
    adapter = LoraConfig(
        task_type="SEQ_CLS", r=RANK, lora_alpha=2 * RANK, lora_dropout=0.05,
        target_modules=["query", "key", "value", "dense"], modules_to_save=["classifier"],
    )  # fmt: skip
    return get_peft_model(model, adapter), AutoTokenizer.from_pretrained(base)


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


def _loss(model: Any, batch: list[Example]) -> Any:
    import torch
    from torch.nn.functional import cross_entropy
    from torch.nn.utils.rnn import pad_sequence

    tokens = [torch.tensor(each.tokens) for each in batch]
    mask = pad_sequence([torch.ones_like(each) for each in tokens], batch_first=True)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(input_ids=pad_sequence(tokens, batch_first=True), attention_mask=mask).logits
    good = torch.sigmoid(_STEEPNESS * torch.tensor([each.rating for each in batch]))
    return cross_entropy(logits.float(), torch.stack([1 - good, good], dim=1))


def save(model: Any, out: Path) -> None:
    """Write the adapter to `out` in half precision, naming its base as people know it."""
    model.half()
    model.peft_config["default"].base_model_name_or_path = minilm.RECIPE.repo_id
    model.save_pretrained(out)
    (out / "README.md").unlink(missing_ok=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
