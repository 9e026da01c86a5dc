"""Programs that run models on people's own machines, and the models each of them can run, told by tags. Pure.

Names are those that `list_models(apps=…)` is called with.
"""

from collections.abc import Sequence

# For each program: groups of tags; a model carries one of every group.
Groups = Sequence[Sequence[str]]
_GGUF: Groups = (("gguf",),)
_GENERATING: Groups = (("transformers",), ("text-generation", "image-text-to-text"))
_APPS: dict[str, Groups] = {
    **dict.fromkeys(
        ("llama.cpp", "llama-cpp-python", "ollama", "lmstudio", "lm-studio", "jan", "localai", "koboldcpp", "gpt4all",
         "msty", "recursechat", "backyard-ai", "docker-model-runner", "ramalama", "unsloth-studio"),
        _GGUF,
    ),
    **dict.fromkeys(("vllm", "sglang", "tgi", "text-generation-inference"), _GENERATING),
    **dict.fromkeys(("mlx-lm", "mlx"), (("mlx",),)),
    **dict.fromkeys(("draw-things", "drawthings", "diffusionbee", "invoke", "joyfusion"), (("diffusers",), ("text-to-image",))),
    "transformers.js": (("transformers.js",),),
}  # fmt: skip


def groups_of(app: str) -> Groups:
    """What a model must carry for `app`; of a program not known here, its own name."""
    return _APPS.get(app.lower(), ((app,),))
