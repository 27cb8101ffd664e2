"""Numbers of a script and numbers on the wire."""

from __future__ import annotations

from dissect import TCP, IPv4
from dissect.lab.drill.exchange import Exchange, Seen, flag_letters, tos_of
from dissect.lab.drill.scanner import Scanner
from dissect.lab.drill.script import Packet, TCPText
from dissect.lab.drill.segments import read_packet
from dissect.protocols.tcp_options import MSS, SACK, TCPNoOperation, Timestamps

ISN = 0xFFFF_FF00


def packet(text: str) -> Packet:
    return read_packet(Scanner("a", text))


def tcp(text: str) -> TCPText:
    found = packet(text).transport
    assert isinstance(found, TCPText)
    return found


def opened() -> Exchange:
    exchange = Exchange(8080, 33000)
    exchange.segment(tcp("< S 500:500(0) win 100"))
    exchange.learn(TCP(sport=8080, dport=33000, seq=ISN, flags="SA"))
    return exchange


def sent(**fields: object) -> Seen:
    segment = TCP(sport=8080, dport=33000, **fields)  # type: ignore[arg-type]
    return Seen(0, IPv4(src="192.168.0.1", dst="192.0.2.1", payload=segment))


def told(exchange: Exchange, text: str, *seen: Seen, tick_ns: int | None = None) -> list[str]:
    return [str(each) for each in exchange.differences(packet(text), seen, tick_ns, 4_000_000)]


def test_a_script_counts_from_first_numbers() -> None:
    segment = opened().segment(tcp("< P. 1:11(10) ack 301 win 100 <sack 401:501>"))
    assert (segment.seq, segment.ack, bytes(segment)[-10:]) == (501, (ISN + 301) % 2**32, bytes(10))
    block = segment.options[0]
    assert isinstance(block, SACK)
    assert list(block.blocks) == [((ISN + 401) % 2**32, (ISN + 501) % 2**32)]


def test_what_is_the_same_has_no_differences() -> None:
    exchange = opened()
    assert told(exchange, "> . 1:1(0) ack 1", sent(seq=ISN + 1, ack=501, flags="A")) == []
    assert (
        told(exchange, "> P. 1:11(10) ack 1 win 7", sent(seq=ISN + 1, ack=501, flags="PA", window=7, payload=bytes(10)))
        == []
    )
    assert told(exchange, "> S. 0:0(0) ack 1 <mss 5>", sent(seq=ISN, ack=501, flags="SA", options=[MSS(5)])) == []
    assert told(exchange, "> . 1:1(0) ack 1 <...>", sent(seq=ISN + 1, ack=501, flags="A", options=[MSS(5)])) == []


def test_every_field_is_compared() -> None:
    seen = sent(seq=ISN + 2, ack=502, flags="PAU", window=7, urgent_pointer=2, payload=b"abc", options=[MSS(5)])
    assert told(opened(), "> [ect0] (tos 4) . 1:1(0) ack 1 win 8", seen) == [
        "ECN bits: expected ect0, found noecn",
        "type of service: expected 4, found 0",
        "flags: expected ., found P.U",
        "sequence number: expected 1, found 2",
        "bytes of data: expected 0, found 3",
        "ack: expected 1, found 2",
        "win: expected 8, found 7",
        "urg: expected None, found 2",
        "options: expected none, found <mss 5>",
    ]


def test_a_burst_takes_fin_and_psh_from_its_last_segment() -> None:
    exchange = opened()
    burst = [
        sent(seq=ISN + 1, ack=501, flags="A", payload=bytes(10)),
        sent(seq=ISN + 11, ack=501, flags="PFA", payload=bytes(5)),
    ]
    assert told(exchange, "> FP. 1:16(15) ack 1", *burst) == []
    assert told(exchange, "> . 1:16(15) ack 1", *burst) == ["flags: expected ., found FP."]


def test_timestamps_count_from_the_first() -> None:
    exchange = opened()
    options = [TCPNoOperation(), TCPNoOperation()]
    first = sent(seq=ISN + 1, ack=501, flags="A", options=[*options, Timestamps(value=9000, echo=5)])
    assert told(exchange, "> . 1:1(0) ack 1 <nop,nop,TS val 100 ecr 5>", first, tick_ns=1_000_000) == []
    late = sent(seq=ISN + 1, ack=501, flags="A", options=[*options, Timestamps(value=9250, echo=6)])
    assert told(exchange, "> . 1:1(0) ack 1 <nop,nop,TS val 200 ecr 5>", late, tick_ns=1_000_000) == [
        "timestamp: expected 200, found 350",
        "echo of the timestamp: expected 5, found 6",
    ]
    answer = exchange.segment(tcp("< . 1:1(0) ack 1 win 5 <TS val 1 ecr 100>"))
    assert answer.options[0] == Timestamps(value=1, echo=9000), "an echo is of what was really sent"


def test_letters_and_marks() -> None:
    assert [flag_letters(number) for number in (0, 2, 0x12, 0x19, 0xC2)] == ["", "S", "S.", "FP.", "SEW"]
    assert [tos_of(packet(f"< {mark} . 1:1(0) win 5")) for mark in ("", "[ect0]", "[ce]", "(tos 8)")] == [0, 2, 3, 8]
