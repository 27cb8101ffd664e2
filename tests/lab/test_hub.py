"""The hub: everything to everybody else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect import Hub


@given(st.binary(max_size=100), st.integers(1, 6), st.data())
def test_every_other_port_gets_the_frame_as_it_came(frame: bytes, count: int, data: st.DataObject) -> None:
    port = data.draw(st.integers(0, count - 1))
    sent = Hub("h", [str(number) for number in range(count)]).receive(port, frame, 0)
    assert sent == [(other, frame) for other in range(count) if other != port]
