"""The options of DHCP that DHCP itself is made of: which message this is, what is asked for, for how long."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declare import (
    Address,
    Code,
    Coding,
    Listing,
    Octets,
    Option,
    OptionKind,
    OptionLength,
    OptionList,
    Problem,
    StructList,
    code,
    derived,
    ipv4,
    listing,
    octets,
    text,
    u8,
    u16,
    u32,
)

__all__ = [
    "DHCPBootFileName",
    "DHCPClientIdentifier",
    "DHCPEnd",
    "DHCPErrorMessage",
    "DHCPLeaseTime",
    "DHCPMaximumMessageSize",
    "DHCPMessageType",
    "DHCPOption",
    "DHCPOptionOverload",
    "DHCPOverload",
    "DHCPPad",
    "DHCPParameterRequestList",
    "DHCPRebindingTime",
    "DHCPRenewalTime",
    "DHCPRequestedAddress",
    "DHCPServerIdentifier",
    "DHCPTFTPServerName",
    "DHCPVendorClass",
    "MalformedDHCPOption",
    "MessageType",
    "UnknownDHCPOption",
]

_HEAD = 2
"""The bytes of code and length, which the length leaves out."""
SERVER_NAME, FILE, COOKIE = 44, 108, 236
"""Where in a message the server's name, the name of the boot file and the cookie begin (RFC 2131, section 2)."""
VALUE = Octets("<MISSING>")
"""The kind of bytes that are shown to be missing."""
NUMBERS = StructList("!H", "numbers below 65536")
CODES = StructList("!B", "numbers below 256")


class DHCPMessageType(Code):
    """What a message is for (RFC 2132, section 9.6; RFC 3203, 4388, 6926, 7724)."""

    DISCOVER = 1, "Discover"
    OFFER = 2, "Offer"
    REQUEST = 3, "Request"
    DECLINE = 4, "Decline"
    ACK = 5, "ACK"
    NAK = 6, "NAK"
    RELEASE = 7, "Release"
    INFORM = 8, "Inform"
    FORCE_RENEW = 9, "Force Renew"
    LEASE_QUERY = 10, "Lease query"
    LEASE_UNASSIGNED = 11, "Lease Unassigned"
    LEASE_UNKNOWN = 12, "Lease Unknown"
    LEASE_ACTIVE = 13, "Lease Active"
    BULK_LEASE_QUERY = 14, "Bulk Lease Query"
    LEASE_QUERY_DONE = 15, "Lease Query Done"
    ACTIVE_LEASE_QUERY = 16, "Active LeaseQuery"
    LEASE_QUERY_STATUS = 17, "Lease Query Status"
    TLS = 18, "TLS"


class DHCPOverload(Code):
    """Which fields of a message hold options instead of names (RFC 2132, section 9.3)."""

    FILE = 1, "Boot file name holds options"
    SERVER_NAME = 2, "Server host name holds options"
    BOTH = 3, "Boot file and server host names hold options"


class DHCPOption(Option, name="dhcp", source="RFC 2132, section 2", family=True, looks_around=True):
    """An option of DHCP or BOOTP."""

    code: int = u8("option.type", factory=OptionKind(), title="Option")


class DHCPPad(DHCPOption, number=0, single=True, runs=True, title="Padding"):
    """Zeros between options, as many as there are in a row: the first, and `more`."""

    more: bytes = octets("", default=b"", length="rest", kw_only=False, title="More zeros")

    def problems(self) -> Iterator[Problem | str]:
        """Yield bytes that are no zeros, which would be other options."""
        if any(self.more):
            yield "has bytes that are not zero"


class DHCPEnd(DHCPOption, number=255, single=True, last=True, title="End"):
    """No option follows; behind it there should be zeros alone."""

    padding: bytes = octets("option.padding", default=b"", length="rest", kw_only=False, title="Padding")


class DHCPValueOption(DHCPOption):
    """An option that has a value, and tells how long that is."""

    length: int = u8("option.length", factory=OptionLength(uncounted=_HEAD), title="Length", doc="Of the value alone")


class UnknownDHCPOption(DHCPValueOption, unknown=True, title="Unknown"):
    """An option of a code without a class here, or of a length that its class does not have."""

    value: bytes = octets("option.value", default=b"", length="rest", kind=VALUE, title="Value")

    def problems(self) -> Iterator[Problem | str]:
        """Yield a length that options of this code do not have."""
        known = self.of_number(self.code)
        if known is not None:
            yield f"of code {self.code} ({known.title}) has {self.length} bytes, which that option cannot have"


class MalformedDHCPOption(DHCPOption, malformed=True, ends_early=True, title="Malformed"):
    """The rest of a list whose next option has no length, or runs past the end."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class DHCPRequestedAddress(DHCPValueOption, number=50, title="Requested IP Address"):
    """The address that a client would like to have."""

    value: Address = ipv4("option.requested_ip_address", default="0.0.0.0", kw_only=False, title="Requested IP Address")


class DHCPLeaseTime(DHCPValueOption, number=51, title="IP Address Lease Time"):
    """For how many seconds an address is leased; 4294967295 is for ever."""

    value: int = u32(
        "option.ip_address_lease_time", default=0, kw_only=False, title="IP Address Lease Time", varies="varying"
    )


class DHCPOptionOverload(DHCPValueOption, number=52, tolerant=True, title="Option Overload"):
    """The fields of the message that hold more options; of several of these, the first counts.

    `file_options` and `server_name_options` are those of a message that was parsed.
    """

    value: Coding[DHCPOverload] = code(
        8, DHCPOverload, "option.option_overload", default=DHCPOverload.FILE, kw_only=False, title="Option Overload"
    )

    @derived(
        "",
        kind=OptionList(DHCPOption),
        at=lambda option: option.place_of(SERVER_NAME, FILE),
        title="Server host name option overload",
    )
    def server_name_options(self) -> bytes | None:
        """The options in the field of the server's name."""
        return self._overloaded(SERVER_NAME, FILE) if self.value & DHCPOverload.SERVER_NAME else None

    @derived(
        "",
        kind=OptionList(DHCPOption),
        at=lambda option: option.place_of(FILE, COOKIE),
        title="Boot file name option overload",
    )
    def file_options(self) -> bytes | None:
        """The options in the field of the boot file's name."""
        return self._overloaded(FILE, COOKIE) if self.value & DHCPOverload.FILE else None

    def place_of(self, start: int, end: int) -> tuple[int, int]:
        """Return where these bytes of the message stand, from the option's own start, and how many they are."""
        return start - self.place_in_message, end - start

    def _overloaded(self, start: int, end: int) -> bytes | None:
        # One among the options of such a field would lead around in a circle.
        return self.message[start:end] if self.place_in_message > COOKIE else None


class MessageType(DHCPValueOption, number=53, tolerant=True, title="DHCP Message Type"):
    """What the message is for; one without this option is of BOOTP.

    >>> bytes(MessageType("discover")).hex()
    '350101'
    """

    value: Coding[DHCPMessageType] = code(
        8, DHCPMessageType, "option.dhcp", default=DHCPMessageType.DISCOVER, kw_only=False, title="DHCP"
    )


class DHCPServerIdentifier(DHCPValueOption, number=54, title="DHCP Server Identifier"):
    """The address of the server that offers, or whose offer is taken."""

    value: Address = ipv4("option.dhcp_server_id", default="0.0.0.0", kw_only=False, title="DHCP Server Identifier")


class DHCPParameterRequestList(DHCPValueOption, number=55, tolerant=True, title="Parameter Request List"):
    """The codes of the options that a client wants to have."""

    values: Listing[int] = listing(
        CODES, "option.request_list_item", default=(), length="rest", kw_only=False, title="Parameter Request List Item"
    )


class DHCPErrorMessage(DHCPValueOption, number=56, title="Message"):
    """Why a server refuses, or a client declines."""

    value: str = text("option.message", default="", length="rest", kw_only=False, title="Message")


class DHCPMaximumMessageSize(DHCPValueOption, number=57, title="Maximum DHCP Message Size"):
    """The largest message that a client takes, in bytes; 576 at least."""

    value: int = u16("option.dhcp_max_message_size", default=576, kw_only=False, title="Maximum DHCP Message Size")


class DHCPRenewalTime(DHCPValueOption, number=58, title="Renewal Time Value"):
    """After how many seconds a client asks its server for more time (T1)."""

    value: int = u32(
        "option.renewal_time_value", default=0, kw_only=False, title="Renewal Time Value", varies="varying"
    )


class DHCPRebindingTime(DHCPValueOption, number=59, title="Rebinding Time Value"):
    """After how many seconds a client asks any server (T2)."""

    value: int = u32(
        "option.rebinding_time_value", default=0, kw_only=False, title="Rebinding Time Value", varies="varying"
    )


class DHCPVendorClass(DHCPValueOption, number=60, title="Vendor class identifier"):
    """What kind of client this is; the meaning of vendor-specific information hangs on it."""

    value: str = text(
        "option.vendor_class_id", default="", length="rest", kw_only=False, title="Vendor class identifier"
    )


class DHCPClientIdentifier(DHCPValueOption, number=61, title="Client identifier", source="RFC 4361, section 6.1"):
    """What a server knows the client by: a hardware address behind its type, or anything else."""

    value: bytes = octets("", default=b"", length="rest", kw_only=False, title="Client identifier")


class DHCPTFTPServerName(DHCPValueOption, number=66, title="TFTP Server Name"):
    """The server's name, where the field for it holds options."""

    value: str = text("option.tftp_server_name", default="", length="rest", kw_only=False, title="TFTP Server Name")


class DHCPBootFileName(DHCPValueOption, number=67, title="Bootfile name"):
    """The name of the boot file, where the field for it holds options."""

    value: str = text("option.bootfile_name", default="", length="rest", kw_only=False, title="Bootfile name")
