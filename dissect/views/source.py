"""A frame as the Python that builds it."""

from __future__ import annotations

from dissect.declaration.header import Data, Header
from dissect.packets.packet import Packet
from dissect.protocols.ethernet import Ethernet
from dissect.views.pieces import outermost
from dissect.views.text import Text

__all__ = ["source"]

_LONGEST = 100
"""How many characters one line may have."""
_RUN = 8
"""From how many equal bytes on a literal is written as a product."""


def source(frame: Header | Packet) -> Text:
    """Return the shortest expression that builds the frame, of dissect's public names alone.

    What constructors compute or have as a default is left out, bytes stand without a class behind a
    header, and zeros that only fill up an Ethernet frame are a call of `padded`. What is long
    takes a line per layer. `eval` of the text equals the frame.

    >>> from dissect import ARP, IPv4, UDP
    >>> print(source(IPv4(dst="10.0.0.2") / UDP(dport=53, payload=bytes(100))))
    IPv4(dst='10.0.0.2') / UDP(dport=53) / bytes(100)
    >>> print(source((Ethernet() / ARP()).padded()))
    (Ethernet() / ARP()).padded()
    """
    header = outermost(frame)
    padded = _is_padded(header)
    parts = []
    for number, layer in enumerate(header.layers()):
        bare = padded and number == 0
        parts.append(_written(header.replace(trailer=b"") if bare else layer, behind=number > 0))
    call = ".padded()" if padded else ""
    line = " / ".join(parts)
    if len(line) + len(call) + 2 <= _LONGEST or len(parts) == 1:
        return Text(f"({line}){call}" if call and len(parts) > 1 else line + call)
    indented = "\n    / ".join(parts)
    return Text(f"(\n    {indented}\n){call}")


def _is_padded(header: Header) -> bool:
    """Whether the trailer is what `padded` adds."""
    if not isinstance(header, Ethernet) or not header.trailer or any(header.trailer):
        return False
    return header.replace(trailer=b"").padded() == header


def _written(layer: Header, *, behind: bool) -> str:
    """Return one layer; bytes alone where it stands behind another."""
    if behind and type(layer) is Data and not layer.trailer:
        return _literal(layer.data)
    text = layer.own_repr()
    if layer.trailer:
        stated = f"trailer={layer.trailer!r})"
        text = f"{text.removesuffix(stated)}trailer={_literal(layer.trailer, alone=True)})"
    return text


def _literal(data: bytes, *, alone: bool = False) -> str:
    """Return the bytes as Python, short where they are all equal; a product stands in brackets unless it is alone."""
    if len(data) < _RUN or data.strip(data[:1]):
        return repr(data)
    if not data[0]:
        return f"bytes({len(data)})"
    product = f"{data[:1]!r} * {len(data)}"
    return product if alone else f"({product})"
