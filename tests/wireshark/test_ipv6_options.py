"""Options of IPv6 in the eyes of Wireshark."""

from __future__ import annotations

from dissect import DestinationOptions, Ethernet, IPv6, IPv6Pad1, IPv6PadN, UnknownIPv6Option
from dissect.wireshark.fields import texts


def test_of_one_byte_of_padding_the_type_is_seen_as_a_whole() -> None:
    frame = Ethernet() / IPv6() / DestinationOptions(options=[IPv6Pad1(), IPv6Pad1(), IPv6PadN(padding=bytes(2))])
    assert texts(frame, "ipv6.opt.type") == ["0x00", "0x00", "0x01"]
    assert texts(frame, "ipv6.opt.type.action") == ["0"]


def test_data_that_nobody_reads_are_remarked() -> None:
    frame = Ethernet() / IPv6() / DestinationOptions(options=[UnknownIPv6Option(type=0x1E, data=b"abcd")])
    assert texts(frame, "ipv6.opt.unknown_data.expert") == ["1"]
