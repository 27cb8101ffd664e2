"""What a capture is as a whole, reckoned apart from the package and held against capinfos."""

from __future__ import annotations

import gzip
import hashlib
import io
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.captures import write
from dissect.captures.facts import capture_facts, links_of
from dissect.errors import CaptureError
from dissect.packets.packet import Packet
from tests.captures.blocks import block, enhanced, interface, option, section, simple
from tests.captures.others import FRAMES, netmon, snoop


@given(
    st.lists(st.tuples(st.binary(max_size=30), st.integers(0, 100), st.integers(0, 10**12)), max_size=10),
    st.sampled_from(["pcap", "pcapng"]),
)
def test_sums_and_extremes(packets: list[tuple[bytes, int, int]], format: str) -> None:
    target = io.BytesIO()
    made = [Packet(data, original_length=len(data) + more, time_ns=time) for data, more, time in packets]
    write(target, made, format=format)  # type: ignore[arg-type]
    content = target.getvalue()
    facts = capture_facts(io.BytesIO(content))
    sizes = [len(data) + more for data, more, _ in packets]
    times = [time for _, _, time in packets]
    assert (facts.format, facts.packets, facts.file_size) == (format, len(packets), len(content))
    assert facts.sha256 == hashlib.sha256(content).hexdigest()
    assert (facts.data_size, facts.captured_size) == (sum(sizes), sum(len(data) for data, _, _ in packets))
    assert (facts.shortest, facts.longest) == (min(sizes, default=None), max(sizes, default=None))
    assert (facts.first_ns, facts.last_ns) == (min(times, default=None), max(times, default=None))
    assert facts.in_order == (times == sorted(times))
    assert facts.duration_ns == (max(times) - min(times) if times else None)
    assert [each.packets for each in facts.interfaces] == [len(packets)]
    assert facts.damage is None
    if not packets:
        assert (facts.average_size, facts.per_second(5)) == (None, None)


def test_interfaces_sections_and_comments() -> None:
    statistics = block("little", 5, bytes(12))
    content = (
        section(options=option("little", 1, b"why") + option("little", 4, b"program"))
        + interface(options=option("little", 2, b"eth0"))
        + interface(link=101, snap_length=96)
        + enhanced(options=option("little", 1, b"here") + option("little", 1, b"and here"))
        + enhanced(number=1, data=bytes(40))
        + simple()
        + statistics
        + statistics
        + section("big")
        + interface("big", link=276)
    )
    facts = capture_facts(io.BytesIO(content))
    assert (facts.sections, facts.interface_count, facts.packet_comments) == (2, 3, 2)
    assert facts.section_facts[0] == {"hardware": None, "os": None, "application": "program", "comments": ["why"]}
    assert [(each.link, each.packets, each.statistics) for each in facts.interfaces] == [
        (1, 2, 2),
        (101, 1, 0),
        (276, 0, 0),
    ]
    assert facts.in_order is None, "a simple packet has no time"
    assert list(links_of(facts)) == [1, 101]
    assert list(links_of(capture_facts(io.BytesIO(section() + interface(link=101))))) == [101]


def test_damage_is_told_with_what_comes_before() -> None:
    content = section() + interface() + enhanced() + enhanced()[:-3]
    facts = capture_facts(io.BytesIO(content))
    assert facts.packets == 1
    assert facts.damage is not None
    assert (facts.file_size, facts.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    with pytest.raises(CaptureError, match="is empty"):
        capture_facts(io.BytesIO())


def test_the_size_of_a_compressed_file_is_its_own() -> None:
    content = gzip.compress(section() + interface() + enhanced(), mtime=0)
    facts = capture_facts(io.BytesIO(content))
    assert (facts.compression, facts.file_size, facts.packets) == ("gzip", len(content), 1)


def test_a_file_that_describes_no_interfaces_has_one_for_each_link_type() -> None:
    facts = capture_facts(io.BytesIO(netmon(FRAMES, (2, 3), media=(1, 9, 1))))
    assert (facts.format, facts.packets, facts.interface_count, facts.sections) == ("netmon2", 3, 2, 1)
    assert [(each.link, each.packets, each.digits) for each in facts.interfaces] == [(1, 2, 9), (101, 1, 9)]
    assert facts.sha256 == hashlib.sha256(netmon(FRAMES, (2, 3), media=(1, 9, 1))).hexdigest()
    assert [(each.link, each.digits) for each in capture_facts(io.BytesIO(snoop(()))).interfaces] == [(1, 6)]


def test_capinfos_tells_the_same_of_the_corpus(corpus_capture: Path) -> None:
    capinfos_tells_the_same(corpus_capture)


def test_capinfos_tells_the_same_of_the_samples(sample_captures: list[Path]) -> None:
    for capture in sample_captures:
        capinfos_tells_the_same(capture)


def capinfos_tells_the_same(capture: Path) -> None:
    capinfos = shutil.which("capinfos")
    if capinfos is None:
        pytest.skip("capinfos is not installed: 'apt-get install wireshark-common'.")
    command = [capinfos, "-T", "-M", *"-c -s -d -o -H -S -a -e -u -y -z -x".split(), str(capture)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    try:
        facts = capture_facts(capture)
    except CaptureError:
        assert done.returncode != 0
        return
    told = dict(zip(lines[0].split("\t"), lines[1].split("\t"), strict=True))
    assert told["Number of packets"] == str(facts.packets)
    assert told["File size (bytes)"] == str(facts.file_size)
    assert told["Data size (bytes)"] == str(facts.data_size)
    assert told["SHA256"] == facts.sha256
    if facts.in_order is not None:
        assert told["Strict time order"] == str(facts.in_order)
        if not facts.packets:
            assert told["Start time"] == told["End time"] == "n/a"
            return
        assert facts.first_ns is not None
        assert facts.last_ns is not None
        assert in_nanoseconds(told["Start time"]) == facts.first_ns
        assert in_nanoseconds(told["End time"]) == facts.last_ns
        assert facts.duration_ns is not None
        assert in_nanoseconds(told["Capture duration (seconds)"]) == facts.duration_ns
        if facts.duration_ns:
            # It reckons with times as floating-point numbers, which are right to a quarter of a microsecond.
            error = 500 / facts.duration_ns
            bytes_rate, packet_rate = facts.per_second(facts.data_size), facts.per_second(facts.packets)
            assert bytes_rate == pytest.approx(float(told["Data byte rate (bytes/sec)"]), rel=error, abs=0.006)
            assert packet_rate == pytest.approx(float(told["Average packet rate (packets/sec)"]), rel=error, abs=0.006)
    if facts.packets:
        assert facts.average_size == pytest.approx(float(told["Average packet size (bytes)"]), abs=0.006)


def in_nanoseconds(text: str) -> int:
    seconds, _, fraction = text.partition(".")
    return int(seconds) * 10**9 + int(fraction.ljust(9, "0"))
