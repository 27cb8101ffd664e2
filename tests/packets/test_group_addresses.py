from __future__ import annotations

from dissect.packets.group_addresses import multicast_mac, solicited_node


def test_a_groups_frames_go_to_the_last_bits_of_its_address() -> None:
    assert multicast_mac("239.255.1.2") == "01:00:5e:7f:01:02"
    assert multicast_mac("ff02::fb") == "33:33:00:00:00:fb"


def test_a_neighbour_is_asked_for_in_the_group_of_its_last_24_bits() -> None:
    assert solicited_node("fe80::1:ff02") == "ff02::1:ff01:ff02"
