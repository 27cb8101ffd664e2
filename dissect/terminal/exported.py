"""Packets written to a file: those that are marked, or shown, as they were captured."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from dissect import captures
from dissect.errors import CaptureError, DissectError
from dissect.terminal.engine import RestingSource

__all__ = ["export"]


def export(source: RestingSource, numbers: Sequence[int], path: str) -> str:
    """Write the packets of these numbers, in the order of the capture, and return a sentence that says how it went.

    A pcap is written under its file's header, a pcapng with all that it holds beside packets; the name may end in
    .pcap or .pcapng, and in that of a compression. An older file stays as it is until the new one is whole.
    """
    wanted = sorted(numbers)
    count = 0
    try:
        with captures.read(source) as reader:
            writer = captures.open_writer(path, source=reader)
            try:
                wanted_now = iter(wanted)
                number = next(wanted_now, 0)
                with suppress(CaptureError):
                    for packet in reader:
                        if packet.number == number:
                            writer.write(packet)
                            count += 1
                            number = next(wanted_now, 0)
                            if not number:
                                break
                writer.close()
            except BaseException:
                writer.discard()
                raise
    except (DissectError, OSError) as error:
        return f"{path} was not written: {error}"
    return f"{count:,} packet{'' if count == 1 else 's'} written to {Path(path)}"
