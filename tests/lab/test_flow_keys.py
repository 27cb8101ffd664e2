"""Keys of conversations, and datagrams with others."""

from __future__ import annotations

import pytest

from dissect import TCP, UDP, DestinationUnreachable, EchoReply, EchoRequest, IPv4, IPv4Flags, parse
from dissect.lab.flow_keys import FlowKey, begins, key_of, quoted_key_of, rewritten

A, B, OUT = "192.168.1.2", "198.51.100.9", "203.0.113.5"


def sent(datagram: IPv4) -> IPv4:
    found = parse(bytes(datagram), "raw")
    assert isinstance(found, IPv4)
    return found


def test_an_answer_has_the_inverted_key() -> None:
    for asked, answered in (
        (TCP(sport=5, dport=80), TCP(sport=80, dport=5)),
        (UDP(sport=5, dport=53), UDP(sport=53, dport=5)),
        (EchoRequest(id=7), EchoReply(id=7)),
    ):
        key = key_of(sent(IPv4(src=A, dst=B) / asked))
        assert key is not None
        assert key_of(sent(IPv4(src=B, dst=A) / answered)) == key.inverted


def test_what_tells_no_key() -> None:
    assert key_of(sent(IPv4(src=A, dst=B, flags=IPv4Flags.MF) / UDP(sport=1, dport=2, payload=bytes(8)))) is None
    assert key_of(sent(IPv4(src=A, dst=B) / DestinationUnreachable())) is None
    assert key_of(sent(IPv4(src=A, dst=B, protocol=47, payload=b"gre"))) == FlowKey(47, A, 0, B, 0)


@pytest.mark.parametrize(("flags", "expected"), [("S", True), ("SA", False), ("A", False), ("R", False), ("SR", False)])
def test_a_syn_alone_begins_a_connection(flags: str, expected: bool) -> None:
    assert begins(sent(IPv4(src=A, dst=B) / TCP(flags=flags))) is expected


@pytest.mark.parametrize("carried", [TCP(sport=5, dport=80, payload=b"abc"), UDP(sport=5, dport=80, payload=b"abc")])
def test_checksums_move_with_addresses_and_ports(carried: TCP | UDP) -> None:
    datagram = sent(IPv4(src=A, dst=B) / carried)
    changed = rewritten(datagram, FlowKey(int(datagram.protocol), OUT, 7000, B, 80))
    assert (str(changed.src), changed.payload.sport) == (OUT, 7000)  # type: ignore[union-attr]
    assert list(changed.problems()) == []
    wrong = sent(datagram.replace(checksum=datagram.checksum ^ 1))
    moved = rewritten(wrong, FlowKey(int(datagram.protocol), OUT, 7000, B, 80))
    assert moved.checksum_state().value == "bad", "what was wrong stays wrong"


def test_an_error_is_changed_with_what_it_quotes() -> None:
    quoted = IPv4(src=OUT, dst=B, ttl=1) / UDP(sport=7000, dport=53, payload=bytes(20))
    error = sent(IPv4(src="198.51.100.1", dst=OUT) / DestinationUnreachable(code=3, payload=bytes(quoted)[:28]))
    assert quoted_key_of(error) == FlowKey(17, OUT, 7000, B, 53)
    changed = rewritten(error, FlowKey(1, "198.51.100.1", 0, A, 0), FlowKey(17, A, 5000, B, 53))
    assert quoted_key_of(changed) == FlowKey(17, A, 5000, B, 53)
    inner = changed[DestinationUnreachable].payload
    assert isinstance(inner, IPv4)
    assert (inner.ttl, inner.checksum_state().value, changed[DestinationUnreachable].checksum_state().value) == (
        1,
        "good",
        "good",
    )
