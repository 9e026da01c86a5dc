"""Gated repos as both sides see them: `gated_access.py STRANGERS_TOKEN`, run by the owner.

The owner gates a model, the stranger is refused, asks, is rejected, accepted and put back; then another repo
opens by itself. Every call is the stock client's but the asking, which the public hub leaves to its page.
"""

import subprocess
import sys
import tempfile

from huggingface_hub import HfApi, constants, hf_hub_download
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError
from huggingface_hub.utils import get_session

ada, eve = HfApi(), HfApi(token=sys.argv[1])
MANUAL, AUTO = "ada/gated-manual", "ada/gated-auto"
CARD = b"---\nextra_gated_fields:\n  Company: text\n  I agree: checkbox\n---\n# Gated"


def refuse(status: int, call: object, *arguments: object, **more: object) -> None:
    try:
        call(*arguments, **more)  # type: ignore[operator]
    except HfHubHTTPError as error:
        assert error.response.status_code == status, (status, error)
        return
    raise AssertionError(f"{call} {arguments} was not refused")


def ask(repo_id: str, **answers: object) -> str:
    answer = get_session().post(
        f"{constants.ENDPOINT}/api/models/{repo_id}/ask-access",
        json=answers, headers={"Authorization": f"Bearer {sys.argv[1]}"},
    )  # fmt: skip
    answer.raise_for_status()
    status: str = answer.json()["status"]
    return status


def is_let_in(repo_id: str) -> bool:
    try:
        hf_hub_download(repo_id, "weights.bin", token=sys.argv[1], cache_dir=tempfile.mkdtemp())
    except GatedRepoError as error:
        assert f"{constants.ENDPOINT}/{repo_id}" in str(error)
        return False
    return True


for repo_id, gating in ((MANUAL, "manual"), (AUTO, "auto")):
    ada.create_repo(repo_id, exist_ok=True)
    ada.upload_file(path_or_fileobj=CARD, path_in_repo="README.md", repo_id=repo_id)
    ada.upload_file(path_or_fileobj=b"\0weights" * 300, path_in_repo="weights.bin", repo_id=repo_id)
    refuse(400, lambda name=repo_id: list(ada.list_pending_access_requests(name)))
    ada.update_repo_settings(repo_id, gated=gating)
    assert eve.model_info(repo_id).gated == gating
    assert "weights.bin" in eve.list_repo_files(repo_id)
    assert not is_let_in(repo_id)

try:
    eve.auth_check(MANUAL)
    raise AssertionError("eve was let in")
except GatedRepoError:
    pass

assert ask(MANUAL, Company="Forge", **{"I agree": True}) == "pending"
(pending,) = ada.list_pending_access_requests(MANUAL)
assert (pending.username, pending.status) == ("eve", "pending")
assert pending.fields == {"Company": "Forge", "I agree": True}
refuse(403, lambda: list(eve.list_pending_access_requests(MANUAL)))
refuse(404, ada.cancel_access_request, MANUAL, "eve")
refuse(404, ada.accept_access_request, MANUAL, "ben")
refuse(404, ada.accept_access_request, MANUAL, "no-such-user")

ada.reject_access_request(MANUAL, request_id=pending.request_id, rejection_reason="too hot")
assert [request.username for request in ada.list_rejected_access_requests(MANUAL)] == ["eve"]
assert not is_let_in(MANUAL)
ada.accept_access_request(MANUAL, "eve")
assert is_let_in(MANUAL)
eve.auth_check(MANUAL)
eve.snapshot_download(MANUAL)
refuse(404, ada.accept_access_request, MANUAL, "eve")
refuse(400, ada.grant_access, MANUAL, "eve")
ada.cancel_access_request(MANUAL, "eve")
assert not is_let_in(MANUAL)
assert [request.username for request in ada.list_pending_access_requests(MANUAL)] == ["eve"]
refuse(404, ada.grant_access, MANUAL, "no-such-user")
ada.grant_access(MANUAL, "ben")
assert [request.username for request in ada.list_accepted_access_requests(MANUAL)] == ["ben"]

assert ask(AUTO, Company="Forge", **{"I agree": "on"}) == "accepted"
assert is_let_in(AUTO)


def clone(repo_id: str) -> subprocess.CompletedProcess[str]:
    address = constants.ENDPOINT.replace("://", f"://eve:{sys.argv[1]}@")
    return subprocess.run(
        ["git", "clone", f"{address}/{repo_id}", f"clone-{repo_id[4:]}"],
        env={"GIT_LFS_SKIP_SMUDGE": "1", "PATH": "/usr/bin:/bin", "GIT_TERMINAL_PROMPT": "0", "HOME": "."},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


assert clone(AUTO).returncode == 0
refused = clone(MANUAL)
assert refused.returncode != 0
assert "is restricted" in refused.stderr, refused.stderr
