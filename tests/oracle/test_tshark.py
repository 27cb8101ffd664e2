from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracle.tshark import Tshark, TsharkError


def test_cells_of_every_frame(tshark: Tshark, two_frames: Path) -> None:
    assert tshark.fields(two_frames, ["frame.number", "arp.opcode", "ip.addr", "eth.trailer"]) == [
        ["1", "1", "", "007731d25010fd7841d30000000000000000"],
        ["2", "", "192.168.0.55,192.168.0.2", ""],
    ]


def test_display_filter_selects_rows(tshark: Tshark, two_frames: Path) -> None:
    assert tshark.fields(two_frames, ["frame.number"], display_filter="udp") == [["2"]]
    assert tshark.fields(two_frames, ["frame.number"], two_pass=True, display_filter="tcp") == []


def test_profile_verifies_checksums_and_leaves_payloads_alone(tshark: Tshark, two_frames: Path) -> None:
    datagram = tshark.fields(two_frames, ["ip.checksum.status", "udp.checksum.status", "frame.protocols"])[1]
    assert datagram == ["1", "0", "eth:ethertype:ip:udp:data"]


def test_summary_details_and_json(tshark: Tshark, two_frames: Path) -> None:
    first, second = tshark.summary(two_frames)
    assert first.endswith("ARP 60 Who has 192.168.0.2? Tell 192.168.0.55")
    assert second.split()[2:5] == ["192.168.0.55", "→", "192.168.0.2"]
    assert "Address Resolution Protocol (request)" in tshark.details(two_frames)
    packets = tshark.json(two_frames)
    assert isinstance(packets, list)
    assert len(packets) == 2


def test_damaged_capture_gives_what_came_before(tshark: Tshark, cut_short: Path) -> None:
    assert tshark.fields(cut_short, ["frame.number"]) == [["1"]]
    assert tshark.ask(cut_short).status == 2


@pytest.mark.parametrize(
    ("name", "display_filter"), [("ip.tlt", None), ("ip.ttl", "ip.tlt == 1"), ("ip.ttl", "ip.ttl ==")]
)
def test_a_question_that_tshark_refuses_is_an_error(
    tshark: Tshark, two_frames: Path, name: str, display_filter: str | None
) -> None:
    with pytest.raises(TsharkError):
        tshark.fields(two_frames, [name], display_filter=display_filter)


def test_a_capture_that_is_not_there_is_an_error(tshark: Tshark, tmp_path: Path) -> None:
    with pytest.raises(TsharkError, match="doesn't exist"):
        tshark.fields(tmp_path / "none.pcap", ["ip.ttl"])


def test_types_of_fields(tshark: Tshark) -> None:
    assert tshark.types["ip.ttl"] == "FT_UINT8"
    assert tshark.types["tcp.payload"] == "FT_BYTES"
