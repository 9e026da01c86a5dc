"""Numbers and bodies that are too large are refused with a sentence."""

import pytest
from starlette.testclient import TestClient

from openhearth.wire.limits import IN_MEMORY_MAX_BYTES


@pytest.mark.parametrize("limit", ["0", "-1", "x", "9" * 5000])
def test_a_limit_that_is_no_positive_number_is_refused(web: TestClient, limit: str) -> None:
    answer = web.get("/api/models", params={"limit": limit})
    assert answer.status_code == 400
    assert "limit" in answer.json()["error"]


@pytest.mark.parametrize("path", ["/api/repos/create", "/api/models/upload/edit/tag/main", "/login"])
def test_a_body_that_would_fill_the_memory_is_refused_before_it_is_read(web: TestClient, path: str) -> None:
    answer = web.post(path, content=b"x" * (IN_MEMORY_MAX_BYTES + 1))
    assert answer.status_code == 413
    assert "MiB" in answer.text


def test_the_description_of_the_api_spells_parameters_as_openapi_does(web: TestClient) -> None:
    paths = web.get("/api/openapi.json").json()["paths"]
    assert len(paths) > 20
    assert not [path for path in paths if ":" in path]
