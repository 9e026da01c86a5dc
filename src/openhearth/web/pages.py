"""The pages that belong to no room: home, errors. Their contexts are filled by whoever serves them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from openhearth.errors import Gated, HubError, NotFound
from openhearth.web.parts import RepoSummary


def _help(text: str) -> dict[str, str]:
    return {"help": text}


@dataclass(frozen=True, kw_only=True)
class ErrorPage:
    """Context of `web/error.html`."""

    status: int = field(metadata=_help("HTTP status"))
    title: str = field(metadata=_help("The kind of refusal in a few words"))
    message: str = field(metadata=_help("The error's own sentence"))
    remedy: str = field(metadata=_help("What the reader can do next"))
    way_in: str = field(default="", metadata=_help("Where to ask for access; empty if nowhere"))

    @classmethod
    def of(cls, error: HubError) -> "ErrorPage":
        # A missing repo is 401 to a stranger, so that nobody learns which private ones exist.
        kind = 404 if isinstance(error, NotFound) else error.status
        title, remedy = _WORDS.get(kind, _WORDS[500])
        way_in = error.page if isinstance(error, Gated) else ""
        return cls(status=error.status, title=title, message=error.message, remedy=remedy, way_in=way_in)


_WORDS = {
    400: (
        "Something in the request is off",
        "Go back, mend what the sentence above names, and send it again.",
    ),
    401: ("You need to sign in", "Sign in with an account that may do this."),
    403: ("Not with this account", "Ask an owner for the permission, or sign in with another account."),
    404: ("Nothing is here", "Check the address for a slip, or search for the name: it may have moved."),
    409: ("It changed in the meantime", "Reload the page to see its present state, then try again."),
    412: ("It changed in the meantime", "Reload the page to see its present state, then try again."),
    413: ("That is too large", "Send less at once, or upload with git or the command line."),
    416: ("That part does not exist", "Ask for a range inside the file."),
    429: ("Too many requests", "Wait a minute, then try again."),
    500: (
        "The hub failed",
        "Try again. If it stays so, give the time and the address to whoever runs this hub.",
    ),
    501: ("Not offered here", "This hub knows what you mean but does not do it. The docs list what it does."),
    502: ("Another machine did not answer", "Try again in a minute."),
    503: ("The model's process is not ready", "Try again in a minute, or choose a smaller model."),
}


@dataclass(frozen=True, kw_only=True)
class HomePage:
    """Context of `web/home.html`; serves visitors and people who are signed in (`shell.actor`)."""

    endpoint: str = field(metadata=_help("The public address of this hub, as clients set it in HF_ENDPOINT"))
    models: Sequence[RepoSummary] = field(default=(), metadata=_help("Trending models, best first"))
    datasets: Sequence[RepoSummary] = field(default=(), metadata=_help("Trending datasets, best first"))
    spaces: Sequence[RepoSummary] = field(default=(), metadata=_help("Trending Spaces, best first"))
    own: Sequence[RepoSummary] = field(default=(), metadata=_help("The reader's own, last changed first"))
    model_count: int = field(default=0, metadata=_help("All models the reader may see"))
    dataset_count: int = field(default=0, metadata=_help("All datasets the reader may see"))
    space_count: int = field(default=0, metadata=_help("All Spaces the reader may see"))
