"""Ethernet's configuration test protocol: frames that stations send back, or on to others; Cisco's keepalives are such.

Source: The Ethernet, Version 2.0 (Digital, Intel, Xerox, 1982), chapter 8. Numbers have their low byte first.
"""

from __future__ import annotations

from typing import Any

from dissect.declare import Address, Code, Coding, Entry, Header, Listing, code, mac, records, u16
from dissect.protocols.ethernet import Ethernet, EtherType

__all__ = ["ConfigurationTest", "ConfigurationTestFunction", "ConfigurationTestStep"]

_SKIP_COUNT = 2
"""The bytes of the skip count, in front of the functions."""
_FUNCTION = 2


class ConfigurationTestFunction(Code):
    """What a station is to do with the frame."""

    REPLY = 1, "Reply"
    FORWARD_DATA = 2, "Forward Data"


class ConfigurationTestStep(Entry, name="loop", title="Function", source="Ethernet 2.0, chapter 8"):
    """What one station does: send the frame on to an address, or take it as the reply with this number."""

    function: Coding[ConfigurationTestFunction] = code(
        16, ConfigurationTestFunction, "function", default=1, little=True, kw_only=False, title="Function"
    )
    receipt_number: int | None = u16(
        "receipt_number",
        default=0,
        little=True,
        when={"function": ConfigurationTestFunction.REPLY},
        title="Receipt number",
    )
    address: Address = mac(
        "forwarding_address",
        default="00:00:00:00:00:00",
        when={"function": ConfigurationTestFunction.FORWARD_DATA},
        title="Forwarding address",
    )


def _steps_size(record: Any) -> int:
    """Return the bytes of the steps: up to one that sends the frame no further."""
    buffer, start, end = record.buffer, record.own_start + _SKIP_COUNT, record.own_end
    if not record.is_attached:
        return int(end - start)
    place = start
    while place < end:
        number = int.from_bytes(buffer[place : place + _FUNCTION], "little")
        place += _FUNCTION + {1: 2, 2: 6}.get(number, 0)
        if number != ConfigurationTestFunction.FORWARD_DATA:
            break
    return int(min(place, end) - start)


class ConfigurationTest(
    Header,
    name="loop",
    title="Configuration Test Protocol (loopback)",
    source="Ethernet 2.0, chapter 8",
    over={Ethernet: EtherType.LOOPBACK},
):
    """Steps for the stations that the frame visits; `skip_count` is how many bytes of them are done.

    >>> frame = Ethernet() / ConfigurationTest(steps=[ConfigurationTestStep("reply", receipt_number=7)])
    >>> hex(frame.type), bytes(frame)[14:].hex(" ")
    ('0x9000', '00 00 01 00 07 00')
    """

    skip_count: int = u16("skipcount", default=0, little=True, title="skipCount")
    steps: Listing[ConfigurationTestStep | bytes] = records(
        "", of=ConfigurationTestStep, length=_steps_size, default=(), title="Functions"
    )

    def relevant_step(self) -> ConfigurationTestStep | None:
        """Return the step for the station that has the frame; None where the skip count leads to none."""
        place = 0
        for step in self.steps:
            if place == self.skip_count and isinstance(step, ConfigurationTestStep):
                return step
            place += len(step)
        return None

    def info(self) -> str:
        """Return what the station that has the frame is to do."""
        step = self.relevant_step()
        if step is None:
            return "No valid function found"
        return step.function.title if step.function.known else f"Unknown function ({int(step.function)})"
