"""diffusers: a whole pipeline of several folders, pushed and loaded again; the picture it makes is the same."""

import torch
from diffusers import DDPMPipeline, DDPMScheduler, UNet2DModel
from huggingface_hub import HfApi

torch.manual_seed(0)
unet = UNet2DModel(
    sample_size=8,
    in_channels=3,
    out_channels=3,
    layers_per_block=1,
    block_out_channels=(16, 16),
    norm_num_groups=8,
    down_block_types=("DownBlock2D", "DownBlock2D"),
    up_block_types=("UpBlock2D", "UpBlock2D"),
)
made = DDPMPipeline(unet=unet, scheduler=DDPMScheduler(num_train_timesteps=10))
made.push_to_hub("ada/tiny-diffusion")
files = HfApi().list_repo_files("ada/tiny-diffusion")
assert {"model_index.json", "unet/config.json", "scheduler/scheduler_config.json"} <= set(files), files

again = DDPMPipeline.from_pretrained("ada/tiny-diffusion")
there, here = again.unet.state_dict(), made.unet.state_dict()
assert all(torch.equal(there[name], here[name]) for name in here)
picture = again(generator=torch.Generator().manual_seed(1), num_inference_steps=2, output_type="np").images
assert picture.shape == (1, 8, 8, 3)
assert UNet2DModel.from_pretrained("ada/tiny-diffusion", subfolder="unet").config.sample_size == 8
