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


@pytest.mark.parametrize(
    "path", ["/v1/responses", "/v1/images/generations", "/v1/moderations", "/v1/fine_tuning/jobs"]
)
def test_nobody_hears_what_openais_clients_may_use_instead(web: TestClient, path: str) -> None:
    answer = web.post(path, json={})
    assert answer.status_code == 501
    assert answer.json()["error"]["message"] in {refusal.sentence for refusal in REFUSALS}


@pytest.mark.parametrize("path", ["/v1/embeddings", "/v1/chat/completions"])
def test_nobody_is_told_the_method_of_an_address(web: TestClient, path: str) -> None:
    answer = web.get(path)
    assert answer.status_code == 405
    assert answer.json()["error"]["message"] == f"GET is not for {path}; use POST."


def test_plain_words_are_posted(web: TestClient) -> None:
    answer = web.get("/api/pipeline")
    assert (answer.status_code, answer.json()["error"]) == (405, "GET is not for /api/pipeline; use POST.")
