"""The messages of RPL (RFC 6550), the routing protocol of low-power networks; their bodies are not read."""

from __future__ import annotations

from typing import ClassVar

from dissect.declare import Code, Coding, code
from dissect.protocols.icmpv6 import ICMPv6, ICMPv6Type

__all__ = ["RPLCode", "RPLControl"]


class RPLCode(Code):
    """The kind of message (IANA, rpl; RFC 6550, section 6, and RFC 6997, section 9)."""

    SOLICITATION = 0, "DODAG Information Solicitation"
    INFORMATION = 1, "DODAG Information Object"
    ADVERTISEMENT = 2, "Destination Advertisement Object"
    ADVERTISEMENT_ACK = 3, "Destination Advertisement Object Acknowledgment"
    DISCOVERY_REPLY = 4, "P2P Discovery Reply Object"
    DISCOVERY_REPLY_ACK = 5, "P2P Discovery Reply Object Acknowledgement"
    SECURE_SOLICITATION = 0x80, "Secure DODAG Information Solicitation"
    SECURE_INFORMATION = 0x81, "Secure DODAG Information Object"
    SECURE_ADVERTISEMENT = 0x82, "Secure Destination Advertisement Object"
    SECURE_ADVERTISEMENT_ACK = 0x83, "Secure Destination Advertisement Object Acknowledgment"
    SECURE_DISCOVERY_REPLY = 0x84, "P2P Secure Discovery Reply Object"
    SECURE_DISCOVERY_REPLY_ACK = 0x85, "P2P Secure Discovery Reply Object Acknowledgement"
    CONSISTENCY_CHECK = 0x8A, "Consistency Check"


class RPLControl(ICMPv6, source="RFC 6550, section 6", variant=ICMPv6Type.RPL_CONTROL):
    """A message of RPL, whose code is its kind.

    >>> RPLControl(code="information").info()
    'RPL Control (DODAG Information Object)'
    """

    code: Coding[RPLCode] = code(8, RPLCode, "code", default=0, title="Code")

    names_codes: ClassVar[bool] = True
