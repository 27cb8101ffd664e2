"""Which differences follow from others: those of the fields that a frame fills in by itself."""

from __future__ import annotations

from collections.abc import Sequence

from dissect.declaration.automatic import Checksum, HeaderLength, LengthOf, Selector, TotalLength, Variant
from dissect.declaration.checksum import ChecksumState
from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.options import OptionLength
from dissect.declaration.record import Record
from dissect.differences.parts import Part
from dissect.errors import FieldAbsentError
from dissect.wireshark.sight import derived_of

__all__ = ["Found", "folded", "is_right"]


class Found(NamedTuple):
    """A difference between two frames, with the parts that differ; one of them may be missing.

    `is_layer` says that whole headers are meant, `is_cause` that it follows from nothing else.
    """

    name: str
    offset: int
    before: str
    after: str
    ours: Part | None
    theirs: Part | None
    octets: bool = False
    is_layer: bool = False
    is_cause: bool = False

    def mirrored(self) -> Found:
        """Return the difference as it is from the second frame to the first."""
        return self._replace(before=self.after, after=self.before, ours=self.theirs, theirs=self.ours)

    @property
    def part(self) -> Part | None:
        """The part in the first frame, or else in the second."""
        return self.ours if self.ours is not None else self.theirs

    @property
    def layer(self) -> int:
        """The place of the layer in the frame, from 0."""
        part = self.part
        return 0 if part is None else part.layer

    @property
    def growth(self) -> int:
        """By how many bits the second frame has more of it than the first."""
        return (self.theirs.width if self.theirs else 0) - (self.ours.width if self.ours else 0)


def folded(found: Sequence[Found], *, waived: bool = False) -> list[tuple[Found, list[Found]]]:
    """Return the differences that follow from no other one, each with all that follow from it.

    What follows from several is listed with the first of them. `waived` says that there are differences
    which don't count, and are not among these: what can only follow from them is left out as well.
    """
    if waived:
        found = [each for each in found if not _is_right_twice(each) or _reason(each, found) is not None]
    reasons = [_reason(each, found) for each in found]
    roots: list[tuple[Found, list[Found]]] = []
    places: dict[int, int] = {}
    for at, each in enumerate(found):
        if reasons[at] is None:
            places[at] = len(roots)
            roots.append((each, []))
    for at, each in enumerate(found):
        root, seen = at, {at}
        while (reason := reasons[root]) is not None and reason not in seen:
            root = reason
            seen.add(root)
        if root in places and root != at:
            roots[places[root]][1].append(each)
        elif reasons[at] is not None and root not in places:
            # The two are consequences of each other, so that neither explains the other.
            places[at] = len(roots)
            roots.append((each, []))
    return roots


def is_right(record: Record, field: Field) -> bool:
    """Whether an automatic field holds what the frame would compute for it."""
    try:
        if isinstance(field.factory, Checksum):
            assert isinstance(record, Header)
            return field.factory.state(record, field) is ChecksumState.GOOD
        return record.can_be_left_out(field)
    except FieldAbsentError:
        return False


def _is_right_twice(found: Found) -> bool:
    """Whether the difference is in a field that both frames have computed, and rightly so."""
    ours, theirs = found.ours, found.theirs
    if found.is_cause or ours is None or theirs is None or ours.field is None or theirs.field is None:
        return False
    factory = ours.field.factory
    if factory is None or isinstance(factory, Variant) or type(factory) is not type(theirs.field.factory):
        return False
    return is_right(ours.record, ours.field) and is_right(theirs.record, theirs.field)


def _reason(candidate: Found, found: Sequence[Found]) -> int | None:
    """Return which of the differences the candidate follows from; None where it is one of its own."""
    ours, theirs = candidate.ours, candidate.theirs
    if _is_trailer(candidate):
        grown = [at for at, other in enumerate(found) if other is not candidate and other.growth]
        return grown[0] if grown and _is_padding(ours) and _is_padding(theirs) else None
    if ours is None or theirs is None or ours.field is None:
        return None
    covered = [at for at, other in enumerate(found) if other is not candidate and _covers(candidate, ours, other)]
    if not covered or not _is_right_twice(candidate):
        return None
    # A difference that is no consequence itself explains more than one that is.
    return min(covered, key=lambda at: (_is_automatic(found[at]), at))


def _is_automatic(found: Found) -> bool:
    part = found.part
    return part is not None and part.field is not None and part.field.factory is not None


def _covers(candidate: Found, part: Part, other: Found) -> bool:
    assert part.field is not None
    factory = part.field.factory
    same_record = other.part is not None and other.part.record is part.record
    if isinstance(factory, Checksum):
        if factory.header_only:
            return other.layer == part.layer and not other.is_layer and not _is_trailer(other)
        if other.layer >= part.layer and not _is_trailer(other):
            return True
        return factory.pseudo_header is not None and _is_in_pseudo_header(part, other)
    if isinstance(factory, TotalLength):
        return bool(other.growth or other.is_layer) and other.layer >= part.layer and not _is_trailer(other)
    if isinstance(factory, (HeaderLength, LengthOf)):
        return bool(other.growth) and other.layer == part.layer and not other.is_layer and not _is_trailer(other)
    if isinstance(factory, OptionLength):
        return bool(other.growth) and same_record
    if isinstance(factory, Selector):
        return (other.is_layer and other.layer == part.layer + 1) or (_is_trailer(other) and bool(other.growth))
    return False


def _is_trailer(other: Found) -> bool:
    part = other.part
    return part is not None and part.field is None and part.name.endswith(".trailer")


def _is_padding(trailer: Part | None) -> bool:
    """Whether the trailer is nothing but the zeros that bring a short frame to its least length."""
    if trailer is None or not trailer.width:
        return True
    derived = next((each for each in derived_of(type(trailer.record)) if each.name == "padding_bytes"), None)
    return derived is not None and derived.values(trailer.record) == [trailer.raw]


def _is_in_pseudo_header(part: Part, other: Found) -> bool:
    """Whether the difference is in the addresses of the network header around the part's."""
    there = other.part
    if there is None or there.field is None or other.layer >= part.layer:
        return False
    network = part.record.network_header if isinstance(part.record, Header) else None
    if network is None or not isinstance(there.record, type(network)):
        return False
    return there.field.kind.code in ("ipv4", "ipv6")
