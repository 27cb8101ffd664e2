"""Link-Local Multicast Name Resolution: hosts of a link that ask each other for names without dots."""

from __future__ import annotations

from dissect.declare import AUTOMATIC, overlay
from dissect.protocols.dns import DNS
from dissect.protocols.udp import UDP

__all__ = ["LLMNR"]

PORT = 5355


class LLMNR(
    DNS,
    name="llmnr",
    title="Link-local Multicast Name Resolution",
    source="RFC 4795, section 2.1.1",
    over={UDP: PORT},
):
    """A message of DNS in which two flags tell whether somebody else has the name, too.

    >>> LLMNR(is_response=True, conflict=True).authoritative
    True
    """

    conflict: bool = overlay(1, "", default=AUTOMATIC, over="authoritative", title="Conflict")
    tentative: bool = overlay(1, "", default=AUTOMATIC, over="recursion_desired", title="Tentative")
