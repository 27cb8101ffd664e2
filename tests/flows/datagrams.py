"""Datagrams of every size and with any options, for Hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from dissect import (
    UDP,
    InternetTimestamp,
    IPv4,
    IPv4NoOperation,
    IPv4Option,
    LooseSourceRoute,
    RecordRoute,
    RouterAlert,
    UnknownIPv4Option,
)

addresses = st.integers(0, 2**32 - 1).map(
    lambda number: ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
)

options: st.SearchStrategy[list[IPv4Option]] = st.lists(
    st.one_of(
        st.just(IPv4NoOperation()),
        st.just(RouterAlert()),
        st.builds(RecordRoute, route=st.lists(addresses, max_size=2)),
        st.builds(LooseSourceRoute, route=st.lists(addresses, max_size=2)),
        st.builds(InternetTimestamp, words=st.lists(st.integers(0, 2**32 - 1), max_size=2)),
        st.builds(UnknownIPv4Option, type=st.sampled_from([0x1E, 0x9E]), data=st.binary(max_size=5)),
    ),
    max_size=5,
).filter(lambda listed: sum(map(len, listed)) <= 40)


@st.composite
def datagrams(draw: st.DrawFn, largest: int = 3000) -> IPv4:
    """A datagram that may be fragmented; its data differ from place to place."""
    length = draw(st.integers(0, largest) | st.integers(0, 200))
    seed = draw(st.integers(0, 255))
    data = bytes((seed + place * 7 + place // 256) & 255 for place in range(length))
    header = IPv4(
        src=draw(addresses),
        dst=draw(addresses),
        id=draw(st.integers(0, 65535)),
        ttl=draw(st.integers(0, 255)),
        tos=draw(st.integers(0, 255)),
        protocol=17,
        options=draw(options),
    )
    if draw(st.booleans()):
        return header / UDP(sport=draw(st.integers(0, 65535)), dport=7) / data
    return header / data
