"""The state of a Space, as huggingface_hub 2.4 reads it (_space_api.py `SpaceRuntime`)."""

from collections.abc import Mapping
from typing import Any

NOT_RUN = (
    "This hub keeps Spaces and does not run them yet; clone the Space and run its app on a machine of yours."
)


_APP_FILES = {"gradio": "app.py", "streamlit": "app.py", "static": "index.html", "docker": "Dockerfile"}


def app_file(sdk: str | None, card: Mapping[str, Any]) -> str:
    """The file that a Space starts from."""
    return str(card.get("app_file") or _APP_FILES.get(sdk or "static", "app.py"))


def describe_runtime(*, has_app: bool) -> dict[str, Any]:
    """Both stages are among those at which clients stop waiting."""
    return {
        "stage": "STOPPED" if has_app else "NO_APP_FILE", "hardware": {"current": None, "requested": None},
        "storage": None, "gcTimeout": None, "replicas": {"current": 0, "requested": 0}, "devMode": False,
        "errorMessage": NOT_RUN,
    }  # fmt: skip
