"""Services by the words that name them: "80=http:FOLDER", "53=dns:ZONE.toml", "7=echo"."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches

from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import DissectError, FieldError
from dissect.lab.applications.chat import ChatRoom
from dissect.lab.applications.dhcp_server import DHCPServer
from dissect.lab.applications.dns_resolver import DNSResolver
from dissect.lab.applications.dns_server import DNSServer
from dissect.lab.applications.dns_zone import load_zones
from dissect.lab.applications.http_folder import FolderContent
from dissect.lab.applications.http_server import HTTPServer
from dissect.lab.applications.stream_services import Daytime, Discard, Echo
from dissect.lab.applications.tftp_server import TFTPServer
from dissect.lab.program import Program

__all__ = ["KNOWN", "service"]


class Known(NamedTuple):
    """A service: what its argument is, "" for none, and what makes it of a port and the argument."""

    argument: str
    make: Callable[[int, str], Program]


def _lend(port: int, pool: str) -> Program:
    if port != _DHCP:
        raise FieldError(f"DHCP is at port {port}, expected {_DHCP}, which clients ask")
    return DHCPServer(pool)


_DHCP = 67

KNOWN: dict[str, Known] = {
    "daytime": Known("", lambda port, _: Daytime(port)),
    "dhcp": Known("FIRST-LAST", _lend),
    "discard": Known("", lambda port, _: Discard(port)),
    "dns": Known("ZONE.toml", lambda port, path: DNSServer(load_zones(path), port=port)),
    "echo": Known("", lambda port, _: Echo(port)),
    "chat": Known("", lambda port, _: ChatRoom(port)),
    "http": Known("FOLDER", lambda port, path: HTTPServer(FolderContent(path), port=port)),
    "resolver": Known("SERVER", lambda port, server: DNSResolver(forward=[server], port=port)),
    "tftp": Known("FOLDER", lambda port, path: TFTPServer(FolderContent(path), port=port)),
}
"""The services by name."""


def service(text: str) -> Program:
    """Return the program that a text as "80=http:FOLDER" names.

    Raises DissectError where it names none, or its folder or file can't be read.

    >>> service("7=echo").port
    7
    """
    port, equals, named = text.partition("=")
    name, _, argument = named.partition(":")
    if not equals or not port.isdecimal() or not 0 < int(port) < 65536:
        raise DissectError(f"the service is {text!r}, expected a port and a service as 80=http:FOLDER or 7=echo")
    known = KNOWN.get(name)
    if known is None:
        near = get_close_matches(name, KNOWN, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"expected one of {', '.join(KNOWN)}"
        raise DissectError(f"there is no service {name!r}; {hint}")
    if bool(argument) != bool(known.argument):
        form = f"{port}={name}" + (f":{known.argument}" if known.argument else "")
        raise DissectError(f"the service is {text!r}, expected {form}")
    try:
        return known.make(int(port), argument)
    except OSError as reason:
        raise DissectError(f"the service {text!r} can't be: {reason.strerror or reason}") from None
