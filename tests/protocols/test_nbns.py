from __future__ import annotations

from typing import Any

import pytest

import dissect
from dissect import NBNS, UDP, Ethernet, IPv4, NameQuestion, NetBIOSAddress, NetBIOSAddressRecord
from dissect.protocols.nbns import NetBIOSStatusName, NetBIOSStatusRecord
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import texts
from tests.protocols.agreement import keeps_promises

AROUND = Ethernet() / IPv4(src="192.0.2.10", dst="192.0.2.255") / UDP(sport=137, dport=137)


def read(message: bytes) -> Any:
    return NBNS.decode(message, 0, len(message), 0)


def test_a_question_as_rfc_1002_draws_it() -> None:
    query = NBNS(id=1, broadcast=True, questions=[NameQuestion("FRED<20>")])
    assert bytes(query)[12:] == b"\x20EGFCEFEECACACACACACACACACACACACA\0" + bytes.fromhex("0020 0001")
    frame = dissect.parse(bytes(AROUND / query))
    assert frame[NBNS] == query
    assert frame.problems() == []
    assert summarize(frame).info == "Name query NB FRED<20>"


def test_an_answer_has_addresses_with_their_flags() -> None:
    record = NetBIOSAddressRecord("FRED<1b>.corp", [NetBIOSAddress("192.0.2.1", group=True, node=1)], ttl=300)
    frame = dissect.parse(bytes(AROUND / NBNS(is_response=True, answers=[record])))
    assert frame[NBNS].answers == (record,)
    assert texts(frame, "nbns.nb_flags") == ["0xa000"]
    assert texts(frame, "nbns.name") == ["FRED<1b>.corp (Domain Master Browser)"]


def test_the_state_of_a_host() -> None:
    names = [NetBIOSStatusName(b"FRED".ljust(15) + b"\0"), NetBIOSStatusName(b"GROUP".ljust(15) + b"\x1e", group=True)]
    record = NetBIOSStatusRecord("*<00>", names, unit="02:00:00:00:00:01")
    assert record.length == 1 + 36 + 46
    frame = dissect.parse(bytes(AROUND / NBNS(is_response=True, answers=[record])))
    assert texts(frame, "nbns.netbios_name") == ["FRED", "GROUP"]
    assert texts(frame, "nbns.unit_id") == ["02:00:00:00:00:01"]


@pytest.mark.parametrize("size", range(0, 56, 3))
def test_a_message_may_be_cut_anywhere(size: int) -> None:
    data = bytes(NBNS(questions=[NameQuestion("FRED<20>")]))[:size]
    keeps_promises(bytes(AROUND / data), 1)
