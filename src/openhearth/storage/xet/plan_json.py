"""Plans as clients read them (hub-docs docs/xet, v1 and v2): byte ends inclusive, chunk ends exclusive.

One range for each address: clients fetch every range with a request of its own.
"""

from collections.abc import Callable, Mapping
from typing import Any

from openhearth.kit.ranges import ByteRange
from openhearth.storage.xet.hashes import to_hex
from openhearth.storage.xet.plan import FetchRange, Plan

AddressOf = Callable[[str, ByteRange], str]


def plan_v1(plan: Plan, address_of: AddressOf) -> dict[str, Any]:
    """`address_of` gives the address at which a span of a xorb may be read."""
    return {**_terms(plan), "fetch_info": _fetch_info(plan, address_of)}


def plan_v2(plan: Plan, address_of: AddressOf) -> dict[str, Any]:
    """`address_of` gives the address at which a span of a xorb may be read."""
    fetches = {to_hex(xorb): ranges for xorb, ranges in plan.fetches.items()}
    return {
        **_terms(plan),
        "xorbs": {name: [_fetch(name, r, address_of) for r in rs] for name, rs in fetches.items()},
    }


def plans_batch(plans: Mapping[str, Plan], address_of: AddressOf) -> dict[str, Any]:
    """Whole files at once, by file hash."""
    fetch_info: dict[str, Any] = {}
    for plan in plans.values():
        for name, ranges in _fetch_info(plan, address_of).items():
            fetch_info.setdefault(name, []).extend(ranges)
    return {"files": {name: _terms(plan)["terms"] for name, plan in plans.items()}, "fetch_info": fetch_info}


def _terms(plan: Plan) -> dict[str, Any]:
    terms = [
        {"hash": to_hex(t.xorb), "unpacked_length": t.size_bytes, "range": {"start": t.start, "end": t.end}}
        for t in plan.terms
    ]
    return {"offset_into_first_range": plan.offset_bytes, "terms": terms}


def _fetch_info(plan: Plan, address_of: AddressOf) -> dict[str, Any]:
    return {
        to_hex(xorb): [
            {"range": _chunks(r), "url": address_of(to_hex(xorb), r.span), "url_range": _bytes(r)}
            for r in ranges
        ]
        for xorb, ranges in plan.fetches.items()
    }


def _fetch(name: str, fetch: FetchRange, address_of: AddressOf) -> dict[str, Any]:
    return {
        "url": address_of(name, fetch.span),
        "ranges": [{"chunks": _chunks(fetch), "bytes": _bytes(fetch)}],
    }


def _chunks(fetch: FetchRange) -> dict[str, int]:
    return {"start": fetch.start, "end": fetch.end}


def _bytes(fetch: FetchRange) -> dict[str, int]:
    return {"start": fetch.span.start, "end": fetch.span.end - 1}
