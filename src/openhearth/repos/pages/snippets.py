"""How to use a repo from code: snippets that run unedited against this hub.

Pure. Spellings follow transformers 5, datasets 5, huggingface_hub 2, peft 0.2x and sentence-transformers 6.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openhearth.kit.names import RepoRef
from openhearth.pipelines.snippets import Snippets
from openhearth.repos.records import Facts


@dataclass(frozen=True, kw_only=True)
class Snippet:
    title: str
    code: str
    prompt: bool = False  # lines for a shell


@dataclass(frozen=True, kw_only=True)
class Usage:
    """One way to use a repo; its snippets stand side by side."""

    title: str
    snippets: tuple[Snippet, ...]
    note: str = ""


def usages_of(
    ref: RepoRef,
    facts: Facts,
    *,
    endpoint: str,
    needs_token: bool,
    ssh: str = "",
    lines: Snippets | None = None,
) -> list[Usage]:
    """Every way to use `ref`, the most telling first. `endpoint` is the public address of this hub.

    `ssh` is where git finds the repo over SSH, empty while that door is closed; `lines` call it for its task.
    """
    by_type = {"model": _of_model, "dataset": _of_dataset, "space": _of_space, "kernel": _of_kernel}[ref.type]
    called = usages_of_lines(lines) if lines else []
    return [
        usage_of_setup(endpoint, needs_token=needs_token),
        *called,
        *by_type(ref, facts),
        _download(ref, endpoint, ssh),
    ]


def usages_of_lines(lines: Snippets) -> list[Usage]:
    """One call at the top and below it, and the same over HTTP."""
    python = [Snippet(title="High level: openhearth", code=lines.high)]
    if lines.low:
        python.append(Snippet(title="Low level: the same, every step yours", code=lines.low))
    http = [Snippet(title="huggingface_hub", code=lines.client)] if lines.client else []
    return [
        Usage(title="In Python", snippets=tuple(python)),
        Usage(title="Over HTTP", snippets=(*http, Snippet(title="curl", code=lines.curl, prompt=True))),
    ]


def usage_of_setup(endpoint: str, *, needs_token: bool) -> Usage:
    """What has to be said once, so that every client talks to this hub."""
    lines = [f"export HF_ENDPOINT={endpoint}"]
    if needs_token:
        lines.append("hf auth login")
    note = "One variable sends every library of the ecosystem to this hub."
    if needs_token:
        note += " This repo is not open to all, so sign in with an access token as well."
    return Usage(
        title="Once per shell",
        snippets=(Snippet(title="shell", code="\n".join(lines), prompt=True),),
        note=note,
    )


def _download(ref: RepoRef, endpoint: str, ssh: str) -> Usage:
    flag = "" if ref.type == "model" else f" --repo-type {ref.type}"
    argument = "" if ref.type == "model" else f', repo_type="{ref.type}"'
    path = ref.id if ref.type == "model" else f"{ref.plural}/{ref.id}"
    python = (
        f'from huggingface_hub import snapshot_download\n\nfolder = snapshot_download("{ref.id}"{argument})'
    )
    shell = f"hf download {ref.id}{flag}\ngit clone {endpoint}/{path}"
    if ssh:
        shell += f"\ngit clone {ssh}"
    return Usage(
        title="Get the files",
        snippets=(
            Snippet(title="huggingface_hub", code=python),
            Snippet(title="shell", code=shell, prompt=True),
        ),
    )


def _of_model(ref: RepoRef, facts: Facts) -> list[Usage]:
    library = facts.library_name or ""
    makers = {
        "transformers": _transformers,
        "sentence-transformers": _sentence_transformers,
        "peft": _peft,
        "diffusers": _diffusers,
    }
    found = makers[library](ref, facts) if library in makers else []
    if "gguf" in facts.tags:
        found.append(_llama_cpp(ref))
    return found


_SAMPLE_INPUTS = {
    "text-generation": '"Once upon a time"',
    "text-classification": '"I love this hearth."',
    "token-classification": '"Ada Lovelace lived in London."',
    "fill-mask": 'f"The capital of France is {pipe.tokenizer.mask_token}."',
    "feature-extraction": '"A sentence to embed."',
    "automatic-speech-recognition": '"recording.wav"',
    "audio-classification": '"recording.wav"',
    "image-classification": '"picture.png"',
    "object-detection": '"picture.png"',
    "image-segmentation": '"picture.png"',
    "depth-estimation": '"picture.png"',
    "text-to-audio": '"Hello from the hearth."',
    "text-to-speech": '"Hello from the hearth."',
    "zero-shot-classification": '"The kiln is too hot.", candidate_labels=["pottery", "finance"]',
    "zero-shot-image-classification": '"picture.png", candidate_labels=["a cat", "a dog"]',
    "table-question-answering": 'table={"city": ["Rome", "Oslo"]}, query="Which city is second?"',
    "image-text-to-text": 'images="picture.png", text="What is shown?"',
}


def _transformers(ref: RepoRef, facts: Facts) -> list[Usage]:
    info: Mapping[str, Any] = facts.transformers_info or {}
    auto_model = str(info.get("auto_model") or "AutoModel")
    processor = str(info.get("processor") or "AutoTokenizer")
    task = facts.pipeline_tag
    custom = "auto_map" in (facts.config or {})
    low = Snippet(
        title="Low level: every step yours", code=_low_level(ref.id, auto_model, processor, custom=custom)
    )
    if task not in _SAMPLE_INPUTS:
        return [Usage(title="transformers", snippets=(low,))]
    extra = ", trust_remote_code=True" if custom else ""
    high = (
        "from transformers import pipeline\n\n"
        f'pipe = pipeline("{task}", model="{ref.id}"{extra})\nprint(pipe({_SAMPLE_INPUTS[task]}))'
    )
    return [Usage(title="transformers", snippets=(Snippet(title="High level: one line", code=high), low))]


_VARIABLES = {"AutoTokenizer": "tokenizer", "AutoProcessor": "processor", "AutoImageProcessor": "processor"}


def _low_level(repo_id: str, auto_model: str, processor: str, *, custom: bool) -> str:
    variable = _VARIABLES.get(processor, "processor")
    extra = ", trust_remote_code=True" if custom else ""
    head = (
        f"import torch\nfrom transformers import {auto_model}, {processor}\n\n"
        f'{variable} = {processor}.from_pretrained("{repo_id}"{extra})\n'
        f'model = {auto_model}.from_pretrained("{repo_id}"{extra})\n\n'
    )
    if processor == "AutoTokenizer" and auto_model in ("AutoModelForCausalLM", "AutoModelForSeq2SeqLM"):
        return head + (
            'inputs = tokenizer("Once upon a time", return_tensors="pt")\n'
            "with torch.inference_mode():\n"
            "    tokens = model.generate(**inputs, max_new_tokens=40)\n"
            "print(tokenizer.decode(tokens[0], skip_special_tokens=True))"
        )
    if processor == "AutoTokenizer":
        answer = "outputs.last_hidden_state.shape" if auto_model == "AutoModel" else "outputs.logits.shape"
        return head + (
            'inputs = tokenizer("I love this hearth.", return_tensors="pt")\n'
            f"with torch.inference_mode():\n    outputs = model(**inputs)\nprint({answer})"
        )
    return head + "print(model)  # every layer; feed it what the processor makes"


def _sentence_transformers(ref: RepoRef, _facts: Facts) -> list[Usage]:
    high = (
        "from sentence_transformers import SentenceTransformer\n\n"
        f'model = SentenceTransformer("{ref.id}")\n'
        'vectors = model.encode(["a warm hearth", "a cold forge"])\nprint(model.similarity(vectors, vectors))'
    )
    low = (
        "import torch\nfrom transformers import AutoModel, AutoTokenizer\n\n"
        f'tokenizer = AutoTokenizer.from_pretrained("{ref.id}")\n'
        f'model = AutoModel.from_pretrained("{ref.id}")\n\n'
        'inputs = tokenizer(["a warm hearth", "a cold forge"], padding=True, return_tensors="pt")\n'
        "with torch.inference_mode():\n"
        "    states = model(**inputs).last_hidden_state  # (text, token, feature)\n"
        'mask = inputs["attention_mask"].unsqueeze(-1)\nprint((states * mask).sum(1) / mask.sum(1))'
    )
    return [
        Usage(
            title="sentence-transformers",
            snippets=(
                Snippet(title="High level: one line", code=high),
                Snippet(title="Low level: every step yours", code=low),
            ),
        )
    ]


def _peft(ref: RepoRef, facts: Facts) -> list[Usage]:
    base = facts.card.get("base_model")
    base = base[0] if isinstance(base, list) and base else base
    if not isinstance(base, str):
        code = f'from peft import AutoPeftModel\n\nmodel = AutoPeftModel.from_pretrained("{ref.id}")'
        return [Usage(title="peft", snippets=(Snippet(title="Python", code=code),))]
    auto_class = "AutoPeftModelForCausalLM"
    high = f'from peft import {auto_class}\n\nmodel = {auto_class}.from_pretrained("{ref.id}")'
    low = (
        "from peft import PeftModel\nfrom transformers import AutoModelForCausalLM\n\n"
        f'base = AutoModelForCausalLM.from_pretrained("{base}")\n'
        f'model = PeftModel.from_pretrained(base, "{ref.id}")\nmodel.print_trainable_parameters()'
    )
    return [
        Usage(
            title="peft",
            snippets=(
                Snippet(title="High level: base and adapter at once", code=high),
                Snippet(title="Low level: onto a base of your own", code=low),
            ),
        )
    ]


def _diffusers(ref: RepoRef, _facts: Facts) -> list[Usage]:
    code = (
        "from diffusers import DiffusionPipeline\n\n"
        f'pipe = DiffusionPipeline.from_pretrained("{ref.id}")\n'
        'pipe("a hearth in winter").images[0].save("hearth.png")'
    )
    return [Usage(title="diffusers", snippets=(Snippet(title="Python", code=code),))]


def _llama_cpp(ref: RepoRef) -> Usage:
    code = f'hf download {ref.id} --include "*.gguf" --local-dir .\nllama-server -m NAME.gguf'
    return Usage(title="llama.cpp", snippets=(Snippet(title="shell", code=code, prompt=True),))


def _of_dataset(ref: RepoRef, _facts: Facts) -> list[Usage]:
    whole = f'from datasets import load_dataset\n\nrows = load_dataset("{ref.id}")\nprint(rows)'
    streamed = (
        "from datasets import load_dataset\n\n"
        f'rows = load_dataset("{ref.id}", split="train", streaming=True)\nprint(next(iter(rows)))'
    )
    return [
        Usage(
            title="datasets",
            snippets=(
                Snippet(title="All of it", code=whole),
                Snippet(title="Streamed: the first row in seconds", code=streamed),
            ),
        )
    ]


def _of_space(_ref: RepoRef, _facts: Facts) -> list[Usage]:
    return []


def _of_kernel(ref: RepoRef, _facts: Facts) -> list[Usage]:
    code = f'from kernels import get_kernel\n\nkernel = get_kernel("{ref.id}")\nprint(dir(kernel))'
    return [Usage(title="kernels", snippets=(Snippet(title="Python", code=code),))]
