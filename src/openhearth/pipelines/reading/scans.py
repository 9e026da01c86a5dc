"""Pictures of pages, as scanners write them into PDFs: the largest picture of each page, without what is written over it."""

from typing import Any

from PIL import Image

from openhearth.errors import Invalid, TooLarge
from openhearth.pipelines.inputs import IMAGE_MAX_PIXELS, read_image
from openhearth.pipelines.reading.pdfs import opened_pdf

SCANS_MAX = 200  # pages; each is held in memory


def read_scans(content: bytes, name: str) -> list[Image.Image]:
    """The pictures of the pages of a PDF. Raises Invalid where it holds none, TooLarge for many pages."""
    with opened_pdf(content, name, remedy="save its pages as pictures") as reader:
        if len(reader.pages) > SCANS_MAX:
            raise TooLarge(f"{name}: has {len(reader.pages)} pages; give {SCANS_MAX} at a time.")
        found = [_largest(page) for page in reader.pages]
    scans = [image for image in found if image is not None]
    if not scans:
        raise Invalid(
            f"{name}: the PDF holds no pictures of pages; give it to a task that reads texts, or save pictures."
        )
    return scans


def _largest(page: Any) -> Image.Image | None:
    objects = page.get("/Resources", {}).get("/XObject", {})
    sizes = {}
    for key in objects:
        held = objects[key].get_object()
        pixels = int(held.get("/Width", 0)) * int(held.get("/Height", 0))
        if held.get("/Subtype") == "/Image" and pixels <= IMAGE_MAX_PIXELS:
            sizes[key] = pixels
    if not sizes:
        return None
    picture = page.images[max(sizes, key=lambda key: sizes[key])].image
    return None if picture is None else read_image(picture)
