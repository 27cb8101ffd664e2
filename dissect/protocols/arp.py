"""The Address Resolution Protocol, and with the same header RARP and inverse ARP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dissect.declaration.automatic import LengthOf
from dissect.declaration.enumerated import Code
from dissect.declaration.fields import Address, Coding, Field, code, derived, hardware_address, protocol_address, u8
from dissect.declaration.header import Header
from dissect.declaration.kinds import Boolean, Octets, ProtocolAddress
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


def _of_atm(label: str, place: int, read: Callable[[int], int], title: str, *, flag: bool = False) -> Any:
    """Declare a field that an octet of ARP over ATM tells."""

    def value(packet: Any) -> int | None:
        # The lengths of other hardware stand elsewhere, so they say nothing of where this header ends.
        data = packet._buffer[packet._start : packet._start + 12]
        return read(data[place]) if len(data) == 12 and data[:2] == _ATM_2225 else None

    return derived(label, kind=Boolean() if flag else None, width=1 if flag else 8, title=title)(value)


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

    @derived("src.hw", kind=Octets(), title="Sender hardware address")
    def sender_hardware(self) -> bytes | None:
        """The sender's hardware address where it is no MAC address."""
        return None if self._has_mac() else self.raw("sender_mac")

    @derived("src.proto", kind=Octets(), title="Sender protocol address")
    def sender_protocol(self) -> bytes | None:
        """The sender's protocol address where it is not one of IPv4."""
        return None if self._has_ipv4() else self.raw("sender_ip")

    @derived("dst.hw", kind=Octets(), title="Target hardware address")
    def target_hardware(self) -> bytes | None:
        """The target's hardware address where it is no MAC address."""
        return None if self._has_mac() else self.raw("target_mac")

    @derived("dst.proto", kind=Octets(), title="Target protocol address")
    def target_protocol(self) -> bytes | None:
        """The target's protocol address where it is not one of IPv4."""
        return None if self._has_ipv4() else self.raw("target_ip")

    # Over ATM, numbers and subaddresses have a type and a length each (RFC 2225, section 8.1); what
    # stands behind them is read as little as tshark does where its dissector of them is off.
    _sender_number_type = _of_atm("src.htype", 4, lambda octet: octet >> 6 & 1, "Sender ATM number type", flag=True)
    _sender_number_length = _of_atm("src.hlen", 4, lambda octet: octet & 63, "Sender ATM number length")
    _sender_subaddress_type = _of_atm(
        "src.stype", 5, lambda octet: octet >> 6 & 1, "Sender ATM subaddress type", flag=True
    )
    _sender_subaddress_length = _of_atm("src.slen", 5, lambda octet: octet & 63, "Sender ATM subaddress length")
    _sender_protocol_length = _of_atm("src.pln", 8, lambda octet: octet, "Sender protocol size")
    _target_number_type = _of_atm("dst.htype", 9, lambda octet: octet >> 6 & 1, "Target ATM number type", flag=True)
    _target_number_length = _of_atm("dst.hlen", 9, lambda octet: octet & 63, "Target ATM number length")
    _target_subaddress_type = _of_atm(
        "dst.stype", 10, lambda octet: octet >> 6 & 1, "Target ATM subaddress type", flag=True
    )
    _target_subaddress_length = _of_atm("dst.slen", 10, lambda octet: octet & 63, "Target ATM subaddress length")
    _target_protocol_length = _of_atm("dst.pln", 11, lambda octet: octet, "Target protocol size")

    def _has_mac(self) -> bool:
        return self.hardware_length == 6 and self.hardware_type in (HardwareType.ETHERNET, HardwareType.IEEE_802)

    def _has_ipv4(self) -> bool:
        return self.protocol_length == 4 and self.protocol_type in (EtherType.IPV4, _AX25_IPV4)

    def shows(self, field: Field) -> bool:
        """Whether the field goes by its display-filter name: addresses of other kinds go by others."""
        name = field.name
        if self._buffer.startswith(_ATM_2225, self._start):
            return field.label.startswith(_OF_ATM) or name in ("hardware_type", "protocol_type", "opcode")
        if self._is_cut():
            return name in _FIXED
        if name in ("sender_mac", "target_mac"):
            return self._has_mac()
        if name in ("sender_ip", "target_ip"):
            # An error has words in the place of the target's address (RFC 1931, section 3).
            return self._has_ipv4() and not (name == "target_ip" and self.opcode == ARPOperation.DRARP_ERROR)
        return True

    @derived("isgratuitous", kind=Boolean(), title="Is gratuitous")
    def gratuitous_mark(self) -> int | None:
        """1 where sender and target address are one."""
        return 1 if self._tells_itself() else None

    @derived("isprobe", kind=Boolean(), title="Is probe")
    def probe_mark(self) -> int | None:
        """1 where a request comes from no address, with no target MAC address."""
        return 1 if self._asks_for_nobody() else None

    @derived("isannouncement", kind=Boolean(), title="Is announcement")
    def announcement_mark(self) -> int | None:
        """1 where a request asks for its own address, with no target MAC address."""
        is_own = self._tells_itself() and self.opcode == ARPOperation.REQUEST
        return 1 if is_own and not self._names_target() else None

    @derived("duplicate-address-detected", kind=Boolean(), title="Duplicate IP address detected")
    def duplicate_mark(self) -> int | None:
        """1 where another hardware address was told for one of the protocol addresses in an earlier frame."""
        return None if self.learnt("duplicate_frame") is None else 1

    @derived("duplicate-address-frame", title="Frame showing earlier use of IP address")
    def duplicate_frame(self) -> int | None:
        """The number of that frame."""
        return self.learnt("duplicate_frame")  # type: ignore[no-any-return]

    @derived("seconds-since-duplicate-address-frame", title="Seconds since earlier frame seen")
    def duplicate_age(self) -> int | None:
        """The seconds that passed since that frame, counted by the clock's whole seconds."""
        return self.learnt("duplicate_age")  # type: ignore[no-any-return]

    def _names_target(self) -> bool:
        """Whether the target MAC address is not zero, as RFC 5227 wants it of probes and announcements."""
        return any(self.raw("target_mac"))

    def headline(self) -> str:
        return self.title if self._is_cut() else f"{self.title} ({self.opcode.title})"

    def protocol_column(self) -> str:
        if self._is_cut():
            return "ARP"
        return _COLUMNS.get(self.opcode, "ARP")

    def _asks_or_tells(self) -> bool:
        return not self._is_cut() and self.opcode in (ARPOperation.REQUEST, ARPOperation.REPLY)

    def _tells_itself(self) -> bool:
        """Whether display filters take this for gratuitous: protocol addresses of any kind, 0.0.0.0 as well."""
        return self._asks_or_tells() and bool(self.protocol_length) and self.raw("sender_ip") == self.raw("target_ip")

    def _asks_for_nobody(self) -> bool:
        """Whether display filters take this for a probe."""
        return (
            self._asks_or_tells()
            and self.opcode == ARPOperation.REQUEST
            and not any(self.raw("sender_ip")[:4])
            and not self._tells_itself()
            and not self._names_target()
        )

    @property
    def is_gratuitous(self) -> bool:
        """Whether a host tells its own address unasked: sender and target address are one (RFC 5944, section 4.6)."""
        return (
            self._asks_or_tells()
            and self.protocol_length == 4
            and self.sender_ip == self.target_ip
            and self.sender_ip != "0.0.0.0"
        )

    @property
    def is_probe(self) -> bool:
        """Whether a host asks if an address is free for it: a request from 0.0.0.0 (RFC 5227, section 2.1.1)."""
        return (
            self._asks_or_tells()
            and self.protocol_length == 4
            and self.opcode == ARPOperation.REQUEST
            and self.sender_ip == "0.0.0.0"
            and self.target_ip != "0.0.0.0"
        )

    @property
    def is_announcement(self) -> bool:
        """Whether this is a gratuitous request, which announces an address (RFC 5227, section 2.3)."""
        return self.is_gratuitous and self.opcode == ARPOperation.REQUEST

    def info(self) -> str:
        """Return the question or the answer, and the address that is used twice."""
        if self._is_cut():
            return ""
        twice = self.learnt("duplicate")
        if twice is None or (self._is_plain_reply() and twice != self.raw("target_ip")):
            return self._sentence()
        return f"{self._sentence()} (duplicate use of {ProtocolAddress.load(twice)} detected!)"

    def _is_plain_reply(self) -> bool:
        """Whether this is a reply to somebody else, of which tshark's list tells only that its target is used twice."""
        return self.opcode == ARPOperation.REPLY and not self._tells_itself()

    def _sentence(self) -> str:
        operation = self.opcode
        who, tell = (self._address_text(name) for name in ("target_ip", "sender_ip"))
        target, sender = (self._address_text(name) for name in ("target_mac", "sender_mac"))
        if operation == ARPOperation.REQUEST:
            if self._tells_itself():
                return f"Gratuitous ARP for {who} (Request)" if self._names_target() else f"ARP Announcement for {who}"
            return f"Who has {who}? (ARP Probe)" if self._asks_for_nobody() else f"Who has {who}? Tell {tell}"
        if operation == ARPOperation.REPLY:
            return f"Gratuitous ARP for {tell} (Reply)" if self._tells_itself() else f"{tell} is at {sender}"
        if operation in (
            ARPOperation.REVERSE_REQUEST,
            ARPOperation.DRARP_REQUEST,
            ARPOperation.INVERSE_REQUEST,
        ):
            return f"Who is {target}? Tell {sender}"
        if operation in (ARPOperation.REVERSE_REPLY, ARPOperation.DRARP_REPLY):
            return f"{target} is at {who}"
        if operation == ARPOperation.INVERSE_REPLY:
            return f"{sender} is at {tell}"
        words = _WORDS.get(operation)
        if words is None:
            return f"Unknown ARP opcode {int(operation):#06x}"
        return words.format(sender=sender, tell=tell)

    def _address_text(self, name: str) -> str:
        """Return an address as a list of packets shows it: digits alone where its kind is unknown."""
        raw: bytes = self.raw(name)
        if not raw:
            return "<No address>"
        if self._has_ipv4() if name.endswith("ip") else self._has_mac():
            return str(getattr(self, name))
        return raw.hex()


_ATM_2225 = HardwareType.ATM_2225.to_bytes(2, "big")
_OF_ATM = tuple(f"arp.{side}.{what}" for side in ("src", "dst") for what in ("htype", "hlen", "stype", "slen", "pln"))
_FIXED = frozenset({"hardware_type", "protocol_type", "hardware_length", "protocol_length", "opcode"})
_COLUMNS: dict[int, str] = {
    ARPOperation.REVERSE_REQUEST: "RARP",
    ARPOperation.REVERSE_REPLY: "RARP",
    ARPOperation.DRARP_REQUEST: "DRARP",
    ARPOperation.DRARP_REPLY: "DRARP",
    ARPOperation.DRARP_ERROR: "DRARP",
    ARPOperation.INVERSE_REQUEST: "Inverse ARP",
    ARPOperation.INVERSE_REPLY: "Inverse ARP",
}
"""What a list calls operations other than ARP's own."""
_MARS = {
    11: "request",
    12: "MULTI request",
    13: "MSERV request",
    14: "JOIN request",
    15: "LEAVE",
    16: "NAK",
    17: "UNSERV request",
    18: "SJOIN request",
    19: "SLEAVE",
    20: "grouplist request",
    21: "grouplist reply",
    22: "redirect map",
}
"""Operations of RFC 2022."""
_COLUMNS.update(dict.fromkeys(_MARS, "MARS"))
_COLUMNS[23] = "MAPOS"
_WORDS = {
    0: "Reserved opcode 0",
    ARPOperation.DRARP_ERROR: "DRARP Error",
    ARPOperation.NAK: "ARP NAK",
    **{number: f"MARS {what} from {{sender}} at {{tell}}" for number, what in _MARS.items()},
    23: "MAPOS UNARP request from {sender} at {tell}",
    24: "Experimental 1 ( opcode 24 )",
    25: "Experimental 2 ( opcode 25 )",
}
"""What a list says of operations that neither ask nor answer."""
