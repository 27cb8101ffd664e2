"""Capture filters (pcap-filter(7)) on frames that are there already, those of a file above all."""

from __future__ import annotations

from dissect.captures.reader import FrameTest
from dissect.filters import libpcap
from dissect.packets.packet import Packet

__all__ = ["CaptureFilter"]


class CaptureFilter:
    """A filter in libpcap's language, ready to be asked: `passes(packet)` says whether a packet passes.

    `text` is the filter; it lets through what `tcpdump -r` does. A program is made for each link type when its first
    packet comes, and for `link` now, so that a wrong filter is told before a packet is there.

    Raises CaptureFilterError for a filter that libpcap refuses, and MissingExtraError where the system has no
    libpcap.

    >>> web = CaptureFilter("tcp port 80 or tcp port 443")  # then web(packet) is True or False
    >>> web
    CaptureFilter('tcp port 80 or tcp port 443')
    """

    def __init__(self, text: str, *, link: int | None = None) -> None:
        self.text = text
        self._tests: dict[int, FrameTest] = {}
        if link is not None:
            self.test(link)

    def test(self, link: int) -> FrameTest:
        """Return what is asked with a frame's bytes and its length on the wire, for frames of a link type.

        It gives 0 for those that do not pass.
        """
        test = self._tests.get(link)
        if test is None:
            test = self._tests[link] = libpcap.runner(libpcap.compile_for_file(self.text, link))
        return test

    def __call__(self, packet: Packet) -> bool:
        return self.test(packet.link)(packet.data, packet.original_length) != 0

    def __repr__(self) -> str:
        return f"CaptureFilter({self.text!r})"
