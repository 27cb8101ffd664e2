"""The list as XML: it is well-formed whatever a packet holds."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.views.psml import PSML_FOOT, PSML_HEAD, psml_packet
from dissect.wireshark.columns import summarize


def test_a_section_is_a_column() -> None:
    packet = Packet(bytes.fromhex("ffffffffffff0200000000010806") + bytes(28), time_ns=5)
    document = ElementTree.fromstring((PSML_HEAD + psml_packet(packet, Clock()) + PSML_FOOT).encode())
    columns = [section.text for section in document.findall("packet/section")]
    names = [section.text for section in document.findall("structure/section")]
    assert dict(zip(names, columns, strict=True))["Source"] == summarize(packet).source == "02:00:00:00:00:01"
    assert columns[-1] == summarize(packet).info


@given(st.binary(max_size=120), st.sampled_from([1, 0, 101, 113, 239]))
def test_it_is_well_formed(data: bytes, link: int) -> None:
    document = PSML_HEAD + psml_packet(Packet(data, link=link), Clock()) + PSML_FOOT
    assert len(ElementTree.fromstring(document.encode()).findall("packet/section")) == 7
