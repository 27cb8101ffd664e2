"""Messages that one segment shows: each stands behind the one before, and the layers are those of tshark."""

from __future__ import annotations

from dissect import DNS, TCP, Packet, Question
from dissect.flows.message_chain import innermost
from dissect.protocols.dns import DNSLength
from dissect.wireshark.sight import seen_layers
from tests.talk import seen, talk

QUERIES = [bytes(DNS(id=number, questions=[Question(f"a{number}.example")])) for number in range(4)]
FRAMED = [len(query).to_bytes(2, "big") + query for query in QUERIES]
"""Messages with their lengths in front (RFC 1035, section 4.2.2)."""


def packets(*pieces: bytes) -> list[Packet]:
    return seen(talk(53, *((0, piece) for piece in pieces)))[3:]


def names(packet: Packet) -> list[str]:
    return [type(header).__name__ for header in seen_layers(packet)][3:]


def test_messages_in_one_segment_follow_each_other_and_count_as_one_layer() -> None:
    (packet,) = packets(FRAMED[0] + FRAMED[1])
    assert names(packet) == ["DNSLength", "DNS"] * 2
    assert packet.get("dns.id") == [0, 1]
    assert packet.get("frame.protocols") == ["eth:ethertype:ip:tcp:dns"]
    assert packet.get("_ws.col.Info") == ["Standard query 0x0001 A a1.example"]


def test_what_was_put_together_stands_in_front_of_what_is_in_the_segment_alone() -> None:
    first, second = packets(FRAMED[2][:9], FRAMED[2][9:] + FRAMED[3])
    assert names(first) == []
    assert names(second) == ["DNSLength", "DNS"] * 2
    assert second.get("frame.protocols") == ["eth:ethertype:ip:tcp:dns:dns"]
    assert second.get("_ws.col.Info") == ["Standard query 0x0002 A a2.exampleStandard query 0x0003 A a3.example"]
    # The first lies in bytes of its own, the second in those of the frame.
    whole, here = (header for header in seen_layers(second) if isinstance(header, DNSLength))
    assert whole.buffer == FRAMED[2]
    assert here.buffer[here.own_start :].startswith(FRAMED[3])
    assert here.buffer == second.data


def test_the_innermost_header_is_the_end_of_a_message() -> None:
    (packet,) = packets(FRAMED[0])
    last = innermost(packet[DNSLength])
    assert isinstance(last, DNS)
    assert innermost(last) is last


def test_each_message_leads_on_to_the_next_one() -> None:
    (packet,) = packets(b"".join(FRAMED))
    assert packet.get("dns.id") == [0, 1, 2, 3]
    header = packet[TCP].learnt("payload")
    for query in QUERIES:
        last = innermost(header) if query is QUERIES[-1] else header.payload
        assert bytes(last) == query
        header = last.learnt("payload")
    assert header is None
