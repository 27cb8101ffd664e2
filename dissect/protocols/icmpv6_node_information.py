"""Node information queries of ICMPv6 (RFC 4620): a node tells its names and its other addresses."""

from __future__ import annotations

from typing import ClassVar

from dissect.declare import AUTOMATIC, Code, Coding, bits, code, flag, overlay, u64
from dissect.protocols.icmpv6 import ICMPv6, ICMPv6Type

__all__ = [
    "NodeInformationQuery",
    "NodeInformationQueryCode",
    "NodeInformationReply",
    "NodeInformationReplyCode",
    "NodeInformationType",
]


class NodeInformationType(Code):
    """What is asked for (RFC 4620, section 5)."""

    NO_OPERATION = 0, "NOOP"
    NODE_NAME = 2, "Node Name"
    NODE_ADDRESSES = 3, "Node Addresses"
    IPV4_ADDRESSES = 4, "IPv4 Addresses"


class NodeInformationQueryCode(Code):
    """What the data hold by which the question names its subject (RFC 4620, section 4)."""

    IPV6_ADDRESS = 0, "Query subject = IPv6 addresses"
    NAME = 1, "Query subject = DNS name or empty"
    IPV4_ADDRESS = 2, "Query subject = IPv4 addresses"


class NodeInformationReplyCode(Code):
    """What came of a question (RFC 4620, section 4)."""

    SUCCESSFUL = 0, "Successful"
    REFUSED = 1, "Refused"
    UNKNOWN_TYPE = 2, "Unknown query type"


class _NodeInformation(ICMPv6):
    """What question and answer have in common."""

    query_type: Coding[NodeInformationType] = code(16, NodeInformationType, "ni.qtype", default=2, title="Qtype")
    reserved: int = bits(10, "ni.flag.rsv", default=0, base=16, size=16, title="Reserved")
    global_addresses: bool = flag("ni.flag.g", default=False, title="Global-scope Address")
    site_addresses: bool = flag("ni.flag.s", default=False, title="Site-local Address")
    link_addresses: bool = flag("ni.flag.l", default=False, title="Link-local Address")
    compatible_addresses: bool = flag("ni.flag.c", default=False, title="Compression")
    all_addresses: bool = flag("ni.flag.a", default=False, title="All Unicast Address")
    truncated: bool = flag("ni.flag.t", default=False, title="Truncated")
    nonce: int = u64("ni.nonce", default=0, base=16, title="Nonce", doc="Tells which answer belongs to a question")
    flags: int = overlay(16, "ni.flag", default=AUTOMATIC, over="reserved", base=16, title="Flags")

    names_codes: ClassVar[bool] = True


class NodeInformationQuery(_NodeInformation, source="RFC 4620, section 4", variant=ICMPv6Type.NODE_INFORMATION_QUERY):
    """Asks a node for its name or addresses; what follows says of whom, as the code has it.

    >>> NodeInformationQuery(code="name").info()
    'Node Information Query (Query subject = DNS name or empty)'
    """

    code: Coding[NodeInformationQueryCode] = code(8, NodeInformationQueryCode, "code", default=0, title="Code")


class NodeInformationReply(_NodeInformation, source="RFC 4620, section 4", variant=ICMPv6Type.NODE_INFORMATION_REPLY):
    """Tells a name or addresses, or why not."""

    code: Coding[NodeInformationReplyCode] = code(8, NodeInformationReplyCode, "code", default=0, title="Code")
