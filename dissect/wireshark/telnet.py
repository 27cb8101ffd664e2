"""Telnet as Wireshark sees it."""

from __future__ import annotations

from typing import Any

from dissect.protocols.telnet import IAC as ESCAPE
from dissect.protocols.telnet import SB, Telnet, TelnetPiece, pieces_of
from dissect.wireshark.field_types import BYTES, STRING, UINT8, UINT16
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed
from dissect.wireshark.text import up_to_zero

__all__ = ["TelnetSight"]

_TAB_STOPS, _TYPE, _MARKING, _REGIME_3270, _WINDOW, _FLOW_CONTROL, _LOCATION = 11, 24, 27, 29, 31, 33, 35
_AUTHENTICATION, _ENCRYPTION, _TERMINAL_3270, _SERIAL_PORT, _START_TLS = 37, 38, 40, 44, 46
_WITH_FORM = frozenset((
    _TAB_STOPS, _TYPE, _MARKING, _REGIME_3270, _WINDOW, _FLOW_CONTROL, _LOCATION,
    _AUTHENTICATION, _ENCRYPTION, _TERMINAL_3270, _SERIAL_PORT, _START_TLS,
))  # fmt: skip
_NAMED = (_TYPE, _LOCATION)
_WINDOW_SIZE, _FLOW_CONTROL_SIZE = 4, 1
_IS, _SEND, _REPLY = 0, 1, 2
_ESCAPED = b"\xff\xff"


class TelnetSight(Sight, of=Telnet):
    """Text line by line, commands, and options with what they say."""

    called = "TELNET"

    def pieces(self, header: Any) -> list[TelnetPiece]:
        """Return the pieces up to where reading ends; text in front of a command of which only 255 is there is lost."""
        data = header.own_bytes
        found: list[TelnetPiece] = []
        place = 0
        for piece in pieces_of(data, _end_of_suboption):
            kind, command, option, said = piece
            found.append(piece)
            if kind == "text":
                place += len(said)
                continue
            place += 2 + (option is not None)
            if command == SB and option == _AUTHENTICATION and _runs_out(said, len(data) - place):
                return [*found, ("cut", 0, None, b"")]
            place += len(said)
        if found and found[-1][:2] == ("cut", 0):
            while len(found) > 1 and found[-2][0] == "text":
                del found[-2]
        return found

    def suboptions(self, header: Any) -> list[tuple[int, bytes]]:
        """Return what is said of options, each with its number."""
        told = [(option, said) for kind, command, option, said in self.pieces(header) if command == SB]
        return [(option, said) for option, said in told if option is not None]

    @computed("cmd", UINT8, title="Command")
    def commands(self, header: Any) -> list[int] | None:
        """The commands."""
        pieces = self.pieces(header)
        return [command for kind, command, _, _ in pieces if kind == "command" or (kind == "cut" and command)] or None

    @computed("subcmd", UINT8, title="Subcommand")
    def options(self, header: Any) -> list[int] | None:
        """The options that they are about, and whether a type is told or asked for."""
        found: list[int] = []
        for kind, command, option, said in self.pieces(header):
            if kind == "command" and option is not None:
                found.append(option)
                if command == SB and option in (_TAB_STOPS, *_NAMED) and said and said[0] in (_IS, _SEND):
                    found.append(said[0])
        return found or None

    @computed("data", STRING, title="Data")
    def lines(self, header: Any) -> list[str] | None:
        """The lines of text."""
        return [up_to_zero(said) for kind, _, _, said in self.pieces(header) if kind == "text"] or None

    @computed("option_data", BYTES, title="Option data")
    def option_data(self, header: Any) -> list[bytes] | None:
        """What is said of options that have no form of their own."""
        told = [said for option, said in self.suboptions(header) if option not in _WITH_FORM]
        return [said.replace(_ESCAPED, b"\xff") for said in told if said] or None

    @computed("rfc_subopt.cmd", UINT8, title="Command")
    def flow_control(self, header: Any) -> list[int] | None:
        """What is said of remote flow control (RFC 1372)."""
        told = [said for option, said in self.suboptions(header) if option == _FLOW_CONTROL]
        return [said[0] for said in told if len(said) == _FLOW_CONTROL_SIZE] or None

    def _window(self, header: Any, place: int) -> list[int] | None:
        told = [said for option, said in self.suboptions(header) if option == _WINDOW]
        whole = [said for said in told if len(said) == _WINDOW_SIZE and _ESCAPED not in said]
        return [int.from_bytes(said[place : place + 2], "big") for said in whole] or None

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
        told = [said for option, said in self.suboptions(header) if option in _NAMED]
        return [up_to_zero(said[1:]) for said in told if said[:1] == b"\0" and len(said) > 1] or None

    def stops_short(self, header: Any) -> bool:
        """Whether a command is cut."""
        return any(kind == "cut" for kind, *_ in self.pieces(header))

    def protocol(self, header: Any) -> str:
        """Return the name of the protocol."""
        return "TELNET"


def _end_of_suboption(data: bytes, place: int) -> int:
    """Return where Wireshark ends what is said of an option: also at a 255 that is doubled, near the end of the data.

    It takes a place in the data for one behind the option's number.
    """
    left = len(data) - place
    found = data.find(b"\xff", place)
    while found >= 0:
        if found + 1 >= left or data[found + 1] != ESCAPE:
            return found
        found = data.find(b"\xff", found + 2)
    return len(data)


def _runs_out(said: bytes, left: int) -> bool:
    """Whether bytes are missing of what is said of authentication, where so many are `left` in the segment (RFC 2941).

    Who tells or answers has a type, a modifier and a byte of the type's own, who asks has pairs of the first two.
    """
    if said[:1] in (bytes([_IS]), bytes([_REPLY])):
        return left < 4
    return said[:1] == bytes([_SEND]) and 1 + (len(said) // 2) * 2 > left
