"""Values of a field behind the last column of each line of the list (`-z proto,colinfo`)."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.errors import DissectError
from dissect.packets.packet import Packet
from dissect.statistics.tap import Setting, Tap

__all__ = ["tap"]


class _ColumnTap(Tap):
    def __init__(self, rest: str, setting: Setting) -> None:
        text, _, self.field = rest.rpartition(",")
        if not text or not self.field:
            raise DissectError(f"-z proto,colinfo,{rest} needs a filter and a field: -z proto,colinfo,ip.ttl,ip.ttl")
        # All names of fields are loaded for those who ask for some.
        from dissect.wireshark.fields import compile_field

        self._texts = compile_field(self.field, setting.clock)
        passes = setting.filter(text)
        # As in tshark, a field is there only where the filter asks for it.
        self._passes = passes if passes is not None and self.field in passes.fields else None

    def take(self, packet: Packet) -> None:
        return

    def beside(self, packet: Packet) -> str:
        if self._passes is None or not self._passes(packet):
            return ""
        return "".join(f"  {self.field} == {text}" for text in self._texts(packet))

    def lines(self) -> Iterator[str]:
        yield from ()


def tap(name: str, rest: str, setting: Setting) -> Tap:
    """Return the tap of `-z proto,colinfo,filter,field`."""
    return _ColumnTap(rest, setting)
