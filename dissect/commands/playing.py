"""The part of `dissect replay` that plays a capture onto a wire: in memory, a TAP device, or an interface."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import islice

from dissect.commands.interruption import Interruption, interruptible
from dissect.commands.live_capture import LiveCapture
from dissect.commands.output import whole
from dissect.commands.playing_options import SECOND, chosen_pace, refuse_contradictions
from dissect.commands.rewriting_options import chosen_rewriting
from dissect.differences import Equality
from dissect.edges.edge import Edge
from dissect.errors import CaptureError, DissectError
from dissect.filters.applied import read
from dissect.lab.driving import drive
from dissect.packets.clock import Clock
from dissect.packets.links import ETHERNET, link_name
from dissect.packets.packet import Packet
from dissect.replay.answers import AnswerCheck, Unlike
from dissect.replay.plan import Plan, Step
from dissect.replay.player import Player
from dissect.replay.sides import Side, first_sender
from dissect.views.listing import list_line
from dissect.wireshark.columns import summarize

__all__ = ["run"]

_HELD_IN_MEMORY = 64 << 20
"""A capture whose frames have no more bytes than this together is read once, and not again for every loop."""


def run(options: argparse.Namespace) -> int:
    """Play the capture and tell how it went; 1 where what came back is not what the capture has."""
    refuse_contradictions(options)
    if options.dry_run:
        return _dry_run(_Playing(options, ETHERNET))
    if options.lab is not None:
        return _play_to_lab(options)
    with _edge(options) as edge:
        playing = _Playing(options, edge.link, edge.longest, edge.shortest)
        with ExitStack() as stack:
            writer = _writer(options, stack, edge.link)
            interruption = stack.enter_context(interruptible())

            def is_over() -> bool:
                playing.ask(interruption)
                return playing.player.finished or bool(interruption)

            def seen(packet: Packet, sent: bool) -> None:
                if writer is not None and (options.with_sent or not sent):
                    writer.write(packet)

            drive(playing.player, edge, until=is_over, seen=None if writer is None else seen)
    return playing.told(getattr(edge, "dropped", 0))


class _Source:
    """The packets that are wanted, at each call from the beginning; kept where the capture is small."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.damage: list[CaptureError] = []
        """What ended the capture before its time."""
        self._file: str = options.file
        self._count: int | None = options.count
        self._filter: str | None = None
        if options.filter is not None:
            from dissect.filters import saved
            from dissect.filters.compiler import compile_filter

            self._filter = saved.expand(options.filter)
            compile_filter(self._filter)
        self._is_wanted_again = options.loop != 1 or bool(chosen_rewriting(options))
        self._packets: list[Packet] | None = None

    def __call__(self) -> Iterable[Packet]:
        if self._packets is not None:
            return self._packets
        return self._kept() if self._is_wanted_again else self._from_file()

    def first(self) -> Packet | None:
        """Return the first packet; standard input, which is read once, is kept for it."""
        if self._packets is None and self._file == "-":
            self._packets = list(self._from_file())
        return next(iter(self._from_file() if self._packets is None else self._packets), None)

    def _kept(self) -> Iterator[Packet]:
        kept: list[Packet] | None = []
        size = 0
        for packet in self._from_file():
            size += len(packet.data)
            if size > _HELD_IN_MEMORY:
                kept = None
            if kept is not None:
                kept.append(packet)
            yield packet
        self._packets = kept

    def _from_file(self) -> Iterator[Packet]:
        self.damage.clear()
        return islice(whole(read(self._file, self._filter), self.damage), self._count)


class _Playing:
    """One playing of a capture: the player, what it plays, and what is told of it."""

    def __init__(self, options: argparse.Namespace, link: int, longest: int | None = None, shortest: int = 0) -> None:
        self.options = options
        self.link = link
        self.source = _Source(options)
        passes = None if options.answers is None else _filter(options.answers)
        self.check = None
        if options.compare:
            canonical = options.canonical if options.exact else [*options.canonical, "ip-ids"]
            equality = Equality.of(options.ignore, set(canonical))
            self.check = AnswerCheck(link=link, equality=equality, matters=passes)
        side = self._side()
        self.plan = Plan(
            self.source,
            chosen_pace(options),
            side=side,
            rewriting=chosen_rewriting(options),
            loops=options.loop or None,
            loop_gap_ns=options.loop_gap,
            link=link,
            longest=longest,
            shortest=shortest,
        )
        if options.file != "-" and not options.dry_run:
            self.plan.prepare()
        linger_ns = options.linger
        if linger_ns is None:
            listens = options.compare or options.wait is not None or options.output is not None
            linger_ns = SECOND if listens else 0
        self.player = Player(self.plan, wait_ns=options.wait, linger_ns=linger_ns, heard=self.check)
        self.asked = False
        self._clock = Clock()

    def _side(self) -> Side | None:
        """Return the side to play: that of --side; the first sender's where there has to be another side."""
        options = self.options
        if options.side:
            return Side(options.side)
        if not options.compare and options.wait is None:
            return None
        side = first_sender(filter(None, [self.source.first()]))
        if side is None:
            raise DissectError(f"who plays {options.file} cannot be told by its first frame: name a --side")
        return side

    def ask(self, interruption: Interruption | None = None) -> None:
        """Ask about the frame that is held, if one is."""
        step = self.player.held
        if step is None:
            return
        self.asked = True
        print(self.line(step))
        try:
            answer = input("send it? [Enter: yes, s: skip it, q: quit] ").strip().lower()
        except EOFError:
            answer = "q"
        if answer.startswith("q"):
            self.player.stop()
        else:
            self.player.release(skip=answer.startswith("s"))

    def line(self, step: Step) -> str:
        """Return the list line of a frame as it is sent, or expected, with the time at which it is due."""
        packet = Packet(step.data, number=step.packet.number, time_ns=step.due_ns, link=self.link)
        self._clock.advance(packet)
        line = list_line(packet, self._clock, digits=9)
        self._clock.show()
        return f"{'→' if step.is_sent else '←'} {line}"

    def told(self, dropped: int = 0) -> int:
        """Print how it went, and return the exit status."""
        player = self.player
        player.stop()
        self.refuse_nothing()
        for sentence in self._sentences(dropped):
            print(sentence)
        for damage in self.source.damage:
            raise damage
        if self.check is None:
            return 0
        for unlike in self.check.unlike:
            print("\n".join(_unlike_lines(unlike)))
        if not self.check.count:
            print("The capture has nothing of the other side, and nothing came: there was nothing to compare.")
        else:
            print(f"{self.check.equal} of {self.check.count} answers equal the captured ones.")
        return 0 if self.check.is_equal else 1

    def refuse_nothing(self) -> None:
        """Raise DissectError where there was nothing to send."""
        if self.player.sent_frames or self.asked:
            return
        for damage in self.source.damage:
            raise damage
        reasons = {
            f"{_frames(self.plan.other_links)} of other link types than {link_name(self.link)}": self.plan.other_links,
            f"the snap length cut {_frames(self.plan.cut)}": self.plan.cut,
            f"the MTU does not allow {_frames(self.plan.too_long)}": self.plan.too_long,
            f"{_frames(self.plan.too_short)} shorter than a link header": self.plan.too_short,
            "no frame is of that side": bool(self.options.side),
            "no frame passes the filter": self.options.filter is not None,
        }
        why = "; ".join(reason for reason, holds in reasons.items() if holds) or "it has no frames"
        raise DissectError(f"nothing of {self.options.file} could be played: {why}")

    def _sentences(self, dropped: int) -> Iterator[str]:
        player, plan = self.player, self.plan
        took_ns = 0 if player.last_sent_ns is None or player.begun_ns is None else player.last_sent_ns - player.begun_ns
        speed = ""
        if took_ns > 0:
            frames, bits = player.sent_frames / took_ns * 1e9, 8e3 * player.sent_bytes / took_ns
            speed = f", {frames:,.0f} frames/s, {bits:,.3f} Mbit/s"
        yield f"Sent {_frames(player.sent_frames)}, {player.sent_bytes} bytes, in {took_ns / 1e9:.6f} s{speed}."
        if player.lateness.count:
            late = player.lateness
            yield f"Late by {late.median_ns / 1e6:.3f} ms in the median, {late.worst_ns / 1e6:.3f} ms at worst."
        if plan.cut:
            yield f"Left out {_frames(plan.cut)} that the snap length cut."
        if plan.other_links:
            yield f"Left out {_frames(plan.other_links)} of other link types than {link_name(self.link)}."
        if plan.too_long:
            yield f"Left out {_frames(plan.too_long)} that the MTU does not allow."
        if plan.too_short:
            yield f"Left out {_frames(plan.too_short)} shorter than a link header."
        if player.in_vain:
            yield f"Waited in vain for {_frames(player.in_vain)}."
        if player.received_frames or self.options.output is not None:
            yield f"Received {_frames(player.received_frames)}{f', and {dropped} were dropped' if dropped else ''}."


def _dry_run(playing: _Playing) -> int:
    frames = size = last_ns = 0
    for step in playing.plan:
        print(playing.line(step))
        if step.is_sent:
            frames, size, last_ns = frames + 1, size + len(step.data), step.due_ns
    if not frames:
        playing.refuse_nothing()
    print(f"Would send {_frames(frames)}, {size} bytes, in {last_ns / 1e9:.6f} s.")
    for sentence in (
        f"Would leave out {_frames(playing.plan.cut)} that the snap length cut." if playing.plan.cut else "",
        f"Would leave out {_frames(playing.plan.other_links)} of other links." if playing.plan.other_links else "",
    ):
        if sentence:
            print(sentence)
    for damage in playing.source.damage:
        raise damage
    return 0


def _play_to_lab(options: argparse.Namespace) -> int:
    """Play onto a wire in memory, by its virtual clock, which begins at the time of the first frame."""
    from dissect.lab.opening import open_network
    from dissect.lab.simulation import Passage, Simulation

    network, port = open_network(options.lab, options.at)
    playing = _Playing(options, ETHERNET)
    player = playing.player
    first = playing.source.first()
    begin = (first.time_ns if first is not None else None) or 0
    outer = Simulation("wire", start_ns=begin)
    outer.connect(player, 0, network, port)
    with ExitStack() as stack:
        interruption = stack.enter_context(interruptible())
        writer = _writer(options, stack, ETHERNET)

        def watch(passage: Passage) -> None:
            if writer is None:
                return
            if passage.receiver.device is player:
                for arrival in passage.arrivals:
                    writer.write(Packet(arrival.frame, time_ns=arrival.time_ns))
            elif options.with_sent:
                writer.write(Packet(passage.frame, time_ns=passage.left_ns))

        outer.watch(watch)
        outer.run(until_ns=begin)
        while not (player.finished or interruption):
            playing.ask()
            if player.deadline is not None:
                outer.run(until_ns=max(player.deadline, outer.now_ns))
    return playing.told()


def _frames(count: int) -> str:
    return f"{count} frame{'' if count == 1 else 's'}"


def _unlike_lines(unlike: Unlike) -> Iterator[str]:
    expected, came = unlike.expected, unlike.came
    if expected is not None and came is not None:
        yield f"Frame {expected.number} came otherwise:"
        for difference in unlike.differences:
            cause, *consequences = difference.with_consequences()
            yield f"  {cause}"
            yield from (f"    so {each}" for each in consequences)
    elif expected is not None:
        yield f"Frame {expected.number} did not come: {_columns(expected)}"
    elif came is not None:
        yield f"The capture has nothing like this, which came: {_columns(came)}"


def _columns(packet: Packet) -> str:
    columns = summarize(packet)
    return f"{columns.source} → {columns.destination} {columns.protocol} {columns.length} {columns.info}"


def _edge(options: argparse.Namespace) -> Edge:
    if options.tap is not None:
        from dissect.edges.tap import Tap

        return Tap(options.tap, address=options.kernel)
    from dissect.edges.network_interface import NetworkInterface

    return NetworkInterface(options.interface)


def _writer(options: argparse.Namespace, stack: ExitStack, link: int) -> LiveCapture | None:
    if options.output is None:
        return None
    return stack.enter_context(LiveCapture(options.output, link))


def _filter(text: str) -> Callable[[Packet], bool]:
    from dissect.filters import saved
    from dissect.filters.compiler import compile_filter

    return compile_filter(saved.expand(text))
