"""The User Datagram Protocol."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declaration.automatic import Checksum, TotalLength
from dissect.declaration.checksum import ChecksumState
from dissect.declaration.fields import Field, derived, expert, u16
from dissect.declaration.header import Header
from dissect.declaration.kinds import Octets
from dissect.declaration.problems import Problem
from dissect.protocols.ipv4 import IPProtocol, IPv4

__all__ = ["UDP"]


class _Length(TotalLength):
    """The length of a datagram; over IPv6 it is 0 where 16 bits don't hold it (RFC 2675, section 4)."""

    def problems(self, header: Any, field: Field) -> Iterator[Problem]:
        if header.raw(field) or not header._checksum_required():
            yield from super().problems(header, field)
        elif header._data_length() <= LARGEST:
            yield header.problem(
                field.name, "is 0, which only a jumbogram has", header._data_length(), 0, name="length.bad_zero"
            )


LARGEST = 0xFFFF
"""The longest datagram that is no jumbogram, in bytes."""


class UDP(
    Header, name="udp", title="User Datagram Protocol", source="RFC 768", usual=True, over={IPv4: IPProtocol.UDP}
):
    """Ports and a length over IP; the checksum is optional over IPv4: 0 means that there is none."""

    sport: int = u16("srcport", default=0, also="port", title="Source Port")
    dport: int = u16("dstport", default=0, also="port", title="Destination Port")
    length: int = u16(
        "length", factory=_Length(), title="Length", doc="Header and payload in bytes", wrong="length.bad"
    )
    checksum: int = u16(
        "checksum", factory=Checksum(pseudo_header=17, optional=True, bad="checksum.bad"), base=16, title="Checksum"
    )

    @derived("payload", kind=Octets(), title="Payload")
    def payload_bytes(self) -> bytes | None:
        """The bytes from here to the end of the network's datagram; None where there are none.

        They are more than the payload where the length is less than there is room for.
        """
        network = self._network()
        if self._is_cut() or self.length == 8:
            return None
        if self._tail is not None or network is None or self._is_quoted():
            return self._parts()[1] or None
        end = min(network._declared_end() or len(self._buffer), len(self._buffer))
        return self._buffer[self._body : max(end, self._end)] or None

    @property
    def seen_payload(self) -> Header | None:
        """What the datagram carries in the light of other frames; that of a jumbogram is read whatever its length."""
        seen = super().seen_payload
        if seen is not None or self._payload is None or self.length or not self._checksum_required():
            return seen
        return self.payload

    _wrong_length = expert("length.bad", "Bad length value")
    _zero_length = expert("length.bad_zero", "Length is zero but payload < 65536")

    @derived("stream", title="Stream index")
    def stream(self) -> int | None:
        """Which conversation of the capture this belongs to, counted from 0 in the order in which they begin."""
        return self.learnt("stream")  # type: ignore[no-any-return]

    @derived("checksum.zero", title="Illegal checksum value (0)")
    def zero_checksum(self) -> int | None:
        """1 where there is no checksum though the network header demands one (RFC 8200, section 8.1)."""
        return 1 if self.checksum == 0 and self._checksum_required() else None

    def headline(self) -> str:
        return self.title if self._is_cut() else f"{self.title}, Src Port: {self.sport}, Dst Port: {self.dport}"

    def shows(self, field: Field) -> bool:
        """Whether display filters see the field: behind a length that is too short they see no further."""
        there = self._body - self._start
        if there < 8:
            return there >= 4 and field.name in _BEFORE_LENGTH
        return field.name in _BEFORE_LENGTH or self.length >= 8 or (self.length == 0 and self._checksum_required())

    def check(self) -> Iterator[Problem]:
        """Yield the length of a header that is cut itself, and a length 0 where it has no meaning (RFC 2675)."""
        there = self._body - self._start
        if self._is_cut() and there >= 6 and not self._is_cut_by_capture(1):
            yield self.problem("length", "runs past the end of the data", there, self.length, name="length.bad")

    def protocol_column(self) -> str:
        # Without ports a list shows nothing but the network's protocol.
        is_there = self._body - self._start >= 4 or self._network() is None
        return self.short_name() if is_there else ""

    def stops_short(self) -> bool:
        """Whether bytes of the header are missing, or all of those that its length tells of."""
        return self._is_cut() or (self.length > 8 and self._data_length() == 8)

    def info(self) -> str:
        """Return ports and the length of the data, and what is wrong with lengths and checksum."""
        there = self._body - self._start
        if there < 4:
            return ""
        text = f"{self.sport} → {self.dport}"
        if there < 6:
            return text
        if self.length == 0 and self._checksum_required():
            return f"{text} Len={self._data_length() - 8} [Jumbogram]"
        if self.length < 8:
            return f"{text} [BAD UDP LENGTH {self.length} < 8]"
        missing = self.length - self._data_length()
        if missing > 0 and not self._is_cut_by_capture(missing):
            text += f" [BAD UDP LENGTH {self.length} > IP PAYLOAD LENGTH]"
        text += f" Len={self.length - 8}"
        if self._is_cut():
            return text
        if self.zero_checksum:
            return f"{text} [ILLEGAL CHECKSUM (0)]"
        return f"{text} [UDP CHECKSUM INCORRECT]" if self.checksum_state(as_there=True) is ChecksumState.BAD else text


_BEFORE_LENGTH = frozenset({"sport", "dport", "length", "_wrong_length"})
"""What display filters see of a header whose length is less than its own."""
