from __future__ import annotations

from pathlib import Path

import pytest

import dissect
from dissect import ARP, VLAN, Ethernet, FieldError, Header, IPv4, IPv6, Packet
from dissect.replay.sides import Side, first_sender

SAMPLES = Path(__file__).parents[2] / "capture_samples"
MAC = "02:00:00:00:00:01"
FRAMES: dict[str, Header] = {
    "MAC": Ethernet(src=MAC),
    "IPv4": Ethernet() / IPv4(src="10.0.0.1"),
    "behind a tag": Ethernet() / VLAN(id=3) / IPv4(src="10.0.0.1"),
    "ARP": Ethernet() / ARP(sender_ip="10.0.0.1", target_ip="10.0.0.2"),
    "IPv6": Ethernet() / IPv6(src="2001:db8::1"),
    "to it": Ethernet(dst=MAC) / IPv4(dst="10.0.0.1"),
    "asked for": Ethernet() / ARP(target_ip="10.0.0.1"),
    "nothing": Ethernet(type=0x88CC),
}


@pytest.mark.parametrize(
    ("addresses", "names"),
    [
        ([MAC], {"MAC"}),
        (["02-00-00-00-00-01"], {"MAC"}),
        (["10.0.0.1"], {"IPv4", "behind a tag", "ARP"}),
        (["10.0.0.7/24"], {"IPv4", "behind a tag", "ARP"}),
        (["2001:db8::/64", "10.0.0.2"], {"IPv6"}),
        ([MAC, "10.0.0.1", "2001:db8::1"], {"MAC", "IPv4", "behind a tag", "ARP", "IPv6"}),
        ([], set()),
    ],
)
def test_a_side_is_known_by_the_address_that_sends(addresses: list[str], names: set[str]) -> None:
    side = Side(addresses)
    assert {name for name, frame in FRAMES.items() if side.sent(Packet(bytes(frame)))} == names


def test_what_is_cut_was_sent_by_nobody() -> None:
    side = Side([MAC, "0.0.0.0/0"])
    for size in range(14):
        assert not side.sent(Packet(bytes(Ethernet(src=MAC))[:size]))
    assert not side.sent(Packet(bytes(Ethernet() / IPv4(src="10.0.0.1"))[:20]))
    assert side.sent(Packet(bytes(IPv4(src="10.0.0.1")), link=101))


def test_both_sides_make_up_the_capture() -> None:
    packets = list(dissect.read(SAMPLES / "first_ping.pcap"))
    one, other = Side(["10.0.0.1"]), Side(["10.0.0.2"])
    assert all(one.sent(packet) != other.sent(packet) for packet in packets)
    first = first_sender(packets)
    assert first is not None
    assert [packet.number for packet in packets if first.sent(packet)] == [
        packet.number for packet in packets if one.sent(packet)
    ]
    assert first_sender([Packet(b"short")]) is None


@pytest.mark.parametrize("text", ["here", "10.0.0.256", "02:00:00", ""])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match=f"a side's address is '{text}', expected a MAC address, an IP address"):
        Side([text])
