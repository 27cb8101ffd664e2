"""What a network header has transport checksums sum: which of its bytes, told by its own `pseudo_header`."""

from __future__ import annotations

from typing import Any, NoReturn

from dissect.declaration.chain import bare_states
from dissect.declaration.checksum import ones_complement_sum
from dissect.declaration.named_tuples import NamedTuple

__all__ = ["PseudoSum", "pseudo_sum"]

_LENGTHS = (0, 1, 20, 0x1234, 0xFFFF)
"""For these lengths it is tried whether the sum grows with the length."""


class PseudoSum(NamedTuple):
    """The sum of a pseudo-header: that of some bytes of the network header, of the length, and of a constant.

    `ranges` are whole words of a header of the least size, as the places of the first byte and behind the last.
    """

    ranges: tuple[tuple[int, int], ...]
    constant: int


class _Untold:
    """Stands for bytes of a header: pieces are taken of them and put together, and nobody can look at them."""

    def __init__(self, *pieces: tuple[int, int] | bytes) -> None:
        self.pieces = pieces

    def __getitem__(self, place: object) -> _Untold:
        if not isinstance(place, slice) or place.step is not None or len(self.pieces) != 1:
            self._look()
        (piece,) = self.pieces
        if piece.__class__ is bytes:
            self._look()
        first, last, _ = place.indices(int(piece[1]) - int(piece[0]))
        return _Untold((int(piece[0]) + first, int(piece[0]) + last))

    def __add__(self, other: object) -> _Untold:
        return _Untold(*self.pieces, *_pieces(other))

    def __radd__(self, other: object) -> _Untold:
        return _Untold(*_pieces(other), *self.pieces)

    def _look(self, *_: object) -> NoReturn:
        raise TypeError("these bytes stand for others, expected code that does not look at them")

    __bool__ = __contains__ = __eq__ = __hash__ = __index__ = __int__ = __iter__ = __len__ = _look


def _pieces(octets: object) -> tuple[tuple[int, int] | bytes, ...]:
    if isinstance(octets, _Untold):
        return octets.pieces
    if isinstance(octets, bytes):
        return (octets,)
    raise TypeError("expected bytes")


def pseudo_sum(network: type[Any], carried: type[Any], protocol: int) -> PseudoSum | None:
    """Return what is summed for a protocol, where a network header without options carries a header of class `carried`.

    None where that depends on values, or on what stands further behind.
    """
    around, inner = object.__new__(network), object.__new__(carried)
    # What is not filled in cannot be asked for.
    around._buffer, around._start, around._body = _Untold((0, network.least_size)), 0, network.least_size
    around._payload = inner
    around._state = inner._state = bare_states(0)[0]
    constant: int | None = None
    ranges: set[tuple[tuple[int, int], ...]] = set()
    for length in _LENGTHS:
        try:
            pieces = _pieces(around.pseudo_header(protocol, length))
        except Exception:
            # It asks for what is not there, whatever that is.
            return None
        sizes = [len(piece) if isinstance(piece, bytes) else piece[1] - piece[0] for piece in pieces]
        if any(size & 1 for size in sizes):
            return None
        fixed = sum(ones_complement_sum(piece) for piece in pieces if isinstance(piece, bytes)) - length
        if constant is not None and (fixed - constant) % 0xFFFF:
            return None
        constant = fixed % 0xFFFF
        ranges.add(tuple(piece for piece in pieces if not isinstance(piece, bytes)))
    found = ranges.pop()
    if constant is None or ranges or any(start & 1 for start, _ in found):
        return None
    return PseudoSum(found, constant)
