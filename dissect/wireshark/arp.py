"""ARP as Wireshark sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declaration.kinds import ProtocolAddress
from dissect.protocols.arp import ARP, ARPOperation, HardwareType
from dissect.wireshark.field_types import BOOLEAN, BYTES, FRAMENUM, UINT8, UINT32
from dissect.wireshark.notices import SEQUENCE
from dissect.wireshark.seen import Stop
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed, learnt, noted

__all__ = ["ARPSight"]

_ATM_2225 = HardwareType.ATM_2225.to_bytes(2, "big")
_SEEN_OF_ATM = ("hardware_type", "protocol_type", "opcode")


def _is_atm(packet: ARP) -> bool:
    return packet.buffer.startswith(_ATM_2225, packet.own_start)


def _of_atm(label: str, place: int, title: str, *, mask: int = 0xFF) -> Any:
    """Declare a field that an octet of ARP over ATM tells: all of it, some bits, or one bit."""
    is_bit = mask & (mask - 1) == 0

    def value(sight: Sight, packet: ARP) -> int | None:
        # The lengths of other hardware stand elsewhere, so they say nothing of where this header ends.
        data = packet.buffer[packet.own_start : packet.own_start + 12]
        if len(data) < 12 or not _is_atm(packet):
            return None
        return int(data[place] & mask != 0) if is_bit else data[place] & mask

    return computed(label, BOOLEAN if is_bit else UINT8, width=1 if is_bit else 8, title=title)(value)


class ARPSight(Sight, of=ARP):
    """The fixed fields one by one, then the addresses, which go by names of their kinds."""

    order = tuple(
        """
        hw.type proto.type hw.size proto.size opcode isgratuitous isannouncement isprobe src.hw_mac src.hw
        src.proto_ipv4 src.proto dst.hw_mac dst.hw dst.proto_ipv4 dst.proto
        """.split()
    )
    called = "ARP/RARP"
    reads = (
        ("hardware_type",),
        ("protocol_type",),
        ("hardware_length",),
        ("protocol_length",),
        ("opcode",),
        Stop(lambda packet: packet.is_cut),
    )
    hides = {
        "sender_mac": lambda packet: not packet.has_mac(),
        "target_mac": lambda packet: not packet.has_mac(),
        "sender_ip": lambda packet: not packet.has_ipv4(),
        # An error has words in the place of the target's address (RFC 1931, section 3).
        "target_ip": lambda packet: not packet.has_ipv4() or packet.opcode == ARPOperation.DRARP_ERROR,
    }
    truths = {
        f"arp.{side}.{what}": ("E.164", "ATM Forum NSAPA") for side in ("src", "dst") for what in ("htype", "stype")
    }

    @computed("src.hw", BYTES, title="Sender hardware address")
    def sender_hardware(self, header: ARP) -> bytes | None:
        """The sender's hardware address where it is no MAC address."""
        return None if header.has_mac() else header.raw("sender_mac")

    @computed("src.proto", BYTES, title="Sender protocol address")
    def sender_protocol(self, header: ARP) -> bytes | None:
        """The sender's protocol address where it is not one of IPv4."""
        return None if header.has_ipv4() else header.raw("sender_ip")

    @computed("dst.hw", BYTES, title="Target hardware address")
    def target_hardware(self, header: ARP) -> bytes | None:
        """The target's hardware address where it is no MAC address."""
        return None if header.has_mac() else header.raw("target_mac")

    @computed("dst.proto", BYTES, title="Target protocol address")
    def target_protocol(self, header: ARP) -> bytes | None:
        """The target's protocol address where it is not one of IPv4."""
        return None if header.has_ipv4() else header.raw("target_ip")

    # Over ATM, numbers and subaddresses have a type and a length each (RFC 2225, section 8.1). What
    # stands behind them tshark reads at the wrong places, so it is not declared.
    atm_sender_number_type = _of_atm("src.htype", 4, "Sender ATM number type", mask=0x40)
    atm_sender_number_length = _of_atm("src.hlen", 4, "Sender ATM number length", mask=0x3F)
    atm_sender_subaddress_type = _of_atm("src.stype", 5, "Sender ATM subaddress type", mask=0x40)
    atm_sender_subaddress_length = _of_atm("src.slen", 5, "Sender ATM subaddress length", mask=0x3F)
    atm_sender_protocol_length = _of_atm("src.pln", 8, "Sender protocol size")
    atm_target_number_type = _of_atm("dst.htype", 9, "Target ATM number type", mask=0x40)
    atm_target_number_length = _of_atm("dst.hlen", 9, "Target ATM number length", mask=0x3F)
    atm_target_subaddress_type = _of_atm("dst.stype", 10, "Target ATM subaddress type", mask=0x40)
    atm_target_subaddress_length = _of_atm("dst.slen", 10, "Target ATM subaddress length", mask=0x3F)
    atm_target_protocol_length = _of_atm("dst.pln", 11, "Target protocol size")

    @computed("isgratuitous", BOOLEAN, title="Is gratuitous")
    def gratuitous_mark(self, header: ARP) -> int | None:
        """1 where sender and target address are one."""
        return 1 if _tells_itself(header) else None

    @computed("isprobe", BOOLEAN, title="Is probe")
    def probe_mark(self, header: ARP) -> int | None:
        """1 where a request comes from no address, with no target MAC address."""
        return 1 if _asks_for_nobody(header) else None

    @computed("isannouncement", BOOLEAN, title="Is announcement")
    def announcement_mark(self, header: ARP) -> int | None:
        """1 where a request asks for its own address, with no target MAC address."""
        is_own = _tells_itself(header) and header.opcode == ARPOperation.REQUEST
        return 1 if is_own and not _names_target(header) else None

    @noted("packet-storm-detected", "ARP packet storm detected", "Note", SEQUENCE, is_learnt=True)
    def storm_mark(self, header: ARP) -> str | None:
        """Many packets came in a short time (`-o arp.detect_request_storms:TRUE`)."""
        number, period = header.learnt("storm") or (0, 0)
        return f"ARP packet storm detected ({number} packets in < {period} ms)" if number else None

    @noted("duplicate-address-detected", "Duplicate IP address detected", "Warning", SEQUENCE, is_learnt=True)
    def duplicate_mark(self, header: ARP) -> list[str]:
        """Another hardware address was told for one of the protocol addresses in an earlier frame."""
        twice = header.learnt("duplicates") or ()
        return [f"Duplicate IP address configured ({ProtocolAddress.load(address)})" for address in twice]

    duplicate_frame = learnt(
        "duplicate-address-frame", FRAMENUM, "Frame showing earlier use of IP address", doc="The number of that frame"
    )
    duplicate_age = learnt(
        "seconds-since-duplicate-address-frame",
        UINT32,
        "Seconds since earlier frame seen",
        doc="The seconds that passed since that frame, counted by the clock's whole seconds",
    )

    def sees(self, header: ARP, name: str, end: int) -> bool:
        """Whether the field of this name is seen; over ATM the octets have names of their own."""
        if _is_atm(header):
            return name.startswith("atm_") or name in _SEEN_OF_ATM
        return super().sees(header, name, end)

    def headline(self, header: ARP) -> str:
        """Return the title with the operation, and with what the addresses make of it."""
        line = super().headline(header)
        if header.is_cut or not line.endswith(")"):
            return line
        if _asks_for_nobody(header):
            return f"{header.title} (ARP Probe)"
        if not _tells_itself(header):
            return line
        is_announcement = header.opcode == ARPOperation.REQUEST and not _names_target(header)
        return f"{header.title} (ARP Announcement)" if is_announcement else f"{line[:-1]}/gratuitous ARP)"

    def protocol(self, header: ARP) -> str:
        """Return ARP, or what the operation belongs to."""
        return "ARP" if header.is_cut else _PROTOCOLS.get(header.opcode, "ARP")

    def words(self, header: ARP) -> Iterator[str]:
        """Yield the question or the answer, and the address that is used twice."""
        if header.is_cut:
            return
        yield _sentence(header)
        twice = header.learnt("duplicate")
        # Of a reply to somebody else tshark's list tells only that its target is used twice.
        is_plain_reply = header.opcode == ARPOperation.REPLY and not _tells_itself(header)
        if twice is not None and not (is_plain_reply and twice != header.raw("target_ip")):
            yield f"(duplicate use of {ProtocolAddress.load(twice)} detected!)"


def _names_target(packet: ARP) -> bool:
    """Whether the target MAC address is not zero, as RFC 5227 wants it of probes and announcements."""
    return any(packet.raw("target_mac"))


def _tells_itself(packet: ARP) -> bool:
    """Whether display filters take this for gratuitous: protocol addresses of any kind, 0.0.0.0 as well."""
    is_plain = packet.asks_or_tells() and bool(packet.protocol_length)
    return is_plain and packet.raw("sender_ip") == packet.raw("target_ip")


def _asks_for_nobody(packet: ARP) -> bool:
    """Whether display filters take this for a probe."""
    return (
        packet.asks_or_tells()
        and packet.opcode == ARPOperation.REQUEST
        and not any(packet.raw("sender_ip")[:4])
        and not _tells_itself(packet)
        and not _names_target(packet)
    )


def _sentence(packet: ARP) -> str:
    operation = packet.opcode
    who, tell = (_address_text(packet, name) for name in ("target_ip", "sender_ip"))
    target, sender = (_address_text(packet, name) for name in ("target_mac", "sender_mac"))
    if operation == ARPOperation.REQUEST:
        if _tells_itself(packet):
            return f"Gratuitous ARP for {who} (Request)" if _names_target(packet) else f"ARP Announcement for {who}"
        return f"Who has {who}? (ARP Probe)" if _asks_for_nobody(packet) else f"Who has {who}? Tell {tell}"
    if operation == ARPOperation.REPLY:
        return f"Gratuitous ARP for {tell} (Reply)" if _tells_itself(packet) else f"{tell} is at {sender}"
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


_SHOWN = 36
"""So many bytes of an address of unknown kind are shown."""


def _address_text(packet: ARP, name: str) -> str:
    """Return an address as a list of packets shows it: digits alone where its kind is unknown."""
    raw: bytes = packet.raw(name)
    if not raw:
        return "<No address>"
    if packet.has_ipv4() if name.endswith("ip") else packet.has_mac():
        return str(getattr(packet, name))
    return raw[:_SHOWN].hex() + ("…" if len(raw) > _SHOWN else "")


_PROTOCOLS: dict[int, str] = {
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
_PROTOCOLS.update(dict.fromkeys(_MARS, "MARS"))
_PROTOCOLS[23] = "MAPOS"
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
