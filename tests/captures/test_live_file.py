"""Files that grow are whole at any moment, and hold what was captured to the nanosecond."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import CaptureError, read
from dissect.captures.live_file import LiveFile, LivePcap, LivePcapng, Statistics
from dissect.captures.pcapng_blocks import Interface
from dissect.captures.pcapng_options import INTERFACE_DESCRIPTION, Option


def interface(name: str = "eth0", link: int = 1) -> Interface:
    plain = Interface.of(link, snap_length=262_144)
    return Interface(link, 262_144, (Option(INTERFACE_DESCRIPTION, 2, name.encode()), *plain.options))


FRAMES = st.lists(
    st.tuples(
        st.integers(0, (1 << 62) - 1), st.binary(max_size=80), st.integers(0, 2000), st.sampled_from([0, 0x205, 2])
    ),
    max_size=8,
)


@given(FRAMES)
def test_a_pcapng_gives_back_every_frame(frames: list[tuple[int, bytes, int, int]]) -> None:
    import io

    form = LivePcapng([interface("eth0"), interface("eth1")], "a test")
    shapes = [form.shape(number) for number in (0, 1)]
    stream = form.beginning()
    for place, (time_ns, data, more, flags) in enumerate(frames):
        stream += shapes[place % 2](time_ns, data, len(data) + more, flags)
    counts = Statistics(5, 6, 10, 3, 1)
    stream += b"".join(block.raw for block in form.ending([counts, counts._replace(lost=None)]))
    reader: Any = read(io.BytesIO(stream))
    found = list(reader)
    assert [(packet.time_ns, packet.data, packet.original_length - len(packet.data)) for packet in found] == [
        (time_ns, data, more) for time_ns, data, more, _ in frames
    ]
    assert [packet.option("flags") or 0 for packet in found] == [flags for *_, flags in frames]
    assert [packet.interface_name for packet in found] == [("eth0", "eth1")[n % 2] for n in range(len(frames))]
    assert reader.header.application == "a test"
    told = {option.name: option.value for option in reader.interfaces[0].statistics}
    assert told == {
        "start_time": 5,
        "end_time": 6,
        "received": 10,
        "dropped": 4,
        "accepted_by_filter": 10,
        "dropped_by_system": 3,
        "delivered": 7,
    }
    assert {option.name: option.value for option in reader.interfaces[1].statistics}["dropped"] == 3


def test_so_does_a_pcap_of_one_link_type() -> None:
    import io

    form = LivePcap([interface()])
    stream = form.beginning() + form.shape(0)(1_000_000_007, b"frame", 60, 0x205)
    assert form.ending([Statistics(0, 0, 1, 0)]) == []
    (packet,) = read(io.BytesIO(stream))
    assert (packet.time_ns, packet.data, packet.original_length) == (1_000_000_007, b"frame", 60)
    with pytest.raises(CaptureError, match="a pcap holds frames of one link type, and these are ethernet and raw"):
        LivePcap([interface(), interface("tun0", 101)])
    with pytest.raises(CaptureError, match=r"name the file \.pcapng"):
        form.description(interface("tun0", 101))
    assert form.description(interface("eth1")) == b""


def test_interfaces_may_come_later() -> None:
    import io

    form = LivePcapng([interface()])
    stream = form.beginning() + form.description(interface("eth1")) + form.shape(1)(7, b"x", 1, 0)
    (packet,) = read(io.BytesIO(stream))
    assert packet.interface_name == "eth1"


def test_ends_of_very_many_lengths_are_not_all_kept() -> None:
    form = LivePcapng([interface()])
    shape = form.shape(0)
    lengths = [len(shape(0, bytes(size), size, 0)) for size in range(5000)]
    assert lengths == [28 + size + (-size & 3) + 4 for size in range(5000)]


def test_a_file_is_for_its_owner_and_there_from_the_beginning(tmp_path: Path) -> None:
    path = tmp_path / "a"
    file = LiveFile(str(path))
    file.write(b"abc")
    assert path.read_bytes() == b"abc"
    assert file.position == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    file.close()
    file.close()
    with pytest.raises(OSError, match="No such file"):
        LiveFile(str(tmp_path / "nowhere" / "a"))


def test_what_finds_no_room_is_not_there_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    file = LiveFile(str(path))
    file.write(b"first")
    true_write = os.write

    def poor(descriptor: int, data: Any) -> int:
        if len(data) < 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        return true_write(descriptor, data[:4])

    with monkeypatch.context() as full:
        full.setattr(os, "write", poor)
        with pytest.raises(OSError, match="No space"):
            file.write(b"second")
    assert path.read_bytes() == b"first"
    file.close()
