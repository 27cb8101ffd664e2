from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dissect import UDP, Ethernet, IPv4, Packet, with_context
from dissect.flows.quic_keys import expand, initial_keys
from dissect.protocols.quic import QUICInitial, QUICShort
from dissect.protocols.quic_frames import AckECNFrame, AckFrame, ConnectionClose, CryptoFrame, PaddingFrame, PingFrame
from dissect.protocols.quic_numbers import Version
from dissect.protocols.tls_hellos import ClientHello
from dissect.protocols.tls_name_extensions import ServerName, ServerNames
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import texts

IDENTIFIER = bytes.fromhex("8394c8f03e515708")
HELLO = bytes(
    ClientHello(
        random=bytes(range(32)), cipher_suites=[0x1301], extensions=[ServerNames([ServerName("www.example.com")])]
    )
)


def packet(number: int, content: bytes, *, from_server: bool = False) -> Packet:
    """Return a client's first packet with frames in it, protected as RFC 9001, section 5, says."""
    keys: Any = initial_keys(IDENTIFIER, Version(1))[from_server]
    sealed_size = len(content) + 16
    identifiers: dict[str, Any] = (
        {"destination_id": IDENTIFIER, "source_id": b"me"} if not from_server else {"destination_id": b"me"}
    )
    # What is left out is filled up with zeros.
    head = bytes(QUICInitial(**identifiers, length=sealed_size + 2))[: -sealed_size - 2]
    head = bytes([head[0] | 1]) + head[1:] + number.to_bytes(2, "big")
    sealed = AESGCM(keys._key).encrypt((keys._iv ^ number).to_bytes(12, "big"), content, head)
    place = len(head) - 2
    mask = Cipher(algorithms.AES(keys._header), modes.ECB()).encryptor().update((head + sealed)[place + 4 : place + 20])
    hidden = bytes(a ^ b for a, b in zip(head[place:], mask[1:], strict=False))
    protected = bytes([head[0] ^ mask[0] & 0x0F]) + head[1:place] + hidden + sealed
    ends = [("192.0.2.1", 50000), ("192.0.2.2", 443)]
    (src, sport), (dst, dport) = reversed(ends) if from_server else ends
    frame = Ethernet() / IPv4(src=src, dst=dst) / UDP(sport=sport, dport=dport) / protected
    return Packet(bytes(frame), number=number + 1, time_ns=10**18)


def frames(*listed: Any) -> bytes:
    return b"".join(map(bytes, listed))


def crypto(offset: int, data: bytes) -> CryptoFrame:
    return CryptoFrame(offset=offset, length=len(data), data=data)


def test_a_hello_in_pieces_is_put_together() -> None:
    content = frames(crypto(40, HELLO[40:]), PingFrame(), crypto(0, HELLO[:40])) + bytes(50)
    (first,) = with_context([packet(0, content)])
    assert first.get("quic.frame_type") == [6, 1, 6, 0]
    assert first.get("quic.packet_number") == [0]
    assert first.get("tls.handshake.extensions_server_name") == ["www.example.com"]
    assert first.get("frame.protocols") == ["eth:ethertype:ip:udp:quic:tls"]
    assert summarize(first).info.endswith("PKN: 0, CRYPTO, PING, CRYPTO, PADDING")


def test_a_hello_over_two_datagrams_is_shown_in_the_one_that_completes_it() -> None:
    packets = with_context(
        [packet(1, frames(crypto(30, HELLO[30:])) + bytes(9)), packet(0, frames(crypto(0, HELLO[:30])))]
    )
    names = [each.get("tls.handshake.extensions_server_name") for each in packets]
    assert names == [[], ["www.example.com"]]


def test_pieces_of_a_hello_are_marked() -> None:
    """As by tshark: a piece that comes too early is one with those in front of it."""
    contents = [
        frames(crypto(0, HELLO[:10])) + bytes(20),
        frames(crypto(30, HELLO[30:])) + bytes(20),
        frames(crypto(10, HELLO[10:30])) + bytes(20),
    ]
    packets = list(with_context([packet(number, content) for number, content in enumerate(contents)]))
    paths = [each.get("frame.protocols")[0].removeprefix("eth:ethertype:ip:udp:") for each in packets]
    assert paths == ["quic:tls", "quic", "quic:tls"]
    assert [each.get("tls.handshake") for each in packets] == [[1], [], [1, 1]]
    assert [each.get("tls.handshake.fragment.count") for each in packets] == [[], [], [2]]
    assert [each.get("tls.handshake.type") for each in packets] == [[], [], [1]]


def test_messages_have_a_line_that_says_whether_they_are_pieces() -> None:
    """As in tshark, which writes a line of a record where QUIC has none."""
    pieces = [HELLO[:10], HELLO[10:30], HELLO[30:]]
    places = [0, 10, 30]
    packets = with_context(
        [
            packet(number, frames(crypto(place, piece)) + bytes(20))
            for number, (place, piece) in enumerate(zip(places, pieces, strict=True))
        ]
    )
    around = "TLSv1.3 Record Layer: Handshake Protocol: "
    assert [texts(each, "tls") for each in packets] == [
        [f"{around}Client Hello (fragment)"],
        [f"{around}Multiple Handshake Messages"],
        [f"{around}Client Hello"],
    ]


def test_an_unknown_version_in_a_connection_is_read_like_the_first() -> None:
    """As by tshark; outside of a connection such a packet is none."""
    head = bytes.fromhex("9065644464 02 6d65 00 4003")
    hello = bytes(QUICInitial(destination_id=IDENTIFIER, source_id=b"me", length=30, protected=bytes(30)))
    for firsts in ([], [datagram(hello, port=443)]):
        found = list(with_context([*firsts, datagram(head + b"abc" + b"\x41me" + bytes(30), port=443)]))[-1]
        assert found.get("quic.version") == ([0x65644464] if firsts else [])
        assert found.get("quic.long.packet_type") == ([1] if firsts else [])
        assert found.get("quic.header_form") == ([1, 0] if firsts else [])
    # One that is longer than the datagram ends with it, and one whose identifiers do not fit is not read.
    long, cut = (datagram(each, port=443) for each in (head + b"a", bytes.fromhex("9065644464 20 6d65")))
    _, longer, none = with_context([datagram(hello, port=443), long, cut])
    assert longer.get("quic.remaining_payload") == [b"a"]
    assert summarize(longer).info == "0-RTT, DCID=6d65"
    assert (none.get("quic.header_form"), none.get("quic.packet_length")) == ([], [])
    assert summarize(none).info.endswith("[Malformed Packet]")


def test_an_unknown_version_behind_another_packet_is_read_like_the_first() -> None:
    hello = bytes(QUICInitial(destination_id=b"me", length=30, protected=bytes(30)))
    other = bytes.fromhex("9065644464 02 6d65 00 4003") + b"abc"
    (found,) = with_context([datagram(hello + other, port=443)])
    assert found.get("quic.version") == [1, 0x65644464]
    assert found.get("quic.remaining_payload") == [b"abc"]


def test_the_server_s_packets_have_keys_of_their_own() -> None:
    answer = packet(0, frames(AckFrame(largest=3), PaddingFrame()), from_server=True)
    _, second = with_context([packet(0, frames(crypto(0, HELLO))), answer])
    assert second.get("quic.frame_type") == [2, 0]
    assert second.get("quic.ack.largest_acknowledged") == [3]


def test_the_end_of_a_connection_has_a_short_name_in_lists() -> None:
    said = frames(AckECNFrame(largest=1, first_range=1, ect0=7, ce=2), ConnectionClose(), PaddingFrame())
    (first,) = with_context([packet(0, said)])
    assert summarize(first).info.endswith("PKN: 0, ACK_ECN, CC, PADDING")
    assert [first.get(f"quic.ack.{name}_count") for name in ("ect0", "ect1", "ecn_ce")] == [[7], [0], [2]]


def test_a_short_head_has_the_identifier_of_its_connection() -> None:
    data = bytes(
        Ethernet() / IPv4(src="192.0.2.2", dst="192.0.2.1") / UDP(sport=443, dport=50000) / QUICShort(b"me" + bytes(30))
    )
    _, second = with_context([packet(0, frames(crypto(0, HELLO))), Packet(data, number=2, time_ns=10**18)])
    assert second.get("quic.dcid") == [b"me"]
    assert second.get("quic.remaining_payload") == [bytes(30)]
    assert summarize(second).info == "Protected Payload (KP0), DCID=6d65"


def test_expansion_has_the_size_that_is_asked_for() -> None:
    assert len(expand(bytes(32), b"quic iv", 12)) == 12


def datagram(payload: bytes, *, port: int, is_answer: bool = False) -> Packet:
    ends = [("192.0.2.1", 50000), ("192.0.2.2", port)]
    (src, sport), (dst, dport) = reversed(ends) if is_answer else ends
    return Packet(bytes(Ethernet() / IPv4(src=src, dst=dst) / UDP(sport=sport, dport=dport) / payload), time_ns=10**18)


SHORT_HEAD = bytes([0x40]) + bytes(40)


def test_a_short_head_of_no_connection_is_data_on_any_port() -> None:
    (alone,) = with_context([datagram(SHORT_HEAD, port=443)])
    assert alone.get("frame.protocols") == ["eth:ethertype:ip:udp:data"]


def test_a_connection_goes_on_over_the_ports_where_it_began() -> None:
    hello = bytes(QUICInitial(destination_id=IDENTIFIER, length=30, protected=bytes(30)))
    packets = with_context([datagram(hello, port=4433), datagram(SHORT_HEAD, port=4433, is_answer=True)])
    assert [each.get("frame.protocols") for each in packets] == [["eth:ethertype:ip:udp:quic"]] * 2
