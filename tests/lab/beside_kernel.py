"""A simulated host and a simulated router beside Linux: both get the same frames, and answer alike.

A probe is a few frames that a peer sends. The kernel gets them through a TAP device in a namespace of its own, the
simulation by `receive`; both have the same addresses. A ping behind each probe tells when the kernel has answered all.
What is a matter of chance or of the clock is left out of the comparison.

    python -m tests.lab.beside_kernel [--probes N] [--seed S]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import dissect
from capture_samples.recorder.laboratory import Host as Namespace
from capture_samples.recorder.laboratory import Laboratory
from dissect import (
    ARP,
    TCP,
    UDP,
    EchoReply,
    EchoRequest,
    Ethernet,
    Interface,
    InternetTimestamp,
    IPv4,
    IPv4NoOperation,
    LooseSourceRoute,
    Padding,
    RecordRoute,
    RouterAlert,
    StrictSourceRoute,
    Tap,
    TimestampReply,
    TimestampRequest,
    fragment,
)
from dissect.declaration.header import Header
from dissect.lab.host import Host
from dissect.lab.icmp_rules import ErrorLimit
from dissect.lab.router import Router

__all__ = ["ARGUED", "KINDS", "OWN", "PEERS", "Difference", "Outcome", "beside_kernel", "compare", "frames_of_kernel"]

PEERS = {0: ("02:00:00:00:0a:02", "10.1.0.2"), 1: ("02:00:00:00:0b:02", "10.2.0.2")}
"""Who sends, and whom a router reaches, by port: MAC address and IPv4 address."""
OWN = "10.1.0.1"
"""The address of the device that is tried."""
OTHER = "10.2.0.1"
"""Its other address, where it is a router."""
SECOND_MTU = 1000
MARKER = 0xBEEF
"""The identifier of the pings that end a probe."""
_MARKER_PEER = ("02:00:00:00:0a:03", "10.1.0.3")
_PATIENCE = 5.0
"""Seconds after which a kernel that does not answer a ping is given up."""

Probe = tuple[str, list[bytes]]
"""What a probe is about, and its frames; all come in at port 0."""


@dataclass(frozen=True)
class Difference:
    """A probe to which the two answered otherwise."""

    kind: str
    frames: list[bytes]
    kernel: list[str]
    simulated: list[str]

    def __str__(self) -> str:
        sent = "; ".join(repr(dissect.parse(frame))[:300] for frame in self.frames)
        return f"{self.kind}: {sent}\n  kernel    {self.kernel}\n  simulated {self.simulated}"


@dataclass
class Outcome:
    """How many probes of each kind were tried and how many of them were argued; and all differences."""

    tried: Counter[str] = field(default_factory=Counter)
    argued: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)

    def share(self, kind: str) -> float:
        """Return which part of the probes of a kind was answered alike, or is argued."""
        differing = sum(each.kind == kind for each in self.differences)
        return 1 - differing / self.tried[kind] if self.tried[kind] else 1.0

    def __str__(self) -> str:
        return "\n".join(
            f"{kind:<12} {100 * self.share(kind):6.2f} % of {count} alike, {self.argued[kind]} argued"
            for kind, count in sorted(self.tried.items())
        )


def _outer(random: Random, mac: str, *, unusual: bool = True) -> Ethernet:
    """Return a frame's header: to the device, now and then to all or to somebody else."""
    dst = mac
    if unusual and not random.randrange(12):
        dst = random.choice(["ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "02:00:00:00:0c:0c"])
    return Ethernet(src=PEERS[0][0], dst=dst)


def _datagram(random: Random, dst: str, **more: Any) -> IPv4:
    return IPv4(
        src=PEERS[0][1], dst=dst, ttl=random.choice([64, 64, 255, 1, 2]), id=random.randrange(1, 1 << 16), **more
    )


def _payload(random: Random) -> bytes:
    return random.randbytes(random.choice([0, 1, 4, 18, 56, 200, 700, 1400]))


def _udp(random: Random, mac: str, number: int) -> list[bytes]:
    port = random.choice([7, 53, 33434, 40000, 0xFFFF, random.randrange(1, 1 << 16)])
    datagram = UDP(sport=random.randrange(1, 1 << 16), dport=port, payload=_payload(random))
    change = random.randrange(8)
    if change == 0:
        datagram.checksum = random.choice([0, 0, 1, random.randrange(1 << 16)])
    elif change == 1:
        datagram.length = random.choice([0, 7, 8, 9, len(bytes(datagram)) + 1, 0xFFFF])
    dst = random.choice([OWN] * 9 + ["10.1.0.255", "255.255.255.255", "224.0.0.1", "10.1.0.9"])
    return [bytes(_outer(random, mac) / _datagram(random, dst) / datagram)]


def _tcp(random: Random, mac: str, number: int) -> list[bytes]:
    segment = TCP(
        sport=random.randrange(1, 1 << 16),
        dport=random.choice([80, 443, 9999, random.randrange(1, 1 << 16)]),
        seq=random.choice([0, 1, 0xFFFFFFFF, random.randrange(1 << 32)]),
        ack=random.choice([0, 0xFFFFFFFF, random.randrange(1 << 32)]),
        flags=random.choice([0x02, 0x10, 0x11, 0x04, 0x14, 0x12, random.randrange(512)]),
        payload=_payload(random),
    )
    change = random.randrange(10)
    if change == 0:
        segment.checksum = random.randrange(1 << 16)
    elif change == 1:
        segment.data_offset = random.randrange(16)
    dst = random.choice([OWN] * 12 + ["10.1.0.255", "224.0.0.1"])
    return [bytes(_outer(random, mac) / _datagram(random, dst) / segment)]


def _icmp(random: Random, mac: str, number: int) -> list[bytes]:
    message: Header = random.choice(
        [
            EchoRequest(id=random.randrange(1 << 15), seq=random.randrange(1 << 16), payload=_payload(random)),
            EchoRequest(id=7, seq=1, code=random.randrange(256), payload=b"code"),
            TimestampRequest(id=7, seq=2, originate=random.randrange(86_400_000)),
            EchoReply(id=random.randrange(1 << 15), payload=_payload(random)),
            dissect.ICMP(type=random.randrange(256), code=random.choice([0, 0, 1, 255]), payload=random.randbytes(36)),
        ]
    )
    if not random.randrange(10):
        message.checksum = random.randrange(1 << 16)  # type: ignore[attr-defined]
    dst = random.choice([OWN] * 9 + ["10.1.0.255", "255.255.255.255", "224.0.0.1"])
    return [bytes(_outer(random, mac) / _datagram(random, dst) / message)]


def _headers(random: Random, mac: str, number: int) -> list[bytes]:
    """Return a datagram whose IPv4 header is unusual, or wrong."""
    inner = bytes(EchoRequest(id=9, seq=random.randrange(1 << 16), payload=_payload(random)))
    change: dict[str, Any] = random.choice(
        [
            {"version": random.randrange(16)},
            {"ihl": random.randrange(16)},
            {"total_length": random.choice([0, 19, 20, 27, 28 + random.randrange(60), 0xFFFF])},
            {"checksum": random.randrange(1 << 16)},
            {"ttl": random.choice([0, 1])},
            {"tos": random.randrange(256)},
            {"flags": random.randrange(8)},
            {"protocol": random.choice([0, 3, 41, 50, 89, 132, 253, 254, 255, random.randrange(256)])},
            {"src": random.choice(["0.0.0.0", "127.0.0.1", "224.0.0.9", "255.255.255.255", OWN, "10.1.0.255"])},
            {"options": [RecordRoute(route=["0.0.0.0"] * random.randrange(1, 10))]},
            {"options": [RouterAlert()]},
            {"options": [IPv4NoOperation()] * random.randrange(1, 20)},
            {"options": random.randbytes(4 * random.randrange(1, 11))},
            {"options": [InternetTimestamp()]},
        ]
    )
    given: dict[str, Any] = {"src": PEERS[0][1], "dst": OWN, "id": random.randrange(1, 1 << 16), "protocol": 1} | change
    rest = b"" if random.randrange(4) else random.randbytes(random.randrange(1, 20))
    return [bytes(_outer(random, mac) / IPv4(**given) / inner) + rest]


def _fragments(random: Random, mac: str, number: int) -> list[bytes]:
    """Return the fragments of a ping, in some order, one missing, doubled or changed now and then."""
    whole = _datagram(random, OWN) / EchoRequest(id=3, seq=random.randrange(1 << 16), payload=random.randbytes(600))
    # What is left of another datagram must not be taken for a part of this one.
    whole.ttl, whole.id = 64, number % 0xFFFF + 1
    pieces = fragment(whole, random.choice([100, 200, 300]))
    change = random.randrange(6)
    if change == 0:
        random.shuffle(pieces)
    elif change == 1:
        pieces.append(random.choice(pieces))
    elif change == 2:
        del pieces[random.randrange(len(pieces))]
    return [bytes(Ethernet(src=PEERS[0][0], dst=mac) / piece) for piece in pieces]


def _arp(random: Random, mac: str, number: int) -> list[bytes]:
    given: dict[str, Any] = {
        "opcode": random.choice([1, 1, 1, 2, random.randrange(0x10000)]),
        "sender_mac": PEERS[0][0],
        "sender_ip": random.choice([PEERS[0][1]] * 4 + ["0.0.0.0", "127.0.0.1", "224.0.0.1"]),
        "target_mac": random.choice(["00:00:00:00:00:00", mac, "ff:ff:ff:ff:ff:ff"]),
        "target_ip": random.choice([OWN] * 4 + ["10.1.0.9", "10.1.0.255", "127.0.0.1", "0.0.0.0"]),
    }
    change = random.randrange(10)
    if change == 0:
        given["hardware_type"] = random.choice([0, 6, 15, 24])
    elif change == 1:
        given["protocol_type"] = random.choice([0x86DD, 0x0806, 0])
    data = bytes(ARP(**given))
    if change == 2:
        data = data[: random.randrange(28)]
    dst = random.choice(["ff:ff:ff:ff:ff:ff", mac, mac, "02:00:00:00:0c:0c"])
    return [bytes(Ethernet(src=PEERS[0][0], dst=dst, type=0x0806)) + data]


def _routed(random: Random, mac: str, number: int) -> list[bytes]:
    """Return a datagram for somebody behind the router, or for nobody."""
    carried: Header = random.choice(
        [
            UDP(sport=5000, dport=random.randrange(1, 1 << 16), payload=_payload(random)),
            TCP(sport=5000, dport=80, seq=1, flags=random.randrange(512), payload=_payload(random)),
            EchoRequest(id=4, seq=random.randrange(1 << 16), payload=_payload(random)),
            EchoRequest(id=4, seq=random.randrange(1 << 16), payload=random.randbytes(1100)),
        ]
    )
    dst = random.choice([PEERS[1][1]] * 8 + ["203.0.113.9", "10.2.0.255", "10.2.0.1", "224.1.1.1", _MARKER_PEER[1]])
    datagram = _datagram(random, dst, dont_fragment=bool(random.randrange(2)), tos=random.choice([0, 0, 0x10, 0xB8]))
    change = random.randrange(12)
    if change == 0:
        datagram.options = [random.choice([RecordRoute(route=["0.0.0.0"] * 3), RouterAlert(), InternetTimestamp()])]
    elif change == 1:
        datagram.checksum = random.randrange(1 << 16)
    elif change == 2:
        datagram.src = random.choice(["0.0.0.0", "127.0.0.1", "224.0.0.9", "10.1.0.255"])
    elif change == 3:
        datagram.options = [LooseSourceRoute(route=["10.2.0.2"])]
    return [bytes(_outer(random, mac) / datagram / carried)]


KINDS: dict[str, Callable[[Random, str, int], list[bytes]]] = {
    "udp": _udp,
    "tcp": _tcp,
    "icmp": _icmp,
    "headers": _headers,
    "fragments": _fragments,
    "arp": _arp,
    "routing": _routed,
}
"""What probes are about, by name; all but the routing are tried with a host."""


def _datagram_of(frames: list[bytes]) -> IPv4 | None:
    frame = dissect.parse(frames[0])
    return frame[IPv4] if IPv4 in frame and not frame[IPv4].is_cut else None


def _has(frames: list[bytes], *classes: type[Any]) -> bool:
    """Whether the first datagram has an option of one of these classes."""
    datagram = _datagram_of(frames)
    return datagram is not None and any(isinstance(option, classes) for option in datagram.options)


def _is_sent_by(frames: list[bytes], *addresses: str) -> bool:
    datagram = _datagram_of(frames)
    return datagram is not None and datagram.src in addresses


def _is_sent_to(frames: list[bytes], *addresses: str) -> bool:
    datagram = _datagram_of(frames)
    return datagram is not None and datagram.dst in addresses


def _has_odd_segment(frames: list[bytes]) -> bool:
    """Whether the first frame has a segment with options that are none."""
    frame = dissect.parse(frames[0])
    if TCP not in frame or frame[TCP].is_cut:
        return False
    return any(option.malformed for option in frame[TCP].options)


ARGUED: dict[str, Callable[[list[bytes]], bool]] = {
    "Linux notes its address twice in a recorded route, when a ping comes and when the answer leaves; RFC 1122, "
    "section 3.2.2.6, has one host in it": lambda frames: _has(frames, RecordRoute) and _is_sent_to(frames, OWN, OTHER),
    "Linux answers a datagram from the broadcast address of its network; RFC 1122, section 3.2.1.3, has it dropped": (
        lambda frames: _is_sent_by(frames, "10.1.0.255")
    ),
    "Linux drops source routes without a word where they are switched off; RFC 1812, section 5.2.4.2, has it told": (
        lambda frames: _has(frames, LooseSourceRoute, StrictSourceRoute)
    ),
    "Linux puts what routers wrote down into its errors, too; no RFC asks for that": (
        lambda frames: _has(frames, RecordRoute, InternetTimestamp) and not _is_sent_to(frames, OWN, OTHER)
    ),
    "Linux sends no reset for a segment whose options can't be read, for an authentication might be among them": (
        lambda frames: _has_odd_segment(frames)
    ),
    "Linux limits what it says of networks that no route leads to, by a setting beyond a namespace's reach": (
        lambda frames: _is_sent_to(frames, "203.0.113.9")
    ),
}
"""Why the two may answer otherwise to such frames."""


@contextmanager
def beside_kernel(laboratory: Laboratory, *, routes: bool) -> Iterator[tuple[list[Tap], Host]]:
    """Give the TAP devices of a kernel, and a simulation with the same addresses: a router, or a host."""
    namespace = laboratory.host("router" if routes else "host")
    addresses = [f"{address}/24" for address in (OWN, OTHER)][: 2 if routes else 1]
    with ExitStack() as stack:
        taps = []
        for port, address in enumerate(addresses):
            with namespace.entered():
                taps.append(stack.enter_context(Tap(f"tap{port}", address=address, mtu=SECOND_MTU if port else None)))
        _settle(namespace, taps, routes=routes)
        interfaces = [
            Interface(tap.name, _mac_of(namespace, tap.name), address, mtu=mtu)
            for tap, address, mtu in zip(taps, addresses, [1500, SECOND_MTU], strict=False)
        ]
        limit = ErrorLimit(interval_ns=0, total_per_second=1_000_000_000, total_burst=1 << 30, burst=1 << 30)
        device: Host = Host("simulated", interfaces, padding=Padding.NONE, error_limit=limit)
        if routes:
            device = Router("simulated", interfaces, padding=Padding.NONE, error_limit=limit, redirects=False)
        for mac, ip in (*list(PEERS.values())[: len(taps)], _MARKER_PEER):
            device.arp_add(ip, mac)
        device.start(0)
        yield taps, device


def _settle(namespace: Namespace, taps: list[Tap], *, routes: bool) -> None:
    """Write down the neighbours, and switch off what is a matter of time and chance."""
    namespace.configure(ip_forward=int(routes), icmp_ratelimit=0, conf__all__rp_filter=0, conf__default__rp_filter=0)
    namespace.configure_where_known(icmp_msgs_per_sec=1_000_000, icmp_msgs_burst=1_000_000)
    # RFC 1122, section 3.3.6, which Linux leaves to who sets it up. Redirects are limited beyond a namespace's reach.
    namespace.configure(conf__all__drop_unicast_in_l2_multicast=1, conf__all__send_redirects=0)
    namespace.configure(conf__default__drop_unicast_in_l2_multicast=1, conf__default__send_redirects=0)
    for port, tap in enumerate(taps):
        for setting, value in (("rp_filter", 0), ("drop_unicast_in_l2_multicast", 1), ("send_redirects", 0)):
            namespace.configure(**{f"conf__{tap.name}__{setting}": value})
        namespace.ip("neigh", "replace", PEERS[port][1], "lladdr", PEERS[port][0], "dev", tap.name, "nud", "permanent")
    mac, ip = _MARKER_PEER
    namespace.ip("neigh", "replace", ip, "lladdr", mac, "dev", taps[0].name, "nud", "permanent")
    namespace.ask("sysctl", "-q", "-w", "net.ipv6.conf.all.disable_ipv6=1")


def _mac_of(namespace: Namespace, interface: str) -> str:
    return namespace.ask("cat", f"/sys/class/net/{interface}/address").strip()


def frames_of_kernel(taps: list[Tap], frames: list[bytes], mac: str, number: int) -> list[tuple[int, bytes]]:
    """Send the frames of a probe and a ping behind them; return what comes in front of the answer to that."""
    ping = (
        Ethernet(src=_MARKER_PEER[0], dst=mac) / IPv4(src=_MARKER_PEER[1], dst=OWN) / EchoRequest(id=MARKER, seq=number)
    )
    for frame in (*frames, bytes(ping)):
        taps[0].send(frame)
    found: list[tuple[int, bytes]] = []
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        packet = taps[0].receive(_PATIENCE)
        if packet is None:
            break
        if EchoReply in packet and packet[IPv4].dst == _MARKER_PEER[1] and packet[EchoReply].id == MARKER:
            if packet[EchoReply].seq == number:
                for port, tap in enumerate(taps[1:], 1):
                    while (other := tap.receive(0)) is not None:
                        found.append((port, other.data))
                return found
            continue
        found.append((0, packet.data))
    raise TimeoutError("the kernel does not answer a ping")


def _comparable(frame: bytes) -> str:
    """Return a frame as text, without what is a matter of chance or of the clock."""
    parsed = dissect.parse(frame).copy()
    if IPv4 in parsed:
        datagram = parsed[IPv4]
        datagram.id = 0
        if isinstance(datagram.payload, TCP) and datagram.src in (OWN, OTHER):
            # Whether resets may be fragmented is a matter of path MTU discovery, which the simulation leaves off.
            datagram.dont_fragment = False
        if TimestampReply in parsed:
            parsed[TimestampReply].receive = parsed[TimestampReply].transmit = 0
        if any(isinstance(option, InternetTimestamp) for option in datagram.options):
            datagram.options = ()
        del datagram.checksum
        message = datagram.payload
        if message is not None and type(message).declares("checksum") and not datagram.is_fragment:
            del message.checksum  # type: ignore[attr-defined]
    return repr(parsed)


def compare(laboratory: Laboratory, kinds: list[str], probes: int, seed: int) -> Outcome:
    """Try as many probes of each kind, drawn by the seed, and return how they were answered."""
    outcome = Outcome()
    for routes in (False, True):
        here = [kind for kind in kinds if (kind == "routing") == routes]
        if not here:
            continue
        with beside_kernel(laboratory, routes=routes) as (taps, device):
            mac = device.interfaces[0].mac
            for kind in here:
                random = Random(f"{seed}/{kind}")
                for number in range(probes):
                    frames = KINDS[kind](random, mac, number)
                    kernel = [(port, _comparable(frame)) for port, frame in frames_of_kernel(taps, frames, mac, number)]
                    simulated = [
                        (sent.port, _comparable(sent.frame))
                        for frame in frames
                        for sent in device.receive(0, frame, now_ns=0)
                    ]
                    outcome.tried[kind] += 1
                    if sorted(kernel) != sorted(simulated):
                        if any(is_so(frames) for is_so in ARGUED.values()):
                            outcome.argued[kind] += 1
                        else:
                            outcome.differences.append(
                                Difference(
                                    kind, frames, [str(each) for each in kernel], [str(each) for each in simulated]
                                )
                            )
    return outcome


def main() -> int:
    """Try probes, and print how they were answered; 1 where the two differ too often."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", default=list(KINDS), help=f"what probes are about: {', '.join(KINDS)}")
    parser.add_argument("--probes", type=int, default=2000, help="how many of each kind")
    parser.add_argument("--seed", type=int, default=0, help="what they are drawn by")
    parser.add_argument("-v", dest="shown", type=int, default=20, help="how many differences are shown")
    options = parser.parse_args()
    with Laboratory() as laboratory:
        outcome = compare(laboratory, options.kinds, options.probes, options.seed)
    for each in outcome.differences[: options.shown]:
        print(each)
    print(outcome)
    return int(any(outcome.share(kind) < 0.99 for kind in options.kinds))


if __name__ == "__main__":
    sys.exit(main())
