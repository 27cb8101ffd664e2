from __future__ import annotations

from dissect import (
    ICMP,
    TCP,
    Ethernet,
    IPv4,
    Packet,
    WindowScale,
    with_context,
)
from dissect.wireshark.columns import summarize


def test_the_window_is_scaled_also_where_the_header_length_cannot_be() -> None:
    there, back = IPv4(src="10.0.0.1", dst="10.0.0.2"), IPv4(src="10.0.0.2", dst="10.0.0.1")
    frames = [
        there / TCP(sport=1000, dport=80, seq=1, flags="S", options=[WindowScale(7)]),
        back / TCP(sport=80, dport=1000, seq=1, ack=2, flags="SA", options=[WindowScale(7)]),
        there / TCP(sport=1000, dport=80, seq=2, ack=2, flags="A", window=502, data_offset=4),
    ]
    packets = [Packet(bytes(Ethernet() / frame), number=number) for number, frame in enumerate(frames, 1)]
    last = list(with_context(packets))[-1]
    assert "Win=64256, bogus TCP header length (16, must be at least 20)" in summarize(last).info
    assert last.get("tcp.window_size") == []


def test_a_quoted_syn_shows_its_analysis_in_the_first_pass_alone() -> None:
    # As tshark 4.0 has it, without and with -2.
    syn = IPv4(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=1000, dport=80, seq=1, flags="S")
    error = IPv4(src="10.0.0.2", dst="10.0.0.1") / ICMP(type=3, code=0, payload=bytes(4) + bytes(syn))

    def packets() -> list[Packet]:
        return [Packet(bytes(Ethernet() / frame), number=number) for number, frame in enumerate((syn, error), 1)]

    assert len(list(with_context(packets()))[-1].get("tcp.analysis")) == 1
    assert list(with_context(packets(), before=packets()))[-1].get("tcp.analysis") == []


def test_a_quotation_counts_for_the_time_of_the_handshake() -> None:
    # As in tshark 4.0: the quoted SYN of frame 3 is the last one, and the quoted ACK of frame 4 ends the handshake.
    there, back = IPv4(src="10.0.0.1", dst="10.0.0.2"), IPv4(src="10.0.0.2", dst="10.0.0.1")
    syn = there / TCP(sport=1000, dport=80, seq=1, flags="S")
    ack = there / TCP(sport=1000, dport=80, seq=2, ack=2, flags="A")
    frames = [
        syn,
        back / TCP(sport=80, dport=1000, seq=1, ack=2, flags="SA"),
        *(back / ICMP(type=3, code=0, payload=bytes(4) + bytes(quoted)) for quoted in (syn, ack)),
        ack,
    ]
    packets = [Packet(bytes(Ethernet() / frame), number=n, time_ns=n * 1000) for n, frame in enumerate(frames, 1)]
    assert list(with_context(packets))[-1].get("tcp.analysis.initial_rtt") == [1000]
