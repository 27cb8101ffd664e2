"""What usual frames are like, as the declarations tell."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dissect import TCP, UDP, VLAN, VXLAN, Ethernet, Header, IPv4, IPv6
from dissect.declaration import pending
from dissect.declaration.framing import Line
from dissect.declaration.gathering import Span, gathered
from dissect.declare import u16
from dissect.flows.usual import (
    UsualNetwork,
    all_carried,
    further_networks,
    leading_on,
    telling_of_others,
    telling_unseen,
    usual_chain,
    usual_networks,
)
from dissect.protocols.quic import BEGINNING, FORCING
from dissect.wireshark.loading import load_all


def test_frames_of_ethernet_usually_carry_ipv4() -> None:
    around = next(usual_networks(1))
    assert (around.outers, around.network, around.size) == ((Ethernet,), IPv4, 34)
    assert around.places["source"] == Span(8 * 26, 32, is_octets=True)
    usual = bytes(Ethernet() / IPv4() / bytes(80))
    assert _holds(around, usual)
    assert eval(around.end, {}, {"total": 100}) == 114
    # Another EtherType, a header with options, a first fragment, a later one; but not one that may not be fragmented.
    for place, bits, holds in (
        (13, 0x01, False),
        (14, 0x03, False),
        (20, 0x20, False),
        (21, 1, False),
        (20, 0x40, True),
    ):
        frame = bytearray(usual)
        frame[place] ^= bits
        assert _holds(around, bytes(frame)) is holds, place


def test_tags_and_half_bytes_are_asked_for() -> None:
    around = list(further_networks(1, 0x8100))[1]
    usual = bytes(Ethernet() / VLAN() / IPv6() / bytes(80))
    assert _holds(around, usual)
    # The version and what the traffic class begins with share a byte.
    assert _holds(around, usual[:18] + b"\x6f" + usual[19:])
    assert not _holds(around, usual[:18] + b"\x40" + usual[19:])
    assert not _holds(around, usual[:16] + b"\x08\x00" + usual[18:])


def _holds(around: UsualNetwork, frame: bytes) -> bool:
    """Whether a frame passes the tests of a usual network header."""
    how = gathered(around.places)
    values: dict[str, Any] = {"data": frame, "unpack": how.unpack}
    exec("\n".join(how.lines("unpack(data)")), values)
    return all(eval(test, values) for test in around.tests)


@pytest.mark.parametrize("link", [0, 101, 147, 65535])
def test_others_need_a_closer_look(link: int) -> None:
    assert list(usual_networks(link)) == []


def test_bits_that_all_frames_of_a_chain_share_are_known() -> None:
    around = next(usual_networks(1))
    usual = usual_chain(around, TCP, None)
    assert usual.classes == (Ethernet, IPv4, TCP)
    assert usual.starts == (0, 14, 34)
    # The EtherType, IPv4's version and length, and the data offset; not the time to live.
    assert {96, 111, 112, 119, 8 * 46}.issubset(usual.fixed)
    assert 8 * 22 not in usual.fixed


class Reading(Header):
    """A message of which nobody learns anything."""

    number: int = u16("number", default=0)


def test_a_port_counts_where_there_is_something_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    VXLAN()
    monkeypatch.setitem(UDP._carried, 40_000, Reading.decode)
    numbers, telling = all_carried(UDP), leading_on(UDP)
    assert numbers is not None
    assert telling is not None
    assert {4789, 40_000} <= numbers
    assert 4789 in telling
    assert 40_000 not in telling


def test_what_is_not_declared_yet_counts_by_its_claim(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pending, "PENDING", [])
    monkeypatch.setattr(pending, "_FOLDERS", {})
    (tmp_path / "one.py").write_text("class A(Header, over={UDP: 45_000}): pass")
    pending.pend_folder("package", str(tmp_path), lambda: None)
    for numbers in (all_carried(UDP), leading_on(UDP)):
        assert numbers is not None
        assert 45_000 in numbers
    assert pending.PENDING
    # Of this one nobody knows what it claims.
    pending.pend(lambda: None)
    assert all_carried(TCP) is not None
    assert not pending.PENDING


def test_a_guess_may_be_right_behind_any_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UDP, "_heuristics", [(lambda data: False, Reading.decode)])
    assert all_carried(UDP) is None
    assert leading_on(UDP) is not None


def test_messages_that_are_put_together_are_something_to_learn_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TCP._carried, 40_002, Reading.decode)
    numbers = leading_on(TCP)
    assert numbers is not None
    assert 40_002 not in numbers
    monkeypatch.setattr(Reading, "framing", Line())
    numbers = leading_on(TCP)
    assert numbers is not None
    assert 40_002 in numbers


def test_what_tells_of_other_frames() -> None:
    """A request of TFTP tells which conversation its answer belongs to, and QUIC what follows; DNS concerns itself."""
    load_all()
    telling = telling_of_others(UDP)
    assert telling is not None
    numbers, guesses = telling
    assert 69 in numbers
    assert 53 not in numbers
    assert guesses == [BEGINNING, FORCING]
    assert 53 in (leading_on(UDP) or ())


def test_what_waits_tells_of_other_frames_as_it_does_when_it_is_declared() -> None:
    told = (
        "from dissect.flows.usual import telling_of_others\n"
        "from dissect.protocols.tcp import TCP\n"
        "from dissect.protocols.udp import UDP\n"
        "from dissect.declaration.pending import PENDING, declare_pending\n"
        "def told():\n"
        "    found = [telling_of_others(cls) for cls in (TCP, UDP)]\n"
        "    return [(sorted(numbers), len(guesses)) for numbers, guesses in found]\n"
        "early = told()\n"
        "assert PENDING\n"
        "declare_pending()\n"
        "assert early == told(), (early, told())\n"
        "assert early[0] == ([], 0)\n"
    )
    subprocess.run([sys.executable, "-c", told], check=True)


def test_behind_what_nobody_looks_into_that_alone_matters_which_tells_of_others() -> None:
    load_all()
    assert telling_unseen(TCP, ()) == (set(), [])
    assert telling_unseen(UDP, ()) == telling_of_others(UDP)
    assert telling_unseen(TCP, (TCP,)) is None
    assert telling_unseen(TCP, None) is None
