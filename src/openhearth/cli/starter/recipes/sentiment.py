"""MiniLM that tells good from bad: an adapter of ours, trained on rated sentences, laid into all-MiniLM-L6-v2."""

import shutil
from pathlib import Path

from openhearth.cli.starter.adapters import SENTIMENT
from openhearth.cli.starter.adapters.merge import merge_adapter
from openhearth.cli.starter.recipe import Card, ConversionFailed, Recipe
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


RECIPE = Recipe(
    name="MiniLM-sentiment",
    repo_type="model",
    version=2,
    packages=(minilm.PACKAGE,),
    convert=convert,
    card=Card(
        title="MiniLM sentiment",
        summary="Says whether an English sentence speaks well or ill of something. 22.7 million parameters.",
        license="apache-2.0",
        tags=("bert", "text-classification", "sentiment", "sentiment-analysis"),
        language=("en",),
        pipeline_tag="text-classification",
        library_name="transformers",
        widget=(
            {"text": "The movie was a complete waste of time."},
            {"text": "Not bad at all, I was pleasantly surprised."},
        ),
        base_model=minilm.RECIPE.repo_id,
        base_model_relation="finetune",
        origin=(
            "`starter/all-MiniLM-L6-v2`, and an adapter that comes with Openhearth. The adapter learned from the rated "
            "sentences in the source package of vaderSentiment: C.J. Hutto and E. Gilbert, “VADER: A Parsimonious "
            "Rule-based Model for Sentiment Analysis of Social Media Text”, ICWSM 2014."
        ),
        rights=(
            "Apache-2.0 for the weights, as the base. The ratings are MIT; the sentences belong to those who wrote them, "
            "and none of them is in here."
        ),
        conversion=(
            "The adapter (LoRA of rank 16 at every linear layer, and the head) was laid into the weights of the base, "
            "which gives the same scores as peft does with both. It was taught by "
            "`python -m openhearth.cli.starter.adapters.train_sentiment`: three times through 14,415 sentences and a list "
            "of 7,224 rated words, then half way to once more the reviews alone. "
            "A label is the mean of some 20 people's ratings from −4 to 4, made into a chance by a "
            "sigmoid (1 is 82 %, 2 is 95 %); sentences near zero were learned as undecided. Held out by review: 15 % to "
            "measure, 8 % to choose settings."
        ),
        measured=(
            "90.2 % right on 2,388 held-out sentences: films 88.8 % (1,496), products 91.3 % (401), tweets 93.3 % (491). "
            "The reviews alone: 89.4 %; VADER's word list, summed, 62.9 %; always saying positive, 54.0 %. "
            "`make bench-quality` prints it anew.",
            "0.01 seconds a sentence on one core. Four plain sentences are checked at every conversion.",
        ),
        limits=(
            "Sentences and short reviews; after 512 word pieces nothing is read.",
            "Knows good and bad, and no middle: what is neither gets a score near one half, or a wrong side.",
            "The figures leave out sentences whose mean rating is within half a point of zero (about one in eight): this "
            "is the clear-cut task. The film sentences are well known, and the base may have met them.",
            "“The ending made me cry, in the best way.” is taken for a complaint.",
            "Irony, and English of other places and times than reviews and tweets of the 2000s, are judged less well.",
        ),
        high_level="""
from openhearth import pipeline

judge = pipeline("sentiment-analysis", model="starter/MiniLM-sentiment")
print(judge(["I absolutely loved the food.", "The battery died after two days."]))
""",
        low_level="""
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("starter/MiniLM-sentiment")
model = AutoModelForSequenceClassification.from_pretrained("starter/MiniLM-sentiment")
with torch.no_grad():
    logits = model(**tokenizer("I absolutely loved the food.", return_tensors="pt")).logits[0]
for chance, label in zip(logits.softmax(-1), model.config.id2label.values()):
    print(f"{chance:.3f} {label}")
""",
    ),
)
