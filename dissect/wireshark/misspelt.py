"""What to say of a name that no field has: the nearest that one has, or that its protocol is not read here."""

from __future__ import annotations

from collections.abc import Collection, Iterable

__all__ = ["unknown_name"]


def unknown_name(name: str, known: Collection[str], example: str = "ip.ttl") -> str:
    """Return the sentence about a name that is not among those `known`.

    A field of a protocol that is not read here is never taken for that of another whose name merely resembles it.

    >>> known = ["igmp", "igmp.type", "ip", "ip.ttl", "tcp", "tcp.port", "udp"]
    >>> unknown_name("ip.tll", known)
    "there is no field 'ip.tll'; did you mean 'ip.ttl'?"
    >>> unknown_name("tpc.port", known)
    "there is no field 'tpc.port'; did you mean 'tcp.port'?"
    >>> unknown_name("bgp.type", known)
    "there is no field 'bgp.type': no protocol 'bgp' is read here"
    >>> unknown_name("dns", known)
    "there is no field or protocol 'dns': it is not read here"
    """
    from difflib import get_close_matches

    protocol, dot, rest = name.partition(".")
    protocols = {each.partition(".")[0] for each in known}
    if not dot:
        near = _resembling(name, protocols) or get_close_matches(name, (each for each in known if "." in each), 1, 0.8)
        if near:
            return f"there is no field {name!r}; did you mean {near[0]!r}?"
        if name.isidentifier() and name.isascii():
            return f"there is no field or protocol {name!r}: it is not read here"
    elif protocol in protocols:
        near = get_close_matches(name, (each for each in known if each.startswith(f"{protocol}.")), 1, 0.5)
        if near:
            return f"there is no field {name!r}; did you mean {near[0]!r}?"
    else:
        for other in _resembling(protocol, protocols):
            fields = [each for each in known if each.startswith(f"{other}.")]
            near = get_close_matches(f"{other}.{rest}", fields, 1, 0.8)
            if near:
                return f"there is no field {name!r}; did you mean {near[0]!r}?"
        if protocol.isidentifier():
            return f"there is no field {name!r}: no protocol {protocol!r} is read here"
    return f"there is no field {name!r}; a name looks like {example!r}"


def _resembling(word: str, protocols: Iterable[str]) -> list[str]:
    """Return the protocols that a word may be a slip of: with letters that changed places, or one of several wrong."""
    from difflib import get_close_matches

    swapped = [each for each in protocols if sorted(each) == sorted(word.lower())]
    return swapped or get_close_matches(word.lower(), protocols, 2, 0.8)
