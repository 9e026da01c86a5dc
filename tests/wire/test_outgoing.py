"""The guarded client against a real server on loopback, and against every way of being led there."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Sequence

import pytest

from openhearth.errors import Invalid, TooLarge, UpstreamFailed
from openhearth.kit.addresses import find_objection
from openhearth.wire.outgoing import Call, Outgoing, check_url
from tests.support.receiver import Received, Receiver, Reply


class Names:
    """A name server that is asked, and remembers how often."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


def _only_first(address: str) -> str | None:
    """As if 127.0.0.1 were public, so that these tests have a place to be led away from."""
    return None if address == "127.0.0.1" else find_objection(address)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://127.1:{port}/", "http://2130706433:{port}/",
     "http://0x7f000001:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://0.0.0.0:{port}/"],
)  # fmt: skip
def test_loopback_is_refused_in_every_spelling_unless_it_is_allowed(url: str) -> None:
    with Receiver() as receiver:
        call = Call(url=url.format(port=receiver.port))
        with pytest.raises(Invalid, match="OPENHEARTH_FETCH_ALLOW_PRIVATE"):
            Outgoing(allow_private=False).send(call)
        assert receiver.received == []
        if "127.1" not in url and "2130706433" not in url:  # a spelling that is refused in any case
            assert Outgoing(allow_private=True).send(call).body == b"thanks"


def test_a_name_with_one_private_address_among_public_ones_is_refused() -> None:
    names = Names(["1.1.1.1", "10.0.0.7"])
    with pytest.raises(Invalid, match=r"mixed\.example is a private"):
        Outgoing(allow_private=False, lookup=names).send(Call(url="http://mixed.example/"))


def test_a_name_that_would_change_its_answer_is_asked_once_and_visited_where_it_was_checked() -> None:
    """DNS rebinding: the second answer would lead to the machine's own services."""
    with Receiver() as receiver:
        names = Names(["127.0.0.1"], ["127.0.0.2"])
        outgoing = Outgoing(allow_private=False, lookup=names, objection=_only_first)
        answer = outgoing.send(Call(url=f"http://changing.example:{receiver.port}/hook"))
        assert (answer.status, names.asked) == (200, ["changing.example"])
        assert receiver.received[0].headers["host"] == f"changing.example:{receiver.port}"


@pytest.mark.parametrize(
    "target", ["http://127.0.0.2:{port}/", "//127.0.0.2:{port}/", "http://[::1]:{port}/", "file:///etc/passwd", "ftp://127.0.0.1/"]
)  # fmt: skip
def test_a_redirect_is_checked_like_the_first_address(target: str) -> None:
    def lead_away(came: Received) -> Reply:
        return Reply(302, {"Location": target.format(port=receiver.port)})

    with Receiver(lead_away) as receiver:
        outgoing = Outgoing(allow_private=False, objection=_only_first)
        with pytest.raises(Invalid):
            outgoing.send(Call(url=receiver.url))
        assert len(receiver.received) == 1


def test_redirects_are_followed_a_few_times_and_keep_the_method_only_where_they_say_so() -> None:
    with Receiver(
        lambda came: Reply(307, {"Location": "/next"}) if came.path == "/" else Reply()
    ) as receiver:
        Outgoing(allow_private=True).send(Call(url=receiver.url + "/", method="POST", body=b"news"))
        assert [(came.method, came.body) for came in receiver.received] == [("POST", b"news")] * 2
    with Receiver(
        lambda came: Reply(303, {"Location": "/next"}) if came.path == "/" else Reply()
    ) as receiver:
        Outgoing(allow_private=True).send(Call(url=receiver.url + "/", method="POST", body=b"news"))
        assert [came.method for came in receiver.received] == ["POST", "GET"]
        assert receiver.received[1].body == b""
    with (
        Receiver(lambda came: Reply(302, {"Location": "/again"})) as receiver,
        pytest.raises(UpstreamFailed, match="more than 5 times"),
    ):
        Outgoing(allow_private=True).send(Call(url=receiver.url))
    assert len(receiver.received) == 6


def test_secrets_stay_with_the_origin_they_were_meant_for() -> None:
    with Receiver() as other, Receiver(lambda _came: Reply(307, {"Location": other.url})) as first:
        headers = {"X-Webhook-Secret": "s", "Authorization": "Bearer t", "X-Plain": "p"}
        Outgoing(allow_private=True).send(Call(url=first.url, method="POST", headers=headers, body=b"{}"))
        assert first.received[0].headers["x-webhook-secret"] == "s"
        assert not {"x-webhook-secret", "authorization"} & set(other.received[0].headers)
        assert other.received[0].headers["x-plain"] == "p"


def test_answers_are_capped_in_bytes_and_never_inflated() -> None:
    with Receiver(lambda _came: Reply(body=b"x" * 1000)) as receiver:
        outgoing = Outgoing(allow_private=True)
        with pytest.raises(TooLarge):
            outgoing.send(Call(url=receiver.url, answer_max_bytes=100))
        assert outgoing.send(Call(url=receiver.url, answer_max_bytes=100, cut=True)).body == b"x" * 100
    bomb = gzip.compress(b"0" * 1_000_000)
    with Receiver(lambda _came: Reply(headers={"Content-Encoding": "gzip"}, body=bomb)) as receiver:
        assert Outgoing(allow_private=True).send(Call(url=receiver.url)).body == bomb


def test_a_silent_server_costs_no_more_than_the_time_limit() -> None:
    over = threading.Event()

    def sleep(_came: Received) -> Reply:
        over.wait(20)
        return Reply()

    with Receiver(sleep) as receiver:
        with pytest.raises(UpstreamFailed, match=r"no answer within 0\.3 s"):
            Outgoing(allow_private=True).send(Call(url=receiver.url, timeout_s=0.3))
        over.set()


def test_what_cannot_be_reached_is_said_in_words() -> None:
    with Receiver() as gone:
        url = gone.url
    with pytest.raises(UpstreamFailed, match="cannot be reached"):
        Outgoing(allow_private=True).send(Call(url=url))
    with pytest.raises(UpstreamFailed, match="has no address"):
        Outgoing(allow_private=True).send(Call(url="http://nowhere.invalid/"))


@pytest.mark.parametrize(
    "text", ["", "example.org", "ftp://example.org/", "http://", "http:///x", "https://a:b@example.org/", "http://[::1/",
             "http://example.org/\r\nX: y", "http://example.org:99999/", "https://example.org/" + "x" * 3000]
)  # fmt: skip
def test_what_is_no_address_is_refused_when_it_is_typed(text: str) -> None:
    with pytest.raises(Invalid):
        check_url(text)
