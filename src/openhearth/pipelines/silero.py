"""The network of Silero VAD: for each 32 milliseconds of a sound, how likely it is that somebody speaks.

Every frame sees the end of the one before it, becomes a spectrum and four convolutions' worth of features; one LSTM
walks over the frames. A minute of frames is computed at once. Layers have the names of the safetensors file.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional

RATE_HZ = 16_000
FRAME = 512
CONTEXT = 64
_BINS = 129
_STEP = 128
_WIDTH = 128
_BLOCK_FRAMES = 2048

State = tuple[torch.Tensor, torch.Tensor]


class SileroVAD(nn.Module):
    """`dtype` and `device` as models of transformers have them."""

    def __init__(self) -> None:
        super().__init__()
        self.stft = nn.Conv1d(1, 2 * _BINS, 2 * _STEP, stride=_STEP, bias=False)
        self.encoder = nn.ModuleList(
            [
                nn.Conv1d(_BINS, 128, 3, padding=1),
                nn.Conv1d(128, 64, 3, stride=2, padding=1),
                nn.Conv1d(64, 64, 3, stride=2, padding=1),
                nn.Conv1d(64, _WIDTH, 3, padding=1),
            ]
        )
        self.lstm = nn.LSTM(_WIDTH, _WIDTH)
        self.output = nn.Conv1d(_WIDTH, 1, 1)

    @property
    def dtype(self) -> torch.dtype:
        return self.stft.weight.dtype

    @property
    def device(self) -> torch.device:
        return self.stft.weight.device

    def frames(self, sound: NDArray[np.float32]) -> torch.Tensor:
        """`sound` cut into frames (frames, CONTEXT + FRAME), the last one filled up with silence."""
        padded = functional.pad(torch.from_numpy(sound), (CONTEXT, -len(sound) % FRAME))
        return padded.unfold(0, CONTEXT + FRAME, FRAME)

    def forward(self, frames: torch.Tensor, state: State | None = None) -> tuple[torch.Tensor, State]:
        """Probabilities (frames,) of frames (frames, CONTEXT + FRAME) that follow each other, and the LSTM's state."""
        waves = self.stft(functional.pad(frames[:, None], (0, CONTEXT), mode="reflect"))
        x = (waves[:, :_BINS].square() + waves[:, _BINS:].square()).sqrt()
        for layer in self.encoder:
            x = layer(x).relu()
        states, state = self.lstm(x[:, None, :, 0], state)
        said: torch.Tensor = self.output(states.relu().transpose(1, 2)).sigmoid()
        return said[:, 0, 0], state

    @torch.inference_mode()
    def probabilities(self, sound: NDArray[np.float32]) -> NDArray[np.float32]:
        """One number for each frame of `sound`, which holds RATE_HZ samples a second."""
        found, state = [np.zeros(0, np.float32)], None
        for frames in torch.split(self.frames(sound), _BLOCK_FRAMES) if len(sound) else ():
            said, state = self(frames.to(self.device), state)
            found.append(said.float().cpu().numpy())
        return np.concatenate(found)


def load_network(folder: Path, device: Any = None) -> SileroVAD:
    """The network with the weights in `folder`. Raises RuntimeError for weights of another shape."""
    network = SileroVAD()
    network.load_state_dict(load_file(folder / "model.safetensors"), strict=True)
    return network.to(device or "cpu").eval()
