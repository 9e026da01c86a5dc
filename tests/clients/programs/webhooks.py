"""huggingface_hub's webhook calls, and its own receiving side: the wrapper that checks the secret, and the parsed payload.

The receiver is a FastAPI app as `WebhooksServer` makes one.
"""

import socket
import sys
import threading
import time

import uvicorn
from fastapi import FastAPI
from huggingface_hub import HfApi, WebhookPayload, WebhookWatchedItem
from huggingface_hub._webhooks_server import _load_fastapi, _wrap_webhook_to_check_secret
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import get_session

REPO = "ada/watched"
SECRET = "open sesame"
api = HfApi()
heard: list[tuple[float, WebhookPayload]] = []
failures = [0]


async def on_event(payload: WebhookPayload) -> dict[str, bool]:
    if failures[0]:
        failures[0] -= 1
        raise RuntimeError("a receiver that is having a bad day")
    heard.append((time.monotonic(), payload))
    return {"processed": True}


def receive() -> int:
    _load_fastapi()
    app = FastAPI()
    app.post("/webhooks/on_event")(_wrap_webhook_to_check_secret(on_event, webhook_secret=SECRET))
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True).start()
    return int(listener.getsockname()[1])


def wait_for(count: int, timeout_s: float = 40) -> None:
    deadline = time.monotonic() + timeout_s
    while len(heard) < count:
        assert time.monotonic() < deadline, [payload.event for _, payload in heard]
        time.sleep(0.01)


def manage(url: str) -> str:
    """Every call of the client; gives the id of the webhook that stays."""
    api.create_repo(REPO)
    watched = [WebhookWatchedItem(type="model", name=REPO), {"type": "org", "name": "forge"}]
    webhook = api.create_webhook(url=url, watched=watched, domains=["repo"], secret=SECRET)
    assert (webhook.url, webhook.secret, webhook.disabled, webhook.domains) == (
        url,
        SECRET,
        False,
        ["repo"],
    ), webhook
    assert {(item.type, item.name) for item in webhook.watched} == {("model", REPO), ("org", "forge")}
    assert api.get_webhook(webhook.id) == webhook
    assert [one.id for one in api.list_webhooks()] == [webhook.id]
    changed = api.update_webhook(webhook.id, watched=[WebhookWatchedItem(type="user", name="ada")])
    assert ([item.name for item in changed.watched], changed.url, changed.secret) == (["ada"], url, SECRET), (
        changed
    )
    assert api.update_webhook(webhook.id, domains=["repo", "discussion"]).watched == changed.watched
    assert api.disable_webhook(webhook.id).disabled
    assert not api.enable_webhook(webhook.id).disabled
    other = api.create_webhook(url=url, watched=watched)
    assert other.domains == ["repo", "discussion"]
    api.delete_webhook(other.id)
    try:
        api.get_webhook(other.id)
    except HfHubHTTPError as error:
        assert error.response.status_code == 404
    else:
        raise AssertionError("a deleted webhook is there")
    return webhook.id


def hear() -> None:
    api.upload_file(path_or_fileobj=b"warm", path_in_repo="notes.txt", repo_id=REPO)
    pushed_at = time.monotonic()
    wait_for(1)
    at, payload = heard[0]
    assert at - pushed_at < 2.0, f"told {at - pushed_at:.1f} s after the push"
    assert (payload.event.action, payload.event.scope, payload.repo.name) == (
        "update",
        "repo.content",
        REPO,
    ), payload
    assert payload.updatedRefs is not None
    assert payload.updatedRefs[0].newSha == api.model_info(REPO).sha
    api.create_repo("ada/veiled-from-ben", private=True)
    wait_for(3)
    failures[0] = 1
    api.upload_file(path_or_fileobj=b"warmer", path_in_repo="notes.txt", repo_id=REPO)
    wait_for(4)  # tried again by itself
    assert heard[3][1].updatedRefs is not None
    assert heard[3][1].updatedRefs[0].newSha == api.model_info(REPO).sha


def replay(webhook_id: str) -> None:
    session = api._build_hf_headers()
    base = f"{api.endpoint}/api/settings/webhooks/{webhook_id}/deliveries"
    deliveries = get_session().get(base, headers=session).json()
    assert [one["state"] for one in deliveries] == ["delivered"] * 4, deliveries
    assert deliveries[0]["attempts"] == 2
    assert deliveries[0]["response"] == {"status": 200, "body": '{"processed":true}'}
    again = get_session().post(f"{base}/{deliveries[-1]['id']}/replay", headers=session)
    assert again.status_code == 200, again.text
    wait_for(5)
    assert heard[4][1] == heard[0][1]


webhook_id = manage(f"http://127.0.0.1:{receive()}/webhooks/on_event")
hear()
replay(webhook_id)
sys.stdout.write(f"heard {len(heard)}\n")
