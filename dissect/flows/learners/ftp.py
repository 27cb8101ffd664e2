"""FTP: the directory in which commands take place, and the connections for data that they open."""

from __future__ import annotations

from collections import OrderedDict
from posixpath import normpath
from typing import Any

from dissect.flows.learner import Learner, Place
from dissect.flows.openings import Opening
from dissect.protocols.ftp import FTP, FTPData, FTPReply, FTPRequest
from dissect.wireshark.ftp import extended_passive, host_and_port, quoted_directory

__all__ = ["FTPLearner"]

_MOST = 1 << 13
_DATA_PORT = 20
"""From which a server opens a connection for data (RFC 959, section 3.2)."""


class _Control:
    """What is known of one control connection."""

    __slots__ = ("asked", "directory", "opening")

    def __init__(self) -> None:
        self.asked = ("", "")
        """The last command and its argument."""
        self.directory = ""
        self.opening: Opening | None = None
        """The data connection that was told last."""


class FTPLearner(Learner, of=FTP):
    """Follows control connections; 8192 are held."""

    def __init__(self, *, twice: bool = False) -> None:
        super().__init__(twice=twice)
        self._controls: OrderedDict[int, _Control] = OrderedDict()

    def rewind(self) -> None:
        super().rewind()
        self._controls.clear()

    def held(self) -> int:
        return len(self._controls)

    def observe(self, header: Any, place: Place) -> None:
        if place.stream is None or place.quoted or place.addresses is None:
            return
        control = self._controls.get(place.stream)
        if control is None:
            control = self._controls[place.stream] = _Control()
            if len(self._controls) > _MOST:
                self._controls.popitem(last=False)
        if isinstance(header, FTPRequest):
            self._ask(control, header, place)
        elif isinstance(header, FTPReply):
            self._reply(control, header, place)
        header.learn(directory=control.directory)

    def _ask(self, control: _Control, header: Any, place: Place) -> None:
        command, argument = header.command, header.argument
        control.asked = command, argument
        text = argument.encode("utf-8", "surrogateescape")
        if command == "PORT":
            # Wireshark does not look at EPRT: what comes from port 20 is a file all the same.
            found = host_and_port(text)
            if found is not None and place.addresses is not None:
                server = place.addresses[1] + _DATA_PORT.to_bytes(2, "big")
                self._open(control, "PORT", *found, place, server)
        elif control.opening is not None and "command" not in control.opening.facts:
            # Wireshark takes the next command for that of the transfer, whatever it is.
            control.opening.facts |= {"command": f"{command} {argument}".strip(), "command_frame": place.number}

    def _reply(self, control: _Control, header: Any, place: Place) -> None:
        code, text = header.raw("code"), header.raw("text")
        command, argument = control.asked
        if code == b"227":
            found = host_and_port(text)
            if found is not None:
                self._open(control, "PASV", *found, place)
        elif code == b"229":
            port = extended_passive(text)
            if port is not None and place.addresses is not None:
                self._open(control, "EPASV", place.addresses[0], port, place)
        elif code == b"257":
            # A directory is told in answer to PWD, and to MKD (RFC 959, section 4.2).
            if command == "PWD":
                header.learn(asked_directory=True)
            named = quoted_directory(text)
            if named is not None:
                control.directory = named.decode("utf-8", "replace")
        elif code == b"250" and command == "CWD":
            control.directory = joined(control.directory, argument)
        elif code == b"250" and command == "CDUP":
            control.directory = joined(control.directory, "..")

    def _open(
        self, control: _Control, method: str, address: bytes, port: int, place: Place, other: bytes = b""
    ) -> None:
        facts = {"setup_frame": place.number, "setup_method": method, "directory": control.directory}
        control.opening = Opening(FTPData, facts)
        if 0 < port <= _LAST_PORT:
            self.openings["tcp"].expect(control.opening, address + port.to_bytes(2, "big"), other)


_LAST_PORT = 0xFFFF


def joined(directory: str, argument: str) -> str:
    """Return where a change of directory leads to.

    >>> joined("/a", "b"), joined("/a/b", ".."), joined("/a", "/c"), joined("", "x")
    ('/a/b', '/a', '/c', 'x')
    """
    if argument.startswith("/") or not directory:
        return argument
    return normpath(f"{directory.rstrip('/')}/{argument}")
