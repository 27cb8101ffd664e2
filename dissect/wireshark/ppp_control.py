"""The control protocols of PPP as Wireshark sees them."""

from __future__ import annotations

from typing import Any

from dissect.protocols.ppp_control import ControlPacket
from dissect.wireshark.option_names import byte_count, faulty_length
from dissect.wireshark.seen import Stop
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import noted

__all__ = ["ControlSight", "OptionSight", "WrongOptionSight"]


def _is_short(packet: Any) -> bool:
    """Whether the packet says that it is longer than what is there."""
    return bool(packet.length > packet.captured_length)


class ControlSight(Sight, of=ControlPacket):
    """Field by field; what the length says to be there, and is not, ends the reading."""

    reads = (("code",), ("identifier",), ("length",))
    hides = dict.fromkeys(("options", "data", "test_data", "message"), _is_short)

    def short_name(self, header: Any) -> str:
        """Return what Wireshark calls the protocol."""
        return f"PPP {header.name.upper()}"

    def protocol(self, header: Any) -> str:
        """Return the same."""
        return self.short_name(header)

    def stops_short(self, header: Any) -> bool:
        """Whether the header is cut, or shorter than it says."""
        return header.is_cut or _is_short(header)


class OptionSight(Sight):
    """An option that is a field as a whole as well."""

    is_field_as_a_whole = True


class WrongOptionSight(Sight):
    """An option of an unknown type or with a wrong length, of which nothing is seen but that."""

    reads = (("wrong_length",), Stop(lambda option: True))

    @noted("opt.len.invalid", "Invalid length for option", "Warning", "Protocol")
    def wrong_length(self, option: Any) -> str | None:
        """The option has a length that those of its type have not, or none at all."""
        names = {number: cls.title for number, cls in option.by_number().items()}
        if option.malformed:
            return faulty_length(names, option)
        known = option.of_number(option.type)
        if known is None:
            return None
        return f"{known.title} (with option length = {byte_count(option.length)}; should be {known.least_size})"
