"""What people look at frames with: methods here, whose work is done by modules on a higher floor.

Declarations know no view. A table says which module draws what; `dissect/__init__.py`, the roof
over all floors, fills it, and a module is imported when its view is first asked for. So a view
costs nothing when frames are parsed, and yet `frame.hexdump()` has a type and a docstring.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from dissect.declaration.drawers import VIEWS

__all__ = ["Drawing", "Views", "view"]


def view(name: str) -> Callable[..., Any]:
    """Return the function that draws this view."""
    function: Callable[..., Any] = getattr(import_module(VIEWS[name]), name)
    return function


class Drawing:
    """A method of a class and of its records alike: the class draws its layout, a record its values."""

    def __init__(self, name: str, doc: str) -> None:
        self._name = name
        self.__doc__ = doc

    def __get__(self, record: object, owner: type) -> Callable[[], str]:
        drawn = owner if record is None else record

        def draw() -> str:
            picture: str = view(self._name)(drawn)
            return picture

        draw.__name__ = draw.__qualname__ = self._name
        draw.__doc__ = self.__doc__
        return draw


class Views:
    """The views that headers and packets share; what is looked at is everything from this header inwards."""

    __slots__ = ()

    def show(self) -> None:
        """Print the details: a line per layer, field, option and problem, with the bytes that it stands for."""
        print(view("details")(self))

    def hexdump(self, *, colour: bool | None = None) -> str:
        """Return the bytes as rows of hex, each field in its colour, and a legend of the fields.

        The text is plain; a prompt on a terminal shows it in colour, and a notebook too. With
        `colour=True` the text itself holds the terminal's colour codes, with False none are ever shown.
        """
        text: str = view("hexdump")(self, colour=colour)
        return text

    def summary(self) -> str:
        """Return a line about the whole: who to whom, the protocol, the length in bytes, and what it says.

        >>> from dissect import EchoRequest, Ethernet, IPv4
        >>> (Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2", ttl=9) / EchoRequest(id=7, seq=1)).summary()
        '10.0.0.1 → 10.0.0.2 ICMP 42 Echo (ping) request  id=0x0007, seq=1/256, ttl=9'
        """
        text: str = view("summary")(self)
        return text

    def get(self, name: str) -> list[Any]:
        """Return all values of a field by its display-filter name, in order; [] where the frame has none.

        They are what the headers' attributes are: numbers are ints (those with names keep them), truth
        values and marks bools, addresses text ("10.0.0.1"), data bytes, times ints of nanoseconds;
        a protocol's name gives its bytes, and "tcp.options" and the like tuples of options. Lengths are
        in bytes. "ip.addr" gives sources and destinations, outermost first.

        What only other frames can tell, such as "tcp.stream", is there in packets that went through
        `dissect.with_context`. Raises FieldError for a name that no field has, with the nearest that one has.

        >>> from dissect import Ethernet, IPv4, UDP
        >>> tunnel = Ethernet() / IPv4(src="10.0.0.1", ttl=64) / IPv4(src="10.1.0.1", ttl=3) / UDP(dport=53)
        >>> tunnel.get("ip.ttl"), tunnel.get("ip.src"), tunnel.get("udp.dstport"), tunnel.get("tcp.port")
        ([64, 3], ['10.0.0.1', '10.1.0.1'], [53], [])
        """
        found: list[Any] = view("values")(self, name)
        return found

    def source(self) -> str:
        """Return the shortest Python that builds this frame, with nothing but dissect's public names.

        What a constructor would fill in by itself is left out; `eval` of the text equals the frame.
        """
        text: str = view("source")(self)
        return text

    def explain(self, name: str) -> str:
        """Return how the field comes by its value: a checksum word by word, a length by what it counts.

        `name` is a field of this header, or of those that it carries (each that has one is explained),
        or a display-filter name. Raises FieldError for a name that none of them has, with the nearest.
        """
        text: str = view("explain")(self, name)
        return text

    def bits(self, name: str) -> str:
        """Return the field bit by bit, with the fields that lie in it; `name` as `explain` takes it."""
        text: str = view("bits")(self, name)
        return text

    def _repr_html_(self) -> str:
        """Return the details beside the bytes, as notebooks show them."""
        text: str = view("frame_html")(self)
        return text
