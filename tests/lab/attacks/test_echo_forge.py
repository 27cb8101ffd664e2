"""Echo requests in somebody else's name: hosts don't answer what is sent to all."""

from __future__ import annotations

import pytest

from dissect import EchoRequest, FieldError, IPv4, Network
from dissect.lab.attacks.echo_forge import EchoForge


def test_all_hear_it_and_nobody_answers() -> None:
    lab = Network()
    switch = lab.switch("s")
    for number in range(1, 5):
        lab.link(lab.host(f"h{number}", f"10.0.0.{number}/24"), switch)
    lab.start_program("h1", EchoForge("10.0.0.255", "10.0.0.4", count=3))
    lab.run()
    packets = lab.recording.packets()
    assert {(packet[IPv4].src, packet[IPv4].dst) for packet in packets} == {("10.0.0.4", "10.0.0.255")}
    assert len(packets) == 12
    assert all(EchoRequest in packet for packet in packets)


@pytest.mark.parametrize(("count", "size"), [(0, 1), (1, -1), (1, 65508)])
def test_what_is_no_request(count: int, size: int) -> None:
    with pytest.raises(FieldError, match="expected 1 or more of 0 to 65507"):
        EchoForge("10.0.0.255", "10.0.0.4", count=count, size=size)
