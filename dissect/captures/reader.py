"""What every capture format's reader is: an iterator over packets that closes its file."""

from __future__ import annotations

__all__ = ["CaptureReader", "Choice", "RecordTaker", "RecordTest"]

from collections.abc import Callable, Generator, Iterator
from types import TracebackType
from typing import Any, Literal, Self, TypeAlias

from dissect.captures.source import ByteSource
from dissect.declaration.views import view
from dissect.packets.packet import Packet

RecordTest: TypeAlias = Callable[[bytes, int, int], bool]
"""`test(buffer, start, end)`: False where nobody wants the frame in `buffer[start:end]`."""

RecordTaker: TypeAlias = Callable[[bytes, int, int, int, int, int], bool]
"""`take(buffer, start, end, number, time_ns, original_length)`: True where the frame needs no packet any more."""

FrameTest: TypeAlias = Callable[[bytes, int], int]
"""`test(data, original_length)`: 0 where a frame is to be left out."""


class Choice:
    """Which records become packets: `tests` gives the test for records of a link type, None to want them all.

    `takers` gives what deals with records in place of a packet, for those that would become packets like one.
    `first` is the number of the first record.
    """

    __slots__ = ("first", "takers", "tests")

    def __init__(self) -> None:
        self.first = 1
        self.tests: Callable[[int], RecordTest | None] | None = None
        self.takers: Callable[[Packet], RecordTaker | None] | None = None

    def taker(self, pattern: Packet) -> RecordTaker | None:
        """Return what deals with records that become packets like this one; None where all of them become packets."""
        return None if self.takers is None else self.takers(pattern)

    def test(self, link: int) -> RecordTest | None:
        """Return the test for records of a link type."""
        return None if self.tests is None else self.tests(link)


class CaptureReader:
    """The packets of a capture in the order of the file; made by `dissect.captures.read`.

    An iterator and a context manager. Its file is closed at the end of the packets, by
    `close`, at the end of a `with` block, and when nobody holds the reader any more; a file
    object that was handed in stays open. Memory use does not depend on the size of the file.

    `format` is "pcap", "pcapng", "snoop", "netmon1", "netmon2" or "erf"; `path` the name for messages;
    `byte_order` that of the file's own numbers; `link` the LINKTYPE number of its packets, or None where each
    interface or packet has its own; `snap_length` the most bytes of a packet that the file says were kept (0:
    not stated); `digits` the decimals of a second in its times, at most where its interfaces differ; `header`
    the file header as it was read.

    Where the file is damaged, iteration raises `CaptureError` after the last whole packet.
    """

    format: str
    path: str
    byte_order: Literal["little", "big"]
    link: int | None
    snap_length: int
    digits: int = 9
    header: Any

    # The packets come from a generator that knows nothing of this object, so that a reader nobody
    # holds is freed at once; `iter` gives that generator, which spares a Python call for every packet.
    def __init__(self, source: ByteSource, packets: Generator[Packet, None, None], choice: Choice) -> None:
        self.path = source.name
        self._choice = choice
        self._source = source
        self._packets = packets
        self._keeps: Callable[[int], FrameTest] | None = None
        self._closed = False

    def __iter__(self) -> Iterator[Packet]:
        if self._closed:
            raise ValueError(f"the reader of {self.path} is closed")
        return self._packets

    def _repr_html_(self) -> str:
        """Return a table of the first packets of the file, as notebooks show it; the reader stays where it is."""
        table: str = view("capture_html")(self)
        return table

    def __next__(self) -> Packet:
        if self._closed:
            raise ValueError(f"the reader of {self.path} is closed")
        return next(self._packets)

    def choose(self, tests: Callable[[int], RecordTest | None]) -> None:
        """Make no packets of records that a test refuses, which takes a fraction of the time.

        `tests` gives the test for the records of a link type (a LINKTYPE number), or None to
        want them all. Records that were passed over are counted. Some that a test would refuse
        come all the same: those that do not lie whole in what was read at once, and in a pcapng
        those without a time or with options. To be called before the first packet is taken.
        """
        self._choice.tests = tests

    def hand_over(self, takers: Callable[[Packet], RecordTaker | None]) -> None:
        """Make no packets of records that a taker deals with, in the order of the file, between the packets.

        `takers` is given a packet without bytes, which has the link type and the interface of the records that it is
        asked about, and returns their taker, or None. Any record may become a packet all the same: those of most
        formats do. To be called before the first packet is taken.
        """
        keeps = self._keeps
        self._choice.takers = (
            takers if keeps is None else lambda pattern: _keeping(takers(pattern), keeps(pattern.link))
        )

    def keep(self, tests: Callable[[int], FrameTest]) -> None:
        """Leave out every frame that a test refuses, as if it had not been captured; numbers stay those of the file.

        `tests` gives the test for frames of a link type. Takers are not asked about what is left out. To be called
        before the first packet is taken, and before `hand_over`.
        """
        self._keeps = tests
        self._packets = _kept(self._packets, tests)

    def count_from(self, number: int) -> None:
        """Give the first record this number in place of 1: of a part of a capture, which others stand in front of.

        Of pcap and pcapng; to be called before the first packet is taken.
        """
        self._choice.first = number

    @property
    def compression(self) -> str | None:
        """What the file is compressed by, such as "gzip"; None where it is not."""
        return self._source.compression

    def close(self) -> None:
        """Close the file; the packets that were not yet taken are lost."""
        self._closed = True
        self._packets.close()
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _kept(packets: Generator[Packet, None, None], tests: Callable[[int], FrameTest]) -> Generator[Packet, None, None]:
    """Yield the packets that a test for their link type does not refuse."""
    try:
        for packet in packets:
            if tests(packet.link)(packet.data, packet.original_length):
                yield packet
    finally:
        packets.close()


def _keeping(take: RecordTaker | None, test: FrameTest) -> RecordTaker:
    """Return a taker that deals with what a test refuses by doing nothing, and asks another one about the rest."""

    def taken(buffer: bytes, start: int, end: int, number: int, time_ns: int, original: int) -> bool:
        if not test(buffer[start:end], original):
            return True
        return take is not None and take(buffer, start, end, number, time_ns, original)

    return taken
