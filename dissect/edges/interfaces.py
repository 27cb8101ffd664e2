"""The network interfaces of this machine, as its kernel describes them (rtnetlink(7))."""

from __future__ import annotations

import struct
import sys
from dataclasses import dataclass
from ipaddress import ip_address

from dissect.edges.netlink import attributes, questioned
from dissect.edges.packet_socket import LINKS
from dissect.errors import InterfaceError
from dissect.packets.links import link_name

__all__ = ["ANY", "Counters", "InterfaceDescription", "chosen_interfaces", "interfaces"]

ANY = "any"
"""Stands for all interfaces that are up."""
_GET_LINK, _GET_ADDRESS = 18, 22
_LINK = struct.Struct("=BxHiII")
"""Of struct ifinfomsg: family, type of hardware, number, flags, changed ones."""
_ADDRESS = struct.Struct("=BBBBI")
"""Of struct ifaddrmsg: family, prefix length, flags, scope, number of the interface."""
_HARDWARE, _NAME, _MTU, _STATE, _INFO, _ALIAS, _COUNTERS = 1, 3, 4, 16, 18, 20, 23
_INFO_KIND = 1
_PEER_ADDRESS, _LOCAL_ADDRESS = 1, 2
_STATES = ("unknown", "not present", "down", "lower layer down", "testing", "dormant", "up")
"""By the number of RFC 2863."""
_FLAGS = {
    1 << 0: "up",
    1 << 1: "broadcast",
    1 << 3: "loopback",
    1 << 4: "point to point",
    1 << 6: "running",
    1 << 7: "no ARP",
    1 << 8: "promiscuous",
    1 << 12: "multicast",
}
_UP = 1 << 0
_COUNTER = struct.Struct("=8Q")
"""The first of struct rtnl_link_stats64: packets, bytes, errors and dropped ones, each received and sent."""


@dataclass(frozen=True, slots=True)
class Counters:
    """What passed since the interface was made, in one direction: `errors` and `dropped` count packets."""

    packets: int
    octets: int
    errors: int
    dropped: int


@dataclass(frozen=True, slots=True)
class InterfaceDescription:
    """An interface of the machine.

    `index` is the kernel's number, `link` the LINKTYPE number of its frames, None where they cannot be captured;
    `state` that of RFC 2863, such as "up", "down" or "unknown"; `is_up` whether somebody brought it up; `flags` are
    words such as "running" and "promiscuous". `mac` is "" where it has none, `mtu` is in bytes, `addresses` have their
    prefix lengths, as in "10.0.0.1/24". `kind` is that of a virtual device, such as "veth" or "bridge", else "";
    `alias` is what somebody said about it (`ip link set eth0 alias "to the lab"`).
    """

    name: str
    index: int
    link: int | None
    state: str
    is_up: bool
    flags: tuple[str, ...]
    mac: str
    mtu: int
    addresses: tuple[str, ...]
    kind: str
    alias: str
    received: Counters
    sent: Counters

    @property
    def link_name(self) -> str:
        """The name of its link type; "" where its frames cannot be captured."""
        return "" if self.link is None else link_name(self.link)


def interfaces() -> list[InterfaceDescription]:
    """Return the interfaces that the machine has, in the namespace of the thread, in the kernel's order.

    It takes no right. Raises InterfaceError where the system is not Linux.
    """
    if not sys.platform.startswith("linux"):
        raise InterfaceError("interfaces are listed and captured on Linux alone; captures are read everywhere")
    addresses: dict[int, list[str]] = {}
    for reply in questioned(_GET_ADDRESS, _ADDRESS.pack(0, 0, 0, 0, 0), dump=True):
        _, prefix, _, _, index = _ADDRESS.unpack_from(reply.content)
        told = attributes(reply.content[_ADDRESS.size :])
        # Where there is a peer, the other attribute has the peer's address.
        packed = told.get(_LOCAL_ADDRESS) or told.get(_PEER_ADDRESS)
        if packed:
            addresses.setdefault(index, []).append(f"{ip_address(packed)}/{prefix}")
    found = []
    for reply in questioned(_GET_LINK, _LINK.pack(0, 0, 0, 0, 0), dump=True):
        described = _described(reply.content, addresses)
        found.append(described)
    return sorted(found, key=lambda each: each.index)


def _described(content: bytes, addresses: dict[int, list[str]]) -> InterfaceDescription:
    _, hardware, index, flags, _ = _LINK.unpack_from(content)
    told = attributes(content[_LINK.size :])
    mac = told.get(_HARDWARE, b"")
    state = told.get(_STATE, b"\0")[0]
    counts = _COUNTER.unpack_from(told[_COUNTERS]) if _COUNTERS in told else (0,) * 8
    return InterfaceDescription(
        name=_text(told.get(_NAME, b"")),
        index=index,
        link=LINKS.get(hardware),
        state=_STATES[state] if state < len(_STATES) else f"state {state}",
        is_up=bool(flags & _UP),
        flags=tuple(word for bit, word in _FLAGS.items() if flags & bit),
        mac=mac.hex(":") if len(mac) == 6 and any(mac) else "",
        mtu=struct.unpack("=I", told[_MTU])[0] if _MTU in told else 0,
        addresses=tuple(addresses.get(index, ())),
        kind=_text(attributes(told.get(_INFO, b"")).get(_INFO_KIND, b"")),
        alias=_text(told.get(_ALIAS, b"")),
        received=Counters(*counts[0::2]),
        sent=Counters(*counts[1::2]),
    )


def _text(data: bytes) -> str:
    return data.rstrip(b"\0").decode("utf-8", "replace")


def chosen_interfaces(names: list[str]) -> list[str]:
    """Return the names of the interfaces that words choose: a name, a number of the list, or "any" for all that are up.

    None comes twice. What is no number is not looked up: opening it tells. Raises InterfaceError for a number that
    no interface has, and for "any" where none is up.
    """
    if not any(name == ANY or name.isdecimal() for name in names):
        return list(dict.fromkeys(names))
    known = interfaces()
    by_name = {each.name for each in known}
    chosen: list[str] = []
    for name in names:
        if name in by_name or not (name == ANY or name.isdecimal()):
            chosen.append(name)
        elif name == ANY:
            up = [each.name for each in known if each.is_up and each.link is not None]
            if not up:
                raise InterfaceError("no interface is up: 'ip link set eth0 up' brings one up")
            chosen += up
        elif 1 <= int(name) <= len(known):
            chosen.append(known[int(name) - 1].name)
        else:
            raise InterfaceError(f"there is no interface number {name}, expected 1 to {len(known)}")
    return list(dict.fromkeys(chosen))
