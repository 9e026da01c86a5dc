"""The words in which scenarios are written. Runs inside a client's own environment: the client and the standard library alone.

    with row("create_tag"):
        api.create_tag(repo, tag="v1")
        assert [tag.name for tag in api.list_repo_refs(repo).tags] == ["v1"]

A row that ends without an error *works*; one that ends with 501 is *refused*, in the server's words; one that turns to
another host than the hub is meant for that *elsewhere*; everything else *fails*. Each row is one JSON line in the file COMPAT_ROWS.
"""

from __future__ import annotations

import json
import os
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import huggingface_hub
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import _http

HUB = os.environ["HF_ENDPOINT"]
TOKENS: dict[str, str] = json.loads(os.environ["COMPAT_TOKENS"])
IS_1X = huggingface_hub.__version__.startswith("1.")
ada = api = HfApi(token=TOKENS["ada"])
ben, eve, nobody = HfApi(token=TOKENS["ben"]), HfApi(token=TOKENS["eve"]), HfApi(token=False)

_numbers = count(1)
_seen: dict[str, str] = {}
_only = set(os.environ.get("COMPAT_ONLY", "").split()) or None


class Elsewhere(BaseException):
    """A request to a host that is not the hub. No Exception: clients that swallow failures must not swallow this."""

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self.host = host


def _stay_at_home(request: Any) -> None:
    host = request.url.host
    if host != urlsplit(HUB).hostname:
        raise Elsewhere(host)


def _client_that_stays_at_home() -> Any:
    client = _http.default_client_factory()
    client.event_hooks = {"request": [_stay_at_home, *client.event_hooks["request"]]}
    return client


huggingface_hub.set_client_factory(_client_that_stays_at_home)


@contextmanager
def row(*names: str) -> Iterator[None]:
    """What happens inside is the verdict on `names`."""
    began = time.monotonic()
    verdict, sentence, trace = "works", "", ""
    try:
        yield
    except Elsewhere as error:
        verdict, sentence = "elsewhere", error.host
    except HfHubHTTPError as error:
        verdict, sentence = "fails", _first_line(error)
        if error.response is not None and error.response.status_code == 501:
            verdict, sentence = "refuses", error.server_message or sentence
        else:
            trace = traceback.format_exc()
    except (Exception, SystemExit) as error:
        verdict, sentence, trace = "fails", _first_line(error), traceback.format_exc()
    for name in names:
        _emit(name, verdict, sentence, trace, time.monotonic() - began)


def local(reason: str, *names: str) -> None:
    """Rows that no hub has a part in."""
    for name in names:
        _emit(name, "local", reason, "", 0.0)


def _emit(name: str, verdict: str, sentence: str, trace: str, seconds: float) -> None:
    assert name not in _seen, f"two rows are called {name!r}"
    _seen[name] = verdict
    line = {
        "name": name,
        "verdict": verdict,
        "sentence": sentence,
        "trace": trace,
        "seconds": round(seconds, 2),
    }
    with Path(os.environ["COMPAT_ROWS"]).open("a") as file:  # stdout is the client's
        file.write(json.dumps(line) + "\n")


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[-1] if isinstance(error, HfHubHTTPError) else lines[0]}"[:300]


def fresh(word: str = "repo", *, owner: str = "ada", repo_type: str | None = None, **options: Any) -> str:
    """A new repo under a name that nobody else uses."""
    name = fresh_name(word, owner)
    if repo_type == "space":
        options.setdefault("space_sdk", "static")
    api.create_repo(name, repo_type=repo_type, **options)
    return name


def fresh_name(word: str, owner: str = "ada") -> str:
    return f"{owner}/{PREFIX}-{word}-{next(_numbers)}"


PREFIX = f"c{huggingface_hub.__version__.replace('.', '')}-{os.getpid()}"  # programs share a hub


def raises(kind: type[BaseException], call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """The error of exactly that class (or a subclass) that a call must raise."""
    try:
        call(*arguments, **options)
    except kind as error:
        return error
    raise AssertionError(f"{getattr(call, '__name__', call)} raised no {kind.__name__}")


def public_methods() -> list[str]:
    return [name for name in dir(HfApi) if not name.startswith("_") and callable(getattr(HfApi, name))]


def run(scenarios: Iterable[Callable[[], None]], names: Iterable[str]) -> None:
    """Play the scenarios; a name of the client that none of them spoke of is a row that is missing."""
    for scenario in scenarios:
        if _only and scenario.__name__ not in _only:
            continue
        try:
            scenario()
        except (Exception, SystemExit, Elsewhere) as error:
            name = f"({scenario.__name__})"
            _emit(name, "fails", _first_line(error), traceback.format_exc(), 0.0)
    if _only is None:
        for name in sorted(set(names) - set(_seen)):
            _emit(name, "missing", "", "", 0.0)
