"""Reading packets with a display filter, and twice, which the room of captures knows nothing of."""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Collection, Container, Iterable, Iterator
from contextlib import suppress
from copy import copy
from itertools import islice
from typing import TYPE_CHECKING, Any

from dissect import captures
from dissect.captures.reader import FrameTest, RecordTaker
from dissect.captures.records import RecordLoop, Records
from dissect.captures.source import Source
from dissect.errors import CaptureError, CaptureFilterError, DissectError
from dissect.packets.links import ETHERNET
from dissect.packets.packet import Packet

if TYPE_CHECKING:
    from dissect.declaration.header import Header
    from dissect.filters.compiler import CompiledFilter
    from dissect.flows.reading import ReadingPass
    from dissect.packets.clock import Clock

__all__ = ["Numbers", "first_pass", "passing", "read", "rules_out_all"]


def read(
    source: Source,
    display_filter: str | None = None,
    *,
    capture_filter: str | None = None,
    two_passes: bool = False,
) -> Iterator[Packet]:
    """Return an iterator over the packets of a capture, those that the display filter lets through.

    `source` is a path, "-" for standard input, or a file open in binary mode, a pipe included; its
    format is told by its first bytes. Memory use does not grow with the file.

    With a filter, packets know what depends on those before them ("tcp.stream", "frame.time_relative",
    what fragments carry together), as after `dissect.with_context`. With `two_passes` they also know
    what later ones say ("icmp.resp_in", "ip.reassembled_in"); the file is read twice for that.

    What `capture_filter`, in libpcap's language, does not let through is left out as if it had not been captured;
    packets keep their numbers.

    Raises CaptureError where the file is none that can be read, now, or where it is damaged,
    after the last whole packet; OSError where it cannot be opened; FilterError for a
    filter that is wrong, and CaptureFilterError for a capture filter; DissectError for two passes over what is no
    file, and MissingExtraError where a capture filter finds no libpcap.
    """
    if display_filter is None and not two_passes and capture_filter is None:
        return captures.read(source)
    passes = None
    if display_filter is not None:
        from dissect.filters.compiler import compile_filter

        passes = compile_filter(display_filter)
    keeps = None
    if capture_filter is not None:
        from dissect.filters.capture_filter import CaptureFilter

        keeps = CaptureFilter(capture_filter).test
    before = first_pass(source, keeps=keeps) if two_passes else None
    reader = captures.read(source)
    if keeps is not None:
        try:
            # A wrong filter is told now, where the file says what its frames are.
            keeps(reader.link if reader.link is not None else ETHERNET)
        except CaptureFilterError:
            if reader.link is not None:
                reader.close()
                raise
        reader.keep(keeps)
        if display_filter is None and not two_passes:
            return reader
        source = "-"
    if passes is not None:
        return _passing_of_file(source, reader, passes, before)
    from dissect.flows.reading import with_context

    return with_context(reader, before=before)


def _passing_of_file(
    source: Source, reader: captures.CaptureReader, passes: CompiledFilter, before: Iterable[Packet] | None
) -> Iterator[Packet]:
    with reader:
        if before is not None or not rules_out_all(source, passes):
            yield from passing(reader, passes, source=source, before=before)


def passing(
    packets: Iterable[Packet],
    passes: CompiledFilter,
    *,
    source: Source | None = None,
    clock: Clock | None = None,
    before: Iterable[Packet] | None = None,
    reader: captures.CaptureReader | None = None,
    prints: Callable[[Packet, ReadingPass], RecordTaker | None] | None = None,
    facts: Collection[str] | None = None,
) -> Iterator[Packet]:
    """Yield the packets that pass, as `with_context` would make them known; `clock` is told of all packets.

    Headers are made of those alone whose bytes do not tell that they don't pass. Where `source` is the
    file that the packets come from, they are only looked at in the light of others when the first one
    passes for which that matters; what stands in front of it is read once more then. With `reader`, whose packets
    they all are, no packets are made of usual frames that don't pass, nor of some that do where `prints` gives
    what prints these (`dissect.views.compiled.CompiledText.taker`) and goes by `clock`. Then streams of which the
    filter asks nothing are not looked into up to the first packet that passes and carries a part of one; once more
    that is read anew which stands in front. With `facts`, of what takes long no more is learnt than these facts, and
    those that the filter asks for.
    """
    from dissect.filters.reach import costly_facts
    from dissect.flows.reading import ReadingPass, is_fragment, is_independent
    from dissect.packets.clock import Clock

    clock = Clock() if clock is None else clock
    asked = None if facts is None else costly_facts(passes.fields).union(facts)
    is_read_again = before is None and _is_file(source)
    # What nobody asks for is put off where packets come as the reader makes them.
    into = passes.into(asked) if is_read_again and reader is not None else None
    reading = None
    if not is_read_again or not passes.stands_alone:
        reading = ReadingPass(twice=before is not None, only=passes.held(), facts=asked)
        for packet in before or ():
            reading.observe(packet)
        if before is not None:
            reading.rewind()

    def begun(packet: Packet, into: Container[type[Header]] | None) -> ReadingPass:
        """Return a reading pass that has read what stands in front of a packet."""
        made = ReadingPass(only=passes.held(into), into=into, puts_off=into is not None, facts=asked)
        if made.carries_more(packet) and passes(packet):
            return begun(packet, None)
        for earlier in first_pass(source, packet.number - 1):  # type: ignore[arg-type]  # it is a file
            made.pass_over(earlier)
        return made

    alone: dict[int, RecordTaker] = {}

    def taker(pattern: Packet) -> RecordTaker | None:
        return _passed_over(pattern, passes, clock, lambda: reading, prints or learns, alone)

    def learns(pattern: Packet, reading: ReadingPass) -> RecordTaker | None:
        reading.meet(pattern)
        return reading.taker(pattern.link, sieve=passes.sieve, also=clock)

    if reader is not None:
        reader.hand_over(taker)
    for packet in packets:
        if reading is None or not reading.met_more:
            # Else what printed it has done so.
            clock.advance(packet)
        # Of a reader the taker has passed over what the bytes rule out.
        if reader is None and passes.rules_out(packet):
            if reading is not None:
                reading.pass_over(packet)
            continue
        if reading is None:
            if not is_fragment(packet) and not passes(packet):
                continue
            if is_independent(packet):
                packet._references = clock.first, clock.previous
                yield packet
                continue
            reading = begun(packet, into)
        reading.observe(packet)
        is_let_through = passes(packet)
        if reading.met_more or (is_let_through and reading.carries_more(packet)):
            reading = begun(packet, None)
            packet = _anew(packet)
            reading.observe(packet)
            is_let_through = passes(packet)
        if is_let_through:
            yield packet


def _anew(packet: Packet) -> Packet:
    """Return the packet, with headers of which nothing is known."""
    packet = copy(packet)
    packet._frame = None
    return packet


def _passed_over(
    pattern: Packet,
    passes: CompiledFilter,
    clock: Clock,
    reading: Callable[[], ReadingPass | None],
    prints: Callable[[Packet, ReadingPass], RecordTaker | None],
    alone: dict[int, RecordTaker],
) -> RecordTaker:
    """Return what takes in usual frames that don't pass, and prints some that do.

    A reading pass, where there is one by then, learns from them; without one nothing is printed, and `alone` keeps what
    takes them in, by link types, for all patterns.
    """
    along: dict[ReadingPass, Any] = {}

    def current() -> Any:
        """Return what takes single frames in now."""
        known = reading()
        if known is None:
            if pattern.link not in alone:
                from dissect.flows.shortcut import shortcut

                take = shortcut(pattern.link, _no_learner, clock.tick, sieve=passes.sieve)
                alone[pattern.link] = take or _refuse
            return alone[pattern.link]
        if known not in along:
            # One that was put in another's place is over.
            along.clear()
            along[known] = prints(pattern, known) or _refuse
        return along[known]

    def take(buffer: bytes, start: int, end: int, number: int, time_ns: int, original: int) -> bool:
        taken: bool = current()(buffer, start, end, number, time_ns, original)
        return taken

    def loop(records: Records) -> RecordLoop:
        loops: dict[Any, RecordLoop] = {}

        def run(buffer: bytes, position: int, limit: int, number: int) -> tuple[int, int]:
            chosen = current()
            if chosen is _refuse:
                return position, number
            if chosen not in loops:
                loops[chosen] = chosen.loop(records)
            return loops[chosen](buffer, position, limit, number)

        return run

    take.loop = loop  # type: ignore[attr-defined]  # as of what `shortcut` returns
    return take


def _no_learner(cls: type[Header]) -> None:
    """Stand for a reading pass that learns nothing."""


def _refuse(*values: Any) -> bool:
    """Take no frame in."""
    return False


def rules_out_all(source: Source, passes: CompiledFilter, count: int | None = None) -> bool:
    """Whether none of the first `count` packets of a file passes, where that can be told quickly.

    This looks at bytes, and at headers of what is unusual, but not at what packets say of one
    another. False where one might pass, or the file is damaged: then it has to be read from its beginning.
    """
    from dissect.flows.reading import is_fragment

    if not _is_file(source) or not passes.stands_alone:
        return False
    try:
        with captures.read(source) as reader:
            reader.choose(passes.prefilter)
            for packet in reader:
                if count is not None and packet.number > count:
                    break
                if not passes.rules_out(packet) and (is_fragment(packet) or passes(packet)):
                    return False
    except CaptureError:
        return False
    return True


def _is_file(source: Source | None) -> bool:
    """Whether the source is a file, which can be read more than once."""
    # Not pathlib, which brings urllib and takes a tenth of the time of the whole import.
    return isinstance(source, (str, os.PathLike)) and source != "-" and os.path.isfile(source)  # noqa: PTH113


def first_pass(
    source: Source,
    count: int | None = None,
    *,
    takers: Callable[[Packet], RecordTaker | None] | None = None,
    keeps: Callable[[int], FrameTest] | None = None,
) -> Iterator[Packet]:
    """Return the first `count` packets for a pass in advance, up to a damage, which the second pass reports.

    With `takers` there are none for records that these deal with, nor do they count (`CaptureReader.hand_over`), and
    with `keeps` none that a capture filter leaves out (`CaptureReader.keep`).
    Raises DissectError for what can be read only once.
    """
    is_path = isinstance(source, (str, os.PathLike)) and source != "-"
    if not is_path or (os.path.exists(source) and not _is_file(source)):  # type: ignore[arg-type]  # noqa: PTH110
        name = source if isinstance(source, (str, os.PathLike)) else "a stream"
        raise DissectError(f"two passes read the capture twice, and {name} can be read once: save it to a file first")

    def whole() -> Iterator[Packet]:
        with suppress(CaptureError), captures.read(source) as reader:
            if keeps is not None:
                reader.keep(keeps)
            if takers is not None:
                reader.hand_over(takers)
            yield from islice(reader, count)

    return whole()


class Numbers:
    """Which packets of a capture were kept, by their numbers in it: eight bytes each."""

    def __init__(self, kept: Iterable[Packet]) -> None:
        self._numbers = array("Q", (packet.number for packet in kept))

    def __len__(self) -> int:
        return len(self._numbers)

    def renumbered(self, packets: Iterable[Packet]) -> Iterator[Packet]:
        """Yield those of the capture's packets that were kept, with numbers from 1, as if there were no others."""
        numbers = enumerate(self._numbers, 1)
        place, wanted = next(numbers, (0, 0))
        for packet in packets:
            if packet.number == wanted:
                packet.number = place
                yield packet
                place, wanted = next(numbers, (0, 0))
                if not place:
                    return
