"""The options of a TCP header (RFC 9293, section 3.2, and the documents named at each)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from struct import iter_unpack

from dissect.declare import (
    Boolean,
    Listing,
    Octets,
    Option,
    OptionKind,
    OptionLength,
    Problem,
    StructList,
    bits,
    derived,
    expert,
    listing,
    octets,
    u8,
    u16,
    u32,
)

__all__ = [
    "MSS",
    "SACK",
    "EndOfTCPOptions",
    "FastOpen",
    "MD5Signature",
    "MalformedTCPOption",
    "SACKPermitted",
    "TCPAuthentication",
    "TCPNoOperation",
    "TCPOption",
    "Timestamps",
    "UnknownTCPOption",
    "UserTimeout",
    "WindowScale",
]

_LARGEST = 0xFFFFFFFF


class TCPOption(Option, name="tcp", source="RFC 9293, section 3.2", family=True):
    """An option of a TCP header."""

    kind: int = u8("option_kind", factory=OptionKind(), title="Kind")

    @property
    def allows_data(self) -> bool:
        """Whether this is a cookie of Fast Open, with which a SYN may bring data (RFC 7413, section 4.1.3)."""
        return False

    def info(self, base: int = 0) -> str:
        """Return what the option says in the last column of a list; "" for nothing.

        Sequence numbers are those of the other direction, counted from `base`.
        """
        return ""


class EndOfTCPOptions(
    TCPOption, number=0, single=True, last=True, branch="options.eol", title="End of Option List (EOL)"
):
    """Where the options end; what stands behind it is padding."""

    padding: bytes = octets("", default=b"", length="rest", title="Padding")

    def problems(self) -> Iterator[Problem]:
        """Yield padding that is not zero, which RFC 9293 demands."""
        if any(self.padding):
            yield self.problem("is followed by bytes that are not zero", name="non_zero_bytes_after_eol")


class TCPNoOperation(TCPOption, number=1, single=True, branch="options.nop", title="No-Operation (NOP)"):
    """One byte that aligns the next option."""


class UnknownTCPOption(TCPOption, unknown=True, branch="options.unknown", title="Unknown"):
    """An option of a kind without a class here, or of a length that its class does not have."""

    length: int = u8("option_len", factory=OptionLength(), title="Length")
    data: bytes = octets("", default=b"", length="rest", title="Data")

    @derived("options.tfo.request", kind=Boolean(), width=1, title="Fast Open Cookie Request")
    def asks_for_cookie(self) -> int | None:
        """1 where this is Fast Open under an experimental kind, without a cookie."""
        return 1 if self._fast_open_cookie() == b"" else None

    @derived("options.tfo.cookie", kind=Octets(), title="Fast Open Cookie")
    def fast_open_cookie(self) -> bytes | None:
        """The cookie of Fast Open under an experimental kind; None where there is none."""
        return self._fast_open_cookie() or None

    @property
    def allows_data(self) -> bool:
        return bool(self._fast_open_cookie())

    @derived("options.sack.count", width=8, title="TCP SACK Count")
    def whole_blocks(self) -> int | None:
        """The whole blocks of a selective acknowledgment whose last one is not whole."""
        return len(self.data) // 8 if self.kind == SACK.number else None

    @property
    def counts_ecn(self) -> bool:
        """Whether this is an option of Accurate ECN, with up to three counters (RFC 9768, section 3.2.3)."""
        return self.kind in _ECN_COUNTERS and len(self.data) in (0, 3, 6, 9)

    @property
    def expected_length(self) -> int:
        """The length in bytes, or the least one, of an option of this kind; its own where none is known."""
        known = TCPOption.of_number(self.kind)
        return _LEAST.get(self.kind) or _LENGTHS.get(self.kind) or (self.length if known is None else known.least_size)

    def _fast_open_cookie(self) -> bytes | None:
        is_fast_open = self.kind in EXPERIMENTS and self.data.startswith(FAST_OPEN_EXPERIMENT)
        return self.data[2:] if is_fast_open else None

    def problems(self) -> Iterator[Problem | str]:
        """Yield the wrong length of an option whose kind is known."""
        known = TCPOption.of_number(self.kind)
        least = _LEAST.get(self.kind, 0)
        if known is not None:
            sentence = f"of kind {self.kind} ({known.title}) has {self.length} bytes, which that option cannot have"
            yield sentence if known is SACK else self.problem(sentence, name="option.len.invalid")
        elif self.kind in _ECN_COUNTERS and not self.counts_ecn:
            yield self.problem(
                f"of kind {self.kind} has {self.length} bytes, expected 2, 5, 8 or 11", name="option.len.invalid"
            )
        elif self.length != _LENGTHS.get(self.kind, self.length) or self.length < least:
            expected = least or _LENGTHS[self.kind]
            yield self.problem(
                f"of kind {self.kind} has {self.length} bytes, expected {expected}", name="option.len.invalid"
            )

    def info(self, base: int = 0) -> str:
        cookie = self._fast_open_cookie()
        if cookie is not None:
            return "TFO=C" if cookie else "TFO=R"
        if self.counts_ecn:
            counts = [int.from_bytes(self.data[place : place + 3], "big") for place in range(0, len(self.data), 3)]
            pairs = zip(_ECN_COUNTERS[self.kind], counts, strict=False)
            return " ".join(f"{name}={count}" for name, count in pairs) or "AccECN"
        if self.kind in EXPERIMENTS and len(self.data) > 1:
            return f"ExID={int.from_bytes(self.data[:2], 'big'):X}"
        if self.kind == SACKPermitted.number:
            return "SACK_PERM"
        if self.kind == SACK.number:
            return _blocks_text(iter_unpack("!II", self.data[: len(self.data) // 8 * 8]), base)
        if self.kind == TCPAuthentication.number:
            return "TCP AO"
        if self.kind == _QUICK_START and self.length == 8:
            return f"QSresp={_QUICK_START_RATES[self.data[0] & 15]}"
        if self.kind in (6, 7) and self.length == 6:
            return f"ECHO={int.from_bytes(self.data, 'big')}"
        if self.kind in _CONNECTION_COUNTS and self.length == 6:
            return f"{_CONNECTION_COUNTS[self.kind]}={int.from_bytes(self.data, 'big')}"
        return ""


class MalformedTCPOption(TCPOption, malformed=True, title="Malformed"):
    """The rest of a list whose next option has no length, or one that runs past the end."""

    data: bytes = octets("", default=b"", length="rest", title="Data")

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong."""
        yield self.problem(
            "has a length that is missing, below 2 or past the end of the header", name="option.len.invalid"
        )


class MSS(TCPOption, number=2, branch="options.mss", title="Maximum segment size", source="RFC 9293, section 3.7.1"):
    """The largest segment that the sender takes, in bytes of data."""

    length: int = u8("option_len", factory=OptionLength(), title="Length")
    value: int = u16("options.mss_val", default=1460, kw_only=False, title="MSS Value")

    def info(self, base: int = 0) -> str:
        return f"MSS={self.value}"


class WindowScale(TCPOption, number=3, branch="options.wscale", title="Window scale", source="RFC 7323, section 2.2"):
    """By how many bits the sender's windows are to be shifted; above 14 counts as 14."""

    length: int = u8("option_len", factory=OptionLength(), title="Length")
    shift: int = u8("options.wscale.shift", default=0, kw_only=False, title="Shift count")

    @derived("options.wscale.multiplier", width=16, title="Multiplier")
    def multiplier(self) -> int:
        """By what the sender's windows are to be multiplied, 1 to 16384."""
        return 1 << min(self.shift, 14)

    def problems(self) -> Iterator[Problem]:
        """Yield a shift above 14 (RFC 7323, section 2.3)."""
        if self.shift > 14:
            yield self.problem(
                f"has the shift {self.shift}, expected at most 14", "warning", name="options.wscale.shift.invalid"
            )

    def info(self, base: int = 0) -> str:
        return f"WS={self.multiplier}"


class SACKPermitted(
    TCPOption, number=4, branch="options.sack_perm", title="SACK permitted", source="RFC 2018, section 2"
):
    """The sender takes selective acknowledgments."""

    length: int = u8("option_len", factory=OptionLength(), title="Length")

    def info(self, base: int = 0) -> str:
        return "SACK_PERM"


class SACK(TCPOption, number=5, branch="options.sack", title="SACK", source="RFC 2018, section 3"):
    """Blocks of data that have arrived: pairs of the first sequence number and the one behind the last."""

    length: int = u8("option_len", factory=OptionLength(), title="Length")
    blocks: Listing[tuple[int, int]] = listing(
        StructList("!II", "pairs of numbers below 2**32"), "", default=(), length="rest", kw_only=False, title="Blocks"
    )

    @derived("options.sack.count", width=8, title="TCP SACK Count")
    def count(self) -> int:
        """The number of blocks."""
        return len(self.blocks)

    def info(self, base: int = 0) -> str:
        return _blocks_text(self.blocks, base)


class Timestamps(TCPOption, number=8, branch="options.timestamp", title="Timestamps", source="RFC 7323, section 3.2"):
    """The sender's clock, and the last value that it had from the other side."""

    length: int = u8("option_len", factory=OptionLength(), title="Length")
    value: int = u32("options.timestamp.tsval", default=0, title="Timestamp value")
    echo: int = u32("options.timestamp.tsecr", default=0, title="Timestamp echo reply")

    def info(self, base: int = 0) -> str:
        return f"TSval={self.value} TSecr={self.echo}"


class MD5Signature(TCPOption, number=19, branch="options.md5", title="TCP MD5 signature", source="RFC 2385"):
    """A digest of 16 bytes over the segment and a shared secret."""

    length: int = u8("option_len", factory=OptionLength(), title="Length")
    digest: bytes = octets("options.md5.digest", default=bytes(16), length="rest", kw_only=False, title="MD5 digest")

    _wrong_length = expert("option.len.invalid", "Invalid length for option")

    def problems(self) -> Iterator[Problem]:
        """Yield a digest that has not 16 bytes."""
        if len(self.digest) != 16:
            yield self.problem(f"has a digest of {len(self.digest)} bytes, expected 16", name="option.len.invalid")

    def info(self, base: int = 0) -> str:
        return "MD5"


class UserTimeout(TCPOption, number=28, branch="options.user_to", title="User Timeout Option", source="RFC 5482"):
    """How long data may stay unacknowledged: `value` seconds, or minutes where `in_minutes` is 1."""

    length: int = u8("option_len", factory=OptionLength(), title="Length")
    in_minutes: int = bits(1, "options.user_to_granularity", default=0, title="Granularity")
    value: int = bits(15, "options.user_to_val", default=0, size=16, title="User Timeout")

    def info(self, base: int = 0) -> str:
        return f"USER_TO={self.value}"


class TCPAuthentication(
    TCPOption, number=29, branch="options.ao", title="TCP Authentication Option", source="RFC 5925, section 2.2"
):
    """A code over the segment by a shared key, the key's number, and the number of that for the answer."""

    length: int = u8("option_len", factory=OptionLength(), title="Length")
    key: int = u8("options.ao.keyid", default=0, title="AO KeyID")
    next_key: int = u8("options.ao.rnextkeyid", default=0, title="AO RNextKeyID")
    code: bytes = octets(
        "options.ao.mac", default=b"", length="rest", title="AO MAC", doc="The message authentication code"
    )

    def info(self, base: int = 0) -> str:
        return "TCP AO"


class FastOpen(TCPOption, number=34, branch="options.tfo", title="TCP Fast Open", source="RFC 7413, section 4.1.1"):
    """A cookie of 4 to 16 bytes, or none to ask for one."""

    length: int = u8("option_len", factory=OptionLength(), title="Length")
    cookie: bytes = octets("options.tfo.cookie", default=b"", length="rest", kw_only=False, title="Fast Open Cookie")

    @derived("options.tfo.request", kind=Boolean(), width=1, title="Fast Open Cookie Request")
    def asks(self) -> int | None:
        """1 where there is no cookie."""
        return None if self.cookie else 1

    @property
    def allows_data(self) -> bool:
        return bool(self.cookie)

    def problems(self) -> Iterator[Problem | str]:
        """Yield a cookie of a length that RFC 7413 does not allow."""
        size = len(self.cookie)
        if size and (not 4 <= size <= 16 or size % 2):
            yield f"has a cookie of {size} bytes, expected an even number from 4 to 16"

    def info(self, base: int = 0) -> str:
        return "TFO=C" if self.cookie else "TFO=R"


def _blocks_text(blocks: Iterable[tuple[int, ...]], base: int) -> str:
    """Return the words for the blocks of a selective acknowledgment, counted from `base`."""
    return " ".join(f"SLE={left - base & _LARGEST} SRE={right - base & _LARGEST}" for left, right in blocks)


MULTIPATH = 30
"""The kind of the option of Multipath TCP, whose classes stand in a file of their own."""
EXPERIMENTS = (253, 254)
"""The kinds for experiments, whose first two bytes tell which (RFC 6994)."""
FAST_OPEN_EXPERIMENT = bytes.fromhex("f989")
"""The experiment that became Fast Open (RFC 7413, section 4.1.1)."""
_QUICK_START = 27
_QUICK_START_RATES = (
    "0 bit/s",
    *(f"{80 << exponent} Kbit/s" for exponent in range(4)),
    *("1.28 Mbit/s", "2.56 Mbit/s", "5.12 Mbit/s", "10.24 Mbit/s", "20.48 Mbit/s", "40.96 Mbit/s", "81.92 Mbit/s"),
    *("163.84 Mbit/s", "327.68 Mbit/s", "655.36 Mbit/s", "1.31072 Gbit/s"),
)
"""What a response of quick start allows (RFC 4782, section 3.1): each number twice as much as the one before."""
_LENGTHS = {6: 6, 7: 6, 11: 6, 12: 6, 13: 6, 20: 4, 21: 6, 22: 2, 23: 2, 27: 8}
"""The length in bytes of kinds that have a meaning but no class here."""
_LEAST = {253: 4, 254: 4}
"""The least length in bytes of others."""
_ECN_COUNTERS = {172: ("EE0B", "ECEB", "EE1B"), 174: ("EE1B", "ECEB", "EE0B")}
"""What a list calls the counters of Accurate ECN, in their two orders."""
_CONNECTION_COUNTS = {11: "CC", 12: "CCNEW", 13: "CCECHO"}
"""What a list calls the counts of RFC 1644."""
