"""The options of TCP as Wireshark sees them."""

from __future__ import annotations

from typing import Any

from dissect.protocols.assigned_numbers import TCP_OPTION_KINDS
from dissect.protocols.tcp_options import (
    MULTIPATH,
    SACK,
    EndOfTCPOptions,
    MalformedTCPOption,
    TCPAuthentication,
    TCPOption,
    UnknownTCPOption,
    WindowScale,
)
from dissect.wireshark.field_types import BOOLEAN, NONE, UINT8, UINT16
from dissect.wireshark.notices import MALFORMED, SEQUENCE
from dissect.wireshark.option_names import TCP_OPTIONS, faulty_length
from dissect.wireshark.seen import Stop
from dissect.wireshark.sight import Sight, by_title
from dissect.wireshark.sight_fields import computed, mark, noted

__all__ = ["EndSight", "MalformedSight", "TCPOptionSight", "UnknownSight", "WindowScaleSight"]


_HEAD, _LEAST_SACK = 2, 10
"""The bytes of kind and length, and those with one block of a selective acknowledgment."""


class TCPOptionSight(Sight, of=TCPOption):
    """All that an option has."""

    is_field_as_a_whole = True

    types = {
        "tcp.options.sack.count": UINT8,
        "tcp.options.tfo.request": NONE,
        "tcp.options.user_to_granularity": BOOLEAN,
        "tcp.options.wscale.multiplier": UINT16,
    }
    values = {"tcp.option_kind": by_title(TCP_OPTION_KINDS)}
    truths = {
        "tcp.options.user_to_granularity": ("Minutes", "Seconds"),
        # Multipath TCP: the flags of RFC 8684, section 3.6, are the ones with names of truth.
        **{f"tcp.options.mptcp.flag_{letter}.": ("Set", "Not set") for letter in "TUVW"},
    }

    def ends_list(self, option: Any) -> bool:
        """Whether tshark stops at it: a selective acknowledgment without a block, or an option of paths that is cut."""
        kind = option.raw("kind")
        if kind not in (SACK.number, MULTIPATH) or option.malformed:
            return False
        return len(option) < _LEAST_SACK if kind == SACK.number else len(option) == _HEAD or not option.is_filled()

    def wholes(self, option: Any) -> list[bytes]:
        """Return all bytes of the option; one of Multipath TCP is a protocol of its own to tshark."""
        return [] if option.kind == MULTIPATH else [bytes(option)]


class EndSight(TCPOptionSight, of=EndOfTCPOptions):
    """The zeros behind the end are further ends."""

    def wholes(self, option: Any) -> list[bytes]:
        """Return each end, a byte each."""
        data = bytes(option)
        return [b"\0"] * (len(data) - len(data.lstrip(b"\0")))

    not_zero = mark(
        "non_zero_bytes_after_eol",
        "Non zero bytes in option space after EOL option",
        words="Non-zero header padding",
    )

    @computed("option_kind", UINT8, title="Kind")
    def further_ends(self, option: EndOfTCPOptions) -> list[int]:
        """The zeros behind it, which display filters take for further ends of the list."""
        return [0] * (len(option.padding) - len(option.padding.lstrip(b"\0")))


def _bound(option: UnknownTCPOption) -> str:
    """Return what stands in front of the length that an option should have: of one kind it is the least."""
    return ">= than " if option.kind == TCPAuthentication.number else ""


class UnknownSight(TCPOptionSight, of=UnknownTCPOption):
    """An option whose length its class does not have."""

    wrong_length = mark(
        "option.len.invalid",
        "Invalid length for option",
        "Note",
        lambda option: f"option length should be {_bound(option)}{option.expected_length}",
        group=SEQUENCE,
        about="length",
    )

    @noted("suboption_malformed", "Suboption would go past end of option", "Error", MALFORMED)
    def broken_block(self, option: UnknownTCPOption) -> str | None:
        """The last block of a selective acknowledgment is not whole."""
        is_broken = option.kind == SACK.number and len(option.data) % 8
        return "suboption would go past end of option" if is_broken else None


class MalformedSight(TCPOptionSight, of=MalformedTCPOption):
    """Of an option without a right length, nothing is seen but that."""

    reads = (("wrong_length",), Stop(lambda option: True))

    wrong_length = mark(
        "option.len.invalid",
        "Invalid length for option",
        "Note",
        lambda option: faulty_length(TCP_OPTIONS, option),
        group=SEQUENCE,
    )


class WindowScaleSight(TCPOptionSight, of=WindowScale):
    """A shift may be too far."""

    too_far = mark("options.wscale.shift.invalid", "Window scale shift exceeds 14", "Warning", about="shift")
