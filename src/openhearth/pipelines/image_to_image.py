"""image-to-image by a model of transformers: a picture in, a larger or cleaner one out (Swin2SR).

transformers dropped its pipeline of this name; the answer is as it was: a picture, or a list of them.
"""

from typing import Any

import numpy as np
import torch
import transformers
from PIL import Image

from openhearth.errors import Invalid
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.inputs import read_image
from openhearth.pipelines.lists import with_progress
from openhearth.pipelines.loading import LoadOptions, load_model, load_part
from openhearth.pipelines.options import PipelineOptions

PIXELS_MAX = 1024 * 1024


class ImageToImage:
    def __init__(self, model: Any, processor: Any) -> None:
        self.model, self.image_processor = model, processor

    def __call__(self, inputs: Any = None, *, image: Any = None) -> Any:
        """A picture, or a list of them for a list."""
        given = inputs if inputs is not None else image
        if isinstance(given, list | tuple):
            return [self._redraw(one) for one in with_progress(list(given), "image-to-image")]
        return self._redraw(given)

    @torch.inference_mode()
    def _redraw(self, source: Any) -> Image.Image:
        if source is None:
            raise Invalid(
                "image: is missing; give a picture as a path, link, bytes or PIL image.", param="inputs"
            )
        image = read_image(source)
        if image.width * image.height > PIXELS_MAX:
            raise Invalid(
                f"image: {image.width} by {image.height} pixels are too many to redraw; send at most {PIXELS_MAX:,}."
            )
        pixels = self.image_processor(image, return_tensors="pt").to(self.model.device, self.model.dtype)
        drawn = self.model(**pixels).reconstruction[0].float().clamp(0, 1).cpu().numpy()  # (3, height, width)
        whole = Image.fromarray((np.moveaxis(drawn, 0, -1) * 255).round().astype(np.uint8))
        # The processor pads below and to the right, up to whole windows of the model.
        scale = getattr(self.model.config, "upscale", 1)
        return whole.crop((0, 0, image.width * scale, image.height * scale))


def load(found: FoundModel, task: str, options: PipelineOptions) -> ImageToImage:
    device = "auto" if options.device is None else str(options.device)
    loading = LoadOptions(
        dtype=str(options.dtype).removeprefix("torch."), device=device, threads=options.threads
    )
    folder = found.folder
    model = load_model(transformers.AutoModelForImageToImage, folder, loading)
    return ImageToImage(model, load_part(transformers.AutoImageProcessor, folder))
