"""When what arrived is acknowledged: at once, with data, or a little later (RFC 9293, section 3.8.6.3)."""

from __future__ import annotations

from dissect.lab.tcp.settings import TCPSettings

__all__ = ["Acknowledging"]

_CHALLENGES = 10
_CHALLENGE_PERIOD_NS = 5_000_000_000


class Acknowledging:
    """Decides whether an acknowledgment goes at once; `due_ns` is when one that waits has to go.

    At the beginning of a connection segments are acknowledged at once, for the sender is in slow start, until
    the user has answered something: then acknowledgments wait for the next answer.
    """

    __slots__ = ("_answers", "_challenges", "_challenges_since_ns", "_delay_ns", "_last_data_ns", "_quick", "due_ns")

    def __init__(self, settings: TCPSettings) -> None:
        self._delay_ns = settings.ack_delay_ns
        self._quick = settings.quick_acks
        self._answers = False
        self._last_data_ns: int | None = None
        self._challenges = 0
        self._challenges_since_ns = 0
        self.due_ns: int | None = None

    def is_due_at_once(self, unacknowledged: int, mss: int, now_ns: int) -> bool:
        """Whether data that came in order is acknowledged now; if not, `due_ns` is set.

        `unacknowledged` are the bytes since the last acknowledgment: of every two full segments the second is
        acknowledged at the latest (RFC 5681, section 4.2).
        """
        self._last_data_ns = now_ns
        if unacknowledged >= 2 * mss:
            return True
        if self._quick and not self._answers:
            self._quick -= 1
            return True
        self.wait(now_ns)
        return not self._delay_ns

    def wait(self, now_ns: int) -> None:
        """Let an acknowledgment wait for data to ride on."""
        if self.due_ns is None:
            self.due_ns = now_ns + self._delay_ns

    def data_sent(self, now_ns: int) -> None:
        """Note that data goes: soon after data has come, it is an answer, and more may follow."""
        if self._last_data_ns is not None and now_ns - self._last_data_ns <= self._delay_ns:
            self._answers = True

    def sent(self) -> None:
        """Note that an acknowledgment goes."""
        self.due_ns = None

    def may_challenge(self, now_ns: int) -> bool:
        """Whether one more challenge is allowed: 10 in 5 seconds are (RFC 5961, section 7)."""
        if now_ns - self._challenges_since_ns >= _CHALLENGE_PERIOD_NS:
            self._challenges, self._challenges_since_ns = 0, now_ns
        self._challenges += 1
        return self._challenges <= _CHALLENGES
