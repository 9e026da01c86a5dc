"""Which network addresses a stranger may have us talk to: those of the public internet, and no others. Pure.

An IPv6 address may carry an IPv4 address inside; then both must be public. Sources: the IANA special-purpose
registries (as `ipaddress` has them), RFC 4291 (mapped), RFC 3056 (6to4), RFC 6052 and 8215 (NAT64).
"""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.IPv6Network("64:ff9b:1::/48")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_SITE_LOCAL = ipaddress.IPv6Network("fec0::/10")
# Not among the special ones in every version of the registries, yet answered by a cloud's own host.
_METADATA = frozenset(map(ipaddress.ip_address, ("168.63.129.16", "192.0.0.192")))


def find_objection(text: str) -> str | None:
    """Why the address `text` is not public, as words that fit after "is"; None if it is. A zone index is ignored."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return "no network address"
    inner = _embedded(address)
    if inner is not None and (objection := _object_to(inner)) is not None:
        return f"{objection} (it carries {inner})"
    return _object_to(address) if inner is None or not _is_wrapper(address) else None


def _object_to(address: Address) -> str | None:
    if address in _METADATA:
        return "an address of cloud metadata"
    for holds, words in (
        (address.is_unspecified, "unspecified"),
        (address.is_loopback, "a loopback address"),
        (address.is_link_local, "a link-local address"),
        (address.is_multicast, "a multicast address"),
        (address.version == 6 and (address in _SITE_LOCAL or address in _NAT64_LOCAL), "a private address"),
        (not address.is_global or address.is_reserved, "a private or reserved address"),
    ):
        if holds:
            return words
    return None


def _is_wrapper(address: Address) -> bool:
    """Whether nothing but the IPv4 address inside matters: such addresses stand in no public range themselves."""
    return isinstance(address, ipaddress.IPv6Address) and (
        address.ipv4_mapped is not None or address in _NAT64
    )


def _embedded(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that packets to `address` end at, if it carries one."""
    if not isinstance(address, ipaddress.IPv6Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
