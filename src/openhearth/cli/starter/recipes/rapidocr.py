"""PP-OCRv6: the small detector, recogniser and turner of lines of PaddleOCR, as RapidOCR packs them in ONNX."""

import shutil
from pathlib import Path
from typing import Any

from openhearth.cli.starter.recipe import Card, ConversionFailed, Package, Recipe

PACKAGE = Package(
    name="rapidocr",
    version="3.10.0",
    filename="rapidocr-3.10.0-py3-none-any.whl",
    sha256="2fc34e26cd0f48514804a94f8832283039c7334076bff60768b1fed9ad068050",
)
_LINES = ("Invoice No. 2024-0017", "Total: EUR 1,249.50", "Please pay by 15 November.")


def convert(src: Path, out: Path) -> None:
    """Copy the three networks and their licence; then have them read a page that was just written."""
    package = src / PACKAGE.name
    for file in sorted((package / "rapidocr" / "models").glob("*.onnx")):
        shutil.copy(file, out / file.name)
    shutil.copy(next(package.glob("*.dist-info/licenses/LICENSE")), out / "LICENSE")
    shutil.copy(next(package.glob("*.dist-info/licenses/MODEL_LICENSES.md")), out / "MODEL_LICENSES.md")
    (out / "examples").mkdir()
    page = _page()
    page.save(out / "examples" / "invoice.png")
    check(out, page)


def check(folder: Path, page: Any) -> None:
    """Raise ConversionFailed unless every line of `page` is read letter by letter."""
    import numpy as np
    from rapidocr import RapidOCR

    parts = {"Det": "*_det_*", "Rec": "*_rec_*", "Cls": "*_cls_*"}
    files = {f"{part}.model_path": str(next(folder.glob(f"{name}.onnx"))) for part, name in parts.items()}
    said = RapidOCR(params={**files, "Global.log_level": "error"})(np.asarray(page)[:, :, ::-1])
    read = tuple(said.txts or ())
    if read != _LINES:
        raise ConversionFailed(f"A page with {_LINES} is read as {read}.")


def _page() -> Any:
    from PIL import Image, ImageDraw, ImageFont

    page = Image.new("RGB", (640, 260), "white")
    font = ImageFont.load_default(size=30)
    for row, line in enumerate(_LINES):
        ImageDraw.Draw(page).text((40, 40 + 70 * row), line, font=font, fill="black")
    return page


RECIPE = Recipe(
    name="rapidocr",
    repo_type="model",
    version=1,
    packages=(PACKAGE,),
    convert=convert,
    card=Card(
        title="PP-OCRv6, small",
        summary="Reads the text in photos and scans, with the place of every line.",
        license="apache-2.0",
        tags=("ocr", "onnx", "paddleocr", "vision", "optical-character-recognition"),
        language=("en", "zh", "ja", "de", "fr", "es", "it", "pt", "nl"),
        pipeline_tag="optical-character-recognition",
        library_name="rapidocr",
        widget=({"src": "examples/invoice.png", "example_title": "An invoice"},),
        origin="PP-OCRv6 by PaddleOCR (Baidu), converted to ONNX and packed by RapidOCR.",
        rights=(
            "Apache-2.0 for the networks (`MODEL_LICENSES.md` names their rights holders one by one) and for the package "
            "(`LICENSE`). The picture in `examples/` was drawn by this conversion."
        ),
        conversion=(
            "None: the detector, the recogniser with its alphabet, and the network that turns upside-down lines are the "
            "files of the package, byte for byte."
        ),
        measured=(
            "An invoice is read letter by letter (checked at every installation).",
            "1 to 3 seconds a page on one core.",
        ),
        limits=(
            "Chinese, Japanese, English and some fifty languages in Latin letters; no Cyrillic, Greek, Arabic or Hindi.",
            "Print, and clear handwriting; single letters scattered over a picture are not found.",
        ),
        high_level="""
from openhearth import pipeline

read = pipeline("read the text in this picture", model="starter/rapidocr")
print(read("invoice.png")[0]["generated_text"])
""",
        low_level="""
from huggingface_hub import snapshot_download
from rapidocr import RapidOCR

folder = snapshot_download("starter/rapidocr")
engine = RapidOCR(params={
    "Det.model_path": f"{folder}/PP-OCRv6_det_small.onnx",
    "Rec.model_path": f"{folder}/PP-OCRv6_rec_small.onnx",
    "Cls.model_path": f"{folder}/ch_ppocr_mobile_v2.0_cls_mobile.onnx",
})
print(engine("invoice.png").txts)
""",
    ),
)
