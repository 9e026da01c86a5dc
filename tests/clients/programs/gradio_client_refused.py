"""gradio_client reads where a Space runs from the hub; this hub does not run Spaces yet, and gives no address."""

from gradio_client import Client
from huggingface_hub import HfApi

HfApi().create_repo("ada/for-gradio", repo_type="space", space_sdk="gradio", exist_ok=True)
assert HfApi().space_info("ada/for-gradio").host is None
try:
    Client("ada/for-gradio", verbose=False)
except ValueError as error:
    assert "Could not find Space: ada/for-gradio" in str(error), error
else:
    raise AssertionError("gradio_client found a running app")
