"""One visit of the guarded client: to addresses that were checked, without redirects, by aiohttp.

`outgoing.py` imports this when it first goes out.
"""

import socket
from collections.abc import Sequence

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from openhearth.errors import Invalid, TooLarge, UpstreamFailed
from openhearth.wire.outgoing import USER_AGENT, Answer, Call


async def visit(call: Call, url: URL, addresses: Sequence[str]) -> Answer:
    """What `url` answers at one of `addresses`. Raises Invalid, TooLarge, UpstreamFailed, TimeoutError."""
    connector = aiohttp.TCPConnector(resolver=_Known(addresses), use_dns_cache=False, force_close=True)
    headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **call.headers}
    try:
        async with (
            aiohttp.ClientSession(connector=connector, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.request(call.method, url, headers=headers, data=call.body, allow_redirects=False) as response,
        ):  # fmt: skip
            body = await _read(response, call)
            named = {name.lower(): value for name, value in response.headers.items()}
            return Answer(url=call.url, status=response.status, headers=named, body=body, duration_s=0.0)
    except aiohttp.InvalidURL:
        raise Invalid(f"url: {call.url[:80]!r} is spelled in no usual way.") from None
    except (aiohttp.ClientError, OSError) as error:
        if isinstance(error, TimeoutError):
            raise
        raise UpstreamFailed(f"{call.url}: {_words_of(error)}.") from None


class _Known(AbstractResolver):
    """Answers with the addresses that were checked."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host=address, port=port, proto=0, flags=socket.AI_NUMERICHOST,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
            )
            for address in self._addresses
        ]  # fmt: skip

    async def close(self) -> None:
        return None


async def _read(response: aiohttp.ClientResponse, call: Call) -> bytes:
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > call.answer_max_bytes:
            if not call.cut:
                raise TooLarge(f"{call.url}: answers with more than {call.answer_max_bytes} bytes.")
            return bytes(body[: call.answer_max_bytes])
    return bytes(body)


def _words_of(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return f"its certificate is not trusted ({error.certificate_error})"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"cannot be reached ({error.os_error.strerror or error.os_error})"
    return f"the answer broke off ({type(error).__name__})"
