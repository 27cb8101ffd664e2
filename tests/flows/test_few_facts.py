"""Learners that tell few facts: what they stand for learns as much, or the numbers of streams alone."""

from __future__ import annotations

import dissect
from dissect import TCP, UDP
from dissect.flows.few_facts import FewFacts, StreamNumbers
from dissect.flows.learner import Glance, Learner
from dissect.flows.reading import ReadingPass
from tests.conftest import SAMPLES


def learner(cls: type[TCP] | type[UDP], reading: ReadingPass | None = None) -> Learner:
    found = (reading or ReadingPass()).learner(cls)
    assert found is not None
    return found


def test_only_named_facts_of_plain_headers_are_told() -> None:
    whole = learner(TCP).plain()
    few = FewFacts(learner(TCP), "stream").plain()
    assert whole is not None
    assert few is not None
    assert (few.test, few.lines, [*few.facts]) == (whole.test, whole.lines, ["stream"])


def test_streams_have_the_numbers_that_they_have_with_all_facts() -> None:
    packets = list(dissect.read(SAMPLES / "tcp_short_connections.pcap"))
    expected = [packet.get("tcp.stream") for packet in dissect.with_context(packets)]
    reading = ReadingPass()
    numbers = StreamNumbers(learner(TCP, reading), "stream")
    plain = numbers.plain()
    assert plain is not None
    found: list[list[int]] = []
    for packet in packets:
        frame = packet.frame
        if TCP not in frame:
            found.append([])
            continue
        segment = frame[TCP]
        source, destination = packet.data[26:30] + packet.data[34:36], packet.data[30:34] + packet.data[36:38]
        values = (segment.seq, segment.ack, segment.data_offset, int(segment.flags), segment.window)
        size = len(packet.data)
        seen = Glance(packet.data, 34, size, size, packet.number, packet.time_ns, source, destination, values)
        facts = numbers.glance(seen)
        found.append([] if facts is None else [facts["stream"]])
    assert found == expected
    assert set(plain.facts) == {"stream"}
