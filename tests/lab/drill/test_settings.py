"""Commands of scripts as settings."""

from __future__ import annotations

import pytest

from dissect.errors import ScenarioError
from dissect.lab.drill.settings import Settings


def test_the_common_settings_are_those_of_the_public_scripts() -> None:
    settings = Settings()
    assert settings.read(("../common/defaults.sh",)) == []
    tcp = settings.tcp
    assert (tcp.window_scale, tcp.receive_buffer, tcp.cubic, tcp.restarts_after_idle) == (8, 269824, True, False)


def test_sysctls_in_all_their_spellings() -> None:
    settings = Settings()
    lines = (
        "sysctl -q net.ipv4.tcp_timestamps=0", "sysctl -e -w net/ipv4/tcp_sack=0",
        "../common/set_sysctls.py /proc/sys/net/ipv4/tcp_ecn=1 /proc/sys/net/ipv4/tcp_min_tso_segs=10",
        'sysctl -q net.ipv4.tcp_rmem="4096 10000 20000"',
    )  # fmt: skip
    assert settings.read(lines) == []
    tcp = settings.tcp
    assert (tcp.timestamps, tcp.sack, tcp.ecn, tcp.burst, tcp.receive_buffer, tcp.window_scale) == (
        False, False, True, 10, 5000, 0,
    )  # fmt: skip


def test_what_means_nothing_is_told() -> None:
    assert Settings().read(("modprobe tcp_bbr", "sysctl -q net.ipv4.nonsense=1", "ethtool -K tun0 tso off")) == [
        "modprobe tcp_bbr",
        "sysctl -q net.ipv4.nonsense=1",
    ]


def test_queues() -> None:
    settings = Settings()
    settings.read(("tc qdisc add dev tun0 root pfifo limit 0",))
    assert settings.drops
    settings.read(("tc qdisc replace dev tun0 root pfifo",))
    assert not settings.drops
    with pytest.raises(ScenarioError, match="paces nothing"):
        settings.read(("tc qdisc replace dev tun0 root fq",))


def test_a_value_that_is_none_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r"net.ipv4.tcp_ecn is 'x', which is no value of it"):
        Settings().read(("sysctl net.ipv4.tcp_ecn=x",))
