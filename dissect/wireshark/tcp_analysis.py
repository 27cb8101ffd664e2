"""What Wireshark tells of a TCP segment in the light of its connection: marks, measures, times, completeness."""

from __future__ import annotations

from typing import Any

from dissect.protocols.tcp import TCP
from dissect.protocols.tcp_options import TCPOption
from dissect.wireshark.field_types import FRAMENUM, NONE, RELATIVE_TIME, UINT8, UINT32
from dissect.wireshark.notices import SEQUENCE
from dissect.wireshark.of_last import of_last
from dissect.wireshark.sight import sight_of
from dissect.wireshark.sight_fields import computed, learnt, noted
from dissect.wireshark.transport import TransportSight

__all__ = ["COMPLETENESS", "TCPAnalysisSight", "completeness_text", "ends_in_options", "options_of"]

COMPLETENESS = {
    1: "Incomplete, SYN_SENT",
    3: "Incomplete, CLIENT_ESTABLISHED",
    7: "Incomplete, ESTABLISHED",
    15: "Incomplete, DATA",
    **dict.fromkeys((23, 39, 55), "Complete, NO_DATA"),
    **dict.fromkeys((31, 47, 63), "Complete, WITH_DATA"),
}
"""What Wireshark calls what was seen of a connection; all else is incomplete."""
(
    _RETRANSMISSION, _FAST, _SPURIOUS, _OUT_OF_ORDER, _LOST, _UNSEEN, _UPDATE, _FULL, _ALIVE, _ALIVE_ACK, _DUPLICATE,
    _PROBE, _ZERO, _PROBE_ACK, _REUSED,
) = (1 << bit for bit in range(15))  # fmt: skip
"""The marks of `dissect.flows.tcp_analysis.Mark`, which this floor does not know."""
_FOUND = ("marks", "acks_frame", "bytes_in_flight", "is_analysed")
"""The facts of which one at least is there where something was found out."""
_AGAIN = _RETRANSMISSION | _FAST | _SPURIOUS
_PREFIXES = (
    (_PROBE_ACK, "ZeroWindowProbeAck"),
    (_ZERO, "ZeroWindow"),
    (_PROBE, "ZeroWindowProbe"),
    (_DUPLICATE, "Dup ACK"),
    (_ALIVE_ACK, "Keep-Alive ACK"),
    (_ALIVE, "Keep-Alive"),
    (_FULL, "Window Full"),
    (_UPDATE, "Window Update"),
    (_UNSEEN, "ACKed unseen segment"),
    (_LOST, "Previous segment not captured"),
    (_OUT_OF_ORDER, "Out-Of-Order"),
    (_SPURIOUS, "Spurious Retransmission"),
    (_FAST, "Fast Retransmission"),
    (_RETRANSMISSION, "Retransmission"),
    (_REUSED, "Port numbers reused"),
)
"""What stands in front of the last column, in this order."""


@of_last
def ends_in_options(segment: TCP) -> bool:
    """Whether tshark stops at an option."""
    return any(sight_of(option).ends_list(option) for option in options_of(segment))


def options_of(segment: TCP) -> tuple[TCPOption, ...]:
    """Return the options of a segment that may end in front of them; they are not to be changed."""
    return () if segment.own_size <= segment.least_size else _listed(segment)


@of_last
def _listed(segment: TCP) -> tuple[TCPOption, ...]:
    return tuple(segment.options)  # type: ignore[arg-type]


def completeness_text(number: int) -> str:
    """Return what Wireshark calls what was seen of a connection, and the number.

    >>> completeness_text(31)
    'Complete, WITH_DATA (31)'
    """
    return f"{COMPLETENESS.get(number, 'Incomplete')} ({number})"


def _marked(label: str, mark: int, words: str, severity: str) -> Any:
    """Declare the notice of a mark, which is about the flags of the analysis."""

    @noted(f"analysis.{label}", words, severity, SEQUENCE, about="analysis.flags", is_learnt=True, only_with=("marks",))
    def told(sight: TransportSight, header: TCP) -> str | None:
        return words if _marks(header) & mark else None

    return told


def _marks(header: TCP) -> int:
    marks: int = header.learnt("marks") or 0
    return marks if marks and _is_read(header) else 0


def _is_analysed(header: TCP) -> bool:
    """Whether something was found out about the segment, and shown: it stands behind the options."""
    return any(header.learnt(fact) is not None for fact in _FOUND) and _is_read(header)


def _is_read(header: TCP) -> bool:
    """Whether reading comes to the end of the options."""
    return not (header.is_cut or ends_in_options(header))


def _measured(label: str, kind: Any, title: str, fact: str, within: str = "analysis") -> Any:
    """Declare a fact that is shown where the whole header is read."""

    @computed(f"analysis.{label}", kind, title=title, within=within, is_learnt=True, facts=(fact,), only_with=(fact,))
    def measured(sight: TransportSight, header: TCP) -> int | None:
        value: int | None = header.learnt(fact)
        return value if value is not None and _is_read(header) else None

    return measured


class TCPAnalysisSight(TransportSight):
    """The fields of `tcp.analysis`, and what else other segments tell of one."""

    completeness = learnt(
        "completeness", UINT8, "Conversation completeness", "completeness", width=8, words=completeness_text
    )
    time_relative = learnt("time_relative", RELATIVE_TIME, "Time since first frame in this TCP stream", "time_relative")
    time_delta = learnt("time_delta", RELATIVE_TIME, "Time since previous frame in this TCP stream", "time_delta")

    @computed("analysis", NONE, title="SEQ/ACK analysis", is_learnt=True, facts=_FOUND, only_with=_FOUND)
    def analysis(self, header: TCP) -> int | None:
        """1 where something was found out about the segment in its connection."""
        return 1 if _is_analysed(header) else None

    acks_frame = _measured("acks_frame", FRAMENUM, "This is an ACK to the segment in frame", "acks_frame")
    ack_rtt = _measured("ack_rtt", RELATIVE_TIME, "The RTT to ACK the segment was", "ack_rtt")

    @computed("analysis.initial_rtt", RELATIVE_TIME, title="iRTT", within="analysis", is_learnt=True, facts=_FOUND)
    def initial_rtt(self, header: TCP) -> int | None:
        """How long the handshake took, told with whatever else is found out."""
        return header.learnt("initial_rtt") if _is_analysed(header) else None

    bytes_in_flight = _measured("bytes_in_flight", UINT32, "Bytes in flight", "bytes_in_flight")
    push_bytes_sent = _measured("push_bytes_sent", UINT32, "Bytes sent since last PSH flag", "push_bytes")

    @computed(
        "analysis.flags", NONE, title="TCP Analysis Flags", within="analysis", is_learnt=True, only_with=("marks",)
    )
    def analysis_flags(self, header: TCP) -> int | None:
        """1 where the segment has a mark."""
        return 1 if _marks(header) else None

    reused_ports = _marked(
        "reused_ports",
        _REUSED,
        "A new tcp session is started with the same ports as an earlier session in this trace",
        "Note",
    )
    fast_retransmission = _marked(
        "fast_retransmission", _FAST, "This frame is a (suspected) fast retransmission", "Note"
    )
    spurious_retransmission = _marked(
        "spurious_retransmission", _SPURIOUS, "This frame is a (suspected) spurious retransmission", "Note"
    )
    retransmission = _marked("retransmission", _AGAIN, "This frame is a (suspected) retransmission", "Note")
    rto = _measured("rto", RELATIVE_TIME, "The RTO for this segment was", "rto", "analysis.flags")
    rto_frame = _measured("rto_frame", FRAMENUM, "RTO based on delta from frame", "rto_frame", "analysis.flags")
    out_of_order = _marked("out_of_order", _OUT_OF_ORDER, "This frame is a (suspected) out-of-order segment", "Warning")
    lost_segment = _marked(
        "lost_segment", _LOST, "Previous segment(s) not captured (common at capture start)", "Warning"
    )
    ack_lost_segment = _marked(
        "ack_lost_segment", _UNSEEN, "ACKed segment that wasn't captured (common at capture start)", "Warning"
    )
    window_update = _marked("window_update", _UPDATE, "TCP window update", "Chat")
    window_full = _marked(
        "window_full", _FULL, "TCP window specified by the receiver is now completely full", "Warning"
    )
    keep_alive = _marked("keep_alive", _ALIVE, "TCP keep-alive segment", "Note")
    keep_alive_ack = _marked("keep_alive_ack", _ALIVE_ACK, "ACK to a TCP keep-alive segment", "Note")

    @computed(
        "analysis.duplicate_ack",
        NONE,
        title="This is a TCP duplicate ack",
        within="analysis.flags",
        is_learnt=True,
        only_with=("marks",),
    )
    def duplicate_flag(self, header: TCP) -> int | None:
        """The name stands among the flags as well, beside the notice."""
        return 1 if _marks(header) & _DUPLICATE else None

    duplicate_ack_num = _measured("duplicate_ack_num", UINT32, "Duplicate ACK #", "duplicate_number")
    duplicate_ack_frame = _measured("duplicate_ack_frame", FRAMENUM, "Duplicate to the ACK in frame", "duplicate_of")

    @noted(
        "analysis.duplicate_ack",
        "Duplicate ACK",
        "Note",
        SEQUENCE,
        about="analysis.duplicate_ack_frame",
        is_learnt=True,
        only_with=("duplicate_number",),
    )
    def duplicate_ack(self, header: TCP) -> str | None:
        """The segment acknowledges nothing new and brings nothing."""
        number = header.learnt("duplicate_number")
        return None if number is None else f"Duplicate ACK (#{number})"

    zero_window_probe = _marked("zero_window_probe", _PROBE, "TCP Zero Window Probe", "Note")
    zero_window = _marked("zero_window", _ZERO, "TCP Zero Window segment", "Warning")
    zero_window_probe_ack = _marked("zero_window_probe_ack", _PROBE_ACK, "ACK to a TCP Zero Window Probe", "Note")

    @noted("analysis.tfo_syn", "TCP SYN with TFO Cookie", "Note", SEQUENCE, about="options.tfo.cookie")
    def fast_open(self, header: TCP) -> str | None:
        """A SYN has the cookie that allows it to bring data (RFC 7413, section 4.1.3.1)."""
        is_first = header.syn and not header.ack_flag and header.own_size > header.least_size
        has_cookie = is_first and any(option.allows_data for option in options_of(header))
        return "TCP SYN with TFO Cookie" if has_cookie else None

    @noted(
        "analysis.tfo_ack",
        "TCP SYN-ACK accepting TFO data",
        "Note",
        SEQUENCE,
        about="ack",
        is_learnt=True,
        only_with=("accepts_data",),
    )
    def fast_open_taken(self, header: TCP) -> str | None:
        """The answer to a SYN acknowledges more than the SYN."""
        return "TCP SYN-ACK accepting TFO data" if header.learnt("accepts_data") else None

    @noted(
        "analysis.tfo_ignored",
        "TCP SYN-ACK ignoring TFO data",
        "Note",
        SEQUENCE,
        about="ack",
        is_learnt=True,
        only_with=("ignores_data",),
    )
    def fast_open_ignored(self, header: TCP) -> str | None:
        """The answer to a SYN with data and a cookie acknowledges the SYN alone."""
        return "TCP SYN-ACK ignoring TFO data" if header.learnt("ignores_data") else None

    fin_frame = learnt("fin_retransmission", FRAMENUM, "Retransmission of FIN from frame", "fin_frame")

    def marks_text(self, header: TCP) -> str:
        """Return what stands in front of the last column: each mark in brackets, with a blank behind it."""
        marks = _marks(header)
        return "".join(_prefix(header, mark, words) for mark, words in _PREFIXES if marks & mark) if marks else ""

    def info(self, header: TCP) -> str:
        """Return the last column, with the marks in front."""
        return self.marks_text(header) + super().info(header)


def _prefix(header: TCP, mark: int, words: str) -> str:
    if mark == _DUPLICATE:
        return f"[TCP {words} {header.learnt('duplicate_of')}#{header.learnt('duplicate_number')}] "
    return f"[TCP {words}] "
