"""Telnet as Wireshark sees it."""

from __future__ import annotations

from typing import Any

from dissect.protocols.telnet import SB, Telnet
from dissect.wireshark.field_types import BYTES, STRING, UINT8, UINT16
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed
from dissect.wireshark.text import up_to_zero

__all__ = ["TelnetSight"]

_TYPE, _SPEED, _WINDOW, _LOCATION = 24, 32, 31, 35
_FLOW_CONTROL = 33
_WINDOW_SIZE = 4
_NAMED = (_TYPE, _LOCATION)
_IS, _SEND = 0, 1


class TelnetSight(Sight, of=Telnet):
    """Text line by line, commands, and options with what they say."""

    @computed("cmd", UINT8, title="Command")
    def commands(self, header: Any) -> list[int] | None:
        """The commands."""
        return [command for kind, command, _, _ in header.pieces() if kind != "text" and command] or None

    @computed("subcmd", UINT8, title="Subcommand")
    def options(self, header: Any) -> list[int] | None:
        """The options that they are about, and whether a type is told or asked for."""
        found: list[int] = []
        for kind, command, option, said in header.pieces():
            if kind == "command" and option is not None:
                found.append(option)
                if command == SB and option in _NAMED and said and said[0] in (_IS, _SEND):
                    found.append(said[0])
        return found or None

    @computed("data", STRING, title="Data")
    def lines(self, header: Any) -> list[str] | None:
        """The lines of text."""
        return [up_to_zero(said) for kind, _, _, said in header.pieces() if kind == "text"] or None

    @computed("option_data", BYTES, title="Option data")
    def option_data(self, header: Any) -> list[bytes] | None:
        """What is said of options that have no form of their own."""
        known = (*_NAMED, _WINDOW)
        told = [each for each in header.pieces() if each[0] == "command" and each[1] == SB and each[2] not in known]
        return [said for _, _, _, said in told if said] or None

    @computed("rfc_subopt.cmd", UINT8, title="Command")
    def flow_control(self, header: Any) -> list[int] | None:
        """What is said of remote flow control (RFC 1372)."""
        told = [said for _, command, option, said in header.pieces() if command == SB and option == _FLOW_CONTROL]
        return [said[0] for said in told if said] or None

    def _window(self, header: Any, place: int) -> list[int] | None:
        told = [said for _, command, option, said in header.pieces() if command == SB and option == _WINDOW]
        return [int.from_bytes(said[place : place + 2], "big") for said in told if len(said) == _WINDOW_SIZE] or None

    @computed("naws_subopt.width", UINT16, title="Width")
    def width(self, header: Any) -> list[int] | None:
        """The columns of the terminal."""
        return self._window(header, 0)

    @computed("naws_subopt.height", UINT16, title="Height")
    def height(self, header: Any) -> list[int] | None:
        """The rows of the terminal."""
        return self._window(header, 2)

    @computed("string_subopt.value", STRING, title="Value")
    def strings(self, header: Any) -> list[str] | None:
        """What kind of terminal it is, and where."""
        told = [said for _, command, option, said in header.pieces() if command == SB and option in _NAMED]
        return [up_to_zero(said[1:]) for said in told if said[:1] == b"\0"] or None

    def stops_short(self, header: Any) -> bool:
        """Whether a command is cut."""
        return any(kind == "cut" for kind, *_ in header.pieces())

    def protocol(self, header: Any) -> str:
        """Return the name of the protocol."""
        return "TELNET"
