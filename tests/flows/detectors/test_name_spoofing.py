"""Two answers to one question are told if they contradict each other, once, and over UDP alone."""

from __future__ import annotations

from pathlib import Path

import pytest

import dissect
from dissect import DNS, UDP, Ethernet, IPv4, Packet, Question, alarms
from dissect.protocols.dns_records import ARecord
from tests.flows.segments import SECOND


def asks(time: float, number: int = 7, domain: str = "www.example.com") -> Packet:
    message = DNS(id=number, questions=[Question(domain)])
    frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.53") / UDP(sport=40000, dport=53) / message
    return Packet(bytes(frame), time_ns=round(time * SECOND))


def says(
    time: float, *addresses: str, number: int = 7, ttl: int = 60, code: int = 0, truncated: bool = False
) -> Packet:
    message = DNS(
        id=number, is_response=True, response_code=code, truncated=truncated, questions=[Question("www.Example.com")],
        answers=[ARecord("www.example.com", address, ttl=ttl) for address in addresses],
    )  # fmt: skip
    frame = Ethernet() / IPv4(src="10.0.0.53", dst="10.0.0.1") / UDP(sport=53, dport=40000) / message
    return Packet(bytes(frame), time_ns=round(time * SECOND))


def numbered(*packets: Packet) -> list[Packet]:
    for number, packet in enumerate(packets, 1):
        packet.number = number
    return list(packets)


def test_the_second_answer_contradicts_the_first(tmp_path: Path) -> None:
    packets = numbered(asks(0), says(0.01, "198.51.100.66"), says(0.03, "192.0.2.1"), says(0.04, "192.0.2.2"))
    (alarm,) = alarms(packets)
    assert (alarm.kind, alarm.number, alarm.last_number) == ("dns-spoofing", 2, 3)
    assert alarm.text == (
        "10.0.0.53:53 answers 10.0.0.1:40000, who asks for A www.Example.com, with A 198.51.100.66,"
        " and then with A 192.0.2.1"
    )
    # A file is read by the short way where that is possible.
    dissect.write(tmp_path / "names.pcap", packets)
    assert [each.text for each in alarms(tmp_path / "names.pcap")] == [alarm.text]


def test_a_name_that_does_not_exist_contradicts_an_address() -> None:
    (alarm,) = alarms(numbered(asks(0), says(0.01, "192.0.2.1"), says(0.02, code=3)))
    assert alarm.facts["before"] == "A 192.0.2.1"
    assert alarm.facts["now"] == str(dissect.parse(says(0, code=3).data)[DNS].response_code)


@pytest.mark.parametrize(
    "packets",
    [
        [asks(0), says(0.01, "192.0.2.1", "192.0.2.2"), says(0.02, "192.0.2.2", "192.0.2.1", ttl=59)],
        [asks(0), says(0.01, "192.0.2.1"), says(11, "192.0.2.2")],
        [asks(0), asks(1), says(1.01, "192.0.2.1"), says(1.02, "192.0.2.2")],
        [asks(0), says(0.01, "192.0.2.1"), asks(1, 8), says(1.02, "192.0.2.2", number=8)],
        [asks(0), says(0.01, truncated=True), says(0.02, "192.0.2.2")],
    ],
    ids=["in another order", "much later", "asked twice", "another question", "cut short"],
)
def test_what_is_no_contradiction(packets: list[Packet]) -> None:
    assert list(alarms(numbered(*packets))) == []


def test_a_threshold() -> None:
    packets = numbered(asks(0), says(0.01, "192.0.2.1"), says(11, "192.0.2.2"))
    assert len(list(alarms(packets, dns_seconds=20))) == 1
