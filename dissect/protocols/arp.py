"""The Address Resolution Protocol, and with the same header RARP and inverse ARP."""

from __future__ import annotations

from collections.abc import Mapping

from dissect.declare import Address, Code, Coding, Header, LengthOf, code, hardware_address, protocol_address, u8
from dissect.protocols.ethernet import Ethernet, EtherType

__all__ = ["ARP", "ARPOperation", "HardwareType"]

_AX25_IPV4 = 0xCC
"""The protocol type of IPv4 over AX.25 (IANA, arp-parameters)."""


class HardwareType(Code):
    """The kind of hardware address (IANA, arp-parameters)."""

    ETHERNET = 1, "Ethernet"
    EXPERIMENTAL_ETHERNET = 2, "Experimental Ethernet"
    AX25 = 3, "AX.25"
    TOKEN_RING = 4, "ProNET"
    CHAOS = 5, "Chaos"
    IEEE_802 = 6, "IEEE 802"
    ARCNET = 7, "ARCNET"
    FRAME_RELAY = 15, "Frame Relay DLCI"
    ATM = 16, "ATM"
    HDLC = 17, "HDLC"
    FIBRE_CHANNEL = 18, "Fibre Channel"
    ATM_2225 = 19, "ATM (RFC 2225)"
    INFINIBAND = 32, "InfiniBand"

    @classmethod
    def other_titles(cls) -> Mapping[int, str]:
        """Titles of kinds that have no name here."""
        from dissect.protocols.assigned_numbers import HARDWARE_TYPES

        return HARDWARE_TYPES


class ARPOperation(Code):
    """What an ARP packet asks or answers (IANA, arp-parameters)."""

    REQUEST = 1, "request"
    REPLY = 2, "reply"
    REVERSE_REQUEST = 3, "reverse request"
    REVERSE_REPLY = 4, "reverse reply"
    DRARP_REQUEST = 5, "drarp request"
    DRARP_REPLY = 6, "drarp reply"
    DRARP_ERROR = 7, "drarp error"
    INVERSE_REQUEST = 8, "inverse request"
    INVERSE_REPLY = 9, "inverse reply"
    NAK = 10, "arp nak"


class ARP(
    Header,
    name="arp",
    title="Address Resolution Protocol",
    source="RFC 826",
    leaf=True,
    over={Ethernet: (EtherType.ARP, EtherType.RARP)},
):
    """Who has an address, and who tells: two hardware and two protocol addresses of any length.

    Under the type 0x8035 it is RARP (RFC 903); operations 8 and 9 are inverse ARP (RFC 2390).
    """

    hardware_type: Coding[HardwareType] = code(16, HardwareType, "hw.type", default=1, title="Hardware type")
    protocol_type: Coding[EtherType] = code(16, EtherType, "proto.type", default=0x0800, base=16, title="Protocol type")
    hardware_length: int = u8("hw.size", factory=LengthOf(), title="Hardware size", doc="Bytes of a hardware address")
    protocol_length: int = u8(
        "proto.size", factory=LengthOf(), title="Protocol size", doc="Bytes of a protocol address"
    )
    opcode: Coding[ARPOperation] = code(16, ARPOperation, "opcode", default=1, title="Opcode")
    sender_mac: Address = hardware_address(
        "src.hw_mac", default="00:00:00:00:00:00", length="hardware_length", title="Sender MAC address"
    )
    sender_ip: Address = protocol_address(
        "src.proto_ipv4", default="0.0.0.0", length="protocol_length", title="Sender IP address"
    )
    target_mac: Address = hardware_address(
        "dst.hw_mac", default="00:00:00:00:00:00", length="hardware_length", title="Target MAC address"
    )
    target_ip: Address = protocol_address(
        "dst.proto_ipv4", default="0.0.0.0", length="protocol_length", title="Target IP address"
    )

    def has_mac(self) -> bool:
        """Whether the hardware addresses are MAC addresses, as the header's type and length of them say."""
        return self.hardware_length == 6 and self.hardware_type in (HardwareType.ETHERNET, HardwareType.IEEE_802)

    def has_ipv4(self) -> bool:
        """Whether the protocol addresses are those of IPv4."""
        return self.protocol_length == 4 and self.protocol_type in (EtherType.IPV4, _AX25_IPV4)

    def asks_or_tells(self) -> bool:
        """Whether this is a whole request or reply."""
        return not self.is_cut and self.opcode in (ARPOperation.REQUEST, ARPOperation.REPLY)

    @property
    def is_gratuitous(self) -> bool:
        """Whether a host tells its own address unasked: sender and target address are one (RFC 5944, section 4.6)."""
        return (
            self.asks_or_tells()
            and self.protocol_length == 4
            and self.sender_ip == self.target_ip
            and self.sender_ip != "0.0.0.0"
        )

    @property
    def is_probe(self) -> bool:
        """Whether a host asks if an address is free for it: a request from 0.0.0.0 (RFC 5227, section 2.1.1)."""
        return (
            self.asks_or_tells()
            and self.protocol_length == 4
            and self.opcode == ARPOperation.REQUEST
            and self.sender_ip == "0.0.0.0"
            and self.target_ip != "0.0.0.0"
        )

    @property
    def is_announcement(self) -> bool:
        """Whether this is a gratuitous request, which announces an address (RFC 5227, section 2.3)."""
        return self.is_gratuitous and self.opcode == ARPOperation.REQUEST

    def headline(self) -> str:
        return f"{self.title} ({self.opcode.title})"

    def info(self) -> str:
        """Return the question or the answer."""
        if self.opcode == ARPOperation.REQUEST:
            return f"Who has {self.target_ip}? Tell {self.sender_ip}"
        if self.opcode == ARPOperation.REPLY:
            return f"{self.sender_ip} is at {self.sender_mac}"
        return str(self.opcode.title)
