"""What every protocol is held against: tshark's fields, and the promises on bytes of any kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import dissect
from dissect.declaration.header import Header
from dissect.flows.reading import with_context
from dissect.packets.packet import Packet
from dissect.wireshark.fields import compile_field
from dissect.wireshark.sight import derived_of, sight_of
from tests.declared import again
from tests.oracle.tshark import Tshark


def agree(
    tshark: Tshark,
    capture: Path,
    names: list[str],
    *,
    leave_out: Callable[[Packet, str, str], bool] = lambda packet, name, theirs: False,
) -> int:
    """Hold fields of every packet of a capture against tshark and return how many cells agreed.

    `leave_out(packet, name, what tshark prints)` says which cells are not compared.
    """
    compiled = [(name, compile_field(name)) for name in names]
    agreed = 0
    for packet, row in zip(with_context(dissect.read(capture)), tshark.fields(capture, names), strict=True):
        for (name, extract), theirs in zip(compiled, row, strict=True):
            if not leave_out(packet, name, theirs):
                assert ",".join(extract(packet)) == theirs, f"{name} of packet {packet.number} of {capture.name}"
                agreed += 1
    return agreed


def keeps_promises(data: bytes, link: int | str) -> Header:
    """Parse bytes, look at whatever there is to see, hold the promises against them, and return the frame."""
    frame = dissect.parse(data, link=link)
    for header in frame.layers():
        header.info()
        header.headline()
        sight_of(header).info(header)
        sight_of(header).protocol(header)
        for field in (*header.fields, *derived_of(type(header))):
            for raw in field.values(header):
                field.text(raw)
    frame.problems()
    assert bytes(frame) == data
    rebuilt = again(frame)
    assert rebuilt == frame
    rebuilt.problems()
    assert bytes(rebuilt) == data
    assert bytes(frame.copy()) == data
    return frame
