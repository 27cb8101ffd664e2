"""The extension in which the ends of a connection of QUIC tell what they want of each other (RFC 9000, section 18)."""

from __future__ import annotations

from typing import Any

from dissect.declare import Entry, Listing, Octets, Option, RecordList, Varint, derived, listing, octets, u16, varint
from dissect.protocols.tls_extension import HEAD, KnownExtension

__all__ = ["DraftQUICParameters", "OldQUICParameter", "OldQUICParameters", "QUICParameter", "QUICParameters"]

_PREFIX = "quic.parameter."
_ABSENT = Octets("<MISSING>")
_LENGTH = 2
_MOST = 0xFFFF
"""The bytes of the longest extension."""
_MOST_WIDTH = 8
"""The bytes of the longest number (RFC 9000, section 16)."""


def _number(kind: int, label: str) -> Any:
    """Declare the number that is the value of parameters of this kind."""

    @derived(_PREFIX + label, over="value", width=64, title=label)
    def number(parameter: Any) -> int | None:
        """The value as a number; None for parameters of another kind, and for a value that is no number."""
        value = bytes(parameter.value)
        if parameter.kind != kind or not 0 < len(value) <= _MOST_WIDTH or len(value) != 1 << (value[0] >> 6):
            return None
        return Varint().load(value)

    return number


def _bytes(kind: int, label: str, title: str) -> Any:
    """Declare the bytes that are the value of parameters of this kind."""

    @derived(_PREFIX + label, kind=_ABSENT, over="value", title=title)
    def told(parameter: Any) -> bytes | None:
        """The value; None for parameters of another kind."""
        return bytes(parameter.value) if parameter.kind == kind else None

    return told


class _Told(Entry, name="tls"):
    """What the value of a parameter is by its kind (RFC 9000, section 18.2)."""

    original_destination = _bytes(0x00, "original_destination_connection_id", "Original Destination Connection ID")
    max_idle_timeout = _number(0x01, "max_idle_timeout")
    reset_token = _bytes(0x02, "stateless_reset_token", "Stateless Reset Token")
    max_udp_payload_size = _number(0x03, "max_udp_payload_size")
    initial_max_data = _number(0x04, "initial_max_data")
    initial_max_stream_data_bidi_local = _number(0x05, "initial_max_stream_data_bidi_local")
    initial_max_stream_data_bidi_remote = _number(0x06, "initial_max_stream_data_bidi_remote")
    initial_max_stream_data_uni = _number(0x07, "initial_max_stream_data_uni")
    initial_max_streams_bidi = _number(0x08, "initial_max_streams_bidi")
    initial_max_streams_uni = _number(0x09, "initial_max_streams_uni")
    ack_delay_exponent = _number(0x0A, "ack_delay_exponent")
    max_ack_delay = _number(0x0B, "max_ack_delay")
    active_connection_id_limit = _number(0x0E, "active_connection_id_limit")
    initial_source = _bytes(0x0F, "initial_source_connection_id", "Initial Source Connection ID")
    retry_source = _bytes(0x10, "retry_source_connection_id", "Retry Source Connection ID")
    max_datagram_frame_size = _number(0x20, "max_datagram_frame_size")


class QUICParameter(_Told, title="Parameter", source="RFC 9000, section 18"):
    """What one end wants, by the number of its kind: limits for the other, or identifiers."""

    kind: int = varint(_PREFIX + "type", default=0, title="Type")
    length: int = varint(_PREFIX + "length", default=0, title="Length")
    value: bytes = octets(
        _PREFIX + "value", length=lambda each: min(each.length, _MOST), default=b"", kind=_ABSENT, title="Value"
    )


class QUICParameters(KnownExtension, number=57, title="quic_transport_parameters", source="RFC 9000, section 18"):
    """What one end wants of the other; those that it leaves out have the values that the RFC gives.

    >>> wanted = QUICParameters([QUICParameter(kind=4, length=2, value=bytes.fromhex("4400"))])
    >>> wanted.parameters[0].initial_max_data, bytes(wanted).hex()
    (1024, '0039000404024400')
    """

    parameters: Listing[QUICParameter] = listing(
        RecordList(QUICParameter, clipped=True), "", length="rest", kw_only=False, title="Parameters", default=()
    )


class DraftQUICParameters(
    QUICParameters, number=65445, title="quic_transport_parameters (drafts version)", source="draft-ietf-quic-tls-32"
):
    """The same by the number that it had in drafts of QUIC, 27 to 32."""

    @classmethod
    def of_bytes(cls, data: bytes) -> type[Option]:
        """Return the class for parameters behind a length of all of them, as they stood in drafts up to 26."""
        body = data[HEAD:]
        is_older = len(body) == _LENGTH + int.from_bytes(body[:_LENGTH], "big")
        return OldQUICParameters if is_older and cls is DraftQUICParameters else cls


class OldQUICParameter(_Told, title="Parameter", source="draft-ietf-quic-transport-26, section 18"):
    """A parameter whose kind and length have two bytes each."""

    kind: int = u16(_PREFIX + "type", default=0, title="Type")
    length: int = u16(_PREFIX + "lengt.old", default=0, title="Length")
    value: bytes = octets(_PREFIX + "value", length="length", default=b"", kind=_ABSENT, title="Value")


class OldQUICParameters(
    KnownExtension,
    number=65445,
    apart=True,
    title="quic_transport_parameters (drafts version)",
    source="draft-ietf-quic-transport-26, section 18",
):
    """The same as it was in drafts of QUIC up to 26."""

    parameters_length: int = u16("", default=0, title="Parameters Length")
    parameters: Listing[OldQUICParameter] = listing(
        RecordList(OldQUICParameter, clipped=True),
        "",
        length="parameters_length",
        kw_only=False,
        title="Parameters",
        default=(),
    )
