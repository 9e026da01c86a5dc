"""Gated repos, webhooks and buckets."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from huggingface_hub.errors import BucketNotFoundError, GatedRepoError, HfHubHTTPError
from rows import TOKENS, api, ben, eve, fresh, fresh_name, nobody, raises, row


def ask(repo: str, who: str) -> None:
    """A person asks on the page: there is no method."""
    from huggingface_hub.utils import build_hf_headers, get_session

    headers = build_hf_headers(token=TOKENS[who])
    answer = get_session().post(f"{api.endpoint}/{repo}/ask-access", headers=headers)
    assert answer.status_code < 400, answer.text


def gated() -> None:
    repo = fresh("gated")
    api.upload_file(path_or_fileobj=b"hot", path_in_repo="a.txt", repo_id=repo)
    api.update_repo_settings(repo, gated="manual")
    raises(GatedRepoError, eve.hf_hub_download, repo, "a.txt")
    with row("list_pending_access_requests"):
        assert list(api.list_pending_access_requests(repo)) == []
        ask(repo, "eve")
        ask(repo, "ben")
        found = {request.username: request for request in api.list_pending_access_requests(repo)}
        assert set(found) == {"eve", "ben"} and found["eve"].status == "pending"
        raises(HfHubHTTPError, lambda: list(eve.list_pending_access_requests(repo)))
    with row("accept_access_request"):
        api.accept_access_request(repo, "eve")
        assert Path(eve.hf_hub_download(repo, "a.txt")).read_text() == "hot"
    with row("list_accepted_access_requests"):
        assert [request.username for request in api.list_accepted_access_requests(repo)] == ["eve"]
    with row("reject_access_request"):
        api.reject_access_request(repo, "ben", rejection_reason="Too hot")
        raises(GatedRepoError, ben.hf_hub_download, repo, "a.txt", cache_dir="cache-of-ben")
    with row("list_rejected_access_requests"):
        assert [request.username for request in api.list_rejected_access_requests(repo)] == ["ben"]
    with row("cancel_access_request"):
        api.cancel_access_request(repo, "ben")
        assert [request.username for request in api.list_pending_access_requests(repo)] == ["ben"]
    with row("grant_access"):
        other = fresh("granted")
        api.upload_file(path_or_fileobj=b"hot", path_in_repo="a.txt", repo_id=other)
        api.update_repo_settings(other, gated="manual")
        api.grant_access(other, "eve")
        assert Path(eve.hf_hub_download(other, "a.txt")).read_text() == "hot"


def webhooks() -> None:
    watched = [{"type": "user", "name": "ada"}, {"type": "org", "name": "forge"}]
    with row("create_webhook"):
        made = api.create_webhook(
            url="https://example.org/hook", watched=watched, domains=["repo", "discussion"], secret="s3cret"
        )
        assert made.url == "https://example.org/hook" and not made.disabled, made
        assert [(w.type, w.name) for w in made.watched] == [("user", "ada"), ("org", "forge")]
    with row("get_webhook"):
        assert api.get_webhook(made.id).url == made.url
        raises(HfHubHTTPError, eve.get_webhook, made.id)
    with row("list_webhooks"):
        assert made.id in [hook.id for hook in api.list_webhooks()]
        assert made.id not in [hook.id for hook in eve.list_webhooks()]
    with row("update_webhook"):
        assert api.update_webhook(made.id, url="https://example.org/other").url == "https://example.org/other"
    with row("disable_webhook"):
        assert api.disable_webhook(made.id).disabled and api.get_webhook(made.id).disabled
    with row("enable_webhook"):
        assert not api.enable_webhook(made.id).disabled
    with row("delete_webhook"):
        api.delete_webhook(made.id)
        assert made.id not in [hook.id for hook in api.list_webhooks()]


def buckets() -> None:
    folder = Path(tempfile.mkdtemp())
    body = os.urandom(120_000)
    (folder / "b.bin").write_bytes(body)
    name = fresh_name("bucket")
    with row("create_bucket"):
        assert api.create_bucket(name, private=True).bucket_id == name
        raises(HfHubHTTPError, api.create_bucket, name)
        api.create_bucket(name, exist_ok=True)
    with row("bucket_info"):
        found = api.bucket_info(name)
        assert found.id == name and found.private and found.total_files == 0
        raises(BucketNotFoundError, eve.bucket_info, name)
    with row("list_buckets"):
        assert name in [bucket.id for bucket in api.list_buckets()]
        assert name not in [bucket.id for bucket in eve.list_buckets(namespace="ada")]
    with row("batch_bucket_files"):
        api.batch_bucket_files(name, add=[(b"small", "a.txt"), (folder / "b.bin", "deep/b.bin")])
        assert api.bucket_info(name).total_files == 2
    with row("list_bucket_tree"):
        top = {entry.path for entry in api.list_bucket_tree(name, recursive=False)}
        assert top == {"a.txt", "deep"}, top
        found = {e.path: e for e in api.list_bucket_tree(name, recursive=True) if hasattr(e, "size")}
        assert found["deep/b.bin"].size == len(body) and found["deep/b.bin"].xet_hash
    with row("get_bucket_paths_info"):
        assert [e.path for e in api.get_bucket_paths_info(name, ["a.txt", "never"])] == ["a.txt"]
    with row("get_bucket_file_metadata"):
        assert api.get_bucket_file_metadata(name, "deep/b.bin").size == len(body)
    with row("download_bucket_files"):
        api.download_bucket_files(name, [("deep/b.bin", folder / "down.bin")])
        assert (folder / "down.bin").read_bytes() == body
    with row("copy_files"):
        repo = fresh("from-bucket")
        api.upload_file(path_or_fileobj=body, path_in_repo="m.bin", repo_id=repo)
        api.copy_files(f"hf://{repo}/m.bin", f"hf://buckets/{name}/from-repo.bin")
        assert "from-repo.bin" in [entry.path for entry in api.list_bucket_tree(name)]
    with row("sync_bucket"):
        api.sync_bucket(f"hf://buckets/{name}", str(folder / "synced"))
        assert (folder / "synced" / "deep" / "b.bin").read_bytes() == body
        (folder / "synced" / "new.txt").write_text("new")
        api.sync_bucket(str(folder / "synced"), f"hf://buckets/{name}")
        assert "new.txt" in [entry.path for entry in api.list_bucket_tree(name)]
    with row("update_bucket_settings"):
        api.update_bucket_settings(name, private=False)
        assert nobody.bucket_info(name).id == name
    with row("move_bucket"):
        moved = fresh_name("bucket-moved")
        api.move_bucket(name, moved)
        assert api.bucket_info(moved).total_files >= 2
    with row("delete_bucket"):
        api.delete_bucket(moved)
        raises(BucketNotFoundError, api.bucket_info, moved)
        api.delete_bucket(moved, missing_ok=True)


SCENARIOS = (gated, webhooks, buckets)
