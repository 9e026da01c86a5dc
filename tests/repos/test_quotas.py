"""Quotas: what counts, and that every door says how much is used and allowed."""

import pytest
from starlette.testclient import TestClient

from openhearth.accounts import OPERATOR
from openhearth.errors import Invalid
from openhearth.repos import AddFile, CommitRequest
from openhearth.repos.quotas import QuotaExceeded
from tests.repos.conftest import Workshop


def test_without_a_quota_nothing_is_refused(workshop: Workshop) -> None:
    assert workshop.repos.quotas.refuse("ada", 10**15) is None
    assert workshop.repos.quotas.get_usage("ada").limit_bytes == 0


def test_git_and_large_files_count_and_the_refusal_names_used_and_limit(workshop: Workshop) -> None:
    repo = workshop.create()
    before = workshop.repos.quotas.get_usage("ada").used_bytes
    workshop.put_large(repo, "big.bin", b"b" * 500_000)
    used = workshop.repos.quotas.get_usage("ada").used_bytes
    assert 500_000 <= used - before < 510_000
    workshop.repos.quotas.set_limit("ADA", 0.001)
    workshop.put(repo, small="small")
    with pytest.raises(
        QuotaExceeded, match=r"ada stores 0.50\d GB of the 0.001 GB|ada stores 0.001 GB of the 0.001 GB"
    ):
        workshop.commit(repo, AddFile("more.txt", b"m" * 600_000))
    workshop.repos.quotas.set_limit("ada", 0)
    workshop.commit(repo, AddFile("more.txt", b"m" * 600_000))


def test_other_namespaces_have_their_own(workshop: Workshop) -> None:
    workshop.repos.quotas.set_limit("ada", 0.000001)
    team = workshop.create("team", namespace="forge")
    workshop.repos.commits.commit(
        workshop.ben, team, "main", CommitRequest(summary="s", operations=[AddFile("x", b"x" * 5000)])
    )
    with pytest.raises(Invalid):
        workshop.repos.quotas.set_limit("ada", -1)


def test_uploads_are_refused_before_bytes_travel(workshop: Workshop, web: TestClient) -> None:
    workshop.create()
    workshop.repos.quotas.set_limit("ada", 0.001)
    token = workshop.hub.accounts.tokens.create_for(OPERATOR, "ada", name="t", scope="write").value
    headers = {"authorization": f"Bearer {token}"}
    batch = {"operation": "upload", "objects": [{"oid": "a" * 64, "size": 2_000_000}]}
    answer = web.post("/ada/tiny.git/info/lfs/objects/batch", json=batch, headers=headers).json()
    error = answer["objects"][0]["error"]
    assert error["code"] == 507
    assert "of the 0.001 GB it may" in error["message"]
    assert web.get("/api/models/ada/tiny/xet-write-token/main", headers=headers).status_code == 200
    workshop.repos.quotas.set_limit("ada", 0.0000001)
    full = web.get("/api/models/ada/tiny/xet-write-token/main", headers=headers)
    assert full.status_code == 403
    assert "quota: ada stores" in full.json()["error"]
