"""`hf` about discussions, collections, papers, webhooks and buckets."""

from __future__ import annotations

import os
from pathlib import Path

from huggingface_hub.errors import HfHubHTTPError
from rows import api, fresh, fresh_name, raises, row
from shell import hf, hf_json


def discussions() -> None:
    repo = fresh("talk")
    with row("discussions create"):
        assert hf_json("discussions", "create", repo, "--title", "Rust", "--body", "It rusts.")["num"] == 1
    with row("discussions list"):
        assert [item["num"] for item in hf_json("discussions", "list", repo)] == [1]
    with row("discussions comment"):
        hf("discussions", "comment", repo, "1", "--body", "Oil it.")
        comments = [e for e in api.get_discussion_details(repo, 1).events if e.type == "comment"]
        assert [comment.content for comment in comments] == ["It rusts.", "Oil it."]
    with row("discussions edit"):
        hf("discussions", "edit", repo, "1", comments[1].id, "--body", "Grease it.")
        assert api.get_discussion_details(repo, 1).events[1].content == "Grease it."
    with row("discussions info"):
        assert hf_json("discussions", "info", repo, "1")["title"] == "Rust"
    with row("discussions rename"):
        hf("discussions", "rename", repo, "1", "Rusty")
        assert api.get_discussion_details(repo, 1).title == "Rusty"
    with row("discussions close"):
        hf("discussions", "close", repo, "1", "--comment", "Done", "--yes")
        assert api.get_discussion_details(repo, 1).status == "closed"
    with row("discussions reopen"):
        hf("discussions", "reopen", repo, "1", "--yes")
        assert api.get_discussion_details(repo, 1).status == "open"
    made = api.upload_file(path_or_fileobj=b"oil\n", path_in_repo="oil.txt", repo_id=repo, create_pr=True)
    with row("discussions diff"):
        assert "+oil" in hf("discussions", "diff", repo, str(made.pr_num))
    with row("discussions merge"):
        hf("discussions", "merge", repo, str(made.pr_num), "--yes")
        assert "oil.txt" in api.list_repo_files(repo)


def collections() -> None:
    model = fresh("kept")
    with row("collections create"):
        slug = hf_json("collections", "create", f"Steel {model[-6:]}", "--description", "Hard")["slug"]
    with row("collections add-item"):
        hf("collections", "add-item", slug, model, "model", "--note", "First")
        (item,) = api.get_collection(slug).items
    with row("collections info"):
        assert hf_json("collections", "info", slug)["slug"] == slug
    with row("collections list"):
        assert slug in hf("collections", "list", "--owner", "ada", "--limit", "100", "--format", "json")
    with row("collections update"):
        slug = hf_json("collections", "update", slug, "--title", "Iron")["slug"]
        assert api.get_collection(slug).title == "Iron"
    with row("collections update-item"):
        hf("collections", "update-item", slug, item.item_object_id, "--note", "Last")
        assert api.get_collection(slug).items[0].note == "Last"
    with row("collections delete-item"):
        hf("collections", "delete-item", slug, item.item_object_id)
        assert api.get_collection(slug).items == []
    with row("collections delete"):
        hf("collections", "delete", slug)
        raises(HfHubHTTPError, api.get_collection, slug)


def papers() -> None:
    repo = fresh("cites")
    card = b"---\ntags:\n- arxiv:1706.03762\n---\n"
    api.upload_file(path_or_fileobj=card, path_in_repo="README.md", repo_id=repo)
    with row("papers info"):
        assert hf_json("papers", "info", "1706.03762")["id"] == "1706.03762"
    with row("papers search"):
        assert "1706.03762" in hf("papers", "search", "1706.03762", "--format", "json")
    with row("papers list"):
        hf_json("papers", "list", "--limit", "3")
    with row("papers read"):
        assert "1706.03762" in hf("papers", "read", "1706.03762")


def webhooks() -> None:
    with row("webhooks create"):
        made = hf_json("webhooks", "create", "--watch", "user:ada", "--url", "https://example.org/hook")["id"]
    with row("webhooks info"):
        assert hf_json("webhooks", "info", made)["url"] == "https://example.org/hook"
    with row("webhooks list"):
        assert made in hf("webhooks", "list", "--format", "json")
    with row("webhooks update"):
        hf("webhooks", "update", made, "--url", "https://example.org/other")
        assert api.get_webhook(made).url == "https://example.org/other"
    with row("webhooks disable"):
        hf("webhooks", "disable", made)
        assert api.get_webhook(made).disabled
    with row("webhooks enable"):
        hf("webhooks", "enable", made)
        assert not api.get_webhook(made).disabled
    with row("webhooks delete"):
        hf("webhooks", "delete", made, "--yes")
        assert made not in [hook.id for hook in api.list_webhooks()]


def buckets() -> None:
    name = fresh_name("bucket")
    body = os.urandom(90_000)
    folder = Path("for-bucket")
    folder.mkdir()
    (folder / "b.bin").write_bytes(body)
    with row("buckets create"):
        hf("buckets", "create", name, "--private")
        assert api.bucket_info(name).private
    with row("buckets info"):
        assert hf_json("buckets", "info", name)["id"] == name
    with row("buckets cp"):
        hf("buckets", "cp", "for-bucket/b.bin", f"hf://buckets/{name}/b.bin")
        hf("buckets", "cp", f"hf://buckets/{name}/b.bin", "back.bin")
        assert Path("back.bin").read_bytes() == body
    with row("buckets list"):
        assert name in hf("buckets", "list", "--format", "json")
        assert "b.bin" in hf("buckets", "list", name, "--recursive")
    for command in (["sync"], ["buckets", "sync"]):
        with row(" ".join(command)):
            target = "-".join(command)
            hf(*command, "for-bucket", f"hf://buckets/{name}/{target}")
            hf(*command, f"hf://buckets/{name}/{target}", target)
            assert Path(target, "b.bin").read_bytes() == body
    with row("buckets remove"):
        hf("buckets", "remove", f"{name}/b.bin", "--yes")
        assert "b.bin" not in [entry.path for entry in api.list_bucket_tree(name)]
    with row("buckets settings"):
        hf("buckets", "settings", name, "--public")
        assert not api.bucket_info(name).private
    with row("buckets move"):
        moved = fresh_name("bucket-moved")
        hf("buckets", "move", name, moved)
        assert api.bucket_info(moved).id == moved
    with row("buckets delete"):
        hf("buckets", "delete", moved, "--yes")
        raises(HfHubHTTPError, api.bucket_info, moved)


SCENARIOS = (discussions, collections, papers, webhooks, buckets)
