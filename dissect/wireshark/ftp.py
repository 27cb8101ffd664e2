"""FTP as Wireshark sees it: the first line of each segment."""

from __future__ import annotations

import re
from typing import Any

from dissect.declaration.addresses import ipv4_bytes, ipv6_bytes
from dissect.declaration.framing import FramingError
from dissect.declaration.header import Data
from dissect.protocols.ftp import FTP, FTPData, FTPDialogue, FTPReply, FTPRequest
from dissect.protocols.plain_text import is_plain_text
from dissect.wireshark.field_types import BOOLEAN, FRAMENUM, IPV4, IPV6, STRING, UINT8, UINT16, UINT32
from dissect.wireshark.notices import MALFORMED
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed, learnt, noted
from dissect.wireshark.text import escaped

__all__ = ["FTPDataSight", "FTPReplySight", "FTPRequestSight", "FTPSight", "SegmentDialogue"]

_NUMBERS = re.compile(rb"(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})")
_EXTENDED_REPLY = re.compile(rb"\((.)\1*+(\d{1,5})")
_NO_DIRECTORY = "Invalid PWD response"
_WRONG_EPRT = "EPRT arguments must have the form: |<family>|<addr>|<port>|"
_WRONG_EPSV = "EPSV arguments must have the form (|||<port>|)"
_IPV4, _IPV6 = 1, 2


def host_and_port(text: bytes) -> tuple[bytes, int] | None:
    """Return address and port that six numbers tell (RFC 959, section 4.1.2); None where there are none."""
    found = _NUMBERS.search(text)
    if found is None:
        return None
    numbers = [int(each) for each in found.groups()]
    if max(numbers) > _BYTE:
        return None
    return bytes(numbers[:4]), numbers[4] << 8 | numbers[5]


_BYTE = 0xFF


def extended_port(text: bytes) -> tuple[int, bytes, int] | None:
    """Return family, address and port that EPRT names (RFC 2428, section 2); None where it does not."""
    if not text:
        return None
    parts = text.split(text[:1])
    if len(parts) < _PARTS or not parts[1].isdigit() or not parts[3].isdigit():
        return None
    family = int(parts[1])
    try:
        store = {_IPV4: ipv4_bytes, _IPV6: ipv6_bytes}[family]
        return family, store(parts[2].decode("latin-1")), int(parts[3])
    except (KeyError, ValueError):
        return None


_PARTS = 5


def extended_passive(text: bytes) -> int | None:
    """Return the port of a reply 229 (RFC 2428, section 3); None where it tells none."""
    found = _EXTENDED_REPLY.search(text)
    return int(found[2]) if found else None


def quoted_directory(text: bytes) -> bytes | None:
    """Return the directory of a reply 257, whose quotes are doubled (RFC 959, appendix II); None for none."""
    found = re.match(rb'[ ]*"((?:[^"]|"")*)"', text)
    return found[1].replace(b'""', b'"') if found else None


def _source(header: Any) -> bytes | None:
    network = header.network_header
    return None if network is None else network.raw("src")


class SegmentDialogue(FTPDialogue):
    """What a segment carries is one message, whatever lines stand in it."""

    follows_in_info = False

    def size(self, way: int, data: bytes) -> int | None:
        """Take all that there is."""
        raise FramingError("lines go on as far as the segment")

    def goes_back(self, way: int, data: bytes) -> bool:
        """Whether text follows, in spite of what was agreed on."""
        return is_plain_text(data)


class FTPSight(Sight, of=FTP):
    """A line."""

    framing = SegmentDialogue

    def protocol(self, header: Any) -> str:
        """Return the name of the protocol."""
        return "FTP"

    def line_of(self, header: Any) -> bytes:
        """Return the first line, without its end."""
        raw: bytes = header.own_bytes
        return re.split(rb"\r\n|\n|\r", raw, maxsplit=1)[0]

    working_directory = learnt(
        "current-working-directory", STRING, "Current working directory", "directory", doc="Where commands take place"
    )


class FTPRequestSight(FTPSight, of=FTPRequest):
    """A command."""

    hides = {
        "command": lambda header: not header.command,
        "argument": lambda header: not header.field("argument").kind.parts(header.raw("argument"))[0],
    }

    def info(self, header: Any) -> str:
        """Return the line."""
        return f"Request: {escaped(self.line_of(header))}"

    @computed("request", BOOLEAN, title="Request")
    def is_request(self, header: Any) -> int:
        """1: it asks."""
        return 1

    @computed("response", BOOLEAN, title="Response")
    def is_response(self, header: Any) -> int:
        """0: it does not answer."""
        return 0

    def _active(self, header: Any) -> tuple[bytes, int] | None:
        return host_and_port(header.raw("argument")) if header.command == "PORT" else None

    @computed("active.cip", IPV4, title="Active IP address")
    def active_address(self, header: Any) -> bytes | None:
        """The address to which the server is to connect."""
        found = self._active(header)
        return None if found is None else found[0]

    @computed("active.port", UINT16, title="Active port")
    def active_port(self, header: Any) -> int | None:
        """The port to which the server is to connect."""
        found = self._active(header)
        return None if found is None else found[1]

    @computed("active.nat", BOOLEAN, title="Active IP NAT")
    def active_translated(self, header: Any) -> int | None:
        """1 where the address is another one than the packet's."""
        found = self._active(header)
        return 1 if found is not None and _source(header) != found[0] else None

    def _extended(self, header: Any) -> tuple[int, bytes, int] | None:
        return extended_port(header.argument.encode("utf-8", "surrogateescape")) if header.command == "EPRT" else None

    @computed("eprt.af", UINT8, title="Extended active address family")
    def extended_family(self, header: Any) -> int | None:
        """The family of the address."""
        found = self._extended(header)
        return None if found is None else found[0]

    @computed("eprt.ip", IPV4, title="Extended active IP address")
    def extended_ipv4(self, header: Any) -> bytes | None:
        """The address."""
        found = self._extended(header)
        return found[1] if found is not None and found[0] == _IPV4 else None

    @computed("eprt.ipv6", IPV6, title="Extended active IPv6 address")
    def extended_ipv6(self, header: Any) -> bytes | None:
        """The address."""
        found = self._extended(header)
        return found[1] if found is not None and found[0] == _IPV6 else None

    @computed("eprt.port", UINT16, title="Extended active port")
    def extended_port(self, header: Any) -> int | None:
        """The port."""
        found = self._extended(header)
        return None if found is None else found[2]

    @noted("eprt.args_invalid", _WRONG_EPRT, "Warning", MALFORMED)
    def wrong_extended(self, header: Any) -> str | None:
        """What EPRT says is no address."""
        return _WRONG_EPRT if header.command == "EPRT" and self._extended(header) is None else None


class FTPReplySight(FTPSight, of=FTPReply):
    """A reply."""

    hides = {
        "code": lambda header: not header.raw("code"),
        "text": lambda header: not header.field("text").kind.parts(header.raw("text"))[0],
    }
    types = {"ftp.response.code": UINT32}

    def info(self, header: Any) -> str:
        """Return the line."""
        return f"Response: {escaped(self.line_of(header))}"

    @computed("request", BOOLEAN, title="Request")
    def is_request(self, header: Any) -> int:
        """0: it does not ask."""
        return 0

    @computed("response", BOOLEAN, title="Response")
    def is_response(self, header: Any) -> int:
        """1: it answers."""
        return 1

    def _passive(self, header: Any) -> tuple[bytes, int] | None:
        return host_and_port(header.raw("text")) if header.raw("code") == b"227" else None

    @computed("passive.ip", IPV4, title="Passive IP address")
    def passive_address(self, header: Any) -> bytes | None:
        """The address to which the client is to connect."""
        found = self._passive(header)
        return None if found is None else found[0]

    @computed("passive.port", UINT16, title="Passive port")
    def passive_port(self, header: Any) -> int | None:
        """The port to which the client is to connect."""
        found = self._passive(header)
        return None if found is None else found[1]

    @computed("passive.nat", BOOLEAN, title="Passive IP NAT")
    def passive_translated(self, header: Any) -> int | None:
        """1 where the address is another one than the packet's."""
        found = self._passive(header)
        return 1 if found is not None and _source(header) != found[0] else None

    def _extended(self, header: Any) -> int | None:
        return extended_passive(header.raw("text")) if header.raw("code") == b"229" else None

    @computed("epsv.ip", IPV4, title="Extended passive IPv4 address")
    def extended_ipv4(self, header: Any) -> bytes | None:
        """The server's address."""
        source = _source(header)
        is_there = self._extended(header) is not None and source is not None and len(source) == _LENGTH
        return source if is_there else None

    @computed("epsv.ipv6", IPV6, title="Extended passive IPv6 address")
    def extended_ipv6(self, header: Any) -> bytes | None:
        """The server's address."""
        source = _source(header)
        is_there = self._extended(header) is not None and source is not None and len(source) != _LENGTH
        return source if is_there else None

    @computed("epsv.port", UINT16, title="Extended passive port")
    def extended_port(self, header: Any) -> int | None:
        """The port to which the client is to connect."""
        return self._extended(header)

    @noted("response.pwd.invalid", _NO_DIRECTORY, "Warning", MALFORMED)
    def no_directory(self, header: Any) -> str | None:
        """A reply that is to name a directory names none."""
        is_wrong = header.raw("code") == b"257" and quoted_directory(header.raw("text")) is None
        return _NO_DIRECTORY if is_wrong and header.learnt("asked_directory") else None


_LENGTH = 4


class FTPDataSight(Sight, of=FTPData):
    """Data of which the control connection tells."""

    setup_frame = learnt("setup-frame", FRAMENUM, "Setup frame", doc="The frame that told the port")
    setup_method = learnt("setup-method", STRING, "Setup method", doc="The command by which it did")
    command = learnt("command", STRING, "Command", doc="What is transferred")
    command_frame = learnt("command-frame", FRAMENUM, "Command frame", doc="The frame of that command")
    directory = learnt("current-working-directory", STRING, "Current working directory", doc="Where that is")

    def protocol(self, header: Any) -> str:
        """Return the name of the protocol."""
        return "FTP-DATA"

    def payload(self, header: Any) -> Any:
        """Return the data where they are text."""
        inner = super().payload(header)
        return None if isinstance(inner, Data) else inner

    def info(self, header: Any) -> str:
        """Return how many bytes these are, and what of."""
        method, command = header.learnt("setup_method"), header.learnt("command")
        told = "".join(f" ({each})" for each in (method, command) if each)
        return f"FTP Data: {header.carried_end - header.own_end} bytes{told}"
