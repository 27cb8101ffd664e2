"""Labels in the eyes of Wireshark."""

from __future__ import annotations

import pytest

import dissect
from dissect import MPLS, Ethernet, Header, IPv4, Packet, PseudowireControlWord
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import texts


@pytest.mark.parametrize(
    ("stack", "path"),
    [
        (MPLS(label=100) / MPLS(label=200) / IPv4(), "mpls:ip"),
        (MPLS(label=100) / Ethernet() / IPv4(), "mpls:pwethheuristic:pwethnocw:eth:ethertype:ip"),
        (MPLS(label=100) / PseudowireControlWord() / Ethernet(), "mpls:pwethheuristic:pwethcw:eth"),
    ],
)
def test_a_stack_is_one_protocol_and_something_looks_for_ethernet(stack: Header, path: str) -> None:
    frame = dissect.parse(bytes(Ethernet() / stack))
    assert texts(Packet(bytes(frame)), "frame.protocols")[0].startswith(f"eth:ethertype:{path}")


def test_a_label_is_there_as_a_whole_or_not() -> None:
    cut = dissect.parse(bytes(Ethernet(type=0x8847)) + bytes(3))
    assert texts(cut, "mpls.label") == []
    assert summarize(cut).info == "MPLS Label Switched Packet[Malformed Packet]"


@pytest.mark.parametrize(("label", "bottom", "expected"), [(13, False, ["1"]), (13, True, []), (14, False, [])])
def test_the_label_of_an_associated_channel_is_the_last(label: int, bottom: bool, expected: list[str]) -> None:
    frame = Ethernet() / MPLS(label=label, bottom=bottom) / MPLS(label=100) / IPv4()
    assert texts(dissect.parse(bytes(frame)), "mpls.invalid_label") == expected
