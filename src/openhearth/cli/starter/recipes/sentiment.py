"""MiniLM that tells good from bad: an adapter of ours, trained on rated sentences, laid into all-MiniLM-L6-v2."""

import shutil
from pathlib import Path

from openhearth.cli.starter.adapters import SENTIMENT
from openhearth.cli.starter.adapters.merge import merge_adapter
from openhearth.cli.starter.recipe import ConversionFailed
from openhearth.cli.starter.recipes import minilm

LABELS = {0: "NEGATIVE", 1: "POSITIVE"}
_TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json")
_KNOWN = {
    "The movie was a complete waste of time.": "NEGATIVE",
    "I absolutely loved the food and the staff were lovely.": "POSITIVE",
    "The battery died after two days and support never answered.": "NEGATIVE",
    "Not bad at all, I was pleasantly surprised.": "POSITIVE",
}


def convert(src: Path, out: Path) -> None:
    """Write a plain `BertForSequenceClassification` with the adapter in its weights, and let it judge four sentences."""
    from transformers import BertForSequenceClassification

    base = minilm.folder_in(src)
    model = BertForSequenceClassification.from_pretrained(
        base, num_labels=len(LABELS), id2label=LABELS, label2id={label: i for i, label in LABELS.items()}
    )
    merge_adapter(model, SENTIMENT)
    model.save_pretrained(out)
    for name in _TOKENIZER:
        shutil.copy(base / name, out / name)
    check(out)


def check(folder: Path) -> None:
    """Raise ConversionFailed unless four plain sentences are judged as anybody would."""
    from transformers import pipeline

    judged = pipeline("text-classification", model=str(folder))(list(_KNOWN))
    for (text, label), said in zip(_KNOWN.items(), judged, strict=True):
        if said["label"] != label:
            raise ConversionFailed(f"{text!r} was judged {said['label']}, and is {label}.")
