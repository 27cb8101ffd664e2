"""The commands in scripts, as settings of a simulated host: `sysctl` lines, and files that stand for many of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from dissect.errors import ScenarioError
from dissect.lab.tcp.settings import TCPSettings

__all__ = ["COMMON", "Settings"]

_SECOND = 1_000_000_000
_HALF = 2
"""Of a receive buffer, Linux announces a half: the other is for what the memory of segments takes besides data."""
_LARGEST_UNSCALED = 65535

COMMON = (
    "net.ipv4.tcp_rmem=4096 540000 15728640", "net.ipv4.tcp_wmem=4096 262144 4194304", "net.ipv4.tcp_timestamps=1",
    "net.ipv4.tcp_syn_retries=5", "net.ipv4.tcp_synack_retries=5", "net.ipv4.tcp_sack=1",
    "net.ipv4.tcp_slow_start_after_idle=0", "net.ipv4.tcp_early_retrans=4", "net.ipv4.tcp_recovery=1",
    "net.ipv4.tcp_congestion_control=cubic", "net.ipv4.tcp_ecn=0", "net.ipv4.tcp_dsack=1", "net.ipv4.tcp_fack=0",
    "net.ipv4.tcp_reordering=3", "net.ipv4.tcp_frto=2", "net.ipv4.tcp_tso_win_divisor=3", "net.ipv4.tcp_syncookies=1",
    "net.ipv4.tcp_pacing_ss_ratio=200", "net.ipv4.tcp_pacing_ca_ratio=120", "net.ipv4.tcp_fastopen=1795",
)  # fmt: skip
"""What `common/defaults.sh` of the public scripts sets, as far as a simulated host has it."""
_IGNORED = re.compile(
    r"net\.ipv4\.(?:tcp_(?:dsack|fack|frto|reordering|ecn_option|tso_win_divisor|pacing_\w+|notsent_lowat|fastopen\w*|"
    r"syncookies|moderate_rcvbuf|no_metrics_save|autocorking|window_scaling|max_syn_backlog|mem|adv_win_scale)|ip_\w+)"
)
"""What changes nothing that a script sees of a simulated host."""
_RESTORE = re.compile(r"/tmp/sysctl_restore_\S+\.sh")


class Settings:
    """What the commands of a script have set: the TCP settings of new connections, and what the way does.

    >>> settings = Settings()
    >>> settings.read(("sysctl -q net.ipv4.tcp_timestamps=0", "modprobe tcp_westwood"))
    ['modprobe tcp_westwood']
    >>> settings.tcp.timestamps
    False
    """

    def __init__(self) -> None:
        self.tcp = TCPSettings(
            burst=2, cubic=True, tail_loss_probe=True, recent_acknowledgment=True, rate_reduction=True
        )
        self.drops = False
        """Whether all that is sent is lost on the way out: a queue of length 0."""

    def read(self, lines: tuple[str, ...]) -> list[str]:
        """Take commands in, and return those that mean nothing here. Nothing is ever run.

        Raises ScenarioError for a command without which the script can't be judged.
        """
        return [line for line in lines if not self._read(line)]

    def _read(self, line: str) -> bool:
        words = line.split()
        program = words[0].rpartition("/")[2]
        if program == "defaults.sh":
            return all(self._set(setting) for setting in COMMON)
        if program in ("sysctl", "set_sysctls.py"):
            return min(list(map(self._set, _settings(line))), default=True)
        if program == "tc":
            return self._queue(line)
        # Segments are offloaded to no hardware here, and neighbours and metrics are not kept from script to script.
        return program in ("ethtool", "ip", "sleep", "true") or _RESTORE.fullmatch(words[0]) is not None

    def _queue(self, line: str) -> bool:
        if " fq" in line or "netem" in line:
            raise ScenarioError(f"the script asks for {line!r}: a simulated host paces nothing")
        self.drops = "limit 0" in line
        return True

    def _set(self, setting: str) -> bool:
        name, _, value = setting.partition("=")
        name = name.strip().removeprefix("/proc/sys/").replace("/", ".")
        change = _SYSCTLS.get(name)
        if change is None:
            return _IGNORED.fullmatch(name) is not None
        try:
            self.tcp = change(self.tcp, value.strip().strip("\"'"))
        except (ValueError, IndexError):
            raise ScenarioError(f"{name} is {value.strip()!r}, which is no value of it") from None
        return True


def _settings(line: str) -> list[str]:
    """Return the settings of a command, `name=value` each; a value in quotes may have blanks."""
    pairs = re.findall(r"([\w./]+)=(\"[^\"]*\"|'[^']*'|\S+)", line)
    return [f"{name}={value}" for name, value in pairs]


def _receive_memory(tcp: TCPSettings, value: str) -> TCPSettings:
    """Have the buffer and the scale that Linux finds for `tcp_rmem`: the scale is for the largest buffer."""
    _, usual, most = (int(word) for word in value.split())
    shift = 0
    while shift < 14 and most >> shift > _LARGEST_UNSCALED:
        shift += 1
    # The window is a multiple of what the shift can tell.
    return replace(tcp, receive_buffer=(usual // _HALF) >> shift << shift, window_scale=shift)


def _send_memory(tcp: TCPSettings, value: str) -> TCPSettings:
    return replace(tcp, send_buffer=int(value.split()[-1]))


def _number(change: Callable[[TCPSettings, int], TCPSettings]) -> Callable[[TCPSettings, str], TCPSettings]:
    return lambda tcp, value: change(tcp, int(value))


_SYSCTLS: dict[str, Callable[[TCPSettings, str], TCPSettings]] = {
    "net.ipv4.tcp_rmem": _receive_memory,
    "net.ipv4.tcp_wmem": _send_memory,
    "net.ipv4.tcp_timestamps": _number(lambda tcp, value: replace(tcp, timestamps=value > 0)),
    "net.ipv4.tcp_sack": _number(lambda tcp, value: replace(tcp, sack=value > 0)),
    "net.ipv4.tcp_window_scaling": _number(lambda tcp, value: tcp if value else replace(tcp, window_scale=None)),
    "net.ipv4.tcp_ecn": _number(lambda tcp, value: replace(tcp, ecn=value == 1)),
    "net.ipv4.tcp_syn_retries": _number(lambda tcp, value: replace(tcp, syn_retries=value)),
    "net.ipv4.tcp_synack_retries": _number(lambda tcp, value: replace(tcp, syn_ack_retries=value)),
    "net.ipv4.tcp_retries2": _number(lambda tcp, value: replace(tcp, retries=value)),
    "net.ipv4.tcp_fin_timeout": _number(lambda tcp, value: replace(tcp, fin_wait_2_ns=value * _SECOND)),
    "net.ipv4.tcp_keepalive_time": _number(lambda tcp, value: replace(tcp, keep_alive_idle_ns=value * _SECOND)),
    "net.ipv4.tcp_keepalive_intvl": _number(lambda tcp, value: replace(tcp, keep_alive_interval_ns=value * _SECOND)),
    "net.ipv4.tcp_keepalive_probes": _number(lambda tcp, value: replace(tcp, keep_alive_probes=value)),
    "net.ipv4.tcp_slow_start_after_idle": _number(lambda tcp, value: replace(tcp, restarts_after_idle=value > 0)),
    "net.ipv4.tcp_early_retrans": _number(lambda tcp, value: replace(tcp, tail_loss_probe=value in (3, 4))),
    "net.ipv4.tcp_recovery": _number(lambda tcp, value: replace(tcp, recent_acknowledgment=bool(value & 1))),
    "net.ipv4.tcp_min_tso_segs": _number(lambda tcp, value: replace(tcp, burst=max(value, 1))),
    "net.ipv4.tcp_congestion_control": lambda tcp, value: replace(tcp, cubic=value == "cubic"),
}
