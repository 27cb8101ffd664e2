"""DHCP and BOOTP: a host without an address asks for one, and for what else it needs to know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from dissect.declare import (
    AUTOMATIC,
    Address,
    Code,
    Coding,
    Header,
    Listing,
    MacAddress,
    Option,
    OptionList,
    Problem,
    code,
    ipv4,
    listing,
    octets,
    overlay,
    text,
    u8,
    u16,
    u32,
)
from dissect.protocols.arp import HardwareType
from dissect.protocols.dhcp_options import DHCPEnd, DHCPMessageType, DHCPOption, DHCPOptionOverload, MessageType
from dissect.protocols.udp import UDP

__all__ = ["DHCP", "BOOTPOperation"]

COOKIE = "99.130.83.99"
"""What tells that options follow (RFC 2132, section 2)."""
_COOKIE = 0x63825363
_LEAST_OPTIONS = 60
"""How many bytes options have at least, so that the message has 300 (RFC 1542, section 2.1)."""
_HARDWARE_SIZE = 16
_HOST_NAME, _DOMAIN_NAME = 12, 15
"""The numbers of the options that tell a client's name, and the domain that it is in (RFC 2132)."""
_Option = TypeVar("_Option", bound=Option)


class BOOTPOperation(Code):
    """Who talks to whom (RFC 951, section 3)."""

    REQUEST = 1, "Boot Request"
    REPLY = 2, "Boot Reply"


class DHCPOptionList(OptionList):
    """The options of a message: where no end is given, the end and zeros up to the least size follow.

    A list whose last item is bytes is left as it is: b"" stands for nothing more.
    """

    def store(self, value: Any, width: int) -> bytes:
        items = list(value) if isinstance(value, Iterable) and not isinstance(value, (bytes, str)) else None
        stored = super().store(value if items is None else items, width)
        if items is None or (items and isinstance(items[-1], (DHCPEnd, bytes))):
            return stored
        return stored + bytes(DHCPEnd(bytes(max(_LEAST_OPTIONS - len(stored) - 1, 0))))

    def source(self, raw: bytes, base: int) -> str:
        items = self.items(raw)
        return repr([*items] if items and isinstance(items[-1], DHCPEnd) else [*items, b""])


_OPTIONS = DHCPOptionList(DHCPOption)


class DHCP(
    Header,
    name="dhcp",
    title="Dynamic Host Configuration Protocol",
    source="RFC 2131, section 2",
    over={UDP: (67, 68, 4011)},
):
    """A message between a client and a server, or a relay that stands between them.

    >>> from dissect import Ethernet, IPv4, UDP
    >>> discover = DHCP(client_mac="02:00:00:00:00:0a", options=[MessageType("discover")])
    >>> len(bytes(discover)), discover.message_type, (UDP() / discover).dport
    (300, <DHCPMessageType.DISCOVER: 1>, 67)
    """

    operation: Coding[BOOTPOperation] = code(
        8, BOOTPOperation, "type", default=1, title="Message type", doc="Of a client or a server (op)"
    )
    hardware_type: Coding[HardwareType] = code(8, HardwareType, "hw.type", default=1, base=16, title="Hardware type")
    hardware_length: int = u8("hw.len", default=6, title="Hardware address length")
    hops: int = u8("hops", default=0, title="Hops", doc="Relays that the message came by")
    transaction_id: int = u32(
        "id", default=0, base=16, title="Transaction ID", doc="Chosen by the client (xid)", varies="transaction-ids"
    )
    seconds: int = u16("secs", default=0, title="Seconds elapsed", doc="Since the client began", varies="varying")
    flags: int = u16("flags", default=0, base=16, title="Bootp flags")
    broadcast: bool = overlay(1, "flags.bc", default=AUTOMATIC, over="flags", title="Broadcast flag")
    reserved: int = overlay(
        15, "flags.reserved", default=AUTOMATIC, over="flags", skip=1, base=16, size=16, title="Reserved flags"
    )
    client_address: Address = ipv4(
        "ip.client", default="0.0.0.0", title="Client IP address", doc="That it has (ciaddr)"
    )
    your_address: Address = ipv4(
        "ip.your", default="0.0.0.0", title="Your (client) IP address", doc="That the client gets (yiaddr)"
    )
    server_address: Address = ipv4(
        "ip.server", default="0.0.0.0", title="Next server IP address", doc="Of the boot file (siaddr)"
    )
    relay_address: Address = ipv4(
        "ip.relay", default="0.0.0.0", title="Relay agent IP address", doc="That passed it on (giaddr)"
    )
    client_hardware: bytes = octets("", default=b"", size=_HARDWARE_SIZE, title="Client hardware address")
    client_mac: Address = overlay(
        48, "hw.mac_addr", default=AUTOMATIC, over="client_hardware", kind=MacAddress, title="Client MAC address"
    )
    server_name: str = text("server", default="", size=64, title="Server host name")
    file: str = text("file", default="", size=128, title="Boot file name")
    cookie: Address = ipv4("cookie", default=COOKIE, title="Magic cookie")
    options: Listing[DHCPOption] = listing(
        _OPTIONS,
        "",
        default=(),
        length="rest",
        when=lambda header: header.has_options,
        title="Options",
    )
    vendor_area: bytes | None = octets(
        "",
        default=b"",
        length="rest",
        when=lambda header: not header.has_options,
        title="Bootp vendor specific options",
    )

    @property
    def has_options(self) -> bool:
        """Whether options follow the cookie, which tells so."""
        return bool(self.cookie == COOKIE)

    def option(self, cls: type[_Option]) -> _Option | None:
        """Return the first option of a class, also of those in the fields of names; None where there is none."""
        return next((option for option in self._every_option() if isinstance(option, cls)), None)

    def _every_option(self) -> Iterator[DHCPOption]:
        """Yield the options, then those in the field of the boot file and of the server's name (RFC 2131, 4.1)."""
        found = () if self.is_cut or not self.has_options else self.options
        yield from found
        for option in found:
            if isinstance(option, DHCPOptionOverload):
                for raw in (option.file_options, option.server_name_options):
                    yield from _OPTIONS.items(raw or b"")
                break

    def joined(self, number: int) -> bytes:
        """Return the value of an option that stands in several parts (RFC 3396, section 7); b"" where there is none."""
        found = () if self.is_cut or not self.has_options else self.options
        return b"".join(bytes(option)[2:] for option in found if option.code == number)

    @property
    def message_type(self) -> DHCPMessageType | None:
        """What the message is for; None for one of BOOTP."""
        found = self.option(MessageType)
        return found.value if found is not None and found.has("value") else None

    def check(self) -> Iterator[Problem]:
        """Yield wrong options, a cookie that is none, and options that do not end (RFC 2131, section 4.1)."""
        if self.is_cut:
            return
        if not self.has_options:
            yield self.problem("cookie", "is not the one in front of options", COOKIE, self.cookie, "warning")
            return
        yield from self.option_problems()
        is_ended = bool(self.options) and (isinstance(self.options[-1], DHCPEnd) or self.options[-1].malformed)
        if self.message_type is not None and not is_ended:
            yield self.problem("options", "do not end with the option End", name="end_option_missing")

    def tells_names(self) -> Iterator[tuple[str, str]]:
        """Yield the address that a server leases, with the client's name as the server tells it (RFC 2132, 3.14)."""
        if self.is_cut or self.message_type != DHCPMessageType.ACK or self.your_address == "0.0.0.0":
            return
        host, domain = (
            self.joined(number).decode("utf-8", "replace").rstrip("\0.") for number in (_HOST_NAME, _DOMAIN_NAME)
        )
        if host:
            yield self.your_address, f"{host}.{domain}" if domain and "." not in host else host

    def info(self) -> str:
        """Return what the message is for and its transaction; of BOOTP, who asks."""
        kind = self.message_type
        if kind is not None:
            return f"DHCP {kind.title:8} - Transaction ID 0x{self.transaction_id:x}"
        if self.operation == BOOTPOperation.REQUEST:
            return f"{self.operation.title} from {self.client_mac} ({self.client_mac})"
        return self.operation.title
