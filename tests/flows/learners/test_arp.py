from __future__ import annotations

from dissect import ARP, Ethernet, Packet, with_context


def test_seconds_since_another_address_was_told_count_from_above_where_the_clock_went_back() -> None:
    frames = [Ethernet() / ARP(opcode="reply", sender_ip="10.0.0.1", sender_mac=f"02:00:00:00:00:0{n}") for n in (1, 2)]
    packets = [
        Packet(bytes(frame), number=number, time_ns=time * 10**9)
        for number, frame, time in zip((1, 2), frames, (100, 78), strict=True)
    ]
    second = list(with_context(packets))[1]
    assert second.get("arp.duplicate-address-frame") == [1]
    assert second.get("arp.seconds-since-duplicate-address-frame") == [(1 << 32) - 22]
