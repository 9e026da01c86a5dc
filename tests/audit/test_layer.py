"""What leaves a line in the log, and what does not."""

from __future__ import annotations

import json

import pytest

from tests.audit.conftest import Watched

NEW = {"name": "steel", "organization": "forge"}
COMMIT = (
    b'{"key":"header","value":{"summary":"a change"}}\n'
    b'{"key":"file","value":{"path":"a.txt","content":"c2VjcmV0","encoding":"base64"}}\n'
)
API = "/api/models/forge/steel"


@pytest.fixture
def steel(watched: Watched) -> Watched:
    """A private model of forge with one file."""
    assert watched.call("ada", "POST", "/api/repos/create", json=NEW).status_code == 200
    assert watched.call("ada", "POST", f"{API}/commit/main", content=COMMIT).status_code == 200
    watched.new()
    return watched


def test_the_life_of_a_repo_is_a_line_for_each_change(watched: Watched) -> None:
    watched.call("ada", "POST", "/api/repos/create", json=NEW)
    watched.call("ada", "POST", f"{API}/commit/main", content=COMMIT)
    watched.call("ada", "PUT", f"{API}/settings", json={"gated": "manual", "visibility": "public"})
    watched.call("ada", "POST", f"{API}/branch/dev", json={})
    watched.call("ada", "POST", f"{API}/tag/main", json={"tag": "v1"})
    watched.call("ada", "DELETE", f"{API}/branch/dev")
    watched.call("eve", "POST", f"{API}/ask-access", json={})
    watched.call(
        "ada", "POST", f"{API}/user-access-request/handle", json={"user": "eve", "status": "accepted"}
    )
    watched.call("ada", "POST", "/api/repos/move", json={"fromRepo": "forge/steel", "toRepo": "forge/iron"})
    watched.call("ada", "DELETE", "/api/repos/delete", json={"name": "iron", "organization": "forge"})
    assert watched.brief() == [
        ("changed", "repo.create", "ada", "models/forge/steel"),
        ("changed", "branch.update", "ada", "models/forge/steel"),
        ("changed", "repo.settings", "ada", "models/forge/steel"),
        ("changed", "branch.create", "ada", "models/forge/steel"),
        ("changed", "tag.create", "ada", "models/forge/steel"),
        ("changed", "branch.delete", "ada", "models/forge/steel"),
        ("changed", "access.ask", "eve", "models/forge/steel"),
        ("changed", "access.accepted", "ada", "models/forge/steel"),
        ("changed", "repo.move", "ada", "models/forge/steel"),
        ("changed", "repo.delete", "ada", "models/forge/iron"),
    ]


def test_people_roles_and_tokens_leave_lines(watched: Watched) -> None:
    watched.call("ada", "PUT", "/api/organizations/forge/members/ben", json={"role": "write"})
    entry = watched.one()
    assert (entry.action, entry.namespace, entry.via) == ("member.role", "forge", "token")
    assert entry.detail == {"user": "ben", "before": "read", "after": "write"}
    watched.call("ada", "PATCH", "/api/organizations/forge/settings", json={"details": "steel"})
    assert watched.one().action == "organisation.settings"
    watched.call("ada", "POST", "/api/organizations", json={"name": "anvil"})
    assert watched.one().namespace == "anvil"


@pytest.mark.parametrize(
    ("method", "path", "action"),
    [
        ("GET", "/forge/steel/resolve/main/a.txt", "files.read"),
        ("GET", "/forge/steel/raw/main/a.txt", "files.read"),
        ("GET", "/forge/steel/blob/main/a.txt", "files.read"),
        ("GET", f"{API}/xet-read-token/main", "xet.read_token"),
        ("GET", "/forge/steel.git/info/refs?service=git-upload-pack", "git.fetch"),
    ],
)
def test_reading_private_files_leaves_a_line(steel: Watched, method: str, path: str, action: str) -> None:
    assert steel.call("ben", method, path).status_code == 200
    assert steel.brief() == [("read", action, "ben", "models/forge/steel")]


def test_reading_what_is_open_to_all_leaves_none(steel: Watched) -> None:
    steel.call("ada", "PUT", f"{API}/settings", json={"visibility": "public"})
    steel.new()
    for path in (
        "/forge/steel/resolve/main/a.txt",
        API,
        "/forge/steel",
        "/",
        f"{API}/tree/main",
        "/nobody/x",
    ):
        steel.call("eve", "GET", path)
        steel.call("nobody", "GET", path)
    assert steel.new() == []


def test_a_gated_file_leaves_a_line_for_whoever_has_it_and_whoever_has_not(steel: Watched) -> None:
    steel.call("ada", "PUT", f"{API}/settings", json={"visibility": "public", "gated": "manual"})
    steel.new()
    path = "/forge/steel/resolve/main/a.txt"
    assert steel.call("ben", "GET", path).status_code == 200
    assert steel.call("eve", "GET", path).status_code == 403
    assert steel.call("nobody", "GET", path).status_code == 401
    read, eve, nobody = steel.new()
    assert (read.verdict, read.actor_name, read.detail) == ("read", "ben", {"rev": "main", "path": "a.txt"})
    assert (eve.verdict, eve.actor_name, eve.status, eve.namespace) == ("refused", "eve", 403, "forge")
    assert eve.action == "files.read"
    assert "restricted" in eve.detail["reason"]
    assert (nobody.actor_name, nobody.via, nobody.status) == (None, "nothing", 401)


def test_a_hidden_repo_refuses_in_the_log_and_a_missing_one_does_not(steel: Watched) -> None:
    hidden, missing = (steel.call("eve", "GET", f"/api/models/{n}") for n in ("forge/steel", "forge/none"))
    assert hidden.status_code == missing.status_code == 404
    entry = steel.one()
    assert (entry.verdict, entry.target, entry.status) == ("refused", "models/forge/steel", 404)


def test_a_token_that_nobody_has_is_refused_in_the_log_without_its_value(steel: Watched) -> None:
    answer = steel.client.get(API, headers={"authorization": "Bearer hf_madeup"})
    assert answer.status_code == 401
    entry = steel.one()
    assert (entry.verdict, entry.action) == ("refused", "credentials")
    assert "madeup" not in repr(entry)


def test_equal_refusals_of_a_moment_are_one_line(steel: Watched) -> None:
    for _ in range(20):
        steel.call("eve", "GET", "/forge/steel/resolve/main/a.txt")
    entry = steel.one()
    assert entry.count == 20


def test_nobody_changes_nothing_by_being_sent_to_sign_in(steel: Watched) -> None:
    steel.call("ada", "PUT", f"{API}/settings", json={"visibility": "public"})
    steel.new()
    steel.client.post("/forge/steel/like", data={})
    assert all(entry.verdict == "refused" for entry in steel.new())


def test_secrets_of_addresses_and_bodies_are_in_no_line(watched: Watched) -> None:
    secrets = ["join-secret-1", "password-2", "hf_secret3", "answer-4"]
    watched.client.post(f"/join/{secrets[0]}", data={"name": "zoe", "password": secrets[1]})
    watched.client.post("/login", data={"name": "ada", "password": secrets[1]})
    watched.call("ada", "POST", f"/api/models/ada/x/ask-access?t={secrets[2]}", json={"a": secrets[3]})
    text = repr(watched.new()) + json.dumps(watched.call("root", "GET", "/api/audit-log").json())
    for secret in secrets:
        assert secret not in text


def test_a_name_that_hurts_is_kept_as_it_can_be(steel: Watched) -> None:
    steel.call("eve", "GET", "/forge/steel/resolve/main/%00%ED%A0%80" + "x" * 900)
    steel.call("eve", "GET", "/forge/steel/resolve/main/%F0%9F%94%A5%22%0A")
    assert [entry.verdict for entry in steel.new()][-1] == "refused"
    assert steel.hub.audit.verify().problem == ""


def test_a_refusal_at_a_numbered_address_is_answered_and_kept(steel: Watched) -> None:
    steel.call("ada", "POST", f"{API}/discussions", json={"title": "Rust", "description": "It rusts."})
    steel.call("ada", "PUT", f"{API}/settings", json={"visibility": "public"})
    steel.new()
    answer = steel.call("eve", "POST", f"{API}/discussions/1/title", json={"title": "Mine"})
    assert answer.status_code == 403
    assert steel.one().detail["number"] == "1"


def test_a_repo_called_like_a_route_is_watched_like_any_other(watched: Watched) -> None:
    for name in ("like", "try", "validate-yaml"):
        watched.call("eve", "POST", "/api/repos/create", json={"name": name})
        watched.call("eve", "POST", f"/api/models/eve/{name}/tag/main", json={"tag": "v1"})
        assert [entry.action for entry in watched.new()] == ["repo.create", "tag.create"]


def test_a_private_bucket_is_watched_too(watched: Watched) -> None:
    address = "/api/buckets/forge/store"
    assert watched.call("ada", "POST", address, json={"private": True}).status_code == 200
    assert watched.call("ben", "GET", f"{address}/xet-read-token").status_code == 200
    assert watched.call("eve", "GET", address).status_code == 404
    assert watched.brief() == [
        ("changed", "bucket.create", "ada", "buckets/forge/store"),
        ("read", "xet.read_token", "ben", "buckets/forge/store"),
        ("refused", "api.read", "eve", "buckets/forge/store"),
    ]
