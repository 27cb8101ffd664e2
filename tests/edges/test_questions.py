from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from capture_samples.recorder.laboratory import Host, Laboratory
from capture_samples.recorder.topologies import routed, two_hosts
from dissect import (
    ARP,
    TCP,
    UDP,
    Answers,
    EchoReply,
    EchoRequest,
    Ethernet,
    FieldError,
    Header,
    IPv4,
    Network,
    NetworkInterface,
    NextHopError,
    NoRouteError,
    Packet,
    Tap,
    TimeExceeded,
    ask_all,
    fragment,
)
from dissect.edges.departure import WayOut
from dissect.edges.edge import Edge
from dissect.edges.questions import Asking
from tests.lab.driven import beside as driven_beside

PATIENCE = 20.0
MINE, THEIRS = "10.0.0.1", "10.0.0.2"


@contextmanager
def answering(host: Host, respond: Callable[[NetworkInterface, Packet], bool]) -> Iterator[None]:
    """Answer frames that come to a host whose kernel has no address; `respond` returns whether that was all."""
    with host.entered():
        opened = NetworkInterface("eth0")

    def answer() -> None:
        while (packet := opened.receive(PATIENCE)) is not None:
            if respond(opened, packet):
                return

    with opened:
        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield
        thread.join(PATIENCE)
        assert not thread.is_alive()


@pytest.fixture
def beside(laboratory: Laboratory) -> tuple[Host, Host]:
    """A host with an address, and one without beside it, whose MAC address is known."""
    left, right = laboratory.host("left"), laboratory.host("right")
    laboratory.cable(left, right)
    left.ip("address", "add", f"{MINE}/24", "broadcast", "+", "dev", "eth0")
    for number in (2, 3, 4):
        left.ip("neigh", "add", f"10.0.0.{number}", "lladdr", "02:00:00:00:00:04", "dev", "eth0")
    return left, right


def back(packet: Packet, src: str = "") -> Header:
    """Return the headers in front of an answer to a packet."""
    link, network = packet[Ethernet], packet[IPv4]
    return Ethernet(src=link.dst, dst=link.src) / IPv4(src=src or network.dst, dst=network.src)


def test_each_question_gets_its_own_answers(laboratory: Laboratory) -> None:
    net = routed(laboratory, routers=2)
    questions = [
        *(IPv4(dst="10.0.2.1", ttl=ttl) / UDP(dport=33434) / b"same" for ttl in (1, 1, 2, 3)),
        IPv4(dst="10.0.2.1") / TCP(dport=80, seq=7, flags="S"),
        IPv4(dst="10.0.2.1") / EchoRequest(id=1, seq=1) / bytes(4000),
        ARP(target_ip="10.0.0.254"),
    ]
    seen: list[tuple[str, bool]] = []
    with net.client.entered():
        answers = ask_all(
            questions, timeout=PATIENCE, rate=None, seen=lambda packet, sent: seen.append((packet.summary(), sent))
        )
    assert [question.frame for question in answers.answered] == questions
    senders = [question.answers[0].get("ip.src") for question in answers.answered]
    assert [each[0] if each else "" for each in senders] == [
        "10.0.0.254", "10.0.0.254", "10.0.1.254", "10.0.2.1", "10.0.2.1", "10.0.2.1", "",
    ]  # fmt: skip
    # The two that are equal differ in what the router quotes of them.
    quoted = [answer[TimeExceeded].payload.id for answer in (each.answers[0] for each in answers.answered[:2])]  # type: ignore[union-attr]
    sent = [each.packet[IPv4].id for each in answers.answered[:2] if each.packet is not None]
    assert quoted == sent
    assert str(answers.questions[4].answers[0][TCP].flags) == "RA"
    assert len(answers.questions[5].answers[0][EchoReply].payload or b"") == 4000
    assert len(answers) == len(list(answers)) == len(answers.times_ns) == 7
    assert all(time >= 0 for time in answers.times_ns)
    assert len(answers.packets) == 14
    # Nobody was known: one request for the router's MAC address, for all.
    assert sum("Who has 10.0.0.254" in text for text, is_sent in seen if is_sent) == 2
    assert repr(answers).startswith("7 questions, 7 answered, in ")


def test_what_is_unanswered_says_why(laboratory: Laboratory) -> None:
    client, _ = two_hosts(laboratory, arp=True)
    client.ip("neigh", "add", "10.0.0.8", "lladdr", "02:00:00:00:00:08", "dev", "eth0", "nud", "failed")
    with client.entered():
        answers = ask_all(
            [
                IPv4(dst=f"10.0.0.{number}") / EchoRequest(id=1, seq=number)
                for number in (8, 9, 2)
            ] + [IPv4(dst="192.0.2.1") / EchoRequest()],
            timeout=0.1,
        )  # fmt: skip
    errors = [question.error for question in answers.questions]
    assert [type(error) for error in errors] == [NextHopError, NextHopError, type(None), NoRouteError]
    assert str(errors[0]) == "no answer to ARP for 10.0.0.8 on eth0"
    assert [question.number for question in answers.unanswered] == [1, 2, 4]
    assert all(question.packet is None for question in answers.unanswered)
    assert [packet.get("ip.dst") for packet, _ in answers] == [["10.0.0.2"]]


def test_one_to_all_has_many_answers_and_one_that_comes_twice_two(beside: tuple[Host, Host]) -> None:
    def respond(opened: NetworkInterface, packet: Packet) -> bool:
        if IPv4 not in packet:
            return False
        query = packet[EchoRequest]
        for number in (2, 3, 4) if packet[IPv4].dst == "10.0.0.255" else (2, 2):
            opened.send(back(packet, src=f"10.0.0.{number}") / EchoReply(id=query.id, seq=query.seq))
        return packet[IPv4].dst == THEIRS

    left, right = beside
    with answering(right, respond), left.entered():
        everybody = ask_all([IPv4(dst="10.0.0.255") / EchoRequest(id=5, seq=1)], timeout=0.2)
        again = ask_all(
            [IPv4(dst=THEIRS) / EchoRequest(id=5, seq=2), IPv4(dst="10.0.0.3") / EchoRequest()], timeout=0.2
        )
    assert [answer[IPv4].src for _, answer in everybody] == ["10.0.0.2", "10.0.0.3", "10.0.0.4"]
    assert len(everybody.answered) == 1
    assert [len(question.answers) for question in again.questions] == [2, 0]


def test_a_question_is_asked_again_and_an_answer_may_be_too_late(beside: tuple[Host, Host]) -> None:
    first: list[Packet] = []

    def respond(opened: NetworkInterface, packet: Packet) -> bool:
        if IPv4 not in packet:
            return False
        query = packet[EchoRequest]
        if query.seq == 1:
            first.append(packet)
            return False
        if len(first) < 2 or query.seq != 3:
            return False
        # The first question was given up long ago, the second one has been asked for the second time.
        opened.send(back(first[0]) / EchoReply(id=query.id, seq=1))
        opened.send(back(packet) / EchoReply(id=query.id, seq=3))
        return True

    left, right = beside
    with answering(right, respond), left.entered():
        each = (IPv4(dst=THEIRS) / EchoRequest(id=5, seq=number) for number in (1, 2, 3))
        answers = ask_all(each, timeout=0.1, retries=1, rate=4)
    one, two, three = answers.questions
    assert [len(question.sent_ns) for question in (one, two)] == [2, 2]
    assert [len(question.answers) for question in answers.questions] == [0, 0, 1]
    assert [answer[EchoReply].seq for _, answer in answers.late] == [1]
    assert (one.late[0][EchoReply].seq, two.late, three.late) == (1, [], [])
    assert repr(answers).endswith("1 late")
    assert three.time_ns is not None
    assert 0 <= three.time_ns < 100_000_000
    gaps = [later - earlier for earlier, later in zip(one.sent_ns, two.sent_ns, strict=True)]
    assert all(gap >= 200_000_000 for gap in gaps)


def test_all_hosts_of_a_network_answer_each_its_own_question(laboratory: Laboratory, tun: None) -> None:
    """254 simulated hosts on one switch, each of which has to be asked for its MAC address first."""
    namespace = laboratory.host("asking")
    lab = Network(seed=1)
    switch = lab.switch("s")
    addresses = [f"10.0.0.{number}" for number in range(1, 255)]
    for address in addresses:
        lab.link(lab.host(f"h{address}", f"{address}/16"), switch)
    lab.lead_out(switch)
    lab.recording.stop()

    def work() -> Answers:
        with namespace.entered():
            return ask_all([IPv4(dst=address) / EchoRequest(id=7, seq=1) for address in addresses], timeout=PATIENCE)

    with namespace.entered():
        tap = Tap("tap0", address="10.0.1.1/16")
    with tap:
        answers = driven_beside(lab, tap, work)
    assert [question.answers[0][IPv4].src for question in answers.answered] == addresses
    assert len(answers) == len(addresses)


def test_an_answer_in_fragments_is_one(beside: tuple[Host, Host]) -> None:
    def respond(opened: NetworkInterface, packet: Packet) -> bool:
        if IPv4 not in packet:
            return False
        whole = back(packet) / EchoReply(id=5, seq=1, payload=bytes(range(200)))
        whole[IPv4].id = 9
        for piece in reversed(fragment(whole, 100)):
            opened.send(piece)
        return True

    left, right = beside
    with answering(right, respond), left.entered():
        answers = ask_all([IPv4(dst=THEIRS) / EchoRequest(id=5, seq=1)], timeout=PATIENCE)
    assert [bytes(answer[EchoReply].payload or b"") for _, answer in answers] == [bytes(range(200))]


def test_a_quote_with_another_identification_is_still_about_the_question(beside: tuple[Host, Host]) -> None:
    """Translators on the way may give datagrams other identifications."""

    def respond(opened: NetworkInterface, packet: Packet) -> bool:
        if IPv4 not in packet:
            return False
        cause = packet[IPv4].replace(id=0x1234, ttl=1)
        opened.send(back(packet, src="10.9.9.9") / TimeExceeded(payload=bytes(cause)[:28]))
        return True

    left, right = beside
    with answering(right, respond), left.entered():
        answers = ask_all([IPv4(dst=THEIRS) / UDP(dport=33434, payload=b"x")], timeout=PATIENCE)
    assert [answer[IPv4].src for _, answer in answers] == ["10.9.9.9"]


def test_frames_are_taken_when_it_is_their_turn_and_ctrl_c_keeps_what_there_is(beside: tuple[Host, Host]) -> None:
    def frames() -> Iterator[IPv4]:
        yield IPv4(dst=THEIRS) / EchoRequest(id=5, seq=1)
        raise KeyboardInterrupt

    left, _ = beside
    with left.entered():
        answers = ask_all(frames(), timeout=0.1)
    assert (answers.interrupted, len(answers.questions), bool(answers)) == (True, 1, False)
    assert ask_all([]).questions == []


def test_a_signals_handler_ends_the_wait(beside: tuple[Host, Host]) -> None:
    left, _ = beside

    def stop(number: int, frame: object) -> None:
        asking.stop()

    before = signal.signal(signal.SIGALRM, stop)
    try:
        with left.entered(), WayOut() as way:
            asking = Asking([IPv4(dst=THEIRS) / EchoRequest(id=5, seq=1)], way, timeout=PATIENCE)
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            assert list(asking) == []
    finally:
        signal.signal(signal.SIGALRM, before)
    assert (asking.stopped, len(asking.questions[0].sent_ns)) == (True, 1)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rate": 0.0}, "the rate is 0.0 frames a second"),
        ({"timeout": -1.0}, "the timeout is -1.0 seconds"),
        ({"timeout": float("nan")}, "the timeout is nan seconds"),
        ({"retries": -1}, "there are -1 retries"),
    ],
)
def test_numbers_that_cannot_be_are_refused_before_anything_is_sent(options: dict[str, float], words: str) -> None:
    with pytest.raises(FieldError, match=words):
        Asking([], WayOut(), **options)  # type: ignore[arg-type]


def test_answers_without_questions_are_none() -> None:
    nothing = Answers([], [])
    assert (list(nothing), nothing.late, nothing.times_ns, repr(nothing)) == ([], [], [], "0 questions, 0 answered")


class Echoing(Edge):
    """A device of a program's own, without a descriptor, that answers each echo request after a while."""

    name, link = "echoing", 1

    def __init__(self) -> None:
        super().__init__()
        self._answers: list[Packet] = []

    def fileno(self) -> int:
        return -1

    def close(self) -> None:
        """There is nothing to close."""

    def _put(self, frame: bytes) -> None:
        asked = Packet(frame).frame
        echo = asked[EchoRequest]
        answer = EchoReply(id=echo.id, seq=echo.seq) / b"ab"
        self._answers.append(Packet(bytes(Ethernet() / IPv4(src=asked[IPv4].dst, dst=asked[IPv4].src) / answer)))

    def _take(self) -> Packet | None:
        return self._answers.pop() if self._answers else None


def test_a_device_without_a_descriptor_is_looked_at_often() -> None:
    frame = Ethernet() / IPv4(src=MINE, dst=THEIRS) / EchoRequest(id=1, seq=7) / b"ab"
    ((_, answer),) = ask_all([frame], Echoing(), timeout=PATIENCE)
    assert answer.frame[EchoReply].seq == 7
