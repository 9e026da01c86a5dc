"""Every error speaks every dialect: one error, five shapes, the same headers."""

import pytest
from starlette.requests import Request

from openhearth.errors import EntryNotFound, HubError, Invalid, RepoNotFound
from openhearth.wire.render import render_error


def asked(path: str, accept: str = "*/*", method: str = "GET") -> Request:
    return Request(
        {
            "type": "http",
            "method": method,
            "path": path,
            "headers": [(b"accept", accept.encode())],
            "query_string": b"",
        }
    )


def all_errors(kind: type[HubError] = HubError) -> list[type[HubError]]:
    return [kind, *(found for child in kind.__subclasses__() for found in all_errors(child))]


@pytest.mark.parametrize(
    "path", ["/api/models/a/b", "/a/b.git/info/lfs/objects/batch", "/a/b/info/refs", "/v1/chat/completions"]
)
@pytest.mark.parametrize("kind", all_errors(), ids=lambda kind: kind.__name__)
def test_each_error_renders_in_each_dialect_with_its_message(kind: type[HubError], path: str) -> None:
    error = kind.__new__(kind)
    HubError.__init__(error, "Nothing is called 'ü'.")
    answer = render_error(asked(path), error)
    assert answer.status_code == kind.status
    assert "ü" in bytes(answer.body).decode() or b"\\u00fc" in bytes(answer.body)
    assert (b"x-error-message", "Nothing is called 'ü'.".encode()) in answer.raw_headers


def test_a_missing_repo_is_known_by_its_code_and_has_another_status_for_strangers() -> None:
    known, stranger = (
        render_error(asked("/api/models/a/b"), RepoNotFound("a/b", anonymous=flag)) for flag in (False, True)
    )
    assert (known.status_code, stranger.status_code) == (404, 401)
    assert known.headers["x-error-code"] == stranger.headers["x-error-code"] == "RepoNotFound"
    assert known.body == stranger.body


def test_an_absent_file_carries_the_commit_so_that_clients_cache_the_absence() -> None:
    answer = render_error(asked("/a/b/resolve/main/x"), EntryNotFound("x", commit="c" * 40))
    assert answer.headers["x-repo-commit"] == "c" * 40
    assert answer.headers["x-error-code"] == "EntryNotFound"


def test_git_is_asked_for_a_password_and_reads_plain_text() -> None:
    answer = render_error(asked("/a/b/info/refs"), RepoNotFound("a/b", anonymous=True))
    assert answer.headers["www-authenticate"].startswith("Basic")
    assert bytes(answer.body).startswith(b"Repository not found: a/b")


def test_a_message_cannot_smuggle_a_header() -> None:
    answer = render_error(asked("/api/x"), Invalid("path: 'a\r\nSet-Cookie: x=y' is wrong"))
    assert not any(b"\n" in value or b"\r" in value for _, value in answer.raw_headers)


def test_head_has_no_body() -> None:
    assert render_error(asked("/api/x", method="HEAD"), Invalid("x")).body == b""


def test_half_a_character_in_a_message_does_not_break_the_answer() -> None:
    answer = render_error(asked("/api/x"), Invalid("path: 'a\ud800b' is wrong"))
    assert b"a?b" in bytes(answer.body)
