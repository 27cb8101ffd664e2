"""NTP as Wireshark sees it."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declaration.kinds import Moment
from dissect.protocols.ntp import NTP, NTPControl, NTPExtension, NTPMessage, NTPPrivate, NTPTime
from dissect.wireshark.field_types import ABSOLUTE_TIME, BYTES, NONE, UINT8, UINT16
from dissect.wireshark.notices import PROTOCOL
from dissect.wireshark.seen import Stop
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed, noted

__all__ = ["ControlSight", "ExtensionSight", "NTPSight", "PrivateSight", "TimesSight"]

_LEAST_PRIVATE = 4
_REFERENCE = 3
"""The number of the reference implementation, as it is since it knows IPv6."""


class _Time(Moment):
    """A time that may be none."""

    def text(self, raw: int, base: int, digits: int) -> str:
        return super().text(raw, base, digits) if raw else "NULL"


class NTPSight(Sight, of=NTPMessage):
    """The first byte is a number as a whole, too."""

    called = "NTP"

    types = {"ntp.ctrl.flags2.r": UINT8, "ntp.ctrl.flags2.error": UINT8, "ntp.ctrl.flags2.more": UINT8}

    @computed("flags", UINT8, base=16, title="Flags")
    def flags(self, header: NTPMessage) -> int | None:
        """All bits of the first byte."""
        return header.own_bytes[0] if header.own_size else None

    def words(self, header: NTPMessage) -> Iterator[str]:
        """Yield version and mode."""
        yield header.info()


class TimesSight(NTPSight, of=NTP):
    """Times without one are marked."""

    hides = dict.fromkeys(("reference", "origin", "receive", "transmit", "authenticator"), lambda header: True)

    @computed("keyid", BYTES, over="authenticator", title="Key ID")
    def key_number(self, header: NTP) -> bytes | None:
        """The number of the key."""
        return header.key_id or None

    @computed("mac", BYTES, over="authenticator", title="Message Authentication Code")
    def digest(self, header: NTP) -> bytes | None:
        """The digest."""
        return header.mac or None

    @computed("reftime", ABSOLUTE_TIME, shape=_Time(), over="reference", title="Reference Timestamp")
    def reference_time(self, header: NTP) -> int:
        """When the clock was last set."""
        return NTPTime(header.reference).nanoseconds

    @computed("org", ABSOLUTE_TIME, shape=_Time(), over="origin", title="Origin Timestamp")
    def origin_time(self, header: NTP) -> int:
        """When the request was sent that this answers."""
        return NTPTime(header.origin).nanoseconds

    @computed("rec", ABSOLUTE_TIME, shape=_Time(), over="receive", title="Receive Timestamp")
    def receive_time(self, header: NTP) -> int:
        """When that came."""
        return NTPTime(header.receive).nanoseconds

    @computed("xmt", ABSOLUTE_TIME, shape=_Time(), over="transmit", title="Transmit Timestamp")
    def transmit_time(self, header: NTP) -> int:
        """When this was sent."""
        return NTPTime(header.transmit).nanoseconds


class ExtensionSight(Sight, of=NTPExtension):
    """Of a length that is no multiple of 4, the value is not seen."""

    hides = {"value": lambda entry: entry.length % 4}

    @computed("ext", NONE, title="Extension")
    def is_there(self, entry: NTPExtension) -> int:
        """1: there is one."""
        return 1

    @noted("ext.invalid_length", "Extension invalid length", "Warning", PROTOCOL, about="length")
    def wrong_length(self, entry: NTPExtension) -> str | None:
        """The length is no multiple of 4."""
        return f"Extension length {entry.length} isn't a multiple of 4" if entry.length % 4 else None


class ControlSight(NTPSight, of=NTPControl):
    """The associations that an answer lists are items of the data."""

    hides = {"data": lambda header: True, "rest": lambda header: True}

    @computed("ctrl.flags2", UINT8, base=16, title="Flags 2")
    def second_flags(self, header: NTPControl) -> int | None:
        """All bits of the second byte."""
        return header.own_bytes[1] if header.own_size > 1 else None

    @computed("ctrl.data", NONE, title="Data")
    def has_data(self, header: NTPControl) -> int | None:
        """1 where there are to be data."""
        return 1 if header.count else None

    @computed("ctrl.item", NONE, title="Item")
    def items(self, header: NTPControl) -> list[int]:
        """1 for each association."""
        return [1] * len(header.associations())

    @computed("ctrl.associd", UINT16, title="AssociationID")
    def numbers(self, header: NTPControl) -> list[int]:
        """The numbers of the associations."""
        return [number for number, _ in header.associations()]

    @computed("ctrl.status", UINT16, base=16, title="Status")
    def states(self, header: NTPControl) -> list[int]:
        """The status of each association."""
        return [status for _, status in header.associations()]


class PrivateSight(NTPSight, of=NTPPrivate):
    """Second byte and what is asked for."""

    types = dict.fromkeys(("ntp.priv.flags.r", "ntp.priv.flags.more", "ntp.priv.auth"), UINT8)
    # Of what other implementations ask for, nothing more is known.
    reads = (
        *((name,) for name in "leap version mode flags is_response more is_authentic sequence".split()),
        *((name,) for name in "second_byte implementation request".split()),
        Stop(lambda header: header.implementation != _REFERENCE),
    )

    @computed("priv.auth_seq", UINT8, title="Auth, sequence")
    def second_byte(self, header: NTPPrivate) -> int | None:
        """All bits of the second byte."""
        return header.own_bytes[1] if header.own_size > 1 else None

    def words(self, header: NTPMessage) -> Iterator[str]:
        """Yield version and mode, and what is asked for, where that is there."""
        yield header.info() if header.own_size >= _LEAST_PRIVATE else NTPMessage.info(header)
