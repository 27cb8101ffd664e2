from __future__ import annotations

from pathlib import Path

import dissect
from dissect import LLC, Ethernet
from dissect.protocols.stp import STPConfiguration
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import texts
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree

MESSAGE = bytes(STPConfiguration())


def test_without_its_port_nothing_is_seen() -> None:
    for size, is_seen in ((26, False), (27, True), (35, True)):
        frame = dissect.parse(bytes(Ethernet(type=3 + size) / LLC(dsap=0x42, ssap=0x42) / MESSAGE[:size]))
        assert bool(texts(frame, "stp.version")) == is_seen
        assert summarize(frame).info.startswith("Conf.") == is_seen


def test_the_column_of_the_protocol_has_its_title() -> None:
    frame = dissect.parse(bytes(Ethernet(type=38) / LLC(dsap=0x42, ssap=0x42) / MESSAGE))
    assert texts(frame, "stp") == ["Spanning Tree Protocol"]


def test_tshark_agrees_about_what_is_cut(tshark: Tshark, tmp_path: Path) -> None:
    names = (
        "stp stp.version stp.root.hw stp.port stp.msg_age stp.hello _ws.malformed _ws.col.Protocol _ws.col.Info".split()
    )
    capture = tmp_path / "cut.pcap"
    sizes = range(1, 36)
    frames = [Ethernet(type=3 + size) / LLC(dsap=0x42, ssap=0x42) / MESSAGE[:size] for size in sizes]
    dissect.write(capture, frames)
    assert agree(tshark, capture, names) == len(names) * len(sizes)
