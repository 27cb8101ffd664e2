"""The switch: what it learns, where it sends, and what it forgets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect import Ethernet, Switch

SECOND = 1_000_000_000
BROADCAST = "ff:ff:ff:ff:ff:ff"


def mac(number: int) -> str:
    return f"02:00:00:00:{number >> 8:02x}:{number & 255:02x}"


def frame(src: int, dst: int | str) -> bytes:
    return bytes(Ethernet(src=mac(src), dst=dst if isinstance(dst, str) else mac(dst)).padded())


def ports(switch: Switch, port: int, data: bytes, now_ns: int = 0) -> list[int]:
    sent = switch.receive(port, data, now_ns)
    assert all(each.frame == data for each in sent)
    return [each.port for each in sent]


def test_unknown_and_broadcast_are_flooded_and_known_is_sent_to_its_port() -> None:
    switch = Switch("s", ["1", "2", "3", "4"])
    assert ports(switch, 0, frame(1, 2)) == [1, 2, 3]
    assert ports(switch, 1, frame(2, 1)) == [0]
    assert ports(switch, 0, frame(1, 2)) == [1]
    assert ports(switch, 0, frame(1, BROADCAST)) == [1, 2, 3]
    assert ports(switch, 0, frame(1, "01:00:5e:00:00:01")) == [1, 2, 3]


def test_a_frame_for_whoever_is_behind_its_own_port_goes_nowhere() -> None:
    switch = Switch("s", ["1", "2"])
    ports(switch, 0, frame(1, 2))
    ports(switch, 0, frame(2, 1))
    assert ports(switch, 0, frame(1, 2)) == []


def test_a_station_that_moves_is_found_where_it_is() -> None:
    switch = Switch("s", ["1", "2", "3"])
    ports(switch, 0, frame(1, BROADCAST))
    ports(switch, 1, frame(1, BROADCAST))
    assert ports(switch, 2, frame(2, 1)) == [1]
    assert [event.text for event in switch.events()] == [
        "02:00:00:00:00:01 is behind port 1",
        "02:00:00:00:00:01 moved from port 1 to 2",
        "02:00:00:00:00:02 is behind port 3",
    ]


def test_an_address_is_forgotten_after_5_minutes_of_silence() -> None:
    switch = Switch("s", ["1", "2", "3"])
    ports(switch, 0, frame(1, BROADCAST), 0)
    ports(switch, 0, frame(1, BROADCAST), 200 * SECOND)
    assert ports(switch, 1, frame(2, 1), 499 * SECOND) == [0]
    assert ports(switch, 1, frame(2, 1), 500 * SECOND) == [0, 2]
    assert "02:00:00:00:00:01" not in switch.table(500 * SECOND)
    switch.forget()
    assert len(switch) == 0


def test_a_group_is_no_source_and_bridges_frames_stay() -> None:
    switch = Switch("s", ["1", "2"])
    ports(switch, 0, bytes(Ethernet(src="01:00:00:00:00:01", dst=mac(2))))
    assert len(switch) == 0
    assert ports(switch, 0, frame(1, "01:80:c2:00:00:00")) == []
    assert ports(switch, 0, frame(1, "01:80:c2:00:00:0f")) == []
    assert ports(switch, 0, frame(1, "01:80:c2:00:00:10")) == [1]


def test_what_is_too_short_for_a_header_is_dropped() -> None:
    switch = Switch("s", ["1", "2"])
    for length in range(14):
        assert ports(switch, 0, frame(1, 2)[:length]) == []
    assert len(switch) == 0


def test_the_table_is_bounded_and_the_oldest_goes() -> None:
    switch = Switch("s", ["1", "2", "3"], limit=100)
    for number in range(1, 202):
        ports(switch, 0, frame(number, BROADCAST), number)
    assert len(switch) == 100
    assert ports(switch, 1, frame(201, 102), 202) == [0]
    assert ports(switch, 1, frame(201, 101), 203) == [0, 2]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 6), st.integers(1, 6)), max_size=30))
def test_it_sends_where_the_destination_was_last_heard(sent: list[tuple[int, int, int]]) -> None:
    switch = Switch("s", ["1", "2", "3", "4"])
    heard: dict[int, int] = {}
    for now, (port, src, dst) in enumerate(sent):
        heard[src] = port
        expected = [heard[dst]] if dst in heard else [0, 1, 2, 3]
        assert ports(switch, port, frame(src, dst), now) == [each for each in expected if each != port]
