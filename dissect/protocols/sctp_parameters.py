"""The parameters of SCTP's chunks, and the causes of errors."""

from __future__ import annotations

from typing import Any

from dissect.declare import (
    AUTOMATIC,
    Address,
    Code,
    Coding,
    Entry,
    Listing,
    Option,
    OptionKind,
    OptionLength,
    OptionList,
    StructList,
    code,
    ipv4,
    ipv6,
    listing,
    octets,
    overlay,
    text,
    u16,
    u32,
)

__all__ = [
    "SCTPECN",
    "MalformedSCTPCause",
    "MalformedSCTPParameter",
    "SCTPAdaptation",
    "SCTPAddAddress",
    "SCTPAuthenticatedChunks",
    "SCTPCausePadding",
    "SCTPCookiePreservative",
    "SCTPDeleteAddress",
    "SCTPForwardTSNSupported",
    "SCTPHMACs",
    "SCTPHeartbeatInformation",
    "SCTPHostName",
    "SCTPIPv4",
    "SCTPIPv6",
    "SCTPInvalidStream",
    "SCTPNoUserData",
    "SCTPParameterPadding",
    "SCTPRandom",
    "SCTPStaleCookie",
    "SCTPStateCookie",
    "SCTPSupportedAddressTypes",
    "SCTPSupportedExtensions",
    "UnknownSCTPCause",
    "UnknownSCTPParameter",
    "causes",
    "parameters",
]

_WORD = 4
"""Parameters and causes begin at a multiple of so many bytes (RFC 9260, section 3.2.1)."""
_ABOUT_ADDRESSES = (0xC001, 0xC002, 0xC004)
"""The parameters that hold another one, an address (RFC 5061, section 4.2)."""
_NUMBERS_8 = StructList("!B", "numbers up to 255")
_NUMBERS_16 = StructList("!H", "numbers up to 65535")


class SCTPParameterType(Code):
    """What a parameter tells (IANA, sctp-parameters)."""

    HEARTBEAT_INFORMATION = 0x0001, "Heartbeat info"
    IPV4 = 0x0005, "IPv4 address"
    IPV6 = 0x0006, "IPv6 address"
    STATE_COOKIE = 0x0007, "State cookie"
    UNRECOGNIZED = 0x0008, "Unrecognized parameter"
    COOKIE_PRESERVATIVE = 0x0009, "Cookie preservative"
    HOST_NAME = 0x000B, "Hostname address"
    SUPPORTED_ADDRESS_TYPES = 0x000C, "Supported address types"
    OUTGOING_RESET = 0x000D, "Outgoing SSN reset request"
    INCOMING_RESET = 0x000E, "Incoming SSN reset request"
    SSN_TSN_RESET = 0x000F, "SSN/TSN reset request"
    RESET_RESPONSE = 0x0010, "Re-configuration response"
    ADD_OUTGOING_STREAMS = 0x0011, "Add outgoing streams request"
    ADD_INCOMING_STREAMS = 0x0012, "Add incoming streams request"
    ECN = 0x8000, "ECN"
    RANDOM = 0x8002, "Random"
    AUTHENTICATED_CHUNKS = 0x8003, "Authenticated Chunk list"
    HMACS = 0x8004, "Requested HMAC Algorithm"
    SUPPORTED_EXTENSIONS = 0x8008, "Supported Extensions"
    FORWARD_TSN_SUPPORTED = 0xC000, "Forward TSN supported"
    ADD_ADDRESS = 0xC001, "Add IP address"
    DELETE_ADDRESS = 0xC002, "Delete IP address"
    ERROR_CAUSE = 0xC003, "Error cause indication"
    SET_PRIMARY_ADDRESS = 0xC004, "Set primary address"
    SUCCESS = 0xC005, "Success report"
    ADAPTATION = 0xC006, "Adaptation Layer Indication"


class SCTPParameter(Option, name="sctp", source="RFC 9260, section 3.2.1", family=True, tolerant=True, ends_early=True):
    """A type, a length that counts itself, and a value; the upper two bits say what to do if the type is unknown."""

    type: Coding[SCTPParameterType] = code(
        16, SCTPParameterType, "parameter_type", factory=OptionKind(), base=16, title="Parameter type"
    )
    length: int = u16("parameter_length", factory=OptionLength(), title="Parameter length")
    skips: bool = overlay(1, "parameter_bit_1", default=AUTOMATIC, over="type", title="Bit")
    reports: bool = overlay(1, "parameter_bit_2", default=AUTOMATIC, over="type", skip=1, title="Bit")


class UnknownSCTPParameter(SCTPParameter, unknown=True, title="Unknown parameter"):
    """A parameter of a type without a class here."""

    data: bytes = octets("parameter_value", default=b"", length="rest", title="Parameter value")


class MalformedSCTPParameter(SCTPParameter, malformed=True, title="Malformed"):
    """Bytes in the place of parameters that are none."""

    type: Coding[SCTPParameterType] = code(16, SCTPParameterType, "", factory=OptionKind(), base=16, title="Type")
    length: int = u16("", factory=OptionLength(), title="Length")
    data: bytes = octets("", default=b"", length="rest", title="Data")


class SCTPParameterPadding(Entry, name="sctp", title="Parameter padding"):
    """Zeros behind a parameter, which its length does not count."""

    data: bytes = octets("parameter_padding", default=b"", length="rest", kw_only=False, title="Parameter padding")


def parameters(**options: Any) -> Any:
    """Declare the parameters at the end of a chunk, or of another parameter."""
    kind = OptionList(SCTPParameter, clipped=True, padded=_WORD, padding=SCTPParameterPadding)
    return listing(kind, "", default=(), length="rest", title="Parameters", **options)


class SCTPHeartbeatInformation(SCTPParameter, number=0x0001, title="Heartbeat info parameter"):
    """What the sender of a heartbeat wants to get back."""

    data: bytes = octets(
        "parameter_heartbeat_information", default=b"", length="rest", kw_only=False, title="Heartbeat information"
    )


class SCTPIPv4(SCTPParameter, number=0x0005, title="IPv4 address parameter"):
    """An address at which the sender can be reached as well."""

    address: Address = ipv4("parameter_ipv4_address", default="0.0.0.0", kw_only=False, title="IP Version 4 address")


class SCTPIPv6(SCTPParameter, number=0x0006, title="IPv6 address parameter"):
    """An address at which the sender can be reached as well."""

    address: Address = ipv6("parameter_ipv6_address", default="::", kw_only=False, title="IP Version 6 address")


class SCTPStateCookie(SCTPParameter, number=0x0007, title="State cookie parameter"):
    """All that the server has to remember of the association, for the client to keep."""

    cookie: bytes = octets("parameter_state_cookie", default=b"", length="rest", kw_only=False, title="State cookie")


class SCTPCookiePreservative(SCTPParameter, number=0x0009, title="Cookie preservative parameter"):
    """By how many milliseconds longer a cookie should be of use."""

    increment: int = u32(
        "parameter_cookie_preservative_incr",
        default=0,
        kw_only=False,
        title="Suggested Cookie life-span increment (msec)",
    )


class SCTPHostName(SCTPParameter, number=0x000B, title="Hostname address parameter"):
    """A name in the place of an address, which nobody may send any more (RFC 9260, section 3.3.2.1.5)."""

    value: str = text("parameter_hostname", default="", length="rest", kw_only=False, title="Hostname")


class SCTPSupportedAddressTypes(SCTPParameter, number=0x000C, title="Supported address types parameter"):
    """Which of the types of address parameters the sender can use."""

    numbers: Listing[int] = listing(
        _NUMBERS_16,
        "parameter_supported_address_type",
        default=(),
        length="rest",
        kw_only=False,
        title="Supported address type",
    )


class SCTPECN(SCTPParameter, number=0x8000, title="ECN parameter"):
    """The sender understands explicit congestion notification."""


class SCTPRandom(SCTPParameter, number=0x8002, title="Random parameter", source="RFC 4895, section 3.1"):
    """A part of the key with which chunks are authenticated."""

    data: bytes = octets("random_number", default=b"", length="rest", kw_only=False, title="Random number")


class SCTPAuthenticatedChunks(
    SCTPParameter, number=0x8003, title="Authenticated Chunk list parameter", source="RFC 4895, section 3.2"
):
    """The types of chunks that the sender wants to be authenticated."""

    numbers: Listing[int] = listing(
        _NUMBERS_8,
        "chunk_type_to_auth",
        default=(),
        length="rest",
        kw_only=False,
        title="Chunk type",
    )


class SCTPHMACs(
    SCTPParameter, number=0x8004, title="Requested HMAC Algorithm parameter", source="RFC 4895, section 3.3"
):
    """The algorithms by which chunks may be authenticated."""

    identifiers: Listing[int] = listing(
        _NUMBERS_16,
        "hmac_id",
        default=(),
        length="rest",
        kw_only=False,
        title="HMAC identifier",
    )


class SCTPSupportedExtensions(
    SCTPParameter, number=0x8008, title="Supported Extensions parameter", source="RFC 5061, section 4.2.7"
):
    """Types of chunks beyond those of RFC 9260 that the sender understands."""

    numbers: Listing[int] = listing(
        _NUMBERS_8,
        "supported_chunk_type",
        default=(),
        length="rest",
        kw_only=False,
        title="Supported chunk type",
    )


class SCTPForwardTSNSupported(
    SCTPParameter, number=0xC000, title="Forward TSN supported parameter", source="RFC 3758, section 3.1"
):
    """The sender understands that data may be given up."""


def _address() -> Any:
    """Declare the address in a parameter about one; a parameter about another address means nothing there."""
    plain = dict.fromkeys(_ABOUT_ADDRESSES, UnknownSCTPParameter)
    kind = OptionList(SCTPParameter, clipped=True, instead=plain, padded=_WORD, padding=SCTPParameterPadding)
    return listing(kind, "", default=(), length="rest", title="Address")


class SCTPAddAddress(SCTPParameter, number=0xC001, title="Add IP address parameter", source="RFC 5061, section 4.2.1"):
    """The sender can be reached at another address from now on."""

    correlation: int = u32("correlation_id", default=0, base=16, title="Correlation_id")
    parameters: Listing[Option | Entry] = _address()


class SCTPDeleteAddress(SCTPAddAddress, number=0xC002, title="Delete IP address parameter"):
    """The sender can't be reached at an address any more."""


class SCTPAdaptation(
    SCTPParameter, number=0xC006, title="Adaptation Layer Indication parameter", source="RFC 5061, section 4.2.6"
):
    """Which protocol adapts what runs over the association."""

    indication: int = u32("adaptation_layer_indication", default=0, base=16, kw_only=False, title="Indication")


class SCTPCauseCode(Code):
    """What went wrong (IANA, sctp-parameters)."""

    INVALID_STREAM = 0x0001, "Invalid stream identifier"
    MISSING_PARAMETER = 0x0002, "Missing mandatory parameter"
    STALE_COOKIE = 0x0003, "Stale cookie error"
    OUT_OF_RESOURCE = 0x0004, "Out of resource"
    UNRESOLVABLE_ADDRESS = 0x0005, "Unresolvable address"
    UNRECOGNIZED_CHUNK = 0x0006, "Unrecognized chunk type"
    INVALID_PARAMETER = 0x0007, "Invalid mandatory parameter"
    UNRECOGNIZED_PARAMETERS = 0x0008, "Unrecognized parameters"
    NO_USER_DATA = 0x0009, "No user data"
    COOKIE_WHILE_SHUTTING_DOWN = 0x000A, "Cookie received while shutting down"
    RESTART_WITH_NEW_ADDRESSES = 0x000B, "Restart of an association with new addresses"
    USER_ABORT = 0x000C, "User initiated ABORT"
    PROTOCOL_VIOLATION = 0x000D, "Protocol violation"
    DELETE_LAST_ADDRESS = 0x00A0, "Request to delete last address"
    RESOURCE_SHORTAGE = 0x00A1, "Operation refused due to resource shortage"
    DELETE_SOURCE_ADDRESS = 0x00A2, "Request to delete source address"
    ILLEGAL_ASCONF_ACK = 0x00A3, "Association Aborted due to illegal ASCONF-ACK"
    NO_AUTHORIZATION = 0x00A4, "Request refused - no authorization"
    UNSUPPORTED_HMAC = 0x0105, "Unsupported HMAC identifier"


class SCTPCause(Option, name="sctp", source="RFC 9260, section 3.3.10", family=True, tolerant=True, ends_early=True):
    """A code, a length that counts itself, and what belongs to the code."""

    code: Coding[SCTPCauseCode] = code(
        16, SCTPCauseCode, "cause_code", factory=OptionKind(), base=16, title="Cause code"
    )
    length: int = u16("cause_length", factory=OptionLength(), title="Cause length")


class UnknownSCTPCause(SCTPCause, unknown=True, title="Cause"):
    """A cause with nothing but bytes, or of a code without a class here."""

    data: bytes = octets("cause_information", default=b"", length="rest", title="Cause information")


class MalformedSCTPCause(SCTPCause, malformed=True, title="Malformed"):
    """Bytes in the place of causes that are none."""

    code: Coding[SCTPCauseCode] = code(16, SCTPCauseCode, "", factory=OptionKind(), base=16, title="Cause code")
    length: int = u16("", factory=OptionLength(), title="Cause length")
    data: bytes = octets("", default=b"", length="rest", title="Data")


class SCTPCausePadding(Entry, name="sctp", title="Cause padding"):
    """Zeros behind a cause, which its length does not count."""

    data: bytes = octets("cause_padding", default=b"", length="rest", kw_only=False, title="Cause padding")


class SCTPInvalidStream(SCTPCause, number=0x0001, title="Invalid stream identifier cause"):
    """Data came for a stream that there is not."""

    stream: int = u16("cause_stream_identifier", default=0, title="Stream identifier")
    reserved: int = u16("cause_reserved", default=0, title="Reserved")


class SCTPStaleCookie(SCTPCause, number=0x0003, title="Stale cookie error cause"):
    """A cookie came so many microseconds too late."""

    staleness: int = u32("cause_measure_of_staleness", default=0, kw_only=False, title="Measure of staleness in usec")


class SCTPNoUserData(SCTPCause, number=0x0009, title="No user data cause"):
    """A chunk of data had none."""

    tsn: int = u32("cause_tsn", default=0, kw_only=False, title="TSN")


def causes() -> Any:
    """Declare the causes at the end of a chunk that tells of errors."""
    kind = OptionList(SCTPCause, clipped=True, padded=_WORD, padding=SCTPCausePadding)
    return listing(kind, "", default=(), length="rest", title="Causes")
