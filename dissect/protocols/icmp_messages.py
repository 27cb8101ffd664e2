"""What the messages of ICMP and ICMPv6 share: codes, errors that quote what caused them, and extensions behind that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Self

from dissect.declare import AUTOMATIC, NETWORKS, Data, Field, Header, Integer, Problem, RecordList, derived
from dissect.protocols.icmp_extensions import LEAST, ExtensionObject, ICMPExtensions

__all__: list[str] = []

LEAST_QUOTE = 128
"""How many bytes are quoted at least, padding included, where extensions follow (RFC 4884, section 3)."""


class FieldShownIf(Field):
    """A field whose bits mean something in some messages only; in others display filters don't find it."""

    __slots__ = ("shown",)

    def __init__(self, width: int, label: str, shown: Callable[[Any], bool], **options: Any) -> None:
        super().__init__(width, Integer(), label, default=0, **options)
        self.shown = shown

    def values(self, record: Any) -> list[Any]:
        """Return the value, or nothing where it has no meaning."""
        values = super().values(record)
        return values if values and self.shown(record) else []


class Message(Header):
    """A message whose type tells which codes there are."""

    names_codes: ClassVar[bool] = False
    """Whether the codes of this type of message mean something."""
    carries_data: ClassVar[bool] = False
    """Whether what stands behind the fields means nothing but itself."""

    def check(self) -> Iterator[Problem]:
        """Yield a code that the type does not have."""
        message: Any = self
        # The codes of types that have no class of their own are not known.
        if self._is_form() and not self.is_cut and not message.code.known:
            known = ", ".join(str(int(member)) for member in type(message.code))
            yield self.problem("code", "is unknown", known, int(message.code), "warning")

    def _is_form(self) -> bool:
        """Whether the class is that of one type of message, and not the one for all others."""
        # Its name is that of the protocol, which it inherits.
        return "name" not in type(self).__dict__


class QuotingMessage(Header, quotes=True):
    """An error: the payload is the beginning of the datagram that caused it."""

    quoted_versions: ClassVar[tuple[int, ...]] = (4, 6)
    """The versions of IP whose datagrams are read in the quotation."""

    def quotation_end(self) -> int:
        """Return where the quoted datagram ends, in the buffer."""
        return self.carried_end

    def other_payload(self, outer: Any, deep: bool) -> Header | None:
        start, end = self.own_end, self.quotation_end()
        if start >= self.carried_end:
            return None
        version = self.buffer[start] >> 4
        decode = NETWORKS[version] if version in self.quoted_versions and not deep else Data.decode
        quote: Header = decode(self.buffer, start, end, outer)
        return quote


class MessageWithExtensions(Header):
    """A message that can have an extension structure as its last part (RFC 4884)."""

    def extensions_start(self, body: bytes) -> int | None:
        """Return where in the payload and trailer the extensions begin; None where there are none."""
        return None

    @property
    def extensions(self) -> ICMPExtensions | None:
        """What stands behind the quoted datagram; None where nothing does."""
        data = self._structure_bytes()
        return None if data is None else ICMPExtensions.read(data)

    def check(self) -> Iterator[Problem]:
        """Yield what is wrong with the extensions."""
        yield from super().check()
        extensions = self.extensions
        if extensions is not None and not self.is_cut_by_capture(1):
            for found in extensions.problems():
                sentence = found if isinstance(found, str) else found.message
                yield self.problem("", f"has an extension structure that {sentence}", severity="warning")

    def _structure_bytes(self) -> bytes | None:
        if self.is_cut:
            return None
        body = self.parts()[1]
        start = self.extensions_start(body)
        return None if start is None or len(body) - start < LEAST else body[start:]

    def _structure_place(self) -> tuple[int, int] | None:
        data = self._structure_bytes()
        return None if data is None else (self.own_size + len(self.parts()[1]) - len(data), len(data))

    _structure = derived("", kind=RecordList(ICMPExtensions), at=_structure_place, title="ICMP Extensions")(
        _structure_bytes
    )


class QuotingWithExtensions(MessageWithExtensions, QuotingMessage):
    """An error that tells the length of its quotation, so that extensions can follow.

    They are the last part of the `trailer`; `extensions` reads them and `with_extensions` adds them.
    """

    length_unit: ClassVar[int] = 4
    """The bytes in which the field `length` counts (RFC 4884, sections 4.1 to 4.5)."""

    def has_length(self) -> bool:
        """Whether the length of the quotation is told."""
        return not self.is_cut and bool(self.raw("length"))

    def extensions_start(self, body: bytes) -> int | None:
        stated = self.length_unit * self.raw("length")
        if not stated:
            return self.unstated_start(body)
        # Where less is stated, no extensions follow: the sender knows of no length in these bits.
        return stated if LEAST_QUOTE <= stated < len(body) else None

    def unstated_start(self, body: bytes) -> int | None:
        """Return where extensions begin of which no length tells; None where none can be without one."""
        return None

    def quotation_end(self) -> int:
        start = self.extensions_start(self.buffer[self.own_end : self.carried_end])
        return self.carried_end if start is None else self.own_end + start

    def with_extensions(self, *objects: ExtensionObject) -> Self:
        """Return a copy with these extensions behind the quotation, which is padded to fit.

        The quotation gets a length of 128 bytes or more, in whole units, and `length` tells it
        (RFC 4884, section 3). Raises FieldError for one of more than 255 units.

        >>> from dissect import IPv4, MPLSLabel, MPLSLabelStack, TimeExceeded, UDP
        >>> error = TimeExceeded(payload=IPv4(src="10.0.0.1") / UDP(dport=7))
        >>> error.with_extensions(MPLSLabelStack(labels=[MPLSLabel(label=16)])).extensions.objects[0].labels[0].label
        16
        """
        quote = b"" if self.payload is None else bytes(self.payload)
        size = max(LEAST_QUOTE, len(quote) + -len(quote) % self.length_unit)
        structure = bytes(ICMPExtensions(objects))
        copy = self.replace(length=size // self.length_unit, trailer=bytes(size - len(quote)) + structure)
        copy.checksum = AUTOMATIC  # type: ignore[attr-defined]
        return copy

    def check(self) -> Iterator[Problem]:
        """Yield a length past the end, one too short for extensions, and what is wrong with these."""
        yield from super().check()
        if self.is_cut:
            return
        stated, there = self.length_unit * self.raw("length"), len(self.parts()[1])
        if stated > there and not self.is_cut_by_capture(stated - there):
            yield self.problem("length", "runs past the end of the data", f"at most {there} bytes", f"{stated} bytes")
        elif 0 < stated < min(LEAST_QUOTE, there):
            yield self.problem(
                "length",
                "leaves too little for extensions to follow",
                f"{LEAST_QUOTE} bytes",
                f"{stated} bytes",
                "note",
            )
