"""What bytes of odd chains tell of a filter is what the filter says, whatever other frames show."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissect import LLC, PPP, TCP, UDP, VLAN, VXLAN, Ethernet, Header, IPv4, IPv6, Packet, PPPoESession
from dissect.declaration.gathering import gathered
from dissect.filters.compiler import compile_filter
from dissect.filters.held import HeldByPassing
from dissect.flows.chains import Chains
from dissect.flows.known_chain import ChainPrinter, KnownChain, Observers
from dissect.flows.reading import ReadingPass
from dissect.flows.usual import Sieve
from dissect.protocols.stp import STPRapid
from dissect.views.chain_sieve import likely
from tests.flows.test_chains import trace_at_once

HERE = IPv4(src="10.0.0.1", dst="10.0.0.2", ttl=9)


def known_of(data: bytes) -> KnownChain | None:
    """Return what is known of the chain of a frame; None where it can't be followed."""
    known: list[KnownChain] = []

    def prints(chain: KnownChain) -> ChainPrinter:
        known.append(chain)
        return ChainPrinter(lambda text: None)

    reading = ReadingPass()
    with pytest.MonkeyPatch.context() as patch:
        trace_at_once(patch)
        chains = Chains(1, Observers(reading.learner, reading._observer), lambda time_ns: None, prints)
        chains.take(data, 0, len(data), 1, 0, len(data))
    return known[0] if known else None


def passes(text: str, frame: Header) -> bool | None:
    """Return whether such a frame may pass, as its bytes tell; None where nobody can tell."""
    known, data = known_of(bytes(frame)), b"front" + bytes(frame)
    assert known is not None
    compiled = compile_filter(text)
    sieve = likely(known, compiled.sieve, HeldByPassing(compiled.node, compiled.leaves).may_pass)
    return None if sieve is None else is_likely(sieve, data, 5)


def is_likely(sieve: Sieve, data: bytes, base: int) -> bool:
    """Return whether the frame at the end of some bytes may pass."""
    how = gathered(sieve.places)
    variables = dict(zip(how.variables, how.unpack(data, base), strict=True)) if sieve.places else {}
    values = {name: eval(value, {}, variables) for name, value in how.values.items()} if sieve.places else {}
    told: bool = eval(sieve.test, {**sieve.names}, {"data": data, "base": base, "stop": len(data), **values})
    return told


TAGGED = Ethernet() / VLAN(id=7) / PPPoESession() / PPP() / HERE


def test_numbers_behind_tags_and_tunnels_are_told_by_their_bytes() -> None:
    syn, other = (TAGGED / TCP(sport=5, dport=443, flags=flags) / b"\x17\x03\x03" for flags in ("S", "A"))
    text = "tcp.flags.syn == 1 && ip.ttl < 65"
    assert passes(text, syn) is True
    assert passes(text, other) is False
    assert passes("vlan.id == 7 && tcp.dstport == 443", other) is True
    assert passes("vlan.id == 8 && tcp.dstport == 443", other) is False


def test_a_chain_of_which_nothing_is_learnt_passes_by_its_headers() -> None:
    bridge = Ethernet() / LLC() / STPRapid()
    assert passes("tcp.flags.syn == 1 && ip.ttl < 65", bridge) is False
    assert passes("tcp.port == 5 or vlan.id == 7", bridge) is False
    assert passes("tcp.flags.syn == 1", Ethernet() / VLAN(id=1) / HERE / b"abcd") is False
    assert passes("tcp.port == 5 or stp.type == 2", bridge) is None
    assert passes("not tcp", bridge) is None
    assert passes("data.len > 3", Ethernet(type=0x9999) / b"abcd") is None


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("tcp.stream == 1", TAGGED / TCP(sport=5, dport=6)),
        ("frame.number > 2", TAGGED / TCP(sport=5, dport=6)),
        ("tcp.flags.syn == 1", Ethernet() / VLAN(id=7) / IPv4(src="10.0.0.1", flags="MF") / TCP(sport=5, dport=6)),
    ],
)
def test_what_bytes_do_not_tell_is_left_to_the_filter(text: str, frame: Header) -> None:
    assert passes(text, frame) is None


FRAMES = [
    Ethernet() / LLC() / STPRapid(),
    Ethernet() / VLAN(id=7) / LLC() / STPRapid(),
    TAGGED / TCP(sport=4321, dport=80, flags="PA") / b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    TAGGED / TCP(sport=4321, dport=443, flags="PA") / bytes.fromhex("1703030004 01020304"),
    TAGGED / TCP(sport=4321, dport=9, flags="S"),
    Ethernet()
    / VLAN(id=7)
    / IPv6(src="2001:db8::1", hop_limit=3)
    / TCP(sport=4321, dport=22, flags="A")
    / b"SSH-2.0-x\r\n",
    Ethernet() / VLAN(id=7) / HERE / UDP(sport=53, dport=53) / b"\0\1\0\0\0\0\0\0\0\0\0\0",
    Ethernet() / VLAN(id=7) / HERE / UDP(sport=5) / VXLAN(vni=1) / Ethernet() / HERE / TCP(sport=4321, flags="S"),
]
FILTERS = [
    "tcp.flags.syn == 1 && ip.ttl < 65",
    "not (tcp.flags.push == 1)",
    "tcp.dstport == 80 and not http",
    "http.request || tls",
    "udp.length > 10 || ipv6.hlim == 3",
    "all ip.ttl > 8 && vlan",
    "tcp.port in {9, 22} || dns",
    "stp.type == 2 && vlan",
    "tcp.stream == 1 || llc",
]


@given(
    st.sampled_from(FRAMES),
    st.sampled_from(FILTERS),
    st.lists(st.tuples(st.integers(14, 70), st.integers(0, 255)), max_size=3),
)
@settings(max_examples=150, deadline=None)
def test_what_is_ruled_out_does_not_pass(frame: Header, text: str, changes: list[tuple[int, int]]) -> None:
    data = bytearray(bytes(frame))
    for place, value in changes:
        if place < len(data):
            data[place] = value
    changed = bytes(data)
    packet = Packet(changed, number=1, time_ns=0)
    ReadingPass().observe(packet)
    compiled = compile_filter(text)
    known = known_of(changed)
    held = HeldByPassing(compiled.node, compiled.leaves)
    sieve = None if known is None else likely(known, compiled.sieve, held.may_pass)
    predicate = compiled.test
    assert predicate is not None
    if sieve is not None and not is_likely(sieve, changed, 0):
        assert not predicate(packet)
