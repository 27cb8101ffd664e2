"""An example of each protocol: a frame of the samples, as the Python that builds it, built and parsed here."""

from __future__ import annotations

from functools import cache
from itertools import islice
from pathlib import Path

import dissect
from dissect.declaration.header import Header
from dissect.views.details import details
from dissect.wireshark.types import header_classes
from docs.site.markdown import examples_in, fenced
from docs.site.protocols import Protocol

__all__ = ["example_of", "frame_of"]

SAMPLES = Path(__file__).resolve().parents[2] / "capture_samples"
_LOOKED_AT = 400
"""How many packets of a sample are looked at."""
_LONGEST = 1600
"""How many characters the Python of an example may have."""
_DEEPEST = 6
_PING = "IPv4(src='10.0.0.1', dst='10.0.0.2') / EchoRequest(id=1, seq=1)"
_CHOSEN = {
    "chdlc": f"CiscoHDLC() / {_PING}",
    "data": "Ethernet() / IPv4(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=40000, dport=40001) / b'hello'",
    "ipv6": "Ethernet() / IPv6(src='2001:db8::1', dst='2001:db8::2') / UDP(sport=40000, dport=40001) / b'hello'",
    "null": f"Null() / {_PING}",
    "ppp": f"PPP() / {_PING}",
    "quic": "Ethernet() / IPv4() / UDP(sport=40000, dport=443)"
    " / QUICInitial(destination_id=bytes(range(8)), length=24, protected=bytes(24))",
    "sll": f"SLL() / {_PING}",
}
"""Frames of protocols that the samples have none of, and whose headers say little where all is left out."""


@cache
def _samples() -> dict[str, Header]:
    """Return, by protocol, the frame of the samples that shows it in the fewest words."""
    found: dict[str, tuple[int, Header]] = {}
    for path in sorted(SAMPLES.glob("*.pcap*")):
        for packet in islice(dissect.read(path), _LOOKED_AT):
            frame = dissect.parse(packet.data, link=packet.link)
            names = {layer.name for layer in frame.layers()} - {"data"}
            shortest = {name: found[name][0] for name in names if name in found}
            if len(shortest) == len(names) and all(size <= len(packet.data) for size in shortest.values()):
                continue
            text = str(frame.source())
            if len(text) > _LONGEST or frame.problems():
                continue
            for name in names:
                if name not in found or len(packet.data) < found[name][0]:
                    found[name] = len(packet.data), frame
    return {name: frame for name, (_, frame) in found.items()}


@cache
def _chains() -> dict[type[Header], list[type[Header]]]:
    """Return, for each class that stands in others, the way there from a header that begins a frame."""
    chains: dict[type[Header], list[type[Header]]] = {}
    by_decoder = {getattr(each.decode, "__func__", each.decode): each for each in reversed(header_classes())}
    waiting: list[list[type[Header]]] = [[dissect.Ethernet]]
    while waiting:
        chain = waiting.pop(0)
        for decode in [*chain[-1].decoders().values(), *chain[-1].guessed_decoders()]:
            carried = by_decoder.get(getattr(decode, "__func__", decode))
            if carried is not None and carried not in chains and len(chain) < _DEEPEST:
                chains[carried] = chain
                waiting.append([*chain, carried])
    return chains


def frame_of(protocol: Protocol) -> Header | None:
    """Return a frame with the protocol: one that was captured or chosen, or else as its constructors make it.

    None where the protocol's own docstrings have examples that say more than that.
    """
    captured = _samples().get(protocol.name)
    if captured is not None:
        return captured
    if protocol.name in _CHOSEN:
        chosen: Header = eval(_CHOSEN[protocol.name], _names())
        return chosen
    if _told(protocol):
        return None
    for cls in protocol.headers:
        try:
            header = cls()
        except (dissect.DissectError, TypeError):
            continue
        frame = header
        for outer in reversed(next((_chains()[base] for base in cls.__mro__ if base in _chains()), [])):
            frame = outer() / frame
        # What only other frames tell from bytes is no header when these are parsed alone.
        return frame if type(frame).link_type is None or dissect.parse(bytes(frame)) == frame else header
    return None


def example_of(protocol: Protocol) -> str:
    """Return the section of a page that builds a frame, parses it, and shows it; "" where there is nothing to build.

    Raises AssertionError where the frame is not what its Python builds, or its bytes are parsed to another one.
    """
    frame = frame_of(protocol)
    if frame is None:
        told = _told(protocol)
        return f"## Example {{#example}}\n\n{fenced(told, 'pycon')}" if told else ""
    text = str(frame.source())
    built: Header = eval(text, _names())
    typed = [
        f">>> frame = {text.replace(chr(10), chr(10) + '... ')}",
        ">>> bytes(frame).hex()",
        repr(bytes(built).hex()),
    ]
    link = type(built).link_type
    if link is not None:
        assert bytes(built) == bytes(frame), protocol.name
        assert dissect.parse(bytes(built), link=link) == built, protocol.name
        typed += [f">>> parse(bytes(frame){'' if link == 1 else f', link={link}'}) == frame", "True"]
    shown = fenced("\n".join(typed), "pycon") + fenced(str(details(built)))
    return f"## Example {{#example}}\n\nBuilt, and parsed again:\n\n{shown}"


def _told(protocol: Protocol) -> str:
    """Return the example that the docstring of the first of its headers has that has one; the doctests run it."""
    return next(filter(None, (examples_in(cls.__doc__) for cls in protocol.headers)), "")


@cache
def _names() -> dict[str, object]:
    """Return what `from dissect import *` brings."""
    return {name: getattr(dissect, name) for name in dissect.__all__}
