"""NTP: what time it is, asked and told, of versions 1 to 4, and the messages by which servers are watched and set."""

from __future__ import annotations

from struct import iter_unpack
from typing import Any

from dissect.declare import (
    AUTOMATIC,
    Code,
    Coding,
    Entry,
    Header,
    LengthOf,
    Listing,
    Variant,
    bits,
    code,
    flag,
    octets,
    overlay,
    records,
    u8,
    u16,
    u32,
    u64,
)
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP

__all__ = [
    "NTP",
    "NTPControl",
    "NTPControlOperation",
    "NTPExtension",
    "NTPLeap",
    "NTPMessage",
    "NTPMode",
    "NTPPrivate",
    "NTPRequestCode",
    "NTPTime",
]

_HEAD = 48
_LEAST_EXTENSION = 16
"""How many bytes an extension field has at least (RFC 7822, section 3)."""
_LEAST_MAC = 20
"""How many bytes stand behind an extension field at least, where any do: the number of a key, and a digest."""
_KEY = 4
_EPOCH = 2_208_988_800
"""The seconds from 1900 to 1970."""
_ERA = 1 << 32


class NTPMode(Code):
    """Who speaks to whom (RFC 5905, figure 10)."""

    RESERVED = 0, "reserved"
    SYMMETRIC_ACTIVE = 1, "symmetric active"
    SYMMETRIC_PASSIVE = 2, "symmetric passive"
    CLIENT = 3, "client"
    SERVER = 4, "server"
    BROADCAST = 5, "broadcast"
    CONTROL = 6, "reserved for NTP control message"
    PRIVATE = 7, "reserved for private use"


class NTPLeap(Code):
    """Whether the day has a second more or less (RFC 5905, figure 9)."""

    NONE = 0, "no warning"
    LONG_DAY = 1, "last minute of the day has 61 seconds"
    SHORT_DAY = 2, "last minute of the day has 59 seconds"
    UNKNOWN = 3, "unknown (clock unsynchronized)"


class NTPControlOperation(Code):
    """What a control message asks for (RFC 9327, section 2)."""

    RESERVED = 0, "reserved"
    READ_STATUS = 1, "read status"
    READ_VARIABLES = 2, "read variables"
    WRITE_VARIABLES = 3, "write variables"
    READ_CLOCK = 4, "read clock variables"
    WRITE_CLOCK = 5, "write clock variables"
    SET_TRAP = 6, "set trap address/port"
    TRAP = 7, "asynchronous message"
    CONFIGURE = 8, "runtime configuration"
    SAVE = 9, "save config to file"
    RECENTLY_USED = 10, "retrieve MRU (mrulist)"
    ORDERED_LIST = 11, "retrieve ordered list"
    NONCE = 12, "request a client nonce"
    UNSET_TRAP = 31, "unset trap address/port"


class NTPRequestCode(Code):
    """What a private message of ntpdc asks for (include/ntp_request.h of the reference implementation)."""

    PEER_LIST = 0, "PEER_LIST"
    PEER_LIST_SUM = 1, "PEER_LIST_SUM"
    PEER_INFO = 2, "PEER_INFO"
    PEER_STATS = 3, "PEER_STATS"
    SYS_INFO = 4, "SYS_INFO"
    SYS_STATS = 5, "SYS_STATS"
    IO_STATS = 6, "IO_STATS"
    MEM_STATS = 7, "MEM_STATS"
    LOOP_INFO = 8, "LOOP_INFO"
    TIMER_STATS = 9, "TIMER_STATS"
    CONFIG = 10, "CONFIG"
    UNCONFIG = 11, "UNCONFIG"
    SET_SYS_FLAG = 12, "SET_SYS_FLAG"
    CLR_SYS_FLAG = 13, "CLR_SYS_FLAG"
    MONITOR = 14, "MONITOR"
    NOMONITOR = 15, "NOMONITOR"
    GET_RESTRICT = 16, "GET_RESTRICT"
    RESADDFLAGS = 17, "RESADDFLAGS"
    RESSUBFLAGS = 18, "RESSUBFLAGS"
    UNRESTRICT = 19, "UNRESTRICT"
    MON_GETLIST = 20, "MON_GETLIST"
    RESET_STATS = 21, "RESET_STATS"
    RESET_PEER = 22, "RESET_PEER"
    REREAD_KEYS = 23, "REREAD_KEYS"
    DO_DIRTY_HACK = 24, "DO_DIRTY_HACK"
    DONT_DIRTY_HACK = 25, "DONT_DIRTY_HACK"
    TRUSTKEY = 26, "TRUSTKEY"
    UNTRUSTKEY = 27, "UNTRUSTKEY"
    AUTHINFO = 28, "AUTHINFO"
    TRAPS = 29, "TRAPS"
    ADD_TRAP = 30, "ADD_TRAP"
    CLR_TRAP = 31, "CLR_TRAP"
    REQUEST_KEY = 32, "REQUEST_KEY"
    CONTROL_KEY = 33, "CONTROL_KEY"
    GET_CTLSTATS = 34, "GET_CTLSTATS"
    GET_LEAPINFO = 35, "GET_LEAPINFO"
    GET_CLOCKINFO = 36, "GET_CLOCKINFO"
    SET_CLKFUDGE = 37, "SET_CLKFUDGE"
    GET_KERNEL = 38, "GET_KERNEL"
    GET_CLKBUGINFO = 39, "GET_CLKBUGINFO"
    SET_PRECISION = 41, "SET_PRECISION"
    MON_GETLIST_1 = 42, "MON_GETLIST_1"
    HOSTNAME_ASSOCID = 43, "HOSTNAME_ASSOCID"
    IF_STATS = 44, "IF_STATS"
    IF_RELOAD = 45, "IF_RELOAD"


class NTPTime(int):
    """A time as NTP has it: seconds since 1900 and a fraction of 32 bits; of times before 1968, the next era counts.

    >>> NTPTime(0xE3010203_80000000).nanoseconds
    1599505283500000000
    """

    @property
    def nanoseconds(self) -> int:
        """Nanoseconds since 1970; 0 for a time of 0, which is none."""
        seconds, fraction = divmod(self, _ERA)
        if not seconds:
            return 0
        era = 0 if seconds >= _ERA >> 1 else _ERA
        return (seconds + era - _EPOCH) * 1_000_000_000 + (fraction * 1_000_000_000 >> 32)


class NTPExtension(Entry, name="ntp", title="Extension", source="RFC 7822, section 3"):
    """An extension field: its type, how long it is as a whole, and a value."""

    type: int = u16("ext.type", default=0, base=16, title="Field Type")
    length: int = u16("ext.length", factory=LengthOf(uncounted=-4), title="Length")
    value: bytes = octets("ext.value", default=b"", length="length", title="Value")


def _extensions(header: Any) -> int:
    """Return how many bytes of extension fields follow the head: only lengths tell them from a digest (RFC 7822)."""
    data = header.buffer[header.own_start + _HEAD : header.own_end]
    place = 0
    while place + _LEAST_EXTENSION <= len(data):
        size, left = int.from_bytes(data[place + 2 : place + 4], "big"), len(data) - place
        behind = left - size
        following = int.from_bytes(data[place + size + 2 : place + size + 4], "big")
        is_followed = behind == 0 or behind >= _LEAST_MAC or (behind >= _LEAST_EXTENSION and behind == following)
        if size < _LEAST_EXTENSION or not is_followed:
            break
        if size % 4:
            return len(data)
        place += size
    return place


class NTPMessage(
    Header,
    name="ntp",
    title="Network Time Protocol",
    source="RFC 5905, section 7.3",
    over={UDP: 123, TCP: 123},
    leaf=True,
):
    """What all messages begin with."""

    leap: Coding[NTPLeap] = code(2, NTPLeap, "flags.li", default=0, title="Leap Indicator")
    version: int = bits(3, "flags.vn", default=4, title="Version number")
    mode: Coding[NTPMode] = code(3, NTPMode, "flags.mode", factory=Variant(), title="Mode")

    def listed_name(self) -> str:
        return "NTP"

    def info(self) -> str:
        """Return version and mode."""
        version = f"NTP Version {self.version}" if 1 <= self.version <= 4 else "reserved"
        return f"{version}, {_MODES.get(self.mode, self.mode.title)}"


_TIMES = (NTPMode.CLIENT, 0, 1, 2, NTPMode.SERVER, NTPMode.BROADCAST)
"""The modes of messages with times; the first is that of a message that says none."""
_MODES: dict[int, str] = {NTPMode.CONTROL: "control", NTPMode.PRIVATE: "private"}


class NTP(NTPMessage, form_of=NTPMessage, variant=_TIMES):
    """Four times, from which client and server reckon how far their clocks are apart, and how good these clocks are.

    Behind them may stand extension fields, and the number of a key with a digest.

    >>> NTP(mode="client", transmit=0xE3010203_80000000).info()
    'NTP Version 4, client'
    """

    stratum: int = u8("stratum", default=0, title="Peer Clock Stratum")
    poll: int = u8("ppoll", default=6, title="Peer Polling Interval", doc="As the exponent of 2 of seconds")
    precision: int = u8(
        "precision", default=0, title="Peer Clock Precision", doc="As a signed exponent of 2 of seconds"
    )
    root_delay: int = u32("rootdelay", default=0, title="Root Delay", doc="In 1/65536 of a second")
    root_dispersion: int = u32("rootdispersion", default=0, title="Root Dispersion", doc="In 1/65536 of a second")
    reference_id: bytes = octets("refid", size=4, default=b"", title="Reference ID")
    reference: int = u64("", default=0, base=16, title="Reference Timestamp")
    origin: int = u64("", default=0, base=16, title="Origin Timestamp")
    receive: int = u64("", default=0, base=16, title="Receive Timestamp")
    transmit: int = u64("", default=0, base=16, title="Transmit Timestamp")
    extensions: Listing[NTPExtension] = records("", of=NTPExtension, length=_extensions, default=(), title="Extensions")
    authenticator: bytes = octets("", length="rest", default=b"", title="Key ID and Message Authentication Code")

    @property
    def key_id(self) -> bytes:
        """The number of the key of the digest, four bytes; b"" where there is none."""
        return self.authenticator[:_KEY] if len(self.authenticator) >= _KEY else b""

    @property
    def mac(self) -> bytes:
        """The digest behind the number of the key."""
        return self.authenticator[_KEY:]


class NTPControl(NTPMessage, form_of=NTPMessage, variant=NTPMode.CONTROL, source="RFC 9327, section 2"):
    """A question to a server of how it is, or what it is to do, and the answer."""

    is_response: bool = flag("ctrl.flags2.r", default=False, title="Response bit")
    is_error: bool = flag("ctrl.flags2.error", default=False, title="Error bit")
    more: bool = flag("ctrl.flags2.more", default=False, title="More bit")
    operation: Coding[NTPControlOperation] = code(
        5, NTPControlOperation, "ctrl.flags2.opcode", default=NTPControlOperation.READ_STATUS, title="Opcode"
    )
    sequence: int = u16("ctrl.sequence", default=0, title="Sequence")
    status: int = u16("ctrl.status", default=0, base=16, title="Status")
    association: int = u16("ctrl.associd", default=0, title="AssociationID")
    offset_of_data: int = u16("ctrl.offset", default=0, title="Offset")
    count: int = u16("ctrl.count", factory=LengthOf(), title="Count")
    data: bytes = octets("", length="count", default=b"", title="Data")
    rest: bytes = octets("", length="rest", default=b"", title="Padding and digest")

    def associations(self) -> tuple[tuple[int, int], ...]:
        """Return the number and the status of each association that an answer lists."""
        is_list = self.operation == NTPControlOperation.READ_STATUS and not self.association
        data = self.data if self.is_response and is_list and not self.is_error else b""
        return tuple(iter_unpack("!HH", data[: len(data) // 4 * 4]))


class NTPPrivate(NTPMessage, form_of=NTPMessage, variant=NTPMode.PRIVATE, source="the reference implementation"):
    """A question or an order of `ntpdc`, which goes from one implementation to the same one."""

    leap: Coding[NTPLeap] = code(2, NTPLeap, "", default=0, title="Response and more")
    is_response: bool = overlay(1, "priv.flags.r", over="leap", default=AUTOMATIC, title="Response bit")
    more: bool = overlay(1, "priv.flags.more", over="leap", skip=1, default=AUTOMATIC, title="More bit")
    is_authentic: bool = flag("priv.auth", default=False, title="Auth bit")
    sequence: int = bits(7, "priv.seq", default=0, title="Sequence number")
    implementation: int = u8("priv.impl", default=3, title="Implementation")
    request: Coding[NTPRequestCode] = code(8, NTPRequestCode, "priv.reqcode", default=0, title="Request code")
    failure: int = bits(4, "priv.err", default=0, base=16, size=8, title="Err")
    count: int = bits(12, "priv.numitems", default=0, title="Number of data items")
    reserved: int = bits(4, "priv.reserved", default=0, base=16, size=8, title="Reserved")
    item_size: int = bits(12, "priv.itemsize", default=0, title="Size of data item")
    data: bytes = octets("", length="rest", default=b"", title="Data")

    def info(self) -> str:
        """Return version and mode, and what is asked for."""
        kind = "Response" if self.is_response else "Request"
        return f"{super().info()}, {kind}, {self.request.title}"
