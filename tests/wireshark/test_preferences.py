"""Tshark's preferences: names, values, and that they end with their block."""

from __future__ import annotations

import pytest

from dissect import DissectError, Ethernet, IPv4, Packet
from dissect.declaration.checksum import VERIFIED
from dissect.wireshark.fields import texts
from dissect.wireshark.preferences import (
    IDLE,
    PREFERENCES,
    assumes_check_sequences,
    chosen_preferences,
    is_on,
    preferring,
)


def test_a_preference_is_chosen_inside_the_block() -> None:
    evil = Packet(bytes(Ethernet() / IPv4(flags="EVIL")))
    assert (texts(evil, "ip.flags.rb"), texts(evil, "ip.flags.sf")) == (["1"], [])
    with preferring(chosen_preferences(["ip.security_flag: true", "tcp.check_checksum:FALSE", "eth.fcs:always"])):
        assert (texts(evil, "ip.flags.rb"), texts(evil, "ip.flags.sf")) == ([], ["1"])
        assert texts(evil, "_ws.expert.message") == ["Packet has evil intent"]
        assert VERIFIED == {"tcp": False}
        assert assumes_check_sequences()
    assert not is_on("ip.security_flag")
    assert not VERIFIED
    assert not assumes_check_sequences()


def test_what_changes_nothing_is_taken() -> None:
    assert chosen_preferences(["tcp.desegment_tcp_streams:FALSE"]) == {}
    assert not IDLE & set(PREFERENCES)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tcp.relative_sequence_number:TRUE", "did you mean tcp.relative_sequence_numbers?"),
        ("nothing", "is no preference"),
        ("ip.defragment:maybe", "-o ip.defragment:TRUE or -o ip.defragment:FALSE"),
        ("eth.fcs", "-o 'eth.fcs:According to heuristic'"),
    ],
)
def test_what_is_no_preference_is_refused(text: str, said: str) -> None:
    with pytest.raises(DissectError, match=said.replace("?", ".")):
        chosen_preferences([text])
