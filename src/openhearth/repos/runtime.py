"""The state of a Space, as huggingface_hub 2.4 reads it (_space_api.py `SpaceRuntime`)."""

from typing import Any

NOT_RUN = (
    "This hub keeps Spaces and does not run them yet; clone the Space and run its app on a machine of yours."
)


def describe_runtime() -> dict[str, Any]:
    """`STOPPED` is one of the stages at which clients stop waiting."""
    return {
        "stage": "STOPPED", "hardware": {"current": None, "requested": None}, "storage": None, "gcTimeout": None,
        "replicas": {"current": 0, "requested": 0}, "devMode": False, "errorMessage": NOT_RUN,
    }  # fmt: skip
