"""What readers of the log ask for: the query of an address, as a filter."""

from datetime import UTC, date, datetime, timedelta

from starlette.requests import Request

from openhearth.audit.records import VERDICTS, EntryFilter
from openhearth.errors import Invalid
from openhearth.kit.text import is_storable

FIELDS = ("actor", "verdict", "action", "target", "since", "until")


def read_filter(request: Request, namespace: str | None) -> EntryFilter:
    """Raises Invalid for a verdict or a date that is none."""
    given = {name: request.query_params.get(name, "").strip()[:300] for name in FIELDS}
    for name, text in given.items():
        if not is_storable(text):
            raise Invalid(f"{name}: is no text that could be looked for.")
    verdict = given["verdict"]
    if verdict and verdict not in VERDICTS:
        raise Invalid(f"verdict: {verdict[:40]!r} is none; use one of {', '.join(VERDICTS)}.")
    until = _moment("until", given["until"])
    whole_day = len(given["until"]) == len("2026-01-31")
    return EntryFilter(
        namespace=namespace,
        actor=given["actor"],
        verdict=verdict or None,
        action=given["action"],
        target=given["target"],
        since=_moment("since", given["since"]),
        until=until + timedelta(days=1) if until is not None and whole_day else until,
    )


def _moment(name: str, text: str) -> datetime | None:
    """A day or a moment; without a zone it is in UTC."""
    if not text:
        return None
    try:
        if len(text) == len("2026-01-31"):
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Invalid(f"{name}: {text[:40]!r} is no date; write it as 2026-01-31.") from None
