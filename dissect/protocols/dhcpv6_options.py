"""The options of DHCPv6: who asks, which addresses and prefixes are leased, and how relay agents pass it on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declare import (
    Address,
    Code,
    Coding,
    Entry,
    IPv6Address,
    LengthOf,
    Listing,
    Option,
    OptionKind,
    OptionLength,
    OptionList,
    Problem,
    StructList,
    address_list,
    bits,
    code,
    flag,
    ipv6,
    listing,
    octets,
    records,
    text,
    u8,
    u16,
    u24,
    u32,
)
from dissect.protocols.dhcp_options import VALUE

__all__ = [
    "DHCPv6Address",
    "DHCPv6Addresses",
    "DHCPv6Authentication",
    "DHCPv6ClientData",
    "DHCPv6ClientIdentifier",
    "DHCPv6ClientLinks",
    "DHCPv6ClientName",
    "DHCPv6EchoRequest",
    "DHCPv6ElapsedTime",
    "DHCPv6InterfaceID",
    "DHCPv6Lifetime",
    "DHCPv6Message",
    "DHCPv6MessageType",
    "DHCPv6Option",
    "DHCPv6OptionRequest",
    "DHCPv6Preference",
    "DHCPv6Prefix",
    "DHCPv6Prefixes",
    "DHCPv6RapidCommit",
    "DHCPv6ReconfigureAccept",
    "DHCPv6ReconfigureMessage",
    "DHCPv6RelayID",
    "DHCPv6RelayMessage",
    "DHCPv6RelayPort",
    "DHCPv6RemoteID",
    "DHCPv6ServerIdentifier",
    "DHCPv6ServerUnicast",
    "DHCPv6Status",
    "DHCPv6StatusCode",
    "DHCPv6SubscriberID",
    "DHCPv6TemporaryAddresses",
    "DHCPv6UserClass",
    "DHCPv6UserClassData",
    "DHCPv6VendorClass",
    "DHCPv6VendorClassData",
    "DHCPv6VendorInformation",
    "DHCPv6VendorOption",
    "MalformedDHCPv6Option",
    "UnknownDHCPv6Option",
]

HEAD = 4
"""The bytes of type and length, which the length leaves out."""
_NUMBERS = StructList("!H", "numbers below 65536")


class DHCPv6MessageType(Code):
    """What a message is for (RFC 8415, section 7.3; RFC 5007, 5460, 6977)."""

    SOLICIT = 1, "Solicit"
    ADVERTISE = 2, "Advertise"
    REQUEST = 3, "Request"
    CONFIRM = 4, "Confirm"
    RENEW = 5, "Renew"
    REBIND = 6, "Rebind"
    REPLY = 7, "Reply"
    RELEASE = 8, "Release"
    DECLINE = 9, "Decline"
    RECONFIGURE = 10, "Reconfigure"
    INFORMATION_REQUEST = 11, "Information-request"
    RELAY_FORWARD = 12, "Relay-forw"
    RELAY_REPLY = 13, "Relay-reply"
    LEASE_QUERY = 14, "Leasequery"
    LEASE_QUERY_REPLY = 15, "Leasequery-reply"
    LEASE_QUERY_DONE = 16, "Leasequery-done"
    LEASE_QUERY_DATA = 17, "Leasequery-data"
    RECONFIGURE_REQUEST = 18, "Reconfigure-request"
    RECONFIGURE_REPLY = 19, "Reconfigure-reply"


class DHCPv6Status(Code):
    """How it went (RFC 8415, section 21.13)."""

    SUCCESS = 0, "Success"
    UNSPECIFIED_FAILURE = 1, "UnspecFail"
    NO_ADDRESSES = 2, "NoAddrAvail"
    NO_BINDING = 3, "NoBinding"
    NOT_ON_LINK = 4, "NotOnLink"
    USE_MULTICAST = 5, "UseMulticast"
    NO_PREFIXES = 6, "NoPrefixAvail"


class DHCPv6Option(Option, name="dhcpv6", source="RFC 8415, section 21.1", family=True, looks_around=True):
    """An option of DHCPv6; some hold others, down to sixteen of them in each other."""

    type: int = u16("option.type", factory=OptionKind(), title="Option")
    length: int = u16("option.length", factory=OptionLength(uncounted=HEAD), title="Length", doc="Of the value alone")


class UnknownDHCPv6Option(DHCPv6Option, unknown=True, title="Unknown"):
    """An option of a type without a class here, or of a length that its class does not have."""

    value: bytes = octets("", default=b"", length="rest", title="Value")

    def problems(self) -> Iterator[Problem | str]:
        """Yield a length that options of this type do not have."""
        known = self.of_number(self.type)
        if known is not None:
            yield f"of type {self.type} ({known.title}) has {self.length} bytes, which that option cannot have"


class MalformedDHCPv6Option(DHCPv6Option, malformed=True, title="Malformed"):
    """The rest of a list whose next option has no length, or runs past the end."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


_OPTIONS = OptionList(DHCPv6Option)


class DHCPv6DUIDOption(DHCPv6Option):
    """An identifier that a client or a server has for good (RFC 8415, section 11)."""

    duid: bytes = octets("duid.bytes", default=b"", length="rest", kw_only=False, title="DUID")


class DHCPv6ClientIdentifier(DHCPv6DUIDOption, number=1, title="Client Identifier"):
    """Who asks."""


class DHCPv6ServerIdentifier(DHCPv6DUIDOption, number=2, title="Server Identifier"):
    """Who answers, or is to answer."""


class DHCPv6RelayID(DHCPv6DUIDOption, number=53, title="Relay-ID", source="RFC 5460, section 5.4.1"):
    """Who passes the message on."""


class DHCPv6Addresses(DHCPv6Option, number=3, title="Identity Association for Non-temporary Address"):
    """The addresses of one interface of a client, and after how many seconds it asks for more time (T1, T2)."""

    iaid: bytes = octets("iaid", size=4, default=b"", title="IAID")
    t1: int = u32("iaid.t1", default=0, title="T1")
    t2: int = u32("iaid.t2", default=0, title="T2")
    options: Listing[DHCPv6Option] = listing(_OPTIONS, "", default=(), length="rest", title="Options")


class DHCPv6TemporaryAddresses(DHCPv6Option, number=4, title="Identity Association for Temporary Address"):
    """Temporary addresses of one interface of a client."""

    iaid: bytes = octets("iata", size=4, default=b"", title="IATA")
    options: Listing[DHCPv6Option] = listing(_OPTIONS, "", default=(), length="rest", title="Options")


class DHCPv6Address(DHCPv6Option, number=5, title="IA Address"):
    """One address, and for how many seconds it is to be used and is valid; 4294967295 is for ever."""

    address: Address = ipv6("iaaddr.ip", default="::", kw_only=False, title="IPv6 address")
    preferred: int = u32("iaaddr.pref_lifetime", default=0, title="Preferred lifetime")
    valid: int = u32("iaaddr.valid_lifetime", default=0, title="Valid lifetime")
    options: Listing[DHCPv6Option] = listing(_OPTIONS, "", default=(), length="rest", title="Options")


class DHCPv6OptionRequest(DHCPv6Option, number=6, tolerant=True, title="Option Request"):
    """The types of the options that a client wants to have."""

    wanted: Listing[int] = listing(
        _NUMBERS, "requested_option_code", default=(), length="rest", kw_only=False, title="Requested Option code"
    )


class DHCPv6Preference(DHCPv6Option, number=7, title="Preference"):
    """Which server a client should prefer: that with the greatest number."""

    value: int = u8("option_preference", default=0, kw_only=False, title="Pref-value")


class DHCPv6ElapsedTime(DHCPv6Option, number=8, title="Elapsed time"):
    """For how long a client has tried, in hundredths of a second."""

    value: int = u16("elapsed_time", default=0, kw_only=False, title="Elapsed time")


def _is_relayed(message: Any) -> bool:
    return message.raw("type") in (DHCPv6MessageType.RELAY_FORWARD, DHCPv6MessageType.RELAY_REPLY)


def _is_direct(message: Any) -> bool:
    return not _is_relayed(message)


class DHCPv6Message(Entry, name="dhcpv6", ends_early=True, title="DHCPv6", source="RFC 8415, sections 8 and 9"):
    """A message that a relay agent passes on; it has the fields of the header `DHCPv6`."""

    type: Coding[DHCPv6MessageType] = code(8, DHCPv6MessageType, "msgtype", default=1, title="Message type")
    transaction_id: int = u24("xid", default=0, base=16, when=_is_direct, title="Transaction ID")
    hops: int = u8("hopcount", default=0, when=_is_relayed, title="Hopcount")
    link_address: Address = ipv6("linkaddr", default="::", when=_is_relayed, title="Link address")
    peer_address: Address = ipv6("peeraddr", default="::", when=_is_relayed, title="Peer address")
    options: Listing[DHCPv6Option] = listing(_OPTIONS, "", default=(), length="rest", title="Options")


class DHCPv6RelayMessage(DHCPv6Option, number=9, title="Relay Message"):
    """The message that is passed on."""

    relayed: Listing[DHCPv6Message] = records("", of=DHCPv6Message, default=(), kw_only=False, title="Relay Message")


class DHCPv6Authentication(DHCPv6Option, number=11, title="Authentication"):
    """What proves who sends the message."""

    protocol: int = u8("auth.protocol", default=0, title="Protocol")
    algorithm: int = u8("auth.algorithm", default=0, title="Algorithm")
    replay_method: int = u8("auth.rdm", default=0, title="RDM")
    replay: bytes = octets("auth.replay_detection", size=8, default=b"", title="Replay Detection")
    information: bytes = octets("auth.info", default=b"", length="rest", title="Authentication Information")


class DHCPv6ServerUnicast(DHCPv6Option, number=12, title="Server unicast"):
    """The address to which a client may send without multicast."""

    value: Address = ipv6("unicast", default="::", kw_only=False, title="IPv6 address")


class DHCPv6StatusCode(DHCPv6Option, number=13, title="Status code"):
    """How it went, in a number and in words."""

    value: Coding[DHCPv6Status] = code(16, DHCPv6Status, "status_code", default=0, kw_only=False, title="Status Code")
    words: str = text("status_msg", default="", length="rest", kw_only=False, title="Status Message")


class DHCPv6RapidCommit(DHCPv6Option, number=14, title="Rapid Commit"):
    """Two messages are to do instead of four."""


class DHCPv6UserClassData(Entry, name="dhcpv6", ends_early=True, title="User class"):
    """One class that a user belongs to."""

    length: int = u16("userclass.length", factory=LengthOf(), title="Length")
    data: bytes = octets("userclass.opaque_data", kind=VALUE, default=b"", length="length", kw_only=False, title="Data")


class DHCPv6UserClass(DHCPv6Option, number=15, title="User Class"):
    """The classes that a client's user belongs to."""

    values: Listing[DHCPv6UserClassData] = records("", of=DHCPv6UserClassData, default=(), title="User Class")


class DHCPv6VendorClassData(Entry, name="dhcpv6", title="Vendor class"):
    """One thing that a maker tells of its client."""

    length: int = u16("", factory=LengthOf(), title="Length")
    data: str = text("vendorclass.data", default="", length="length", kw_only=False, title="vendor-class-data")


class DHCPv6VendorClass(DHCPv6Option, number=16, title="Vendor Class"):
    """What kind of client this is, in the words of its maker."""

    enterprise: int = u32("vendorclass.enterprise", default=0, title="Enterprise ID")
    values: Listing[DHCPv6VendorClassData] = records("", of=DHCPv6VendorClassData, default=(), title="Vendor Class")


class DHCPv6VendorOption(Entry, name="dhcpv6", ends_early=True, title="option"):
    """An option whose meaning a maker knows."""

    type: int = u16("vendoropts.enterprise.option_code", default=0, title="Option code")
    length: int = u16("vendoropts.enterprise.option_length", factory=LengthOf(), title="Option length")
    data: bytes = octets(
        "vendoropts.enterprise.option_data", kind=VALUE, default=b"", length="length", title="Option data"
    )


class DHCPv6VendorInformation(DHCPv6Option, number=17, title="Vendor-specific Information"):
    """Options whose meaning a maker knows."""

    enterprise: int = u32("vendoropts.enterprise", default=0, title="Enterprise ID")
    options: Listing[DHCPv6VendorOption] = records("", of=DHCPv6VendorOption, default=(), title="Options")


class DHCPv6InterfaceID(DHCPv6Option, number=18, title="Interface-Id"):
    """The interface of a relay agent by which the message came."""

    value: bytes = octets("interface_id", default=b"", length="rest", kw_only=False, title="Interface-ID")


class DHCPv6ReconfigureMessage(DHCPv6Option, number=19, title="Reconfigure Message"):
    """With which message a client is to begin again."""

    value: int = u8("reconf_msg", default=5, kw_only=False, title="Reconfigure message type")


class DHCPv6ReconfigureAccept(DHCPv6Option, number=20, title="Reconfigure Accept"):
    """The client may be told to begin again."""


class DHCPv6Prefixes(DHCPv6Option, number=25, title="Identity Association for Prefix Delegation"):
    """The prefixes that a router gets for its own networks."""

    iaid: bytes = octets("iaid", size=4, default=b"", title="IAID")
    t1: int = u32("iaid.t1", default=0, title="T1")
    t2: int = u32("iaid.t2", default=0, title="T2")
    options: Listing[DHCPv6Option] = listing(_OPTIONS, "", default=(), length="rest", title="Options")


class DHCPv6Prefix(DHCPv6Option, number=26, title="IA Prefix"):
    """One prefix, and for how many seconds it is to be used and is valid."""

    preferred: int = u32("iaprefix.pref_lifetime", default=0, title="Preferred lifetime")
    valid: int = u32("iaprefix.valid_lifetime", default=0, title="Valid lifetime")
    prefix_length: int = u8("iaprefix.pref_len", default=64, title="Prefix length")
    prefix: Address = ipv6("iaprefix.pref_addr", default="::", title="Prefix address")
    options: Listing[DHCPv6Option] = listing(_OPTIONS, "", default=(), length="rest", title="Options")


class DHCPv6Lifetime(DHCPv6Option, number=32, title="Lifetime", source="RFC 4242, section 3"):
    """After how many seconds a client that has no lease asks again."""

    value: int = u32("lifetime", default=86400, kw_only=False, title="Lifetime")


class DHCPv6RemoteID(DHCPv6Option, number=37, title="Remote Identifier", source="RFC 4649, section 3"):
    """Who is at the other end of a circuit."""

    enterprise: int = u32("remoteid.enterprise", default=0, title="Enterprise ID")
    value: bytes = octets("remoteid_enterprise_id", kind=VALUE, default=b"", length="rest", title="Remote-ID")


class DHCPv6ClientName(
    DHCPv6Option, number=39, title="Client Fully Qualified Domain Name", source="RFC 4704, section 4.1"
):
    """The client's name, and who tells it to DNS."""

    reserved: int = bits(5, "", default=0, title="Reserved")
    no_updates: bool = flag("clientfqdn.client.n", default=False, title="N bit")
    overrides: bool = flag("clientfqdn.server.o", default=False, title="O bit")
    server_updates: bool = flag("clientfqdn.client.s", default=False, title="S bit")
    name_bytes: bytes = octets("", default=b"", length="rest", kw_only=False, title="Domain name")


class DHCPv6EchoRequest(DHCPv6Option, number=43, tolerant=True, title="Echo Request Option", source="RFC 4994"):
    """The types of the options that a relay agent wants to have back."""

    wanted: Listing[int] = listing(
        _NUMBERS, "requested_option_code", default=(), length="rest", kw_only=False, title="Requested Option code"
    )


class DHCPv6ClientData(DHCPv6Option, number=45, title="Leasequery Client Data", source="RFC 5007, section 4.1.2.2"):
    """What a server knows of a client."""

    options: Listing[DHCPv6Option] = listing(_OPTIONS, "", default=(), length="rest", kw_only=False, title="Options")


class DHCPv6RelayPort(DHCPv6Option, number=135, title="Relay Source Port", source="RFC 8357, section 4.2"):
    """The port to which a relay agent wants answers."""

    value: int = u16("relay_port", default=0, kw_only=False, title="Downstream Source Port")


class DHCPv6ClientLinks(DHCPv6Option, number=48, title="Leasequery Client Link Address List"):
    """Links on which a client has addresses (RFC 5007)."""

    values: Listing[str] = address_list(
        "lq_client_link", of=IPv6Address, default=(), length="rest", kw_only=False, title="LQ client links address"
    )


class DHCPv6SubscriberID(DHCPv6Option, number=38, title="Subscriber Identifier"):
    """Who the client belongs to (RFC 4580)."""

    value: str = text("subscriber_id", default="", length="rest", kw_only=False, title="Subscriber-ID")
