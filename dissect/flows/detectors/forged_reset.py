"""Resets in somebody else's name: whoever has reset a connection has forgotten it, and does not go on (RFC 5961)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from dissect.flows.alarm import MOST_HELD, Alarm, Detector, Setting
from dissect.flows.states import Change
from dissect.flows.talks import Seen, Talk, end_text
from dissect.protocols.tcp import TCPFlags

__all__ = ["ForgedReset"]

_RST, _SYN = int(TCPFlags.RST), int(TCPFlags.SYN)
_MODULUS = 1 << 32
_HALF = 1 << 31


class _Resets:
    """The resets that one end of a connection seems to have sent."""

    __slots__ = ("count", "is_told", "number", "seq", "time_ns")

    def __init__(self, seen: Seen) -> None:
        self.number = seen.number
        self.time_ns, self.seq = seen.time_ns, seen.seq
        self.count = 0
        self.is_told = False


class ForgedReset(Detector):
    """An end that sends data behind a reset of its own: somebody else has sent that. Told once for each end.

    Data that the reset has overtaken are none of these; they stand before its number, and come soon.
    """

    settings = (Setting("reset_seconds", 0.5, "how long data that a reset has overtaken may be on their way"),)

    def __init__(self, values: Mapping[str, float]) -> None:
        super().__init__(values)
        self._soon_ns = self.setting_ns("reset_seconds")
        self._resets: OrderedDict[tuple[int | None, int], _Resets] = OrderedDict()

    def see(self, talk: Talk, way: int, seen: Seen, changes: list[Change]) -> None:
        if talk.connection is None:
            return
        key = talk.stream, way
        if seen.flags & _RST:
            resets = self._resets.setdefault(key, _Resets(seen))
            resets.count += 1
            resets.time_ns, resets.seq = seen.time_ns, seen.seq
            if len(self._resets) > MOST_HELD:
                self._resets.popitem(last=False)
            return
        found = self._resets.get(key)
        if found is None:
            return
        if seen.flags & _SYN:
            # Another connection begins.
            del self._resets[key]
        elif not found.is_told and seen.length and self._goes_on(found, seen):
            found.is_told = True
            self._tell(talk, way, seen, found)

    def _goes_on(self, resets: _Resets, seen: Seen) -> bool:
        """Whether a segment was sent after the reset, and not overtaken by it."""
        behind = (seen.seq + seen.length - resets.seq) % _MODULUS
        if 0 < behind < _HALF:
            return True
        return (
            resets.time_ns is not None and seen.time_ns is not None and (seen.time_ns - resets.time_ns > self._soon_ns)
        )

    def _tell(self, talk: Talk, way: int, seen: Seen, resets: _Resets) -> None:
        name, other = end_text(talk.ends[way]), end_text(talk.ends[1 - way])
        what = "a reset" if resets.count == 1 else f"{resets.count:,} resets"
        text = f"{what} of {name} to {other} came of somebody else: {name} goes on in the connection"
        facts = {"in_the_name_of": name, "to": other, "resets": resets.count}
        self.told.append(Alarm("forged-reset", text, resets.number, seen.number, resets.time_ns, seen.time_ns, facts))
