"""The VLAN tags of Ethernet frames: taken off, put on, and changed, in bytes, so that all else stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import FieldError
from dissect.packets.packet import parse
from dissect.protocols.ethernet import Ethernet, EtherType
from dissect.protocols.vlan import VLANTag

__all__ = ["Tag", "Tagging"]

_ADDRESSES = 12
"""The bytes in front of the first type."""
_PRIORITY, _DEI, _ID = 13, 1 << 12, 0xFFF


class Tag(NamedTuple):
    """A tag: the number of the virtual network, its priority (0 to 7), drop eligibility, and the tag's own EtherType.

    >>> bytes(Tag(100, priority=5, type=0x88A8)).hex(" ")
    '88 a8 a0 64'
    """

    id: int
    priority: int = 0
    dei: bool = False
    type: int = int(EtherType.VLAN)

    def __bytes__(self) -> bytes:
        number = self.priority << _PRIORITY | (_DEI if self.dei else 0) | self.id
        return self.type.to_bytes(2, "big") + number.to_bytes(2, "big")

    @classmethod
    def read(cls, text: str) -> Tag:
        """Return the tag that "100" or "100,priority=5,dei,type=0x88a8" describes; FieldError for what is none.

        >>> Tag.read("100,priority=5")
        Tag(id=100, priority=5, dei=False, type=33024)
        """
        number, *parts = text.split(",")
        tag = cls(_number(number, "id", _ID, text))
        for part in parts:
            name, _, value = part.strip().partition("=")
            if name == "dei" and not value:
                tag = tag._replace(dei=True)
            elif name == "priority":
                tag = tag._replace(priority=_number(value, name, 7, text))
            elif name == "type":
                tag = tag._replace(type=_number(value, name, 0xFFFF, text))
            else:
                raise FieldError(f"a VLAN tag is {text!r}, expected a number and then priority=, dei or type=")
        return tag


def _number(text: str, name: str, largest: int, whole: str) -> int:
    try:
        number = int(text, 0)
    except ValueError:
        number = -1
    if not 0 <= number <= largest:
        raise FieldError(f"a VLAN tag is {whole!r}, and its {name} is {text!r}, expected 0 to {largest}")
    return number


class Tagging:
    """Changes the tags of a frame: `ids`, `priorities` and `types` map old numbers to new ones, at every level.

    An id to None takes the tag off, and from None puts a tag of 802.1Q on frames that have none. Those in `added` are
    put on every frame, in front of the others, the outermost first.

    >>> frame = bytes(Ethernet(dst="02:00:00:00:00:02", src="02:00:00:00:00:01", type=0x0800))
    >>> Tagging(added=[Tag(100, type=0x88A8), Tag(7)])(frame)[12:].hex(" ")
    '88 a8 00 64 81 00 00 07 08 00'
    """

    def __init__(
        self,
        *,
        ids: Mapping[int | None, int | None] | None = None,
        priorities: Mapping[int, int] | None = None,
        types: Mapping[int, int] | None = None,
        added: Sequence[Tag] = (),
    ) -> None:
        self._ids = dict(ids or {})
        self._untagged = self._ids.pop(None, None)
        self._priorities = dict(priorities or {})
        self._types = dict(types or {})
        self._added = b"".join(map(bytes, added))

    def __bool__(self) -> bool:
        """Whether anything is changed."""
        return bool(self._ids or self._untagged is not None or self._priorities or self._types or self._added)

    def __call__(self, data: bytes, link: str | int = "ethernet") -> bytes:
        """Return the frame with its tags changed; one that is cut in front of its type stays as it is."""
        frame = parse(data, link)
        if not isinstance(frame, Ethernet) or frame.is_cut:
            return data
        tags: list[bytes] = []
        end, inner = _ADDRESSES, frame.payload
        while isinstance(inner, VLANTag) and not inner.is_cut:
            tags.append(data[end : end + 4])
            end, inner = end + 4, inner.payload
        if not tags and self._untagged is not None and not isinstance(inner, VLANTag):
            tags = [bytes(Tag(self._untagged))]
        else:
            tags = [changed for changed in map(self._changed, tags) if changed is not None]
        return data[:_ADDRESSES] + self._added + b"".join(tags) + data[end:]

    def _changed(self, tag: bytes) -> bytes | None:
        kind, number = int.from_bytes(tag[:2], "big"), int.from_bytes(tag[2:], "big")
        id = self._ids.get(number & _ID, number & _ID)
        if id is None:
            return None
        priority = self._priorities.get(number >> _PRIORITY, number >> _PRIORITY)
        return bytes(Tag(id, priority, bool(number & _DEI), self._types.get(kind, kind)))
