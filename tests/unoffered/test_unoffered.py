"""What this hub does not do answers with a sentence, and what clients ask in passing is answered in silence."""

import pytest
from starlette.testclient import TestClient

from openhearth.unoffered.refusals import REFUSALS


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/jobs/ada"), ("GET", "/api/jobs/ada/1234/logs"), ("GET", "/api/jobs/hardware"),
        ("POST", "/api/scheduled-jobs/ada"), ("DELETE", "/api/scheduled-jobs/ada/1234"),
        ("GET", "/api/organizations/forge/resource-groups"),
    ],
)  # fmt: skip
def test_nobody_gets_a_sentence_and_no_bare_404(web: TestClient, method: str, path: str) -> None:
    answer = web.request(method, path)
    assert answer.status_code == 501
    assert answer.json()["error"] in {refusal.sentence for refusal in REFUSALS}
    assert answer.headers["X-Error-Message"] == answer.json()["error"]


def test_telemetry_is_taken_and_the_registry_is_empty(web: TestClient) -> None:
    assert web.head("/api/telemetry/gradio/launched").status_code == 204
    assert web.get("/api/agent-harnesses").json() == {"standardEnvVars": [], "harnesses": {}}
