"""What a fragment has to do with others: the same fields in both versions of the Internet Protocol."""

from __future__ import annotations

from dissect.declaration.fields import derived
from dissect.declaration.header import Header
from dissect.declaration.kinds import Boolean, Octets

__all__ = ["Reassembled"]


class Reassembled(Header):
    """A header of datagrams that may come in fragments; a reading pass tells what came of them.

    A datagram is to IPv6 the fragmentable part of a packet (RFC 8200, section 4.5).
    """

    @derived("fragments", kind=Octets(), title="Fragments")
    def fragments(self) -> bytes | None:
        """The data of the datagram that this fragment completes."""
        return self.learnt("fragments")  # type: ignore[no-any-return]

    @derived("fragment", within="fragments", title="Fragment in frame")
    def fragment_numbers(self) -> list[int] | None:
        """The frames of its fragments, in the order of their places."""
        return self.learnt("fragment_numbers")  # type: ignore[no-any-return]

    @derived("fragment.error", within="fragments", title="Contradicting fragment in frame")
    def fragment_errors(self) -> list[int] | None:
        """The frames of those fragments that contradict others."""
        return self.learnt("fragment_errors")  # type: ignore[no-any-return]

    @derived("fragment.overlap", within="fragments", kind=Boolean(), title="Fragment overlap")
    def fragment_overlaps(self) -> list[int] | None:
        """1 for each fragment some of whose bytes were in others before it."""
        return self.learnt("fragment_overlaps")  # type: ignore[no-any-return]

    @derived(
        "fragment.overlap.conflict", within="fragments", kind=Boolean(), title="Conflicting data in fragment overlap"
    )
    def fragment_conflicts(self) -> list[int] | None:
        """1 for each fragment whose bytes differ from those before it."""
        return self.learnt("fragment_conflicts")  # type: ignore[no-any-return]

    @derived("fragment.multipletails", within="fragments", kind=Boolean(), title="Multiple tail fragments found")
    def fragment_other_ends(self) -> list[int] | None:
        """1 for each last fragment that gives another end than the first of them."""
        return self.learnt("fragment_other_ends")  # type: ignore[no-any-return]

    @derived("fragment.toolongfragment", within="fragments", kind=Boolean(), title="Fragment too long")
    def fragments_too_long(self) -> list[int] | None:
        """1 for each fragment that reaches beyond the end."""
        return self.learnt("fragments_too_long")  # type: ignore[no-any-return]

    @derived("fragment.count", within="fragments", title="Fragment count")
    def fragment_count(self) -> int | None:
        """How many fragments the datagram came in."""
        return self.learnt("fragment_count")  # type: ignore[no-any-return]

    @derived("reassembled_in", title="Reassembled {} in frame")
    def reassembled_in(self) -> int | None:
        """The frame that completes the datagram of this fragment."""
        return self.learnt("reassembled_in")  # type: ignore[no-any-return]

    @derived("reassembled.length", within="fragments", title="Reassembled {} length")
    def reassembled_length(self) -> int | None:
        """The bytes of data of the datagram that this fragment completes."""
        return self.learnt("reassembled_length")  # type: ignore[no-any-return]

    @derived("reassembled.data", within="fragments", kind=Octets(), title="Reassembled {} data")
    def reassembled_data(self) -> bytes | None:
        """The data of the datagram that this fragment completes."""
        return self.fragments
