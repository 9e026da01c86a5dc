"""video-classification: transformers' own pipeline over the frames that we decode, from a path, bytes or an open file.

Theirs opens paths and links itself, without limits, and cannot take bytes.
"""

from typing import Any

import numpy as np
import transformers

from openhearth.errors import Invalid
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.frames import read_frames
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.through_transformers import load as load_native

FRAMES_MAX, STEP_MAX = 512, 64


class Films(transformers.VideoClassificationPipeline):  # type: ignore[misc]  # transformers has no types
    """`frame_sampling_rate` n looks at every n-th frame; a shorter film is stretched over what there is of it."""

    def preprocess(self, video: Any, num_frames: int | None = None, frame_sampling_rate: int = 1) -> Any:
        count = num_frames or self.model.config.num_frames
        for name, value, most in (
            ("num_frames", count, FRAMES_MAX),
            ("frame_sampling_rate", frame_sampling_rate, STEP_MAX),
        ):
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
                raise Invalid(f"{name}: {value!r} is no whole number from 1 to {most}.", param=name)
        # As transformers chooses them.
        wanted = np.linspace(0, count * frame_sampling_rate - 1, num=count, dtype=np.int64)
        frames = read_frames(video, wanted)
        if self.image_processor is not None:
            return self.image_processor(frames, return_tensors="pt").to(self.dtype)
        return self.video_processor(frames, do_sample_frames=False, return_tensors="pt").to(self.dtype)


def load(found: FoundModel, task: str, options: PipelineOptions) -> Any:
    return load_native(found, task, options, pipeline_class=Films)
