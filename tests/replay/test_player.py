"""The player, against peers that answer after a while or not at all, by a clock that the tests turn."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush

from hypothesis import given
from hypothesis import strategies as st

from dissect import ARP, EchoReply, EchoRequest, Ethernet, IPv4, Packet
from dissect.lab.device import Device
from dissect.lab.host import Host
from dissect.lab.interface import Interface
from dissect.lab.padding import Padding
from dissect.replay.pace import AtOnce, CapturedTiming, OneAtATime, Pace
from dissect.replay.plan import Plan, Step
from dissect.replay.player import BATCH, Player
from dissect.replay.sides import Side

MILLISECOND = 1_000_000
OWN, OTHER = "02:00:00:00:00:01", "02:00:00:00:00:02"
gaps = st.lists(st.integers(0, 50 * MILLISECOND), min_size=1, max_size=20)


class Heard:
    """What the player tells of the other side."""

    def __init__(self) -> None:
        self.pairs: list[tuple[bytes | None, bytes | None]] = []
        self.missing: list[int] = []
        self.times: list[int | None] = []

    def __call__(self, expected: Step | None, came: Packet | None) -> None:
        self.pairs.append((None if expected is None else expected.data, None if came is None else came.data))
        if came is None and expected is not None:
            self.missing.append(expected.packet.number)
        if came is not None:
            self.times.append(came.time_ns)


class World:
    """A player, and a peer that answers each frame `delay_ns` later; what went when, and what was heard."""

    def __init__(self, player: Player, peer: Device | None = None, delay_ns: int = 0, oversleep_ns: int = 0) -> None:
        self.player = player
        self.peer = peer
        self.delay_ns = delay_ns
        self.oversleep_ns = oversleep_ns
        self.sent: list[tuple[int, bytes]] = []
        self.now = 1000
        self.steps = 0
        self._coming: list[tuple[int, int, bytes]] = []

    def run(self) -> None:
        self._go([each.frame for each in self.player.start(self.now)])
        while not self.player.finished:
            self.steps += 1
            times = [time for time in (self.player.deadline, self._coming[0][0] if self._coming else None) if time]
            if not times:
                return
            if self._coming and self._coming[0][0] == min(times):
                self.now = max(self.now, self._coming[0][0])
                self._go([each.frame for each in self.player.receive(0, heappop(self._coming)[2], self.now)])
            else:
                self.now = max(self.now, min(times)) + self.oversleep_ns
                self._go([each.frame for each in self.player.advance(self.now)])

    def _go(self, frames: list[bytes]) -> None:
        for frame in frames:
            self.sent.append((self.now, frame))
            for answer in [] if self.peer is None else self.peer.receive(0, frame, self.now):
                heappush(self._coming, (self.now + self.delay_ns, len(self.sent), answer.frame))


def capture(times: list[int]) -> list[Packet]:
    return [Packet(number.to_bytes(60, "big"), number=number, time_ns=time) for number, time in enumerate(times, 1)]


def dialogue(count: int = 3) -> Iterator[Packet]:
    """ARP, then pings every 100 ms, each answered after 1 ms."""
    one = Ethernet(src=OWN, dst=OTHER)
    other = Ethernet(src=OTHER, dst=OWN)
    who_has = ARP(sender_mac=OWN, sender_ip="10.0.0.1", target_ip="10.0.0.2")
    is_at = ARP(opcode=2, sender_mac=OTHER, sender_ip="10.0.0.2", target_mac=OWN, target_ip="10.0.0.1")
    frames: list[Ethernet] = [one.replace(dst="ff:ff:ff:ff:ff:ff") / who_has, other / is_at]
    for seq in range(1, count + 1):
        frames.append(one / IPv4(src="10.0.0.1", dst="10.0.0.2", id=seq) / EchoRequest(id=7, seq=seq))
        frames.append(other / IPv4(src="10.0.0.2", dst="10.0.0.1", id=seq) / EchoReply(id=7, seq=seq))
    for number, frame in enumerate(frames):
        time_ns = number // 2 * 100 * MILLISECOND + number % 2 * MILLISECOND
        yield Packet(bytes(frame), number=number + 1, time_ns=time_ns)


def host() -> Host:
    return Host("b", Interface("eth0", OTHER, "10.0.0.2/24"), padding=Padding.NONE)


def player_of(pace: Pace, **options: object) -> Player:
    return Player(Plan(dialogue, pace, side=Side([OWN])), **options)  # type: ignore[arg-type]


@given(gaps)
def test_frames_leave_when_they_are_due_to_the_nanosecond(between: list[int]) -> None:
    times = [5]
    for gap in between:
        times.append(times[-1] + gap)
    packets = capture(times)
    world = World(Player(Plan(lambda: packets, CapturedTiming())))
    world.run()
    assert world.sent == [(1000 + packet.time_ns - 5, packet.data) for packet in packets if packet.time_ns is not None]
    assert (world.player.lateness.count, world.player.lateness.worst_ns) == (len(packets), 0)
    assert (world.player.sent_frames, world.player.sent_bytes) == (len(packets), 60 * len(packets))
    assert world.steps <= len(packets) + 1


@given(gaps, st.integers(0, 70 * MILLISECOND))
def test_lateness_is_told_and_adds_up_to_no_drift(between: list[int], oversleep_ns: int) -> None:
    times = [0]
    for gap in between:
        times.append(times[-1] + gap)
    packets = capture(times)
    world = World(Player(Plan(lambda: packets, CapturedTiming())), oversleep_ns=oversleep_ns)
    world.run()
    begin = world.sent[0][0]
    late = [now - begin - (packet.time_ns or 0) for (now, _), packet in zip(world.sent, packets, strict=True)]
    assert all(0 <= each <= oversleep_ns for each in late)
    assert world.player.lateness.worst_ns == max(late)


def test_as_fast_as_possible_goes_in_batches_and_is_never_late() -> None:
    packets = capture(list(range(0, 1000 * MILLISECOND, MILLISECOND)))
    player = Player(Plan(lambda: packets, AtOnce()))
    assert player.start(0) == []
    assert player.deadline == 0
    assert len(player.advance(0)) == BATCH
    assert player.deadline == 0
    world = World(Player(Plan(lambda: packets, AtOnce())))
    world.run()
    assert [frame for _, frame in world.sent] == [packet.data for packet in packets]
    assert {now for now, _ in world.sent} == {1000}
    assert world.player.lateness.count == 0


def test_a_dialogue_with_a_host_is_heard_to_its_end() -> None:
    heard = Heard()
    world = World(player_of(CapturedTiming(), linger_ns=10**9, heard=heard), host(), 500)
    world.run()
    assert world.player.finished
    assert len(world.sent) == 4
    answers = [packet.data for packet in dialogue() if not Side([OWN]).sent(packet)]
    assert heard.pairs == [(data, data) for data in answers]
    # All that was expected has come, so that nothing is listened for.
    assert world.now == 1000 + 300 * MILLISECOND + 500


def test_each_frame_waits_for_what_came_before_it() -> None:
    world = World(player_of(AtOnce(), wait_ns=10**9), host(), delay_ns=30 * MILLISECOND)
    world.run()
    assert [now - 1000 for now, _ in world.sent] == [0, 30 * MILLISECOND, 60 * MILLISECOND, 90 * MILLISECOND]
    assert world.player.in_vain == 0


def test_waiting_makes_nothing_late_and_keeps_the_time_between() -> None:
    world = World(player_of(CapturedTiming(), wait_ns=10**9), host(), delay_ns=250 * MILLISECOND)
    world.run()
    assert [now - 1000 for now, _ in world.sent] == [0, 250 * MILLISECOND, 500 * MILLISECOND, 750 * MILLISECOND]
    assert world.player.lateness.worst_ns == 0


def test_what_is_waited_for_in_vain_is_counted_and_missing() -> None:
    heard = Heard()
    world = World(player_of(AtOnce(), wait_ns=20 * MILLISECOND, linger_ns=5 * MILLISECOND, heard=heard))
    world.run()
    assert [now - 1000 for now, _ in world.sent] == [0, 20 * MILLISECOND, 40 * MILLISECOND, 60 * MILLISECOND]
    assert world.now - 1000 == 65 * MILLISECOND
    assert world.player.in_vain == 3
    assert heard.missing == [2, 4, 6, 8]
    assert len(heard.pairs) == 4


def test_what_nobody_expected_is_heard_too() -> None:
    heard = Heard()
    player = player_of(CapturedTiming(), linger_ns=1, heard=heard)
    player.start(0)
    player.advance(0)
    player.receive(0, bytes(60), 5)
    assert heard.pairs == []
    player.stop()
    assert heard.pairs.pop(0)[1] is None
    assert heard.pairs == [(None, bytes(60))]
    assert heard.times == [5]


def test_an_answer_may_come_before_the_frame_behind_which_the_capture_has_it() -> None:
    """Two requests and then their answers were captured; the first is answered at once when it is played."""
    packets = [packet for packet in dialogue(2) if packet.number > 2]
    packets[1], packets[2] = packets[2], packets[1]
    for number, packet in enumerate(packets):
        packet.time_ns = number * 10 * MILLISECOND
    heard = Heard()
    player = Player(Plan(lambda: packets, CapturedTiming(), side=Side([OWN])), linger_ns=MILLISECOND, heard=heard)
    peer = host()
    peer.arp_add("10.0.0.1", OWN)
    World(player, peer).run()
    assert heard.missing == []
    assert [came is not None and expected is not None for expected, came in heard.pairs] == [True, True]


def test_what_getting_ready_takes_is_no_part_of_the_capture() -> None:
    packets = capture([5, 5 + MILLISECOND])
    player = Player(Plan(lambda: packets, CapturedTiming()))
    assert player.start(0) == []
    assert [each.frame for each in player.advance(7 * MILLISECOND)] == [packets[0].data]
    assert player.deadline == 8 * MILLISECOND
    assert player.lateness.worst_ns == 0


def test_a_frame_that_is_held_goes_when_it_is_released_or_is_left_out() -> None:
    player = player_of(OneAtATime())
    assert player.start(0) == player.advance(0) == []
    going = []
    for skip in (False, True, False, False):
        assert player.deadline is None
        assert player.held is not None
        assert player.advance(5) == []
        player.release(skip=skip)
        going += player.advance(5)
    assert player.held is None
    assert [each.frame for each in going] == [
        packet.data for packet in dialogue() if packet.number in (1, 5, 7)
    ]  # fmt: skip
    player.advance(6)
    assert player.finished


def test_stopping_tells_what_has_not_come() -> None:
    heard = Heard()
    player = player_of(CapturedTiming(), heard=heard)
    player.start(0)
    player.advance(0)
    player.stop()
    player.stop()
    assert player.finished
    assert player.deadline is None
    assert heard.missing == [2]


@given(st.integers(0, 400 * MILLISECOND), st.one_of(st.none(), st.integers(0, 10**9)))
def test_playing_ends_whatever_the_peer_does(delay_ns: int, wait_ns: int | None) -> None:
    for peer in (None, host()):
        heard = Heard()
        world = World(player_of(CapturedTiming(), wait_ns=wait_ns, linger_ns=7, heard=heard), peer, delay_ns)
        world.run()
        assert world.player.finished
        assert len(world.sent) == 4
        assert world.steps < 40
        assert len(heard.pairs) >= 4
