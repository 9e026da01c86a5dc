"""Discussions, pull requests, collections, people, papers and attachments."""

from __future__ import annotations

import tempfile
from pathlib import Path

from huggingface_hub import CommitOperationAdd
from huggingface_hub.errors import HfHubHTTPError
from rows import IS_1X, TOKENS, api, ben, eve, fresh, nobody, raises, row


def discussions() -> None:
    repo = fresh("talk")
    with row("create_discussion"):
        made = api.create_discussion(repo, title="Rust", description="It **rusts**. @ben")
        assert (made.title, made.status, made.is_pull_request, made.num) == ("Rust", "open", False, 1), made
        assert made.author == "ada" and made.events[0].content.startswith("It **rusts**")
    with row("get_discussion_details"):
        found = eve.get_discussion_details(repo, 1)
        assert found.title == "Rust" and "<strong>rusts</strong>" in found.events[0].rendered
    with row("comment_discussion"):
        comment = eve.comment_discussion(repo, 1, "Oil it.")
        assert comment.content == "Oil it." and comment.author == "eve"
    with row("edit_discussion_comment"):
        edited = eve.edit_discussion_comment(repo, 1, comment.id, "Grease it.")
        assert edited.content == "Grease it." and edited.edited
        assert "403" in str(raises(HfHubHTTPError, ben.edit_discussion_comment, repo, 1, comment.id, "No"))
    with row("hide_discussion_comment"):
        assert api.hide_discussion_comment(repo, 1, comment.id).hidden
        hidden = [e for e in nobody.get_discussion_details(repo, 1).events if e.id == comment.id]
        assert hidden[0].hidden and "Grease" not in hidden[0].content, hidden
    with row("rename_discussion"):
        changed = api.rename_discussion(repo, 1, "Rusty")
        assert (changed.old_title, changed.new_title) == ("Rust", "Rusty")
    with row("change_discussion_status"):
        changed = api.change_discussion_status(repo, 1, "closed", comment="Done")
        assert changed.new_status == "closed"
        assert api.get_discussion_details(repo, 1).status == "closed"
    with row("get_repo_discussions"):
        api.create_discussion(repo, title="Open one")
        assert [d.num for d in api.get_repo_discussions(repo)] == [2, 1]
        assert [d.num for d in api.get_repo_discussions(repo, discussion_status="closed")] == [1]
        assert list(api.get_repo_discussions(repo, discussion_type="pull_request")) == []
        assert list(api.get_repo_discussions(repo, author="eve")) == []


def pull_requests() -> None:
    repo = fresh("pulls")
    with row("create_pull_request"):
        pull = eve.create_pull_request(repo, title="Add oil", description="Please")
        assert (pull.is_pull_request, pull.status, pull.git_reference) == (
            True,
            "draft",
            f"refs/pr/{pull.num}",
        )
        made = eve.create_commit(
            repo, [CommitOperationAdd("oil.txt", b"oil\n")], commit_message="Oil", revision=pull.git_reference
        )
        api.change_discussion_status(repo, pull.num, "open")
        found = api.get_discussion_details(repo, pull.num)
        assert found.target_branch == "refs/heads/main" and "oil.txt" in found.diff, found
        assert made.oid and "oil.txt" in api.list_repo_files(repo, revision=f"refs/pr/{pull.num}")
    with row("merge_pull_request"):
        assert "403" in str(raises(HfHubHTTPError, eve.merge_pull_request, repo, pull.num))
        api.merge_pull_request(repo, pull.num, comment="Thanks")
        found = api.get_discussion_details(repo, pull.num)
        assert found.status == "merged" and found.merge_commit_oid == api.model_info(repo).sha
        assert "oil.txt" in api.list_repo_files(repo)
        made = eve.upload_file(path_or_fileobj=b"x", path_in_repo="x.txt", repo_id=repo, create_pr=True)
        assert made.pr_num == pull.num + 1 and made.pr_revision == f"refs/pr/{made.pr_num}"
        assert made.pr_url == f"{api.endpoint}/{repo}/discussions/{made.pr_num}"


def attachments() -> None:
    if IS_1X:
        return
    with row("upload_attachment"):
        picture = Path(tempfile.mkdtemp()) / "rust.png"
        picture.write_bytes(b"\x89PNG\r\n\x1a\n picture")
        url = api.upload_attachment(picture)
        assert url.startswith(f"{api.endpoint}/uploads/") and url.endswith(".png"), url
        from huggingface_hub.utils import get_session

        assert get_session().get(url).content == picture.read_bytes()


def collections() -> None:
    model, data = fresh("kept"), fresh("kept", repo_type="dataset")
    with row("create_collection"):
        made = api.create_collection(f"Fine steel {model[-6:]}", description="What we like", private=True)
        assert made.slug.startswith("ada/fine-steel") and made.private and made.owner["name"] == "ada", made
        again = api.create_collection(f"Fine steel {model[-6:]}", description="What we like", exists_ok=True)
        assert again.slug
    slug = made.slug
    with row("get_collection"):
        assert api.get_collection(slug).title == made.title
        raises(HfHubHTTPError, eve.get_collection, slug)
    with row("update_collection_metadata"):
        assert (
            api.update_collection_metadata(slug, title="Better steel", private=False).title == "Better steel"
        )
        slug = api.get_collection(slug).slug
        assert eve.get_collection(slug).title == "Better steel"
    with row("add_collection_item"):
        api.add_collection_item(slug, model, "model", note="The first")
        found = api.add_collection_item(slug, data, "dataset")
        assert [(i.item_id, i.item_type) for i in found.items] == [(model, "model"), (data, "dataset")]
        raises(HfHubHTTPError, api.add_collection_item, slug, model, "model")
        api.add_collection_item(slug, model, "model", exists_ok=True)
    with row("update_collection_item"):
        items = api.get_collection(slug).items
        api.update_collection_item(slug, items[1].item_object_id, note="The second", position=0)
        assert [(i.item_id, i.note) for i in api.get_collection(slug).items] == [
            (data, "The second"), (model, "The first"),
        ]  # fmt: skip
    with row("delete_collection_item"):
        first = api.get_collection(slug).items[0]
        api.delete_collection_item(slug, first.item_object_id)
        assert [i.item_id for i in api.get_collection(slug).items] == [model]
        raises(HfHubHTTPError, api.delete_collection_item, slug, first.item_object_id)
        api.delete_collection_item(slug, first.item_object_id, missing_ok=True)
    with row("list_collections"):
        assert slug in [c.slug for c in api.list_collections(owner="ada")]
        assert slug in [c.slug for c in api.list_collections(item=f"models/{model}")]
        assert slug not in [c.slug for c in api.list_collections(owner="ben")]
    with row("update_collection_resource_group"):
        api.update_collection_resource_group(slug, "0" * 24)
    with row("delete_collection"):
        api.delete_collection(slug)
        raises(HfHubHTTPError, api.get_collection, slug)
        api.delete_collection(slug, missing_ok=True)


def people() -> None:
    fresh("for-the-count")
    with row("get_user_overview"):
        found = api.get_user_overview("ada")
        assert found.username == "ada" and found.num_models >= 1 and found.user_type == "user", found
        assert "forge" in [org.name for org in found.orgs or []], found
    with row("get_organization_overview"):
        found = api.get_organization_overview("forge")
        assert found.name == "forge" and found.num_users == 2, found
    with row("list_organization_members"):
        assert {user.username for user in api.list_organization_members("forge")} == {"ada", "ben"}
    follow("users/ben")
    follow("organizations/forge")
    with row("list_user_followers"):
        assert [user.username for user in api.list_user_followers("ben")] == ["ada"]
    with row("list_user_following"):
        assert "ben" in [user.username for user in api.list_user_following("ada")]
    with row("list_organization_followers"):
        assert [user.username for user in api.list_organization_followers("forge")] == ["ada"]


def follow(whom: str) -> None:
    """Pages follow, clients only list: there is no method."""
    from huggingface_hub.utils import build_hf_headers, get_session

    headers = build_hf_headers(token=TOKENS["ada"])
    get_session().post(f"{api.endpoint}/api/{whom}/follow", headers=headers)


def papers() -> None:
    repo = fresh("cites")
    card = b"---\ntags:\n- arxiv:1706.03762\n---\nSee https://arxiv.org/abs/1706.03762\n"
    api.upload_file(path_or_fileobj=card, path_in_repo="README.md", repo_id=repo)
    with row("paper_info"):
        assert api.paper_info("1706.03762").id == "1706.03762"
    with row("list_papers"):
        assert "1706.03762" in [paper.id for paper in api.list_papers(query="1706.03762")]
    with row("list_daily_papers"):
        assert isinstance(list(api.list_daily_papers(limit=3)), list)
    with row("read_paper"):
        assert "1706.03762" in api.read_paper("1706.03762")


SCENARIOS = (discussions, pull_requests, attachments, collections, people, papers)
