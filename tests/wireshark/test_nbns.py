"""The NetBIOS name service as Wireshark sees it: names with what their last byte means."""

from __future__ import annotations

from dissect import UDP, Ethernet, IPv4, Packet
from dissect.protocols.nbns import NBNS, NameQuestion, NetBIOSAddressRecord


def packet(message: NBNS) -> Packet:
    around = Ethernet() / IPv4(src="192.0.2.1", dst="192.0.2.255") / UDP(sport=137, dport=137)
    return Packet(bytes(around / message))


def test_a_question_and_its_answer() -> None:
    """Tshark 4.0 was asked for both."""
    asked = packet(NBNS(id=7, questions=[NameQuestion("FRED<20>")]))
    assert (asked.get("_ws.col.Protocol"), asked.get("_ws.col.Info")) == (["NBNS"], ["Name query NB FRED<20>"])
    answer = NetBIOSAddressRecord("FRED<1c>", ["192.0.2.1"], ttl=300)
    told = packet(NBNS(id=7, is_response=True, answers=[answer]))
    assert told.get("_ws.col.Info") == ["Name query response NB 192.0.2.1"]
    assert told.get("nbns.addr") == ["192.0.2.1"]


def test_names_of_records_tell_what_they_are_for_and_those_of_questions_do_not() -> None:
    answer = NetBIOSAddressRecord("FRED<1c>", ["192.0.2.1"])
    assert packet(NBNS(is_response=True, answers=[answer])).get("nbns.name") == ["FRED<1c> (Domain Controllers)"]
    assert packet(NBNS(questions=[NameQuestion("FRED<1c>")])).get("nbns.name") == ["FRED<1c>"]
